"""A run that goes on where another one died."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from modules.models import LeaseLost, Module, Rendition, StageRun, database_clock, stages
from modules.models.outputs import SavedTranscript, SavedWindow
from modules.pipeline.still_selection import candidates
from modules.pipeline.types import ReportProgress, Scene, ignore_progress
from modules.processing import publish
from modules.processing.attempt import Attempt
from modules.processing.background import BackgroundWorkAbandoned, run_in_background
from modules.processing.frames import FrameGrabber
from modules.processing.publish import delete_unused_stills, request_rendition
from tests.videos import cached

from .factories import make_module

pytestmark = pytest.mark.django_db


class Died(Exception):
    """The end of a run."""


def run_of(module: Module) -> Attempt:
    token = Module.objects.claim(module.pk, database_clock(), "w1")
    attempt = Attempt(Module.objects.get(pk=module.pk), token, worker="w1", disposable=False)
    attempt.folder.mkdir(parents=True, exist_ok=True)
    return attempt


def album_of(attempt: Attempt, video: Path) -> FrameGrabber:
    scenes = [Scene(float(time), 0.9) for time in range(3, 24, 3)]
    return FrameGrabber(attempt, video, candidates(24, (), scenes))


def saved_places() -> list[int]:
    return sorted(StageRun.objects.filter(outcome="part").values_list("part", flat=True))


@pytest.fixture
def video() -> Path:
    return cached("scenes.mp4", seconds=24, scenes=range(3, 24, 3))


@pytest.fixture
def module(settings, tmp_path, video) -> Module:
    settings.WORK_DIR, settings.MEDIA_ROOT = tmp_path / "work", tmp_path / "media"
    return make_module(content=video.read_bytes())


def test_pictures_that_an_earlier_run_saved_are_not_taken_again(module, video, settings):
    first = run_of(module)

    def dies_half_way(done: float, *args: object, **params: object) -> None:
        if done > 0.5:
            raise Died

    with pytest.raises(Died):
        album_of(first, video).complete(dies_half_way)
    saved = saved_places()
    assert len(saved) >= 3
    assert Module.objects.release(module.pk, first.lease_token)
    pictures = album_of(run_of(module), video).complete(ignore_progress)
    assert len(saved_places()) == len(set(saved_places()))  # none of them twice
    assert [picture.time for picture in pictures] == sorted(picture.time for picture in pictures)
    assert len(pictures) > len(saved)
    assert all((settings.MEDIA_ROOT / picture.path).is_file() for picture in pictures)


@pytest.mark.django_db(transaction=True)
def test_the_pictures_for_the_writer_come_first_and_the_others_beside_it(module, video):
    attempt = run_of(module)
    frames = album_of(attempt, video)
    shown = frames.take([1, 3, 5], ignore_progress)
    assert saved_places() == [1, 3, 5] and len(shown) == 3
    with run_in_background(attempt, frames.complete) as rest:
        pass
    assert set(shown) < set(rest.result())
    assert saved_places() == list(range(len(saved_places())))
    assert album_of(attempt, video).complete(ignore_progress) == rest.result()


def test_what_is_done_beside_a_run_ends_with_it(module):
    begun = threading.Event()

    def endless(report_progress: ReportProgress) -> None:
        while True:
            begun.set()
            report_progress(0.5)

    with pytest.raises(Died), run_in_background(run_of(module), endless) as never:
        begun.wait(5)
        raise Died
    assert isinstance(never.exception(), BackgroundWorkAbandoned)


def test_a_rendition_that_failed_is_made_once_more_when_a_person_asks_for_work(module):
    attempt = run_of(module)
    request_rendition(attempt)
    Rendition.objects.update(status="failed", error={"code": "damaged_video", "params": {}}, attempts=3)
    attempt.module.attempts = 1  # the run of before, again: nobody asked
    request_rendition(attempt)
    assert Rendition.objects.get().status == "failed"
    attempt.module.attempts = 0
    request_rendition(attempt)
    again = Rendition.objects.get()
    assert (again.status, again.attempts, again.error) == ("queued", 0, None)


def test_pictures_for_an_older_transcript_are_removed_and_taken_anew_when_they_are_wanted_again(module, video):
    attempt = run_of(module)
    older = album_of(attempt, video).complete(ignore_progress)
    newer = FrameGrabber(attempt, video, [1.0, 9.0, 17.0]).complete(ignore_progress)
    Module.objects.update(status="ready", lease_token="")
    delete_unused_stills(module)
    stored = {path.name for path in (Path(default_storage.path(module.folder)) / "stills").iterdir()}
    assert stored == {Path(still.path).name for still in newer}
    Module.objects.update(status="processing", lease_token=attempt.lease_token)
    again = album_of(attempt, video).complete(ignore_progress)
    assert [still.time for still in again] == [still.time for still in older]
    assert all(default_storage.exists(still.path) for still in again)


def test_windows_are_emptied_once_the_whole_transcript_is_saved(module):
    attempt = run_of(module)
    for part in range(2):
        attempt.save_part(stages.SPEECH, "key", part, SavedWindow("Hello", 15.0 * part, {}).to_json(), provider="w")
    attempt.save_part(stages.SPEECH, "other key", 0, {"text": "of another recogniser", "start": 0.0, "heard": {}})
    attempt.save(stages.SPEECH, "key", SavedTranscript.of([], "en").to_json(), replaces_parts=True)
    parts = StageRun.objects.filter(outcome="part", key="key")
    assert list(parts.values_list("provider", "output")) == [("w", None)] * 2
    assert attempt.saved_parts(stages.SPEECH, "key") == {}
    assert list(attempt.saved_parts(stages.SPEECH, "other key")) == [0]
    assert attempt.saved(stages.SPEECH, "key")["language"] == "en"


def test_a_module_that_is_deleted_while_its_file_is_read_is_no_error_of_ours(module, caplog):
    """The hash used to be saved without a look at the lease, which ended as "internal"."""
    attempt = run_of(module)
    with attempt:
        Module.objects.filter(pk=module.pk).delete()
        publish.save_checksum(attempt, "0" * 64)
    assert [record.levelname for record in caplog.records if record.levelname == "ERROR"] == []
    assert not StageRun.objects.exists()


def test_a_run_that_was_taken_over_writes_no_hash(module):
    attempt = run_of(module)
    Module.objects.filter(pk=module.pk).update(lease_token="another")
    with pytest.raises(LeaseLost):
        publish.save_checksum(attempt, "0" * 64)
    module.upload.refresh_from_db()
    assert module.upload.sha256 == ""
