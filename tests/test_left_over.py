"""What killed processes leave behind goes by itself."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from .servers import Process, RedisServer, Site, children_of, wait_for


@pytest.fixture(params=["localworker", "rqworker"])
def worked(request: pytest.FixtureRequest, new_site: Callable[..., Site]) -> Callable[[], tuple[Site, Process]]:
    """Starts a site, with the environment given, and one worker: either kind."""

    def start(**env: str) -> tuple[Site, Process]:
        if request.param == "rqworker":
            redis: RedisServer = request.getfixturevalue("redis_server")
            env |= {"QUEUE": "rq", "REDIS_PORT": str(redis.port)}
        site = new_site(**env)
        site.serve()
        return site, site.start(request.param, *["default"] * (request.param == "rqworker"))

    return start


def test_the_scratch_of_a_killed_run_goes_at_once(worked: Callable[..., tuple[Site, Process]], slow_video: Path):
    site, worker = worked()
    module = site.upload(slow_video)["moduleId"]
    wait_for(lambda: site.status(module)["stage"] == "speech", "the analysis to begin")
    [folder] = (site.folder / "data" / "work").iterdir()
    os.kill(next(children_of(worker.pid)), signal.SIGKILL)
    # By who saw it end: a sweep would come upon it after 20 s.
    wait_for(partial(gone, folder), "the scratch of the killed run to go", 15)


def gone(path: Path) -> bool:
    return not path.exists()


def said(worker: Process, what: str) -> bool:
    return what in worker.output()


def lost_file(site: Site) -> Path:
    """A file in the storage that no row owns, two hours old."""
    path = site.folder / "data" / "media" / "modules" / str(uuid.uuid4()) / "video.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"lost")
    os.utime(path, (time.time() - 7200,) * 2)
    return path


def test_workers_prune_by_themselves_again_and_again(worked: Callable[..., tuple[Site, Process]]):
    site, worker = worked(PRUNE_EVERY_HOURS=str(1 / 3600))
    folder = site.folder / "data" / "work" / f"rendition-{'1' * 32}"
    folder.mkdir()
    os.utime(folder, (time.time() - 60,) * 2)
    for _ in range(2):
        lost = lost_file(site)
        wait_for(partial(gone, lost), "the lost file to go")
        assert len(list(children_of(worker.pid))) <= 1
        wait_for(partial(said, worker, lost.parent.name), "the log to say so")
    wait_for(partial(gone, folder), "the scratch of a dead run to go")
    assert "Traceback" not in worker.output()
