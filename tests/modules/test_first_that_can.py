"""How a run goes through its stages: which writer does the work, what it depends on, and who gets the module."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from modules.models import LeaseLost, Module, StageRun, Status, stages
from modules.pipeline.types import Cue, Material, Probe, ProviderError, Scene, Still, ignore_progress
from modules.processing.attempt import Attempt, RetryLater
from modules.processing.conductor import _made_from, first_that_can, move_if_long, process

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


# --- Which writer does the work -------------------------------------------------------------------------------


@dataclass
class Writer:
    """Writes its own name, or cannot. asked: what it was asked to do."""

    name: str
    error: ProviderError | None = None
    asked: list[Any] = field(default_factory=list)


def written(run: Attempt, *writers: Writer, made_from: Any = "cues") -> tuple[Any, Writer]:
    def work(writer: Writer, report_progress: Any) -> str:
        writer.asked.append(made_from)
        if writer.error:
            raise writer.error
        return f"by {writer.name}"

    return first_that_can(run, stages.STEPS, writers, [made_from], work, ignore_progress, 12.0)


def test_the_first_writer_does_it_and_the_next_one_is_not_asked(run):
    first, second = Writer("first"), Writer("second")
    assert written(run, first, second) == ("by first", first)
    assert second.asked == []
    assert StageRun.objects.get().provider == "first"


def test_where_one_cannot_the_next_does_it_and_that_is_said(run):
    first, second = Writer("first", ProviderError("ai_quota")), Writer("second")
    assert written(run, first, second) == ("by second", second)
    assert [notice.code for notice in run.notices] == ["ai_quota"]
    assert StageRun.objects.get().provider == "second"


def test_what_passes_is_not_given_to_the_next_one(run):
    first, second = Writer("first", ProviderError("ai_busy", transient=True)), Writer("second")
    with pytest.raises(RetryLater):
        written(run, first, second)
    assert second.asked == []


def test_what_was_written_is_not_written_again_by_the_same_writer_from_the_same(run):
    first, other = Writer("first"), Writer("other")
    for _ in range(2):
        assert written(run, first) == ("by first", first)
    assert first.asked == ["cues"]
    written(run, first, made_from="other cues")
    assert first.asked == ["cues", "other cues"]
    assert written(run, other) == ("by other", other)


def test_steps_that_a_person_asked_for_anew_are_written_anew(run):
    first = Writer("first")
    written(run, first)
    run.module.steps_round += 1
    written(run, first)
    assert len(first.asked) == 2


STILL = Still(1.0, "a.jpg", 640, 360, 0.5)
MATERIAL = Material("Filter", "en", 60.0, (Cue(1, 0, 5, "Open it."),), (Scene(5.0, 0.9),), (STILL,))


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Lid"},
        {"language": "de"},
        {"cues": (Cue(1, 0, 5, "Close it."),)},
        {"cues": (Cue(1, 1, 5, "Open it."),)},
        {"cues": (Cue(1, 0, 6, "Open it."),)},
        {"cues": ()},
        {"scenes": (Scene(6.0, 0.9),)},
        {"stills": (replace(STILL, time=2.0),)},
    ],
)
def test_another_material_is_written_about_anew(other):
    assert _made_from(MATERIAL) == _made_from(replace(MATERIAL))
    assert _made_from(MATERIAL) != _made_from(replace(MATERIAL, **other))


# --- Who gets the module --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["processing", "ready", "failed", "cancelled"])
def test_a_job_for_a_module_that_does_not_wait_does_nothing(status):
    module = make_module(status=status, lease_token="another" if status == "processing" else "")
    before = list(Module.objects.values())
    assert process(str(module.pk), worker="w1", disposable=False) is False
    assert list(Module.objects.values()) == before
    assert not StageRun.objects.exists()


def test_a_job_for_a_module_that_is_gone_does_nothing():
    assert process(str(uuid4()), worker="w1", disposable=False) is False


def test_a_video_that_is_gone_from_the_storage_fails_the_module_in_words():
    module = make_module(content=b"video")
    module.video.storage.delete(module.video.name)
    assert process(str(module.pk), worker="w1", disposable=False) is False
    module.refresh_from_db()
    assert (module.status, module.error["code"]) == (Status.FAILED, "file_missing")


def probe(minutes: float) -> Probe:
    return Probe("mp4", minutes * 60, 640, 360, 25.0, "h264", None, 1000)


def test_a_video_longer_than_the_setting_goes_on_in_its_own_queue_once(run, settings):
    settings.LONG_VIDEO_MINUTES = 20
    move_if_long(run, probe(20))
    assert row(run).queue == "default"
    with run:
        move_if_long(run, probe(20.1))
    module = row(run)
    assert (module.queue, module.status, module.attempts) == ("long", Status.QUEUED, 0)
    assert not StageRun.objects.exists(), "it is nobody's fault"
    following = attempt_on(module)
    move_if_long(following, probe(20.1))
    assert row(following).status == Status.PROCESSING


def test_moving_a_module_that_was_lost_meanwhile_ends_the_run(run):
    Module.objects.cancel(run.module.pk)
    with pytest.raises(LeaseLost):
        move_if_long(run, probe(10_000))
    assert row(run).queue == "default"
