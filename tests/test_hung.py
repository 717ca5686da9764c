"""A process that hangs with the interpreter in its hands holds no worker up: neither its heartbeat nor a signal helps.

A stopped process stands for one in a regular expression or a decoder: none of its threads runs, not even the
heartbeat's.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from .samples import how_to
from .servers import Process, RedisServer, Site, children_of, wait_for

WITHIN = 30
"""Seconds after which the worker must be free again."""


def hang(site: Site, worker: Process, video: Path) -> tuple[str, int]:
    """A module in the middle of its work, and the process that does it, which has just stopped."""
    module = site.upload(video)["moduleId"]
    wait_for(lambda: site.status(module)["stage"] == "speech", "the analysis to begin")
    child = wait_for(lambda: next(children_of(worker.pid), None), "the run's process")
    os.kill(child, signal.SIGSTOP)
    return module, child


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def check_hung(site: Site, worker: Process, hanging: Path, other: Path) -> None:
    """The process is killed, its module is worked on again, and who waited behind it is served."""
    module, child = hang(site, worker, hanging)
    waiting = site.upload(other)["moduleId"]
    wait_for(lambda: gone(child), "the process that hangs to be killed", WITHIN)
    site.ready(waiting)
    site.ready(module)
    assert ("worker_hung",) in site.rows("SELECT code FROM modules_stagerun WHERE outcome = 'died'")
    assert worker.popen.poll() is None
    wait_for(lambda: not list((site.folder / "data" / "work").iterdir()), "all scratch to go")


def check_cancelled(site: Site, worker: Process, hanging: Path, other: Path) -> None:
    """A person who cancels what hangs, or deletes it, frees the worker too."""
    _, child = hang(site, worker, hanging)
    site.write("UPDATE modules_module SET status = 'cancelled', lease_token = '', worker = '', heartbeat_at = NULL")
    waiting = site.upload(other)["moduleId"]
    wait_for(lambda: gone(child), "the process that hangs to be killed", WITHIN)
    site.ready(waiting)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return how_to(tmp_path / "other.mp4", seconds=6)


@pytest.fixture(params=["localworker", "rqworker"])
def worked_site(request: pytest.FixtureRequest, new_site: Callable[..., Site], redis_server: RedisServer):
    """A site, and its one worker."""
    rq = request.param == "rqworker"
    site = new_site(QUEUE="rq" if rq else "local", REDIS_PORT=str(redis_server.port))
    site.serve()
    worker = site.start("rqworker", "default") if rq else site.start("localworker")
    wait_for(lambda: site.rows("SELECT 1 FROM modules_worker"), "the worker")
    return site, worker


def test_a_run_that_hangs_is_killed_and_the_worker_goes_on(worked_site, slow_video: Path, other: Path):
    check_hung(*worked_site, slow_video, other)


def test_what_hangs_and_is_cancelled_lets_its_worker_go(worked_site, slow_video: Path, other: Path):
    check_cancelled(*worked_site, slow_video, other)
