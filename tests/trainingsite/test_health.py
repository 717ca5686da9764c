"""/healthz and /readyz, with and without what the site leans on."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from modules.models import Rendition, Status, Worker
from tests.modules.factories import make_module

PARTS = {"database", "queue", "workers", "storage", "ai"}


def listening() -> None:
    Worker.objects.record_heartbeat("here", kind=Worker.Kind.LOCAL, host="here", pid=1, queues=["default"])


def test_alive_needs_no_database(client: Client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready_when_a_worker_listens(client: Client):
    listening()
    response = client.get("/readyz")
    assert response.status_code == 200
    assert set(response.json()) == PARTS | {"ready"}
    assert all(response.json()[part]["ok"] and response.json()[part]["message"] for part in PARTS)
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_when_nobody_listens_and_the_command_is_named(client: Client):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["workers"]["ok"] is False
    assert "manage.py localworker" in response.json()["workers"]["message"]


@pytest.mark.django_db
def test_not_ready_when_files_cannot_be_written(client: Client, settings: Any, tmp_path: Path):
    listening()
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "gone"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["storage"]["ok"]) == (503, False)


@pytest.mark.django_db
def test_a_provider_without_a_key_is_told_but_no_hindrance(client: Client, settings: Any):
    listening()
    settings.SPEECH_PROVIDER, settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "openai", "", ""
    response = client.get("/readyz")
    message = "OpenAI is chosen, but OPENAI_API_KEY is not set; the local means are used."
    assert (response.status_code, response.json()["ai"]) == (200, {"ok": False, "message": message})


@pytest.mark.django_db
def test_who_does_the_work_is_told(client: Client, settings: Any):
    settings.SPEECH_PROVIDER, settings.WRITER_PROVIDER, settings.OPENAI_API_KEY = "local", "auto", "sk-test"
    assert client.get("/readyz").json()["ai"] == {"ok": True, "message": "Speech: local. Steps: openai."}


@pytest.mark.django_db
def test_no_secret_is_shown(client: Client, settings: Any):
    settings.OPENAI_API_KEY = "sk-very-secret"
    assert b"very-secret" not in client.get("/readyz").content


@pytest.mark.django_db
def test_a_queue_that_hangs_is_told_and_the_local_worker_suffices(silent_redis: int, run_site: Any):
    answers = run_site(REDIS_PORT=str(silent_redis), QUEUE="auto", LISTENING="yes")
    assert answers["status"] == 200
    assert answers["queue"] == {
        "ok": True,
        "message": "Redis does not answer; the local worker takes modules from the database.",
    }


def test_not_ready_when_redis_is_gone_and_the_queue_is_all_there_is(silent_redis: int, run_site: Any):
    answers = run_site(REDIS_PORT=str(silent_redis), QUEUE="rq", LISTENING="yes")
    assert (answers["status"], answers["queue"]["ok"]) == (503, False)
    assert "REDIS_HOST" in answers["queue"]["message"]
    # A local worker does nothing for this setting.
    assert "manage.py rqworker" in answers["workers"]["message"]


@pytest.fixture
def silent_redis() -> Any:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_an_unreachable_database_is_told(run_site: Any):
    answers = run_site(DATABASE_URL="postgres://nobody@127.0.0.1:9/none", MIGRATE="")
    assert (answers["status"], answers["database"]["ok"]) == (503, False)
    assert "DATABASE_URL" in answers["database"]["message"]


@pytest.mark.django_db
@pytest.mark.parametrize(("queue", "served", "ready"), [("long", "default", False), ("default", "default", True)])
def test_a_queue_that_nobody_serves_is_named_and_not_ready_once_something_waits_in_it(
    client: Client, settings: Any, queue: str, served: str, ready: bool
):
    settings.QUEUE = "auto"
    Worker.objects.record_heartbeat("w", kind=Worker.Kind.RQ, host="here", pid=1, queues=[served])
    listed = client.get("/readyz").json()["workers"]
    assert listed["ok"] is True
    assert "Nobody serves long, renditions" in listed["message"]
    make_module(queue=queue)
    listed = client.get("/readyz").json()["workers"]
    assert listed["ok"] is ready
    assert ("What waits in long is served by nobody" in listed["message"]) is not ready
    assert "manage.py rqworker" in listed["message"]


@pytest.mark.django_db
def test_a_copy_for_browsers_that_nobody_makes_is_told(client: Client, settings: Any):
    settings.QUEUE = "auto"
    Worker.objects.record_heartbeat("w", kind=Worker.Kind.RQ, host="here", pid=1, queues=["default", "long"])
    Rendition.objects.create(module=make_module(status=Status.READY))
    assert "What waits in renditions is served by nobody" in client.get("/readyz").json()["workers"]["message"]
