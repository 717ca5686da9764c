"""SubStation Alpha (.ass, .ssa): events with styles, which pysubs2 reads.

pysubs2 gives up a whole file for one odd style or time, knows one order of fields, and its pattern for overrides is
quadratic. So it gets only the events that can be read, in its order, and their overrides are taken off here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pysubs2 import SSAFile

from .markup import one_line
from .shown import Content, Shown

_HEAD = 20_000  # characters in which a section must begin
_SECTION = re.compile(r"^\[(?:script info|v4\+{0,2} styles|events)\]", re.IGNORECASE | re.MULTILINE)
_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_TIME = re.compile(r"[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}[.,][0-9]{1,3}")
_DRAWING = re.compile(r"\\p([0-9]{1,3})")


def is_substation(text: str) -> bool:
    """Whether the file has a section of SubStation's, and events."""
    return bool(_SECTION.search(text[:_HEAD])) and "\ndialogue:" in text.lower()


def read_substation(text: str) -> Content:
    """The dialogue as it stands in the file: without comments, drawings and what has no text."""
    events = SSAFile.from_string("[Events]\n" + "\n".join(_dialogue(text)), format_="ass").events
    shown = (Shown(event.start / 1000, event.end / 1000, _lines(event.text)) for event in events)
    return Content([caption for caption in shown if caption.lines and caption.start < caption.end])


def _dialogue(text: str) -> Iterator[str]:
    """The lines with dialogue whose times can be read, in the order of fields that pysubs2 knows."""
    fields: Sequence[str] = _FIELDS
    inside = True
    for line in text.split("\n"):
        name, colon, rest = line.strip().partition(":")
        if line.startswith("["):
            inside = line.strip().lower() == "[events]"
        elif colon and inside and name.lower() == "format":
            said = [field.strip().lower() for field in rest.split(",")]
            fields = said if {"start", "end", "text"} <= {*said} else fields
        elif colon and inside and name.lower() == "dialogue":
            event = dict(zip(fields, rest.split(",", len(fields) - 1), strict=False))
            start, end = (event.get(field, "").strip() for field in ("start", "end"))
            if _TIME.fullmatch(start) and _TIME.fullmatch(end):
                yield f"Dialogue: 0,{start},{end},,,0,0,0,,{event.get('text', '')}"


def _lines(text: str) -> list[str]:
    """What a viewer reads: without overrides ({...}) and the drawings that they begin and end."""
    first, *parts = text.split("{")
    said, drawing = [first], False
    for part in parts:
        override, closed, after = part.partition("}")
        if not closed:
            said.append("" if drawing else "{" + part)
            continue
        for scale in _DRAWING.findall(override):
            drawing = int(scale) > 0
        said.append("" if drawing else after)
    plain = "".join(said).replace("\\N", "\n").replace("\\n", " ").replace("\\h", " ")
    return [line for line in map(one_line, plain.split("\n")) if line.strip()]
