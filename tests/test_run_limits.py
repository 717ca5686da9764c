"""A run that meets a limit is told so in words of its own, and never as a fault of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .servers import Site
from .videos import cached

PRELUDE = """
import os, resource, time
from functools import partial
from pathlib import Path
from modules.processing import conductor, heartbeat, limits
from modules.workers import subprocesses
from modules.processing.attempt import Attempt
from modules.models import Module, StageRun, database_clock

heartbeat.LOOK_EVERY = 0

def again():
    Module.objects.update(not_before=None)
    return Module.objects.get()

def attempt(disposable=False):
    run = Module.objects.claim(again().pk, database_clock(), "w1")
    return Attempt(Module.objects.get(), run, worker="w1", disposable=disposable)

def told():
    row = Module.objects.get()
    print(row.status, row.attempts, StageRun.objects.exclude(code="").last().code, (row.error or {}).get("code"))
"""


def played(site: Site, script: str) -> list[str]:
    """What a script prints that runs in the site, after PRELUDE."""
    return site.manage("shell", "-v", "0", "-c", PRELUDE + script).splitlines()


def scratch(site: Site) -> list[Path]:
    return list((site.folder / "data" / "work").iterdir())


OUT_OF_MEMORY = """
used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize() // limits.MB
limits.limit_run("default", memory_mb=used + 15, disk_mb=0)
for _ in range(3):
    conductor.process(str(again().pk), disposable=False)
    told()
"""


def test_a_video_that_needs_too_much_memory_is_tried_again_and_then_told_so(site: Site):
    module = site.upload(cached("large.mp4", seconds=1, size=(3840, 2160), fps=5))["moduleId"]
    lines = [line for line in played(site, OUT_OF_MEMORY) if "too_heavy" in line]
    assert lines == ["queued 1 too_heavy None", "queued 2 too_heavy None", "failed 2 too_heavy too_heavy"]
    answer = site.status(module)
    assert (answer["status"], answer["errorCode"]) == ("failed", "too_heavy")
    assert "memory" in answer["error"] and "damaged" not in answer["error"]
    assert scratch(site) == []


TOO_MUCH = """
with attempt() as run:  # which looks after itself
    for number in range(3):
        (run.folder / str(number)).write_bytes(bytes(limits.MB))
    while True:
        run.check()
        time.sleep(0.02)
told()

def stuck():
    with attempt(disposable=True) as run:  # in a call that does not return
        (run.folder / "large").write_bytes(bytes(3 * limits.MB))
        time.sleep(60)

began = time.monotonic()
print("ended with", os.waitstatus_to_exitcode(os.waitpid(subprocesses.fork(stuck), 0)[1]))
assert time.monotonic() - began < 50
told()

limits.DATABASE_GROWTH_MB = 0
limits.limit_run("default", memory_mb=0, disk_mb=8)
with attempt() as run:  # one file alone
    (run.folder / "larger").write_bytes(bytes(9 * limits.MB))
told()
"""


def test_a_run_that_fills_the_disk_ends_with_words_of_its_own(new_site: Callable[..., Site]):
    site = new_site(RUN_DISK_MB="2")
    site.serve()
    module = site.upload(cached("small.mp4", seconds=1))["moduleId"]
    lines = [line for line in played(site, TOO_MUCH) if "too_much_scratch" in line or "ended with" in line]
    assert lines == [
        "queued 1 too_much_scratch None",
        "ended with 0",
        "queued 2 too_much_scratch None",
        "failed 2 too_much_scratch too_much_scratch",
    ]
    assert "RUN_DISK_MB" in site.status(module)["error"]
    assert scratch(site) == []
