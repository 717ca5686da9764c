"""A video that kills whoever reads it ends with a sentence, and takes no other along."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .samples import how_to
from .servers import Process, RedisServer, Site, children_of, wait_for


@contextlib.contextmanager
def poisonous(site: Site, worker: Process, module: str) -> Iterator[list[int]]:
    """As long as this lasts, each process that works on the module dies as a decoder's crash would end it."""
    pk = module if "DATABASE_URL" in site.env else module.replace("-", "")
    over, killed = threading.Event(), []

    def strike() -> None:
        while not over.wait(0.002):
            if site.rows(f"SELECT 1 FROM modules_module WHERE id = '{pk}' AND status = 'processing'"):
                # The work-horse, or the local worker's child; each has one worker process above it at most.
                for child in set(children_of(worker.pid)) - set(killed):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(child, signal.SIGSEGV)
                        killed.append(child)

    thread = threading.Thread(target=strike)
    thread.start()
    yield killed
    over.set()
    thread.join()


def check_poison(site: Site, start: Callable[[], Process], video: Path) -> None:
    """One poisoned module, and two that wait behind it."""
    poison, *others = [site.upload(video)["moduleId"] for _ in range(3)]
    worker = start()
    with poisonous(site, worker, poison) as killed:
        answer = site.settled(poison)
    assert (answer["status"], answer["errorCode"]) == ("failed", "worker_died")
    assert "unexpectedly 3 times" in answer["error"]
    assert len(killed) >= 3
    for module in others:
        site.ready(module)
    assert worker.popen.poll() is None
    died = site.rows("SELECT attempt, code FROM modules_stagerun WHERE outcome = 'died' ORDER BY id")
    assert died[-1] == (3, "worker_died")
    wait_for(lambda: not list((site.folder / "data" / "work").iterdir()), "all scratch to go")


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return how_to(tmp_path_factory.mktemp("poison") / "v.mp4", seconds=6)


def test_with_the_local_worker(site: Site, video: Path):
    check_poison(site, lambda: site.start("localworker"), video)


def test_with_rq(new_site: Callable[..., Site], redis_server: RedisServer, video: Path):
    site = new_site(QUEUE="rq", REDIS_PORT=str(redis_server.port))
    site.serve()

    def start() -> Process:
        worker = site.start("rqworker", "default")
        wait_for(lambda: site.rows("SELECT 1 FROM modules_worker"), "the worker")
        return worker

    check_poison(site, start, video)
