"""Each mistake in the settings is named, with its cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks

from modules.ai.registry import choices

from .conftest import run_python

OPENAI_CURE = "Set OPENAI_API_KEY (or OPENAI_BASE_URL of a server without keys), or set it to “auto”."
MISTAKES = {
    "an unknown queue": ({"QUEUE": "celery"}, "E001", "auto, rq, local"),
    "an unknown speech provider": ({"SPEECH_PROVIDER": "google"}, "E001", ", ".join(choices("speech"))),
    "an unknown writer": ({"WRITER_PROVIDER": "OpenAI"}, "E001", ", ".join(choices("writer"))),
    "a limit of nothing": ({"MAX_UPLOAD_MB": 0}, "E002", "above zero"),
    "a negative reserve": ({"MIN_FREE_DISK_MB": -1}, "E002", "0 or more"),
    "a folder that is not there": ({"DATA_DIR": Path("/nowhere")}, "E003", "DATA_DIR"),
    "openai without a key": ({"WRITER_PROVIDER": "openai", "OPENAI_API_KEY": ""}, "E004", OPENAI_CURE),
    "one key of two": ({"S3_BUCKET": "videos", "S3_ACCESS_KEY": "key"}, "E005", "Set both"),
    "a store without a bucket": ({"S3_ENDPOINT_URL": "http://localhost:9000"}, "E005", "S3_BUCKET"),
    "a price that cannot be read": (
        {"AI_PRICES": {"m": {"input": 0.1}}, "AI_MAX_COST_PER_MODULE": 1.0},
        "E008",
        "tokens_in",
    ),
    "a price that nobody knows": ({"AI_MAX_COST_PER_MODULE": 1.0, "OPENAI_MODEL": "gpt-9"}, "W002", "AI_PRICES"),
    "debugging in public": ({"DEBUG": True, "ALLOWED_HOSTS": ["example.com"]}, "W001", "DEBUG=false"),
}


def found() -> list[CheckMessage]:
    """What our own checks say, of all that are registered."""
    return [message for message in run_checks() if message.id.startswith("trainingsite.")]


@pytest.mark.parametrize(("mistake", "id", "cure"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_cure(settings: Any, mistake: dict[str, Any], id: str, cure: str):
    for name, value in mistake.items():
        setattr(settings, name, value)
    (message,) = found()
    assert message.id == f"trainingsite.{id}"
    assert cure in message.hint


def test_settings_as_they_come_have_nothing_to_say():
    assert found() == []


def test_the_checks_run_with_every_start(tmp_path: Path):
    done = run_python(tmp_path, "manage.py", "check", QUEUE="celery")
    assert done.returncode == 1
    assert "QUEUE is “celery”" in done.stderr and "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    done = run_python(tmp_path / "file" / "data", "manage.py", "check")
    assert done.returncode == 1
    assert "Set DATA_DIR to a folder that can be written to" in done.stderr


def test_loopback_has_several_names(settings: Any):
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["localhost", "127.0.0.1", "[::1]", ".localhost"]
    assert found() == []
