"""SBV, as YouTube wrote captions, and SubViewer, which differs in the digits of a second: "0:00:01.000,0:00:02.500"."""

from __future__ import annotations

import re

from .markup import plain_lines
from .shown import Content, Shown

_HEAD = 100  # lines in which the first times must stand
_TIME = r"([0-9]{1,3}):([0-9]{1,2}):([0-9]{1,2})\.([0-9]{1,3})"
_TIMING = re.compile(rf"{_TIME}\s{{0,3}},\s{{0,3}}{_TIME}\s{{0,9}}")


def is_sbv(text: str) -> bool:
    """Whether one of the first lines holds two times and nothing else."""
    return any(map(_TIMING.fullmatch, text.split("\n", _HEAD)[:_HEAD]))


def read_sbv(text: str) -> Content:
    """The captions as they stand in the file, those without text or time left out."""
    found: list[tuple[float, float, list[str]]] = []
    inside = False
    for line in text.split("\n"):
        if timing := _TIMING.fullmatch(line):
            parts = timing.groups()
            found.append((_seconds(*parts[:4]), _seconds(*parts[4:]), []))
            inside = True
        elif not line.strip():
            inside = False
        elif inside:
            found[-1][2].append(line.replace("[br]", "\n"))
    shown = (Shown(start, end, plain_lines("\n".join(lines))) for start, end, lines in found)
    return Content([caption for caption in shown if caption.lines and caption.start < caption.end])


def _seconds(hours: str, minutes: str, seconds: str, fraction: str) -> float:
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + round(float(f"0.{fraction}") * 1000)) / 1000
