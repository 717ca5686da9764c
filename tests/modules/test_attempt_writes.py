"""What a run reports and saves while it works."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from modules.models import AICall, LeaseLost, Module, StageRun, stages
from modules.processing import attempt as attempts
from modules.processing.attempt import Attempt

from .factories import attempt_on, make_module

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings, tmp_path: Path) -> None:
    settings.WORK_DIR, settings.MEDIA_ROOT = tmp_path / "work", tmp_path / "media"


@pytest.fixture
def run() -> Attempt:
    """A run of a new module."""
    return attempt_on(make_module())


def row(run: Attempt) -> Module:
    """The module as it stands in the database."""
    return Module.objects.get(pk=run.module.pk)


# --- What it reports ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("done", "progress"), [(-1, 10), (0.0, 10), (0.5, 20), (0.99, 29), (1.0, 30), (7, 30)])
def test_a_stage_moves_within_its_part_of_the_bar(run, done, progress):
    run.report_progress(stages.SPEECH, done, "listening", done="0:01", total="0:02")
    module = row(run)
    assert (module.stage, module.progress) == ("speech", progress)
    assert module.message == {"code": "listening", "params": {"done": "0:01", "total": "0:02"}}


def test_a_report_without_words_keeps_the_last_ones(run, monkeypatch):
    monkeypatch.setattr(attempts, "REPORT_EVERY", 0)
    run.report_progress(stages.SPEECH, 0.5, "listening", done="0:01", total="0:02")
    run.report_progress(stages.SPEECH, 0.6)
    assert row(run).progress == 22
    assert row(run).message["code"] == "listening"


def test_what_comes_too_soon_is_not_written_unless_something_else_is_being_done(run, monkeypatch):
    monkeypatch.setattr(attempts, "REPORT_EVERY", 3600)
    run.report_progress(stages.SPEECH, 0.5, "listening", done="0:01", total="0:09")
    run.report_progress(stages.SPEECH, 0.6, "listening", done="0:02", total="0:09")
    assert row(run).progress == 20
    run.report_progress(stages.SPEECH, 0.7, "looking")
    assert (row(run).progress, row(run).message["code"]) == (24, "looking")


def test_what_says_nothing_new_is_not_written(run, monkeypatch):
    monkeypatch.setattr(attempts, "REPORT_EVERY", 0)
    run.report_progress(stages.SPEECH, 0.5, "looking")
    version = row(run).version
    run.report_progress(stages.SPEECH, 0.501, "looking")
    assert row(run).version == version
    run.report_progress(stages.SPEECH, 0.6, "looking")
    assert row(run).version == version + 1


def test_a_run_that_lost_its_module_learns_of_it_by_its_report(run):
    Module.objects.cancel(run.module.pk)
    with pytest.raises(LeaseLost):
        run.report_progress(stages.SPEECH, 0.5, "looking")


# --- The work it saves ----------------------------------------------------------------------------------------


def test_a_key_tells_what_a_stage_was_made_from_whatever_the_order_of_its_settings(run, monkeypatch):
    key = run.key("speech", {"a": 1, "b": 2})
    assert key == run.key("speech", {"b": 2, "a": 1})
    assert len({key, run.key("speech", {"a": 1, "b": 3}), run.key("steps", {"a": 1, "b": 2}), run.key("speech")}) == 4
    monkeypatch.setattr(attempts, "PIPELINE_VERSION", attempts.PIPELINE_VERSION + 1)
    assert key != run.key("speech", {"a": 1, "b": 2})


def test_saved_work_is_taken_up_by_the_next_run_and_that_is_written_down(run):
    assert run.saved(stages.SPEECH, "k") is None
    run.save(stages.SPEECH, "k", {"cues": []}, provider="openai", code="no_speech")
    Module.objects.release(run.module.pk, run.lease_token)
    following = attempt_on(run.module)
    assert following.saved(stages.SPEECH, "k") == {"cues": []}
    done, reused = StageRun.objects.all()
    assert (done.lease_token, done.outcome, done.worker, done.provider) == (run.lease_token, "done", "w1", "openai")
    assert (reused.lease_token, reused.outcome, reused.key) == (following.lease_token, "reused", "k")
    assert (reused.provider, reused.code, reused.output) == ("openai", "no_speech", None)


def test_a_run_that_lost_its_module_saves_nothing(run):
    Module.objects.cancel(run.module.pk)
    for save in (lambda: run.save(stages.SPEECH, "k", {}), lambda: run.save_part(stages.SPEECH, "k", 0, {})):
        with pytest.raises(LeaseLost):
            save()
    assert not StageRun.objects.exists()


def test_a_stage_is_written_with_the_time_at_which_it_began(run):
    run.save(stages.SPEECH, "k", {}, seconds=100)
    ago = timezone.now() - StageRun.objects.get().started_at
    assert timedelta(seconds=100) <= ago < timedelta(seconds=130)
    assert StageRun.objects.get().seconds == 100


def pay(run: Attempt, seconds: float) -> None:
    with run.ledger.call("speech", "gpt-transcribe", audio_seconds=seconds) as call:
        call.audio_seconds = seconds


def test_what_was_paid_is_written_once_with_the_work_that_it_paid_for(run):
    for number, seconds in enumerate((60, 30)):
        pay(run, seconds)
        run.save_part(stages.SPEECH, "k", number, {"text": "Hello"})
    assert list(AICall.objects.values_list("module", "lease_token", "audio_seconds")) == [
        (run.module.pk, run.lease_token, 60.0),
        (run.module.pk, run.lease_token, 30.0),
    ]


def test_what_a_stage_paid_that_failed_is_written_too(run):
    with pytest.raises(ValueError, match="bad answer"), run.stage(stages.STEPS):
        pay(run, 60)
        raise ValueError("bad answer")
    assert AICall.objects.count() == 1
    assert row(run).message["code"] == "extracting"


def test_what_was_paid_for_a_module_that_is_gone_is_no_error(run):
    with run.stage(stages.STEPS):
        pay(run, 60)
        Module.objects.all().delete()
    assert not AICall.objects.exists()


# --- How it ends ----------------------------------------------------------------------------------------------


def test_a_picture_written_after_its_module_was_deleted_does_not_stay(run):
    with run:
        Module.objects.all().delete()
        name = default_storage.save(f"{run.module.folder}/stills/1.jpg", ContentFile(b"picture"))
        raise LeaseLost
    assert not default_storage.exists(name)


def test_a_run_that_was_cancelled_keeps_its_files(run):
    name = default_storage.save(f"{run.module.folder}/stills/1.jpg", ContentFile(b"picture"))
    with run:
        Module.objects.cancel(run.module.pk)
        raise LeaseLost
    assert default_storage.exists(name)
