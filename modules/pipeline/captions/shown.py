"""Captions as a file has them, before they become cues."""

from __future__ import annotations

from dataclasses import dataclass


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
