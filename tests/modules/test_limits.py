"""Limits on a run end the run, and leave its parent as it was. Each is tried in a real child process."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from modules.media import reading
from modules.messages import message_for
from modules.pipeline.types import MediaError
from modules.processing import limits
from modules.workers.subprocesses import fork
from tests.servers import ROOT
from tests.videos import cached

MB = 1024 * 1024


def in_child(work: Callable[[], object]) -> str:
    """What `work` returned in a child process, or the name of what it raised."""
    reader, writer = os.pipe()

    def say() -> None:
        try:
            said = str(work())
        except (MemoryError, OSError, MediaError) as error:
            said = type(error).__name__
        os.write(writer, said.encode())

    pid = fork(say)
    os.close(writer)
    with os.fdopen(reader) as answer:
        said = answer.read()
    return said or f"ended with {os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}"


def test_memory_over_the_limit_is_an_error_in_the_run_alone():
    def work() -> int:
        limits.limit_run("default", memory_mb=600, disk_mb=0)
        return len(bytearray(2000 * MB))

    assert in_child(work) == "MemoryError"
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY


DECODE = """
import resource, sys
from pathlib import Path
import django
django.setup()
from modules import media
from modules.processing import limits
used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize() // limits.MB
limits.limit_run("default", memory_mb=used + 20, disk_mb=0)
try:
    print(media.probe(Path(sys.argv[1]), "mp4", max_pixels=8192 * 4320, max_hours=1))
except Exception as error:
    print(type(error).__name__)
"""


def test_a_decoder_that_gets_no_memory_ends_its_run_with_an_error_and_not_its_process():
    """In a new process, and with pictures larger than all that its imports may have freed."""
    video = cached("huge.mp4", seconds=1, size=(7680, 4320), fps=2)
    done = subprocess.run([sys.executable, "-c", DECODE, video], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "MemoryError"), done.stderr


def said_by_av(number: int) -> None:
    with reading.of_the_file():
        av.error.err_check(-number)


def test_a_damaged_file_that_asks_for_too_much_is_damaged_while_there_is_memory():
    with pytest.raises(MediaError, match="damaged_video"):
        said_by_av(errno.ENOMEM)


@pytest.mark.parametrize("number", [errno.ENOMEM, errno.EINVAL])
def test_what_a_decoder_says_when_no_memory_is_left_is_not_held_against_the_file(number):
    def work() -> None:
        used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize() // MB
        limits.limit_run("default", memory_mb=used + 50, disk_mb=0)
        said_by_av(number)

    assert in_child(work) == "MemoryError"


@pytest.mark.parametrize("number", sorted(reading.OUR_FAULT))
def test_an_error_of_the_machine_is_none_of_the_file(number):
    with pytest.raises(OSError) as raised:
        said_by_av(number)
    assert raised.value.errno == number


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "too_heavy"),
        (OSError(errno.ENOMEM, "no memory"), "too_heavy"),
        (OSError(errno.EFBIG, "too large"), "too_much_scratch"),
        (limits.ScratchLimitExceeded(), "too_much_scratch"),
        (OSError(errno.EIO, "broken"), ""),
        (ValueError(errno.EFBIG), ""),
    ],
)
def test_a_limit_that_was_met_is_named_and_has_words(error, code):
    assert limits.limit_code(error) == code
    assert not code or "upload" in message_for(code) or "export" in message_for(code)


def test_the_files_of_a_run_count_all_together(tmp_path, settings):
    settings.RUN_DISK_MB = 1
    folder = tmp_path / "scratch"
    assert limits.scratch_limit_exceeded(folder) == ""  # not there yet
    folder.mkdir()
    for number in range(3):
        assert limits.scratch_limit_exceeded(folder) == ""
        (folder / str(number)).write_bytes(bytes(MB // 2))
    assert limits.scratch_limit_exceeded(folder) == "too_much_scratch"
    settings.RUN_DISK_MB = 0
    assert limits.scratch_limit_exceeded(folder) == ""


def test_a_file_over_the_limit_is_an_error_in_the_run_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "DATABASE_GROWTH_MB", 0)

    def work() -> str:
        limits.limit_run("default", memory_mb=0, disk_mb=1)
        try:
            (tmp_path / "scratch").write_bytes(bytes(2 * MB))
        except OSError as error:
            return errno.errorcode[error.errno]
        return "written"

    assert in_child(work) == "EFBIG"


def test_a_database_that_is_larger_already_can_still_be_written_to(tmp_path, settings, monkeypatch):
    database = tmp_path / "db.sqlite3"
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(database))
    with database.open("wb") as file:
        file.truncate(20 * MB)

    def work() -> int:
        limits.limit_run("default", memory_mb=0, disk_mb=1)
        with database.open("ab") as file:
            return file.write(bytes(MB))

    assert in_child(work) == str(MB)


def test_without_limits_there_are_none():
    def work() -> str:
        limits.limit_run("default", memory_mb=0, disk_mb=0)
        return f"{resource.getrlimit(resource.RLIMIT_DATA)[0]} {resource.getrlimit(resource.RLIMIT_FSIZE)[0]}"

    kept = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_DATA, resource.RLIMIT_FSIZE)]
    assert in_child(work) == f"{kept[0]} {kept[1]}"


@pytest.mark.parametrize(("queue", "more"), [("default", 0), ("long", 5), ("renditions", 10)])
def test_what_can_wait_gives_way(queue, more):
    def work() -> int:
        before = os.nice(0)
        limits.limit_run(queue, memory_mb=0, disk_mb=0)
        return os.nice(0) - before

    assert in_child(work) == str(more)


def test_a_crash_leaves_no_core_file():
    def work() -> str:
        limits.limit_run("default", memory_mb=0, disk_mb=0)
        return str(resource.getrlimit(resource.RLIMIT_CORE))

    assert in_child(work) == "(0, 0)"


def test_a_run_in_a_process_of_its_own_has_the_limits_that_settings_say(settings, monkeypatch):
    settings.RUN_MEMORY_MB, settings.RUN_DISK_MB = 3000, 7
    monkeypatch.setattr(limits, "DATABASE_GROWTH_MB", 0)

    def work() -> str:
        limits.limit_child("default")
        return (
            f"{resource.getrlimit(resource.RLIMIT_DATA)[0] // MB} {resource.getrlimit(resource.RLIMIT_FSIZE)[0] // MB}"
        )

    assert in_child(work) == "3000 7"


@pytest.mark.parametrize(("of_the_operator", "then"), [(2000, 2000), (4000, 3000)])
def test_a_lower_limit_of_the_operator_stays_and_a_higher_one_is_lowered(of_the_operator, then):
    def work() -> int:
        resource.setrlimit(resource.RLIMIT_DATA, (of_the_operator * MB, of_the_operator * MB))
        limits.limit_run("default", memory_mb=3000, disk_mb=0)
        return resource.getrlimit(resource.RLIMIT_DATA)[0] // MB

    assert in_child(work) == str(then)
