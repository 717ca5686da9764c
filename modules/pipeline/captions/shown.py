"""Captions as a file has them, before they become cues."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

MAX_SHOWN = 100_000
"""Captions beyond which a file is refused, before more time is spent on it: a day of speech has 30,000."""

NO_END = float("inf")
"""The end of a caption that stands until the next one."""

LONGEST_UNKNOWN = 5.0
"""Seconds that such a caption stands at most: what is read aloud in it, and no silence after it."""


@dataclass
class Shown:
    """One caption. start, end: seconds, in order; lines: plain text, none of them empty."""

    start: float
    end: float
    lines: list[str]


@dataclass(frozen=True)
class Content:
    """What a file holds. language: BCP 47, if the file names one, else ''."""

    shown: list[Shown]
    language: str = ""


def with_ends(shown: Sequence[Shown]) -> list[Shown]:
    """Captions in order of start; one without an end ends with the next one, which may be empty."""
    ordered = sorted(shown, key=lambda caption: caption.start)
    starts = [caption.start for caption in ordered]
    closed = []
    for caption in ordered:
        if caption.end == NO_END:
            following = bisect_right(starts, caption.start)
            latest = caption.start + LONGEST_UNKNOWN
            caption = replace(caption, end=min(starts[following], latest) if following < len(starts) else latest)
        closed.append(caption)
    return closed
