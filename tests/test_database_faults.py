"""The database restarts in the middle of the work, or has many writers at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .samples import how_to
from .servers import PostgresServer, RedisServer, Site, wait_for

FINISHED = "SELECT count(*) FROM modules_stagerun WHERE stage = 'finalize' AND outcome = 'done'"


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[PostgresServer]:
    """One that a test may stop."""
    server = PostgresServer(tmp_path).start()
    yield server
    server.stop()


@pytest.mark.parametrize("queue", ["rq", "local"])
def test_postgresql_restarted_while_a_module_is_processed_loses_nothing(
    new_site: Callable[..., Site],
    own_postgres: PostgresServer,
    redis_server: RedisServer,
    slow_video: Path,
    tmp_path: Path,
    queue: str,
):
    site = new_site(QUEUE=queue, REDIS_PORT=str(redis_server.port), DATABASE_URL=own_postgres.database())
    site.serve()
    worker = site.start("rqworker", "default") if queue == "rq" else site.start("localworker")
    modules = [site.upload(slow_video)["moduleId"]]
    modules.append(site.upload(how_to(tmp_path / "v.mp4", seconds=6))["moduleId"])
    wait_for(lambda: site.status(modules[0])["stage"] == "speech", "the analysis to begin")
    own_postgres.crash()
    time.sleep(2)
    own_postgres.launch()
    began = time.monotonic()
    for module in modules:
        assert site.ready(module)["attempts"] == 0
    print(f"{queue}: all ready {time.monotonic() - began:.1f} s after PostgreSQL was back")
    assert worker.popen.poll() is None
    assert site.rows(FINISHED) == [(2,)]


def test_no_database_is_locked_with_sqlite_under_uploads_polls_and_four_workers(
    new_site: Callable[..., Site], redis_server: RedisServer, tmp_path: Path
):
    site = new_site(QUEUE="rq", REDIS_PORT=str(redis_server.port), MAX_ACTIVE_PER_USER="100")
    site.serve()
    workers = [site.start("rqworker", "default") for _ in range(4)]
    video = how_to(tmp_path / "v.mp4", seconds=6)
    modules = [site.upload(video)["moduleId"] for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        uploads = [pool.submit(site.upload, video) for _ in range(12)]
        polls = [pool.submit(site.status, module) for module in modules * 40]
        modules += [upload.result()["moduleId"] for upload in uploads]
        assert all(poll.result()["moduleId"] for poll in polls)
    for module in modules:
        assert site.ready(module, seconds=90)["attempts"] == 0
    for process in [site.web, *workers]:
        for bad in ("database is locked", "Traceback", "database cannot be used"):
            assert bad not in process.output()
    assert site.rows(FINISHED) == [(16,)]
