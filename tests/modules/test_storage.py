"""The worker's copy of a video is complete or not there; what hangs is given up; what is half written goes."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from modules.models import Status
from modules.pipeline.types import MediaError
from modules.processing import limits, publish
from modules.storage.files import CHUNK, local_copy, read, store
from modules.storage.time_limit import CallTimeout, call_with_timeout
from modules.workers.subprocesses import fork
from tests.servers import Site
from tests.servers_storage import FlakyStore

from .factories import make_module

MB = 1024 * 1024

COPY = """
import hashlib, json
from pathlib import Path
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from modules.models import Module
from modules.storage.files import STORE_ERRORS, local_copy
from uploads.models import Upload

content = bytes(range(256)) * 4096 * 2
module = Module(container="mp4")
module.video.name = default_storage.save(f"{module.folder}/video.mp4", ContentFile(content))
Upload(module=module, size=len(content))
ticks = []
try:
    path = local_copy(module, Path(settings.WORK_DIR), lambda done, code=None, **params: ticks.append(done))
    print(json.dumps({"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "ticks": ticks}))
except STORE_ERRORS as error:
    print(json.dumps({"error": type(error).__name__, "ticks": ticks}))
"""
"""Stores 2 MB and copies them back, under the settings that a worker has."""


@pytest.fixture
def copied(new_site: Callable[..., Site], object_store: str) -> Iterator[Callable[..., tuple[FlakyStore, dict]]]:
    proxies: list[FlakyStore] = []

    def copy(**manner: int) -> tuple[FlakyStore, dict]:
        proxies.append(FlakyStore(object_store))
        vars(proxies[-1]).update(manner)
        site = new_site(
            S3_BUCKET="trainings",
            S3_ENDPOINT_URL=proxies[-1].url,
            S3_ACCESS_KEY="test",
            S3_SECRET_KEY="test",
            S3_REGION="us-east-1",
            S3_ADDRESSING_STYLE="path",
            LOG_LEVEL="ERROR",
        )
        return proxies[-1], json.loads(site.manage("shell", "-v", "0", "-c", COPY))

    yield copy
    for proxy in proxies:
        proxy.stop()


def test_a_download_that_breaks_off_goes_on_from_where_it_was(copied):
    piece = 2 * CHUNK + 1000
    flaky, said = copied(breaks=3, break_after=piece)
    assert said["sha256"] == hashlib.sha256(bytes(range(256)) * 4096 * 2).hexdigest()
    assert flaky.asked == [f"bytes={piece * times}-" for times in range(4)]
    assert said["ticks"] == sorted(said["ticks"]) and said["ticks"][-1] == 1


def test_a_download_of_which_a_try_brings_nothing_ends_as_a_fault_of_the_store(copied):
    flaky, said = copied(breaks=100, break_after=0)
    assert said["ticks"] == [] and said["error"]
    assert flaky.asked == ["bytes=0-"]


@pytest.mark.django_db
def test_any_other_storage_is_copied_from_piece_by_piece_too(remote, tmp_path: Path):
    content = bytes(range(256)) * 4096
    module = make_module(content=content)
    ticks: list[float] = []
    path = local_copy(module, tmp_path, lambda done, code=None, **params: ticks.append(done))
    assert path.read_bytes() == content == read(module.video.name)
    assert ticks == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.django_db
def test_a_file_that_is_not_the_one_that_was_uploaded_is_not_read(remote, tmp_path: Path):
    module = make_module(content=b"whole")
    module.upload.size += 1
    with pytest.raises(MediaError, match="file_changed"):
        local_copy(module, tmp_path, lambda *args, **params: None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_file_that_is_gone_is_said_to_be_gone(remote, tmp_path: Path):
    module = make_module(content=b"whole")
    default_storage.delete(module.video.name)
    with pytest.raises(MediaError, match="file_missing"):
        local_copy(module, tmp_path, lambda *args, **params: None)


def test_a_file_for_which_there_is_no_room_leaves_no_half(settings, tmp_path: Path):
    """The room ends here by a limit on the size of files, for which nobody must be root."""
    settings.MEDIA_ROOT = tmp_path / "media"
    made = tmp_path / "made.mp4"
    made.write_bytes(bytes(2 * MB))

    def work() -> None:
        limits._lower(limits.resource.RLIMIT_FSIZE, MB)
        with pytest.raises(OSError, match="too large"):
            store(made, "modules/1/made.mp4")
        assert not default_storage.exists("modules/1/made.mp4")

    assert os.waitstatus_to_exitcode(os.waitpid(fork(work), 0)[1]) == 0


@pytest.mark.django_db
def test_pictures_that_cannot_be_removed_do_no_harm_to_a_ready_module(settings, tmp_path: Path, caplog):
    settings.MEDIA_ROOT = tmp_path
    module = make_module(status=Status.READY)
    kept = default_storage.save(f"{module.folder}/stills/old.jpg", ContentFile(b"1"))
    folder = Path(default_storage.path(kept)).parent
    folder.rename(folder.with_name("aside"))
    folder.write_bytes(b"no folder")  # listing it is an error
    logging.getLogger("modules").addHandler(caplog.handler)
    publish.delete_unused_stills(module)
    assert "Unused pictures are left for prune_storage" in caplog.text
    folder.unlink()
    folder.with_name("aside").rename(folder)
    publish.delete_unused_stills(module)
    logging.getLogger("modules").removeHandler(caplog.handler)
    assert not default_storage.exists(kept)


@pytest.mark.django_db
def test_pictures_of_a_module_that_is_in_work_again_are_left_alone(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    module = make_module(status=Status.PROCESSING)
    new = default_storage.save(f"{module.folder}/stills/new.jpg", ContentFile(b"1"))
    publish.delete_unused_stills(module)
    assert default_storage.exists(new)


def test_a_call_that_hangs_is_given_up_and_the_next_one_is_answered():
    never = threading.Event()
    with pytest.raises(CallTimeout):
        call_with_timeout(never.wait, 0.05)
    assert call_with_timeout(lambda: 1, 60) == 1
    never.set()


def test_what_a_call_raises_is_raised_to_who_asked_and_a_time_out_of_its_own_is_no_missing_answer():
    with pytest.raises(ZeroDivisionError):
        call_with_timeout(lambda: 1 / 0, 60)

    def own() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        call_with_timeout(own, 60)


def test_calls_share_a_thread_and_a_forked_process_gets_one_of_its_own():
    assert (
        call_with_timeout(threading.get_ident, 60)
        == call_with_timeout(threading.get_ident, 60)
        != threading.get_ident()
    )

    def work() -> None:
        assert call_with_timeout(lambda: 1, 60) == 1

    assert os.waitstatus_to_exitcode(os.waitpid(fork(work), 0)[1]) == 0
