"""A run that goes on where another one died."""

from __future__ import annotations

from pathlib import Path

import pytest

from modules import media, processing
from modules.attempt import Attempt
from modules.models import Module, StageRun, database_clock
from modules.pipeline.types import Scene
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


def test_pictures_that_an_earlier_run_saved_are_not_taken_again(settings, tmp_path):
    settings.WORK_DIR, settings.MEDIA_ROOT = tmp_path / "work", tmp_path / "media"
    video: Path = cached("scenes.mp4", seconds=24, scenes=range(3, 24, 3))
    module = make_module(content=video.read_bytes())
    found = media.probe(video, "mp4", max_pixels=10**8, max_hours=1)
    scenes = tuple(Scene(float(time), 0.9) for time in range(3, 24, 3))
    first = run_of(module)

    def dies_half_way(done: float, *args: object, **params: object) -> None:
        if done > 0.5:
            raise Died

    with pytest.raises(Died):
        processing._pictures(first, video, found, (), scenes, dies_half_way)
    saved = list(StageRun.objects.filter(outcome="part").values_list("part", flat=True))
    assert len(saved) >= 3
    assert Module.objects.give_back(module.pk, first.run)
    pictures = processing._pictures(run_of(module), video, found, (), scenes, lambda *a, **k: None)
    parts = list(StageRun.objects.filter(outcome="part").values_list("part", flat=True))
    assert parts == list(range(len(pictures)))  # none of them twice
    assert [picture.time for picture in pictures] == sorted(picture.time for picture in pictures)
    assert len(pictures) > len(saved)
    assert all((settings.MEDIA_ROOT / picture.path).is_file() for picture in pictures)
