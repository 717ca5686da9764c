"""Redis fails in every way it can: nothing is lost, uploads are answered at once, and work goes on when it heals."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from .samples import how_to
from .servers import Process, RedisServer, Site, children_of, wait_for
from .servers_redis import Proxy, SecureRedis
from .videos import make_video

FINISHED = "SELECT count(*) FROM modules_stagerun WHERE stage = 'finalize' AND outcome = 'done'"


@pytest.fixture
def short(tmp_path: Path) -> Path:
    return how_to(tmp_path / "short.mp4", seconds=6)


@pytest.fixture
def proxy(redis_server: RedisServer) -> Iterator[Proxy]:
    between = Proxy(redis_server.port)
    yield between
    between.stop()


def workers_of(supervisor: Process) -> list[int]:
    """The worker processes of `rqworker` without arguments."""
    return [int(pid) for pid in Path(f"/proc/{supervisor.pid}/task/{supervisor.pid}/children").read_text().split()]


def listening(site: Site) -> set[str]:
    return {queues.strip('[]"') for (queues,) in site.rows("SELECT queues FROM modules_worker")}


def start_all(site: Site) -> Process:
    """`rqworker` without arguments, once every queue is served."""
    supervisor = site.start("rqworker")
    wait_for(lambda: listening(site) == {"default", "long", "renditions"}, "a worker for every queue")
    return supervisor


def in_analysis(site: Site, module: str) -> None:
    wait_for(lambda: site.status(module)["stage"] == "speech", "the analysis to begin")


Analysing = Callable[[int], tuple[Site, Process, str]]


@pytest.fixture
def analysing(new_site: Callable[..., Site], slow_video: Path) -> Analysing:
    """Starts a site and a worker with the Redis at this port: (site, worker, module), whose analysis has begun."""

    def begin(port: int) -> tuple[Site, Process, str]:
        site = new_site(QUEUE="rq", REDIS_PORT=str(port))
        site.serve()
        worker = site.start("rqworker", "default")
        module = site.upload(slow_video)["moduleId"]
        in_analysis(site, module)
        return site, worker, module

    return begin


# --- One command serves every queue ---------------------------------------------------------------------------


def test_one_command_serves_every_queue_and_starts_again_what_was_killed(
    new_site: Callable[..., Site], redis_server: RedisServer, slow_video: Path, short: Path, tmp_path: Path
):
    site = new_site(QUEUE="rq", REDIS_PORT=str(redis_server.port), LONG_VIDEO_MINUTES="0.5")
    site.serve()
    supervisor = start_all(site)
    long_one = site.upload(slow_video)["moduleId"]
    odd = site.upload(make_video(tmp_path / "v.avi", seconds=2))["moduleId"]
    wait_for(lambda: site.rows("SELECT 1 FROM modules_module WHERE queue = 'long'"), "the long one to move")
    # A short video does not wait for it.
    site.ready(site.upload(short)["moduleId"])
    assert site.status(long_one)["status"] == "processing"
    wait_for(lambda: site.rows("SELECT 1 FROM modules_rendition WHERE status = 'ready'"), "the rendition")
    before = workers_of(supervisor)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(set(workers_of(supervisor)) - set(before)) == 3, "three new workers")
    site.ready(odd)
    site.ready(site.upload(short)["moduleId"])
    site.ready(long_one)


def test_a_short_video_does_not_wait_for_a_long_one_in_the_local_worker(
    new_site: Callable[..., Site], slow_video: Path, short: Path
):
    site = new_site(LONG_VIDEO_MINUTES="0.5")
    site.serve()
    site.start("localworker")
    long_one = site.upload(slow_video)["moduleId"]
    in_analysis(site, long_one)
    site.ready(site.upload(short)["moduleId"])
    assert site.status(long_one)["status"] == "processing"


def test_sigterm_to_all_workers_hands_back_what_each_was_doing(
    new_site: Callable[..., Site], redis_server: RedisServer, slow_video: Path, tmp_path: Path
):
    site = new_site(QUEUE="rq", REDIS_PORT=str(redis_server.port), LONG_VIDEO_MINUTES="0.5")
    site.serve()
    odd = make_video(tmp_path / "v.avi", seconds=20, size=(1280, 720))
    supervisor = start_all(site)
    site.upload(slow_video)
    site.upload(odd)
    wait_for(lambda: site.rows("SELECT 1 FROM modules_rendition WHERE progress > 0"), "the rendition to begin")
    processes = [supervisor.pid, *children_of(supervisor.pid)]
    assert supervisor.stop(seconds=10) == 0
    assert not [pid for pid in processes if Path(f"/proc/{pid}").exists()]
    for table in ("module", "rendition"):
        assert site.rows(f"SELECT DISTINCT status, attempts FROM modules_{table} WHERE status != 'ready'") in (
            [("queued", 0)],
            [],
        )
    assert ("stopped",) in site.rows("SELECT outcome FROM modules_stagerun WHERE stage = 'rendition'")
    assert site.rows("SELECT count(*) FROM modules_worker") == [(0,)]


def test_with_auto_the_local_worker_serves_the_queues_that_no_rq_worker_serves(
    new_site: Callable[..., Site], redis_server: RedisServer, slow_video: Path, tmp_path: Path
):
    site = new_site(QUEUE="auto", REDIS_PORT=str(redis_server.port), LONG_VIDEO_MINUTES="0.05")
    site.serve()
    site.start("rqworker", "default")
    site.start("localworker")
    wait_for(lambda: len(site.rows("SELECT 1 FROM modules_worker")) == 2, "both workers")
    module = site.upload(how_to(tmp_path / "v.mp4", seconds=6))["moduleId"]
    site.ready(module)
    done = dict(site.rows("SELECT stage, worker FROM modules_stagerun WHERE outcome = 'done'"))
    assert done["finalize"].endswith(".local")
    assert done["probe"].endswith(".default")


# --- Redis as it is run ---------------------------------------------------------------------------------------


def test_redis_with_a_password_and_tls(new_site: Callable[..., Site], short: Path, tmp_path: Path):
    server = SecureRedis(tmp_path).start()
    address = f"rediss://:{quote(server.PASSWORD, safe='')}@localhost:{server.port}/0"
    site = new_site(QUEUE="rq", REDIS_URL=f"{address}?ssl_ca_certs={server.authority}")
    site.serve()
    site.start("rqworker", "default")
    site.ready(site.upload(short)["moduleId"])
    # A certificate of an authority that nobody here knows is not trusted.
    site.env["REDIS_URL"] = address
    assert "False" in site.manage("shell", "-v", "0", "-c", "from modules import jobs; print(jobs.reachable())")
    server.stop()


# --- Redis as it fails ----------------------------------------------------------------------------------------


def full(server: RedisServer, proxy: Proxy) -> None:
    server.client.config_set("maxmemory", 1)


def not_full(server: RedisServer, proxy: Proxy) -> None:
    server.client.config_set("maxmemory", 0)


def read_only(server: RedisServer, proxy: Proxy) -> None:
    server.client.replicaof("127.0.0.1", "1")


def writable(server: RedisServer, proxy: Proxy) -> None:
    server.client.replicaof("NO", "ONE")


def late(server: RedisServer, proxy: Proxy) -> None:
    proxy.delay = 5.0


def not_late(server: RedisServer, proxy: Proxy) -> None:
    proxy.delay = 0.0


def hanging(server: RedisServer, proxy: Proxy) -> None:
    proxy.hang.set()


def answering(server: RedisServer, proxy: Proxy) -> None:
    proxy.hang.clear()


def down(server: RedisServer, proxy: Proxy) -> None:
    server.stop()


def up(server: RedisServer, proxy: Proxy) -> None:
    server.start()


FAULTS = {
    "full": (full, not_full),
    "read-only": (read_only, writable),
    "slow": (late, not_late),
    "hanging": (hanging, answering),
    "down": (down, up),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_uploads_are_answered_and_workers_survive_while_redis_is(
    new_site: Callable[..., Site], redis_server: RedisServer, proxy: Proxy, short: Path, slow_video: Path, fault: str
):
    fail, heal = FAULTS[fault]
    site = new_site(QUEUE="rq", REDIS_PORT=str(proxy.port))
    site.serve()
    worker = site.start("rqworker", "default")
    # One is being worked on when it begins. It needs no Redis, is done all the same, and once.
    running = site.upload(slow_video)["moduleId"]
    in_analysis(site, running)
    fail(redis_server, proxy)
    began = time.monotonic()
    waiting = [site.upload(short)["moduleId"] for _ in range(3)]
    print(f"{fault}: 3 uploads in {time.monotonic() - began:.2f} s")
    site.ready(running)
    # Time for the worker to meet the fault between two jobs.
    time.sleep(1)
    heal(redis_server, proxy)
    began = time.monotonic()
    for module in waiting:
        site.ready(module)
    print(f"{fault}: worked on {time.monotonic() - began:.1f} s after it healed")
    assert worker.popen.poll() is None
    assert site.rows(FINISHED) == [(4,)]


def test_a_worker_of_one_queue_that_starts_before_redis_waits_for_it(
    new_site: Callable[..., Site], redis_server: RedisServer, short: Path
):
    site = new_site(QUEUE="rq", REDIS_PORT=str(redis_server.port))
    site.serve()
    redis_server.stop()
    worker, other = site.start("rqworker", "default"), site.start("rqworker", "default")
    for process in (worker, other):
        wait_for(lambda process=process: "Redis cannot be used" in process.output(), "a word of it")
    module = site.upload(short)["moduleId"]
    assert other.stop(seconds=5) == 0
    redis_server.start()
    site.ready(module)
    assert worker.popen.poll() is None
    assert worker.output().count("Redis cannot be used") == 1
    assert "Traceback" not in worker.output() + other.output()
    assert worker.stop(seconds=15) == 0


def test_redis_emptied_while_a_module_is_processed_loses_none(
    new_site: Callable[..., Site], redis_server: RedisServer, short: Path, slow_video: Path
):
    site = new_site(QUEUE="rq", REDIS_PORT=str(redis_server.port))
    site.serve()
    site.start("rqworker", "default")
    modules = [site.upload(slow_video)["moduleId"]]
    in_analysis(site, modules[0])
    modules += [site.upload(short)["moduleId"] for _ in range(2)]
    redis_server.client.flushall()
    for module in modules:
        site.ready(module)
    assert site.rows(FINISHED) == [(3,)]


def test_sigterm_ends_a_worker_while_redis_hangs(analysing: Analysing, redis_server: RedisServer, proxy: Proxy):
    site, worker, _ = analysing(proxy.port)
    proxy.hang.set()
    worker.stop(seconds=10)
    assert site.rows("SELECT status, attempts FROM modules_module") == [("queued", 0)]


def test_a_work_horse_killed_while_redis_is_down_is_taken_back_at_once(analysing: Analysing, redis_server: RedisServer):
    site, worker, module = analysing(redis_server.port)
    redis_server.stop()
    os.kill(next(children_of(worker.pid)), signal.SIGKILL)
    wait_for(lambda: site.rows("SELECT 1 FROM modules_stagerun WHERE outcome = 'died'"), "the run to be buried", 15)
    redis_server.start()
    site.ready(module)
    assert worker.popen.poll() is None


def test_a_work_horse_killed_after_redis_came_back_empty_is_taken_back_at_once(
    analysing: Analysing, redis_server: RedisServer
):
    site, worker, module = analysing(redis_server.port)
    redis_server.client.flushall()
    os.kill(next(children_of(worker.pid)), signal.SIGKILL)
    # By the worker itself: the sweep would take the run for dead only after 20 s without a heartbeat.
    died = "SELECT 1 FROM modules_stagerun WHERE outcome = 'died'"
    wait_for(lambda: site.rows(died), "the worker to see that its work-horse died", 10)
    site.ready(module)
