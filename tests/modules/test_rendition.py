"""A rendition's run ends as a module's does: what goes wrong is written down, and nothing is tried for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from modules import media
from modules.models import Module, Rendition, StageRun, Status, database_clock
from modules.pipeline.types import MediaError, ReportProgress
from modules.processing.attempt import MAX_TRANSIENT_ERRORS, Attempt
from modules.processing.rendition import render
from modules.storage import files
from tests.videos import cached

from .factories import make_module

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rendition() -> Rendition:
    video = cached("rendered.avi", seconds=2)
    return Rendition.objects.create(module=make_module(status="ready", container="avi", content=video.read_bytes()))


def run(rendition: Rendition) -> Rendition:
    Rendition.objects.update(not_before=None)
    render(str(rendition.pk), worker="w1", disposable=False)
    rendition.refresh_from_db()
    return rendition


def break_transcoding(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def broken(*args: object) -> None:
        raise error

    monkeypatch.setattr(media, "make_rendition", broken)


def test_it_is_made_once_with_its_stage_run(rendition: Rendition) -> None:
    assert render(str(rendition.pk), worker="w1", disposable=False)
    assert not render(str(rendition.pk), worker="w2", disposable=False)
    rendition.refresh_from_db()
    assert (rendition.status, rendition.progress, rendition.lease_token) == (Status.READY, 100, "")
    done = StageRun.objects.get(stage="rendition")
    assert (done.outcome, done.worker) == (StageRun.Outcome.DONE, "w1")
    assert done.bytes > 0 and done.seconds > 0


def test_its_bar_goes_from_none_to_all_and_its_row_says_how_much_video_it_covered(
    rendition: Rendition, monkeypatch: pytest.MonkeyPatch
) -> None:
    Module.objects.update(duration=2.0)
    shown: list[float] = []
    monkeypatch.setattr(Attempt, "report_progress", lambda self, stage, done, /, *more, **params: shown.append(done))
    assert render(str(rendition.pk), worker="w1", disposable=False)
    assert StageRun.objects.get(stage="rendition").media_seconds == 2.0
    assert shown == sorted(shown) and shown[0] == 0.0 and shown[1] < 0.5 < shown[-1] <= 1.0 and len(shown) > 2


def test_a_tenth_of_its_bar_is_for_fetching_the_video_from_an_object_store(
    remote: None, rendition: Rendition, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[float] = []
    made = media.make_rendition

    def from_the_start(source: Path, container: str, out: Path, report_progress: ReportProgress) -> None:
        report_progress(0.0)
        made(source, container, out, report_progress)

    monkeypatch.setattr(media, "make_rendition", from_the_start)
    monkeypatch.setattr(Attempt, "report_progress", lambda self, stage, done, /, *more, **params: shown.append(done))
    monkeypatch.setattr(files, "CHUNK", rendition.module.upload.size // 2 + 1)
    assert render(str(rendition.pk), worker="w1", disposable=False)
    assert shown[:4] == [0.0, pytest.approx(0.05, abs=0.001), 0.1, 0.1], "both halves of the file, then the first frame"
    assert shown == sorted(shown) and 0.9 < shown[-1] <= 1.0


def test_an_unforeseen_error_is_recorded_and_ends_it_after_three_tries(
    rendition: Rendition, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_transcoding(monkeypatch, RuntimeError("nobody thought of this"))
    for attempts in (1, 2):
        assert (run(rendition).status, rendition.attempts) == (Status.QUEUED, attempts)
        assert rendition.not_before is not None
    assert (run(rendition).status, rendition.error["code"]) == (Status.FAILED, "internal")
    faults = StageRun.objects.filter(stage="rendition", code="internal")
    assert faults.count() == 3
    assert all("nobody thought of this" in fault.traceback for fault in faults)


def test_a_fault_of_the_file_ends_it_at_once_and_is_recorded(
    rendition: Rendition, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_transcoding(monkeypatch, MediaError("damaged_video"))
    assert (run(rendition).status, rendition.error["code"]) == (Status.FAILED, "damaged_video")
    assert StageRun.objects.get(stage="rendition").outcome == StageRun.Outcome.FAILED


def test_a_transient_error_is_not_tried_for_ever(rendition: Rendition, monkeypatch: pytest.MonkeyPatch) -> None:
    full = OSError(28, "No space left on device")
    break_transcoding(monkeypatch, full)
    earlier = {"module": rendition.module, "lease_token": "x", "stage": "rendition", "outcome": "failed"}
    StageRun.objects.bulk_create(StageRun(**earlier, code="disk_full") for _ in range(MAX_TRANSIENT_ERRORS - 1))
    assert (run(rendition).status, rendition.attempts) == (Status.QUEUED, 0)
    assert (run(rendition).status, rendition.error["code"]) == (Status.FAILED, "disk_full")


def test_the_modules_own_errors_are_none_of_its_own(rendition: Rendition, monkeypatch: pytest.MonkeyPatch) -> None:
    break_transcoding(monkeypatch, OSError(28, "No space left on device"))
    earlier = {"module": rendition.module, "lease_token": "x", "stage": "steps", "outcome": "failed"}
    StageRun.objects.bulk_create(StageRun(**earlier, code="disk_full") for _ in range(MAX_TRANSIENT_ERRORS))
    assert run(rendition).status == Status.QUEUED
    assert rendition.not_before - database_clock() < timedelta(seconds=10), "as after the first error"


def test_a_module_that_is_deleted_meanwhile_leaves_no_file(
    rendition: Rendition, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = media.make_rendition

    def delete_first(source: Path, container: str, out: Path, report_progress: object) -> None:
        made(source, container, out, report_progress)
        rendition.module.delete()

    monkeypatch.setattr(media, "make_rendition", delete_first)
    folder = Path(rendition.module.video.path).parent
    assert not render(str(rendition.pk), worker="w1", disposable=False)
    assert not folder.exists()


def test_a_second_run_says_how_far_it_is_itself(rendition: Rendition, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rendition has no saved work: one that died at 90 % begins at 0 again."""
    Rendition.objects.update(progress=90)
    seen = []

    def half(source: Path, container: str, out: Path, report_progress: ReportProgress) -> None:
        report_progress(0.5)
        seen.append(Rendition.objects.get().progress)
        raise MediaError("damaged_video")

    monkeypatch.setattr(media, "make_rendition", half)
    run(rendition)
    assert seen == [0], "as the run's first report says"
