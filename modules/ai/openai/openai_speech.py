"""Speech by an OpenAI-compatible server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeGuard

import numpy as np

from modules.pipeline.languages import language_code
from modules.pipeline.types import SAMPLE_RATE, Hints, ProviderError, Segment, Window, WindowTranscript

from .calls import Calls, Unusable
from .parallel import run_in_parallel
from .unsafe_text import cleaned

STAGE = "speech"
TAIL = 200
"""Letters of the window before that are given along."""
FURTHEST = 1e9
"""Seconds; no time in a video lies beyond."""
KEYWORDS, KEYWORD = 30, 80  # how many, and letters of each


class OpenAISpeech:
    """A Speech. model: as the server names it. encode: makes a file of samples; file_name tells its kind.

    at_once: requests under way at the same time. segments: the server gives times (verbose_json), as servers of
    Whisper models do; OpenAI's own gpt-transcribe refuses that.
    """

    def __init__(
        self,
        calls: Calls,
        model: str,
        encode: Callable[[np.ndarray], bytes],
        *,
        file_name: str = "piece.flac",
        at_once: int = 8,
        segments: bool = False,
    ) -> None:
        self.calls, self.model, self.encode = calls, model, encode
        self.file_name, self.at_once, self.segments = file_name, at_once, segments
        self.name = f"openai {model}"[:100]
        self._hints_refused = False
        self._going: Generator[WindowTranscript, None, None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._going is not None:
            self._going.close()
        self.calls.close()

    def transcribe(self, windows: Iterable[Window], hints: Hints) -> Iterator[WindowTranscript]:
        """Windows in parallel, each yielded when it is done. Raises ProviderError."""
        tails: dict[int, str] = {}
        work = partial(self._hear, hints=hints, tails=tails)
        self._going = run_in_parallel(work, windows, at_once=self.at_once, silence=self.calls.budget + 60)
        return self._going

    def _hear(self, window: Window, stop: threading.Event, *, hints: Hints, tails: dict[int, str]) -> WindowTranscript:
        """One window. tails: the ends of the texts that are there already, by number; this one's is added."""
        piece = self.encode(window.samples)
        spent, calls = 0.0, 0
        for last in (False, True):
            asked = self._asked(hints, tails.get(window.number - 1, ""))
            calls += 1
            try:
                answer, call = self.calls.transcribe(
                    STAGE, self.model, piece, self.file_name, len(window.samples) / SAMPLE_RATE, stop, **asked
                )
            except Unusable as error:
                if last:
                    raise ProviderError("ai_unusable") from error
                continue
            except ProviderError as error:
                # Older servers know fewer hints; without them the words are still there.
                if last or error.code != "ai_request_refused" or asked.keys() <= self._form().keys():
                    raise
                self._hints_refused = True
                continue
            spent += call.cost
            heard = _heard(window, answer, spent, calls)
            tails[window.number] = heard.text[-TAIL:]
            return heard
        raise AssertionError("the second try returns or raises")

    def _form(self) -> dict[str, Any]:
        if self.segments:
            return {"response_format": "verbose_json", "timestamp_granularities": ["segment"]}
        return {"response_format": "json"}

    def _asked(self, hints: Hints, tail: str) -> dict[str, Any]:
        """The fields of a request. What comes from the video is a hint to spelling, never an instruction."""
        asked = self._form()
        if self._hints_refused:
            return asked
        language = hints.language.partition("-")[0].lower()
        keywords = _keywords(hints)
        if self.segments:
            asked |= {"language": language, "prompt": ". ".join([*keywords, tail])[-2 * TAIL :].strip(" .")}
        else:
            asked |= {"languages": [language] if language else [], "keywords": keywords, "prompt": tail}
        return {name: value for name, value in asked.items() if value}


def _keywords(hints: Hints) -> list[str]:
    """Title and keywords, each on one line."""
    words = (cleaned(word)[:KEYWORD].strip() for word in (hints.title, *hints.keywords))
    return list(dict.fromkeys(filter(None, words)))[:KEYWORDS]


def _heard(window: Window, answer: Mapping[str, Any], cost: float, calls: int) -> WindowTranscript:
    """The answer in the pipeline's terms; times are shifted into video time and held inside the window."""
    languages = answer.get("languages")
    first = languages[0] if isinstance(languages, list) and languages else None
    language = language_code(first.get("code") if isinstance(first, dict) else first or answer.get("language"))
    listed, text = answer.get("segments"), cleaned(answer["text"])
    segments = tuple(_segments(window, listed)) if isinstance(listed, list) else ()
    # Segments that lack some of the words are no use: nothing said may be lost.
    whole = "".join("".join(segment.text for segment in segments).split()) == "".join(text.split())
    return WindowTranscript(window.number, text, language, segments if whole else (), cost, calls)


def _segments(window: Window, listed: Iterable[object]) -> Iterator[Segment]:
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("text"), str) or not one["text"].strip():
            continue
        first, last = one.get("start"), one.get("end")
        if _is_time(first) and _is_time(last):
            start, end = (min(max(window.start + time, window.start), window.end) for time in (first, last))
            if start <= end:
                yield Segment(start, end, cleaned(one["text"]))


def _is_time(value: object) -> TypeGuard[float]:
    # An integer of 400 digits has no float, so it is compared before anything is reckoned with it.
    # A "not a number" is not between the two either.
    return isinstance(value, int | float) and not isinstance(value, bool) and -FURTHEST < value < FURTHEST
