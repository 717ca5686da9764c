"""A deploy: the web server is stopped while uploads come in, the workers while they work; and not once only."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from modules.workers.subprocesses import STOP_WITHIN

from .samples import how_to
from .servers import Process, RedisServer, Site, children_of, wait_for


def test_a_warm_stop_of_the_web_server_loses_no_upload_that_was_answered(site: Site, tmp_path: Path):
    video = how_to(tmp_path / "v.mp4", seconds=6)

    def upload() -> str | None:
        """The id of a module that was answered for; None where the server no longer took it."""
        try:
            status, answer = site.try_upload(video)
        except (OSError, ValueError):
            return None
        return answer["moduleId"] if status == 201 else None

    with ThreadPoolExecutor(8) as pool:
        uploads = [pool.submit(upload) for _ in range(60)]
        wait_for(lambda: sum(one.done() for one in uploads) >= 4, "the first answers")
        assert site.web.stop() == 0
    answered = {one.result() for one in uploads} - {None}
    assert answered
    found = {str(pk).replace("-", "") for (pk,) in site.rows("SELECT id FROM modules_module")}
    assert {pk.replace("-", "") for pk in answered} <= found
    # Every row has its file, and no file is without its row.
    stored = {path.parent.name.replace("-", "") for path in site.media()}
    assert stored == found


@pytest.fixture
def rq_site(new_site: Callable[..., Site], redis_server: RedisServer) -> Site:
    site = new_site(QUEUE="rq", REDIS_PORT=str(redis_server.port))
    site.serve()
    return site


def in_work(site: Site, video: Path, *command: str) -> Process:
    """A worker in the middle of a module."""
    worker = site.start(*command)
    module = site.upload(video)["moduleId"]
    wait_for(lambda: site.status(module)["stage"] == "speech", "the analysis to begin")
    return worker


def work_horse(site: Site, worker: Process) -> int:
    [(name,)] = site.rows("SELECT worker FROM modules_module")
    pid = int(name.split(".")[-2])
    return next(children_of(pid))


def stop_again_and_again(worker: Process, send: Callable[[], object], seconds: float = 10) -> None:
    """Tell it to stop, time and again until it has ended."""
    began = time.monotonic()
    while worker.popen.poll() is None:
        assert time.monotonic() - began < seconds
        with contextlib.suppress(ProcessLookupError):
            send()
        time.sleep(0.1)
    # The last one may meet an interpreter that has done all, and is just going.
    assert worker.popen.returncode in (0, -signal.SIGTERM, -signal.SIGINT)


def check_shut_down(site: Site, worker: Process) -> None:
    assert "Traceback" not in worker.output() and "Exception" not in worker.output()
    assert site.rows("SELECT status, attempts FROM modules_module") == [("queued", 0)]
    assert site.rows("SELECT outcome FROM modules_stagerun WHERE code <> ''")[-1] == ("stopped",)


def test_a_worker_told_to_stop_many_times_hands_its_module_back_once(rq_site: Site, slow_video: Path):
    worker = in_work(rq_site, slow_video, "rqworker", "default")
    stop_again_and_again(worker, lambda: worker.popen.send_signal(signal.SIGTERM))
    check_shut_down(rq_site, worker)


def test_a_work_horse_that_does_not_answer_gets_its_time_however_often_the_worker_is_told(
    rq_site: Site, slow_video: Path
):
    worker = in_work(rq_site, slow_video, "rqworker", "default")
    os.kill(work_horse(rq_site, worker), signal.SIGSTOP)
    stop_again_and_again(worker, lambda: worker.popen.send_signal(signal.SIGTERM), STOP_WITHIN + 10)
    check_shut_down(rq_site, worker)


def test_ctrl_c_reaches_every_worker_twice_and_does_no_harm(rq_site: Site, slow_video: Path):
    worker = in_work(rq_site, slow_video, "rqworker")
    stop_again_and_again(worker, lambda: os.killpg(worker.pid, signal.SIGINT))
    check_shut_down(rq_site, worker)
