"""Nothing stuck, nothing lost: workers, work-horses and Redis are killed, and every module still becomes ready."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from rq import Queue
from rq.job import Job

from .samples import how_to
from .servers import Process, RedisServer, Site, children_of, wait_for
from .videos import make_video


@pytest.fixture
def rq_site(new_site: Callable[..., Site], redis_server: RedisServer) -> Site:
    site = new_site(QUEUE="rq", REDIS_PORT=str(redis_server.port))
    site.serve()
    return site


def in_analysis(site: Site, module: str) -> None:
    wait_for(lambda: site.status(module)["stage"] == "speech", "the analysis to begin")


def only_child(process: Process) -> int:
    return wait_for(lambda: next(children_of(process.pid), None), "a work-horse")


def outcomes(site: Site) -> list[str]:
    return [row[0] for row in site.rows("SELECT outcome FROM modules_stagerun ORDER BY id")]


def test_a_killed_work_horse_does_not_lose_the_module(rq_site: Site, slow_video: Path):
    worker = rq_site.start("rqworker", "default")
    module = rq_site.upload(slow_video)["moduleId"]
    in_analysis(rq_site, module)
    os.kill(only_child(worker), signal.SIGKILL)
    answer = rq_site.ready(module)
    assert "died" in outcomes(rq_site)
    assert answer["attempts"] == 0  # the probe had been saved: that run was not for nothing


def test_a_killed_worker_takes_its_work_horse_along_and_another_goes_on(rq_site: Site, slow_video: Path):
    first = rq_site.start("rqworker", "default")
    module = rq_site.upload(slow_video)["moduleId"]
    in_analysis(rq_site, module)
    horse = only_child(first)
    first.kill()
    wait_for(lambda: not Path(f"/proc/{horse}").exists() or "Z" in state(horse), "the orphan to end", 5)
    rq_site.start("rqworker", "default")
    rq_site.ready(module, seconds=60)


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


def test_a_killed_child_of_the_local_worker_does_not_lose_the_module(site: Site, slow_video: Path):
    worker = site.start("localworker")
    module = site.upload(slow_video)["moduleId"]
    in_analysis(site, module)
    os.kill(only_child(worker), signal.SIGKILL)
    site.ready(module)
    assert "died" in outcomes(site)


def test_sigterm_hands_the_module_back_and_blames_nobody(site: Site, slow_video: Path):
    worker = site.start("localworker")
    module = site.upload(slow_video)["moduleId"]
    in_analysis(site, module)
    assert worker.stop() == 0
    assert site.status(module)["stage"] != "failed"
    assert site.rows("SELECT status, attempts FROM modules_module") == [("queued", 0)]
    site.start("localworker")
    site.ready(module)


def test_sigterm_to_an_rq_worker_hands_the_module_back(rq_site: Site, slow_video: Path):
    worker = rq_site.start("rqworker", "default")
    module = rq_site.upload(slow_video)["moduleId"]
    in_analysis(rq_site, module)
    worker.stop(seconds=10)
    assert rq_site.rows("SELECT status, attempts FROM modules_module") == [("queued", 0)]
    rq_site.start("rqworker", "default")
    rq_site.ready(module)


def test_redis_emptied_while_modules_wait_loses_none(rq_site: Site, redis_server: RedisServer, tmp_path: Path):
    video = how_to(tmp_path / "v.mp4")
    modules = [rq_site.upload(video)["moduleId"] for _ in range(3)]
    redis_server.client.flushall()
    rq_site.start("rqworker", "default")
    for module in modules:
        rq_site.ready(module)


def test_an_upload_while_redis_is_down_is_answered_and_worked_on_when_redis_is_back(
    rq_site: Site, redis_server: RedisServer, tmp_path: Path
):
    redis_server.stop()
    module = rq_site.upload(how_to(tmp_path / "v.mp4"))["moduleId"]
    assert rq_site.status(module)["stage"] == "queued"
    redis_server.start()
    rq_site.start("rqworker", "default")
    rq_site.ready(module)


def test_with_auto_the_local_worker_steps_in_while_redis_is_down(
    new_site: Callable[..., Site], redis_server: RedisServer, tmp_path: Path
):
    site = new_site(QUEUE="auto", REDIS_PORT=str(redis_server.port))
    site.serve()
    local = site.start("localworker")
    rq = site.start("rqworker", "default")
    # It asks who else is there once a second: until then it may take a video too.
    wait_for(lambda: "serves: long, renditions" in local.output(), "the local worker to leave the queue to RQ")
    video = how_to(tmp_path / "v.mp4")
    first = site.upload(video)["moduleId"]
    site.ready(first)
    redis_server.stop()
    second = site.upload(video)["moduleId"]
    site.ready(second)
    workers = dict(site.rows("SELECT module_id, worker FROM modules_stagerun WHERE stage = 'finalize'"))
    assert str(rq.pid) in workers[first.replace("-", "")]
    assert workers[second.replace("-", "")].endswith(".local")


def test_a_job_delivered_twice_is_done_once(rq_site: Site, redis_server: RedisServer, slow_video: Path):
    module = rq_site.upload(slow_video)["moduleId"]
    enqueue = "from modules import jobs; from modules.models import Module; jobs.enqueue(Module.objects.get())"
    for _ in range(3):
        rq_site.manage("shell", "-v", "0", "-c", enqueue)
    for _ in range(2):
        rq_site.start("rqworker", "default")
    rq_site.ready(module)
    assert rq_site.rows("SELECT count(*) FROM modules_stagerun WHERE stage = 'finalize'") == [(1,)]


def test_cancel_stops_the_worker_and_leaves_no_scratch_file(site: Site, slow_video: Path):
    worker = site.start("localworker")
    module = site.upload(slow_video)["moduleId"]
    in_analysis(site, module)
    child = only_child(worker)
    site.manage(
        "shell", "-v", "0", "-c", "from modules.models import Module; Module.objects.cancel(Module.objects.get().pk)"
    )
    wait_for(lambda: not Path(f"/proc/{child}").exists(), "the child to end", 5)
    assert site.status(module)["status"] == "cancelled"
    assert not list((site.folder / "data" / "work").iterdir())


def test_a_module_deleted_while_it_is_processed_leaves_no_file_and_no_row(site: Site, slow_video: Path):
    worker = site.start("localworker")
    module = site.upload(slow_video)["moduleId"]
    in_analysis(site, module)
    child = only_child(worker)
    delete = (
        "from modules.models import Module; from modules.storage.files import delete_folder; "
        "module = Module.objects.get(); "
        "folder = module.folder; module.delete(); delete_folder(folder)"
    )
    site.manage("shell", "-v", "0", "-c", delete)
    wait_for(lambda: not Path(f"/proc/{child}").exists(), "the child to end", 5)
    assert site.media() == []
    assert site.rows("SELECT count(*) FROM modules_stagerun") == [(0,)]


def test_a_paused_run_that_wakes_up_writes_nothing(new_site: Callable[..., Site], slow_video: Path):
    site = new_site()
    site.serve()
    worker = site.start("localworker")
    module = site.upload(slow_video)["moduleId"]
    in_analysis(site, module)
    child = only_child(worker)
    os.kill(child, signal.SIGSTOP)
    site.write("UPDATE modules_module SET lease_token = 'another'")
    before = site.rows("SELECT version, progress, stage FROM modules_module")
    os.kill(child, signal.SIGCONT)
    wait_for(lambda: not Path(f"/proc/{child}").exists(), "the woken run to end", 10)
    assert site.rows("SELECT version, progress, stage FROM modules_module") == before
    assert site.rows("SELECT lease_token FROM modules_module") == [("another",)]


def lone(children: list[int]) -> list[int] | None:
    return children if len(children) == 1 else None


RENDITION = "SELECT status, attempts, progress FROM modules_rendition"


def kill_while_rendering(site: Site, worker: Process) -> None:
    """Kill the process that makes a rendition, in the middle of it; the worker itself must live on."""
    wait_for(lambda: site.rows(RENDITION + " WHERE progress > 0 AND status = 'processing'"), "the rendition to begin")
    # The child that made the module ready may be tidying up yet.
    (child,) = wait_for(lambda: lone(list(children_of(worker.pid))), "no other child to be left")
    os.kill(child, signal.SIGKILL)
    wait_for(lambda: site.rows(RENDITION + " WHERE status = 'ready'"), "the rendition")
    assert site.rows(RENDITION) == [("ready", 1, 100)]
    assert worker.popen.poll() is None
    assert "died" in [row[0] for row in site.rows("SELECT outcome FROM modules_stagerun WHERE stage = 'rendition'")]


@pytest.fixture(scope="module")
def odd_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video that browsers do not play, and whose copy takes seconds to make."""
    return make_video(tmp_path_factory.mktemp("videos") / "odd.avi", seconds=40, size=(1280, 720))


def test_a_killed_work_horse_that_made_a_rendition_ends_neither_the_worker_nor_the_rendition(
    rq_site: Site, odd_video: Path
):
    module = rq_site.upload(odd_video)["moduleId"]
    first = rq_site.start("rqworker", "default")
    rq_site.ready(module)
    first.stop()
    kill_while_rendering(rq_site, rq_site.start("rqworker", "renditions"))


def test_a_killed_child_that_made_a_rendition_ends_neither_the_worker_nor_the_rendition(site: Site, odd_video: Path):
    module = site.upload(odd_video)["moduleId"]
    worker = site.start("localworker")
    site.ready(module)
    kill_while_rendering(site, worker)


def test_jobs_that_an_older_version_put_into_redis_still_run(rq_site: Site, redis_server: RedisServer, odd_video: Path):
    """Their functions had other names. The rows say that they have a job, so that no sweep sends another."""
    module = rq_site.upload(odd_video)["moduleId"]
    queues = {name: Queue(name, connection=redis_server.client) for name in ("default", "renditions")}
    queues["default"].empty()
    queues["default"].enqueue_call("modules.processing.process", args=(module,), job_id="old-module")
    rq_site.write("UPDATE modules_module SET job_id = 'old-module'")
    worker = rq_site.start("rqworker", "default")
    rq_site.ready(module)
    wait_for(lambda: Job.fetch("old-module", redis_server.client).is_finished, "the old job to end")
    worker.stop()
    queues["renditions"].empty()
    queues["renditions"].enqueue_call("modules.renditions.render", args=(module,), job_id="old-rendition")
    rq_site.write("UPDATE modules_rendition SET job_id = 'old-rendition'")
    kill_while_rendering(rq_site, rq_site.start("rqworker", "renditions"))
    assert Job.fetch("old-rendition", redis_server.client).is_failed, "its work-horse was killed; another job went on"
    # RQ takes note of the end of a job a moment after its row is ready.
    wait_for(lambda: not any(queue.started_job_registry.count for queue in queues.values()), "all jobs to have ended")
