"""The database is down, hangs, restarts in the middle of the work, or has many writers at once."""

from __future__ import annotations

import http.client
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection

from trainingsite.database_errors import is_database_unavailable

from .samples import how_to
from .servers import PostgresServer, RedisServer, Site, multipart, wait_for

FINISHED = "SELECT count(*) FROM modules_stagerun WHERE stage = 'finalize' AND outcome = 'done'"


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[PostgresServer]:
    """One that a test may stop."""
    server = PostgresServer(tmp_path).start()
    yield server
    server.remove()


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


def whole(status: int, headers: dict[str, str], body: bytes) -> str:
    """The text of a 503 as every address gives it."""
    assert status == 503
    assert int(headers["retry-after"]) > 0
    return body.decode()


def test_while_postgresql_is_down_every_request_is_answered_in_plain_words_and_nothing_is_kept(
    new_site: Callable[..., Site], own_postgres: PostgresServer, tmp_path: Path
):
    site = new_site(DATABASE_URL=own_postgres.database())
    site.serve()
    video = how_to(tmp_path / "v.mp4", seconds=6)
    module = site.upload(video)["moduleId"]
    before = site.media()
    own_postgres.stop()

    page = whole(*site.request("GET", f"/modules/{module}/processing/"))
    assert "not available right now" in page and "site.css" in page
    assert 'http-equiv="refresh"' in page
    poll = site.request("GET", f"/modules/{module}/status/", headers={"HX-Request": "true"})
    assert "<" not in whole(*poll)
    program = whole(*site.request("GET", f"/api/upload/status/{module}"))
    assert json.loads(program)["errorCode"] == "unavailable"
    status, answer = site.try_upload(video)
    assert (status, answer["success"], answer["errorCode"]) == (503, False, "unavailable")
    body, content_type = multipart({}, [("file", "v.mp4", video.read_bytes())])
    form = whole(*site.request("POST", "/upload/", body, {"Content-Type": content_type}))
    # A reload would send the file again.
    assert "not available right now" in form and "http-equiv" not in form
    assert site.media() == before
    assert "Traceback" not in site.web.output()

    own_postgres.launch()
    assert site.status(module)["stage"] == "queued"
    site.upload(video)


def test_an_upload_whose_rows_cannot_be_written_leaves_no_file(
    new_site: Callable[..., Site], own_postgres: PostgresServer, tmp_path: Path
):
    site = new_site(DATABASE_URL=own_postgres.database())
    site.serve()
    video = how_to(tmp_path / "v.mp4", seconds=6).read_bytes()
    body, content_type = multipart({}, [("file", "v.mp4", video + bytes(2_000_000))])
    client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    client.putrequest("POST", "/api/upload")
    headers = {"Authorization": f"Bearer {site.token}", "Content-Type": content_type, "Content-Length": str(len(body))}
    for name, value in headers.items():
        client.putheader(name, value)
    client.endheaders(body[:1_500_000])
    wait_for(lambda: any(path.stat().st_size for path in site.media()), "the first bytes")
    own_postgres.crash()
    client.send(body[1_500_000:])
    answer = client.getresponse()
    assert (answer.status, json.loads(answer.read())["errorCode"]) == (503, "unavailable")
    client.close()
    assert site.media() == []
    assert "Traceback" not in site.web.output()
    own_postgres.launch()
    assert site.rows("SELECT count(*) FROM modules_module") == [(0,)]


CUT_AT_COMMIT = """
CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON uploads_upload DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION cut();
"""


def test_a_file_whose_rows_may_have_been_kept_is_left_for_prune_storage(
    new_site: Callable[..., Site], postgres: PostgresServer, tmp_path: Path
):
    site = new_site(DATABASE_URL=postgres.database())
    with psycopg.connect(site.env["DATABASE_URL"]) as client:
        client.execute(CUT_AT_COMMIT)
    site.serve()
    assert site.try_upload(how_to(tmp_path / "v.mp4", seconds=6))[0] == 503
    assert len(site.media()) == 1
    assert "1 file" in site.manage("prune_storage", "--older-than", "0")
    assert site.media() == []


def test_postgresql_that_hangs_is_given_up_on_and_the_module_is_made_once_when_it_goes_on(
    new_site: Callable[..., Site], own_postgres: PostgresServer, redis_server: RedisServer, slow_video: Path
):
    site = new_site(
        QUEUE="rq", REDIS_PORT=str(redis_server.port), DATABASE_URL=own_postgres.database(), DATABASE_TIMEOUT="3"
    )
    site.serve()
    worker, idle = site.start("rqworker", "default"), site.start("rqworker", "long")
    module = site.upload(slow_video)["moduleId"]
    wait_for(lambda: site.status(module)["stage"] == "speech", "the analysis to begin")
    own_postgres.hang()
    began = time.monotonic()
    whole(*site.request("GET", f"/api/upload/status/{module}"))
    print(f"a poll was answered after {time.monotonic() - began:.1f} s")
    wait_for(lambda: "The database cannot be used" in idle.output(), "the idle worker to give up on it")
    wait_for(lambda: "Heartbeat not written" in worker.output(), "the run to give up on it")
    own_postgres.go_on()
    began = time.monotonic()
    assert site.ready(module)["attempts"] == 0
    print(f"ready {time.monotonic() - began:.1f} s after PostgreSQL went on")
    assert worker.popen.poll() is None and idle.popen.poll() is None
    assert site.rows(FINISHED) == [(1,)]


SLOW = """
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.models.signals import pre_migrate

def sleep(seconds, **more):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])

pre_migrate.connect(lambda **more: sleep(1.5), weak=False)
call_command("migrate", verbosity=0)
try:
    sleep(60)
except OperationalError as error:
    print(error)
"""


def test_a_slow_statement_is_ended_but_not_a_migration(new_site: Callable[..., Site], postgres: PostgresServer):
    site = new_site(DATABASE_URL=postgres.database())
    site.env["DATABASE_TIMEOUT"] = "1"
    assert "due to statement timeout" in site.manage("shell", "-v", "0", "-c", SLOW)


STUCK = """
import time
from django.db import OperationalError
from modules.processing.heartbeat import Heartbeat

def before_kill(reason):
    raise OperationalError("away")

Heartbeat(renew_lease=lambda: False, check_limits=lambda: "", before_kill=before_kill, disposable=True).__enter__()
time.sleep(60)
raise SystemExit("still here")
"""


def test_a_stuck_run_is_ended_though_the_database_takes_no_last_words(new_site: Callable[..., Site]):
    assert new_site().manage("shell", "-v", "0", "-c", STUCK) == ""


CUT_OFF = """
import time
from django.db import connection
from modules.models import Module
from modules.processing.heartbeat import Heartbeat
from trainingsite.accounts.models import User

module = Module.objects.create(owner=User.objects.get(username="ann"), status="processing", lease_token="r")
answers = []

def renew():
    if not answers:
        answers.append("cut off")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    answers.append(Module.objects.renew_lease(module.pk, "r"))
    return answers[-1]

until = time.monotonic() + 10
with Heartbeat(renew, lambda: "", before_kill=print, disposable=False):
    while len(answers) < 2 and time.monotonic() < until:
        time.sleep(0.05)
print(answers)
"""


def test_a_heartbeat_whose_connection_is_cut_is_written_again_on_a_new_one(
    new_site: Callable[..., Site], postgres: PostgresServer
):
    site = new_site(DATABASE_URL=postgres.database(), LOG_LEVEL="ERROR")
    assert site.manage("shell", "-v", "0", "-c", CUT_OFF).strip() == "['cut off', True]"


@pytest.mark.django_db
def test_a_busy_sqlite_is_away_and_a_missing_table_is_a_fault_of_ours(tmp_path: Path):
    with pytest.raises(OperationalError) as missing, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")
    assert not is_database_unavailable(missing.value)
    one, other = (sqlite3.connect(tmp_path / "db", timeout=0, isolation_level=None) for _ in range(2))
    one.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as locked:
        other.execute("BEGIN IMMEDIATE")
    busy = OperationalError(*locked.value.args)
    busy.__cause__ = locked.value
    assert is_database_unavailable(busy)
    assert not is_database_unavailable(ValueError())


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
