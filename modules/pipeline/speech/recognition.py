"""Sends windows to a recogniser, each one once, so that nothing is paid for twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from modules.pipeline.types import (
    Cue,
    Hints,
    ProviderError,
    ReportProgress,
    Speech,
    Window,
    WindowTranscript,
    ignore_progress,
)

from ..clock import clock
from .cue_timing import cues_of, join
from .hallucinations import made_up, plausible

_NOTHING = np.zeros(0, dtype=np.float32)


def transcribe(
    windows: Iterable[Window],
    speech: Speech,
    hints: Hints,
    saved: Mapping[int, WindowTranscript],
    save: Callable[[Window, WindowTranscript], None],
    report_progress: ReportProgress = ignore_progress,
    *,
    total: float = 0.0,
) -> tuple[tuple[Cue, ...], str]:
    """The cues of a whole video and its language (BCP 47 or '').

    saved: what an earlier run heard, by window number; those windows are not sent again. save: called as soon
    as a window is heard. total: seconds of the video, to report progress of. Raises what the recogniser raises,
    and a transient ProviderError when it leaves a window without an answer.
    """
    known = hints.language or _language(saved.values())
    course = _Course(saved, report_progress, total)
    for heard in speech.transcribe(course.unheard(windows), replace(hints, language=known)):
        save(course.windows[heard.window], heard)
        course.done(heard)
    if course.pending:
        raise ProviderError("speech_unavailable", transient=True)
    return _cues(course.windows, course.heard), hints.language or _language(course.heard.values())


class _Course:
    """What was taken from the audio and what came back; windows are kept without their samples."""

    def __init__(self, saved: Mapping[int, WindowTranscript], report_progress: ReportProgress, total: float) -> None:
        self.saved, self.report_progress, self.total = saved, report_progress, total
        self.windows: dict[int, Window] = {}
        self.heard: dict[int, WindowTranscript] = {}
        self.pending: set[int] = set()

    def unheard(self, windows: Iterable[Window]) -> Iterator[Window]:
        """Windows that no earlier run has heard."""
        for window in windows:
            self.windows[window.number] = replace(window, samples=_NOTHING)
            if window.number in self.saved:
                self.heard[window.number] = self.saved[window.number]
                continue
            self.pending.add(window.number)
            yield window

    def done(self, heard: WindowTranscript) -> None:
        self.pending.remove(heard.window)
        self.heard[heard.window] = heard
        if self.total:
            first = min(self.pending, default=max(self.windows) + 1)
            until = min(self.total, self.windows[first - 1].end if first else 0.0)
            self.report_progress(until / self.total, "listening", done=clock(until), total=clock(self.total))


def _cues(windows: Mapping[int, Window], heard: Mapping[int, WindowTranscript]) -> tuple[Cue, ...]:
    """The cues of all windows but those whose text was made up."""
    said = {
        number: answer
        for number, answer in heard.items()
        if plausible(answer.text, sum(span.duration for span in windows[number].voiced))
    }
    doubtful = made_up({number: answer.text for number, answer in said.items()})
    return join(cues_of(windows[number], said[number]) for number in sorted(said.keys() - doubtful))


def _language(heard: Iterable[WindowTranscript]) -> str:
    """The language of most of what was heard."""
    spoken: Counter[str] = Counter()
    for answer in heard:
        if answer.language:
            spoken[answer.language] += len(answer.text)
    return spoken.most_common(1)[0][0] if spoken else ""
