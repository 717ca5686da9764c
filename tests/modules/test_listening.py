"""Speech of a video with sound in it: who hears it, what is kept, and what is done where nobody can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modules import media
from modules.ai import providers
from modules.ai.ledger import Ledger
from modules.ai.providers import Providers
from modules.ai.rules import LocalWriter
from modules.models import Module, StageRun, database_clock
from modules.models.outputs import SavedTranscript
from modules.pipeline.types import AudioBlock, Hints, ProviderError, Span, Window, WindowTranscript, ignore_progress
from modules.processing.attempt import Attempt
from modules.processing.transcribe import listen
from tests.videos import cached, tone

from .factories import make_module

pytestmark = pytest.mark.django_db

SECONDS = 40


class Recogniser(nullcontext):
    """Hears "words <window>" in each window, in `language`, until it was asked `windows` times; then it is down."""

    def __init__(self, name: str, windows: int = 100, language: str = "en", said: str = "Press the red button") -> None:
        super().__init__(self)
        self.name, self.windows, self.language, self.said = name, windows, language, said
        self.heard: list[int] = []
        self.hints: list[Hints] = []

    def transcribe(self, windows: Iterable[Window], hints: Hints) -> Iterator[WindowTranscript]:
        self.hints.append(hints)
        for window in windows:
            if len(self.heard) == self.windows:
                raise ProviderError("ai_key_rejected")
            self.heard.append(window.number)
            text = self.said and f"{self.said} number {window.number}."
            yield WindowTranscript(window.number, text, self.language, cost=0.25, calls=1)


def everything(block: AudioBlock) -> Sequence[Span]:
    """A voice detector that finds voices with a pause each ten seconds."""
    starts = np.arange(block.start, block.end - 9, 10)
    return [Span(float(start) + 0.5, float(start) + 9.0) for start in starts]


@pytest.fixture
def video() -> Path:
    return cached("spoken.mp4", seconds=SECONDS, size=(160, 90), fps=5, audio=tone(SECONDS))


@pytest.fixture
def module(settings: Any, tmp_path: Path, video: Path, monkeypatch: pytest.MonkeyPatch) -> Module:
    settings.WORK_DIR, settings.MEDIA_ROOT = tmp_path / "work", tmp_path / "media"
    monkeypatch.setattr(providers, "voiced", everything)
    return make_module(content=video.read_bytes(), title="The filter")


def run_of(module: Module) -> Attempt:
    """The next run of a module, whose last one is over."""
    Module.objects.filter(pk=module.pk).update(status="queued")
    token = Module.objects.claim(module.pk, database_clock(), "w1")
    return Attempt(Module.objects.get(pk=module.pk), token, worker="w1", disposable=False)


def heard(attempt: Attempt, video: Path, *recognisers: Any) -> tuple[list[str], str]:
    """(the texts of the cues, their origin)."""
    ai = Providers(recognisers, (LocalWriter(),), Ledger())
    found = media.probe(video, "mp4", max_pixels=10**6, max_hours=1)
    cues, origin = listen(attempt, video, found, ai, ignore_progress)
    return [cue.text for cue in cues], origin


def codes(attempt: Attempt) -> list[str]:
    return [notice.code for notice in attempt.notices]


def test_each_window_is_kept_as_soon_as_it_is_heard_and_the_whole_in_place_of_them(module: Module, video: Path):
    recogniser = Recogniser("one")
    texts, origin = heard(run_of(module), video, recogniser)
    assert origin == "speech" and "Press the red button number 0." in " ".join(texts)
    assert len(recogniser.heard) > 1 and recogniser.hints == [Hints(title="The filter")]
    parts = StageRun.objects.filter(stage="speech", outcome="part")
    assert [(part.part, part.provider, part.cost, part.calls, part.output) for part in parts] == [
        (number, "one", 0.25, 1, None) for number in recogniser.heard
    ]
    assert all(0 < part.media_seconds <= 15 for part in parts)
    whole = StageRun.objects.get(stage="speech", outcome="done")
    assert (whole.provider, whole.media_seconds) == ("one", pytest.approx(SECONDS, abs=1))
    saved = SavedTranscript.from_json(whole.output)
    assert [cue["text"] for cue in saved.cues] == texts and saved.language == "en"
    module.refresh_from_db()
    assert module.language == "en"


def test_what_one_heard_before_it_was_down_the_next_need_not_hear_again(module: Module, video: Path):
    first, second = Recogniser("one", windows=2), Recogniser("two", said="Open the lid")
    attempt = run_of(module)
    text = " ".join(heard(attempt, video, first, second)[0])
    assert not set(first.heard) & set(second.heard) and second.heard
    assert "Press the red button" in text and "Open the lid" in text
    assert codes(attempt) == ["ai_key_rejected"]


def test_a_later_run_hears_only_what_no_run_before_it_has_heard(module: Module, video: Path):
    first, again = Recogniser("one", windows=2), Recogniser("one")
    heard(run_of(module), video, first)
    texts, _ = heard(run_of(module), video, again)
    assert not set(first.heard) & set(again.heard)
    once_more = Recogniser("one")
    assert heard(run_of(module), video, once_more)[0] == texts
    assert once_more.heard == []


def test_a_transcript_that_a_person_wants_anew_is_heard_anew(module: Module, video: Path):
    heard(run_of(module), video, Recogniser("one"))
    Module.objects.update(speech_round=1)
    again = Recogniser("one")
    heard(run_of(module), video, again)
    assert again.heard


def test_a_language_that_is_known_is_a_hint_and_stays(module: Module, video: Path):
    Module.objects.update(language="de")
    recogniser = Recogniser("one", language="en")
    heard(run_of(module), video, recogniser)
    module.refresh_from_db()
    assert (recogniser.hints[0].language, module.language) == ("de", "de")


def test_where_nobody_says_a_word_it_is_said(module: Module, video: Path):
    attempt = run_of(module)
    assert heard(attempt, video, Recogniser("one", said="", language="")) == ([], "")
    assert codes(attempt) == ["no_speech"]


def test_where_nobody_can_hear_nothing_is_made_up(module: Module, video: Path):
    attempt = run_of(module)
    assert heard(attempt, video, Recogniser("one", windows=0), Recogniser("two", windows=0)) == ([], "")
    assert codes(attempt) == ["ai_key_rejected"]
    assert not StageRun.objects.filter(outcome="done").exists()


def test_the_bar_moves_on_with_the_windows_and_is_not_full_before_the_last(module: Module, video: Path):
    shown: list[float] = []
    found = media.probe(video, "mp4", max_pixels=10**6, max_hours=1)
    ai = Providers((Recogniser("one"),), (LocalWriter(),), Ledger())
    listen(run_of(module), video, found, ai, lambda done, /, *more, **params: shown.append(done))
    assert shown == sorted(shown) and shown[0] == 0.0 and 0.0 < shown[1] < 1.0
