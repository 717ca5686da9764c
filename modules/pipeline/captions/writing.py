"""Cues written as WebVTT and as running text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from modules.pipeline.types import Cue

from .markup import joined, one_line


def to_vtt(cues: Iterable[Cue], language: str = "") -> str:
    """A WebVTT file. language: BCP 47 or ''."""
    header = "WEBVTT"
    if language and re.fullmatch(r"[A-Za-z0-9-]{1,35}", language):
        header += f"\nKind: captions\nLanguage: {language}"
    return _vtt(header, ((cue.start, cue.end, cue.text) for cue in cues))


def chapters_vtt(steps: Sequence[tuple[float, float, str]]) -> str:
    """A WebVTT file of chapters from (start, end, title)."""
    return _vtt("WEBVTT", steps)


def to_text(cues: Iterable[Cue], pause: float = 2.0) -> str:
    """What is said as running text, with a new paragraph after each pause of this many seconds."""
    paragraphs: list[list[str]] = []
    end = float("-inf")
    for cue in cues:
        if cue.start - end >= pause:
            paragraphs.append([])
        paragraphs[-1].append(cue.text)
        end = cue.end
    return "".join(joined(paragraph) + "\n\n" for paragraph in paragraphs).rstrip("\n") + "\n" * bool(paragraphs)


def _vtt(header: str, entries: Iterable[tuple[float, float, str]]) -> str:
    """Entries without text are left out; each lasts at least a millisecond."""
    blocks = [header]
    for start, end, text in entries:
        first = max(0, round(start * 1000))
        last = max(first + 1, round(end * 1000))
        lines = [escaped for line in text.splitlines() if (escaped := _escaped(line))]
        if lines:
            blocks.append("\n".join([f"{_stamp(first)} --> {_stamp(last)}", *lines]))
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    """Text that no player takes for a tag, a style or a timing line (WebVTT §4.2.2)."""
    line = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return line.replace("{\\", "&#123;\\")


def _stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
