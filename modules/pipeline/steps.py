"""Checks drafts and mends them by rule, so that no Writer can give steps that the video does not have.

Whatever a Writer answers, what leaves `normalize_steps` is in order, inside the video, without gap or overlap between
steps, and every cue belongs to exactly one step. Times come from cues (or scenes), never from the answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .clock import clock_title
from .types import KINDS, Cue, Draft, Material

MAX_STEPS = 60
MAX_TITLE = 80
"""Characters of a title."""
MIN_SECONDS = 0.5
"""A shorter step is given to its neighbour."""
TITLE_WORDS = 8
MAX_ID = 32


def normalize_steps(drafts: Iterable[Draft], material: Material) -> tuple[Draft, ...]:
    """The drafts as a whole that fits the video; never more than MAX_STEPS.

    With cues: each step owns an unbroken run of cue numbers, starts with its first cue and ends where the next
    step starts (the last one: where the video ends). Drafts that cite no cue there is are left out; cues that
    nobody cites go to the step before them. A step without a text gets the words of its cues. Without cues: the
    drafts' own times, held inside the video, and a text may be empty.
    Empty only when the video has neither cues nor a duration.
    """
    spoken = _readable(material)
    pieces = _from_cues(list(drafts), spoken) if spoken else _from_times(list(drafts), material.duration)
    pieces = _merge_short(pieces, _end(material, spoken))
    pieces = _merge_down(pieces, _end(material, spoken))
    return _finish(pieces, material, spoken)


@dataclass(frozen=True)
class _Piece:
    """A draft and what it owns. first, last: positions in the list of cues (-1: none)."""

    draft: Draft
    start: float
    first: int = -1
    last: int = -1


def _readable(material: Material) -> list[Cue]:
    """The cues in order of time, without those that a broken file puts after its own end."""
    cues = sorted((cue for cue in material.cues if math.isfinite(cue.start)), key=lambda cue: (cue.start, cue.number))
    if not material.duration > 0:
        return cues
    inside = [cue for cue in cues if cue.start < material.duration]
    # Text past the end is still text: it belongs to the last moment that there is.
    late = [replace(cue, start=inside[-1].start if inside else 0.0) for cue in cues[len(inside) :]]
    return inside + late


def _end(material: Material, cues: Sequence[Cue]) -> float:
    """Where the last step ends, in seconds."""
    if material.duration > 0:
        return material.duration
    return max((cue.end for cue in cues), default=0.0)


def _from_cues(drafts: Sequence[Draft], cues: Sequence[Cue]) -> list[_Piece]:
    place = {cue.number: at for at, cue in reversed(list(enumerate(cues)))}
    cited = []
    for draft in drafts:
        places = sorted({place[number] for number in draft.cues if number in place})
        if places:
            cited.append((*_main_run(places), draft))
    cited.sort(key=lambda item: item[:2])
    opened: list[tuple[int, int, Draft]] = []
    for first, last, draft in cited:
        if opened and first <= opened[-1][0]:
            first = opened[-1][1] + 1
            if first > last:
                continue
        opened.append((first, last, draft))
    opened = opened or [(0, len(cues) - 1, _blank())]
    starts = [0, *(first for first, _, _ in opened[1:])]
    ends = [*(start - 1 for start in starts[1:]), len(cues) - 1]
    return [
        _Piece(draft, cues[first].start, first, last)
        for first, last, (_, _, draft) in zip(starts, ends, opened, strict=True)
    ]


def _main_run(places: Sequence[int]) -> tuple[int, int]:
    """First and last of the longest run with gaps of at most three: one wild number must not swallow the video."""
    runs = [[places[0], places[0], 1]]
    for at in places[1:]:
        if at - runs[-1][1] <= 3:
            runs[-1][1:] = [at, runs[-1][2] + 1]
        else:
            runs.append([at, at, 1])
    first, last, _ = max(runs, key=lambda run: run[2])
    return first, last


def _from_times(drafts: Sequence[Draft], duration: float) -> list[_Piece]:
    if not duration > 0:
        return []
    inside = [draft for draft in drafts if math.isfinite(draft.start) and 0 <= draft.start < duration]
    inside.sort(key=lambda draft: draft.start)
    pieces = [_Piece(draft, draft.start) for draft in inside] or [_Piece(_blank(), 0.0)]
    return [replace(pieces[0], start=0.0), *pieces[1:]]


def _blank() -> Draft:
    return Draft(id="", kind="step", title="", text="", cues=(), start=0.0, end=0.0)


def _merge_short(pieces: Sequence[_Piece], end: float) -> list[_Piece]:
    """Join what starts too soon after the step before it, or too near to the end."""
    kept: list[_Piece] = []
    for piece in pieces:
        if kept and (piece.start - kept[-1].start < MIN_SECONDS or end - piece.start < MIN_SECONDS):
            kept[-1] = _join(kept[-1], piece)
        else:
            kept.append(piece)
    return kept


def _merge_down(pieces: list[_Piece], end: float) -> list[_Piece]:
    """Join the pair that lasts least, until MAX_STEPS are left."""
    pieces = list(pieces)
    while len(pieces) > MAX_STEPS:
        stops = [piece.start for piece in pieces[2:]] + [end]
        lengths = [stop - piece.start for piece, stop in zip(pieces, stops, strict=False)]
        at = lengths.index(min(lengths))
        pieces[at : at + 2] = [_join(pieces[at], pieces[at + 1])]
    return pieces


def _join(left: _Piece, right: _Piece) -> _Piece:
    texts = [text for text in (_clean(left.draft.text), _clean(right.draft.text)) if text]
    # With one text missing the cues give the whole, so that nothing said is lost.
    text = "\n\n".join(dict.fromkeys(texts)) if len(texts) == 2 else ""
    draft = replace(left.draft, text=text, title=left.draft.title or right.draft.title)
    return replace(left, draft=draft, last=right.last)


def _finish(pieces: Sequence[_Piece], material: Material, cues: Sequence[Cue]) -> tuple[Draft, ...]:
    taken: set[str] = set()
    stops = [*(piece.start for piece in pieces[1:]), _end(material, cues)]
    done: list[Draft] = []
    for order, (piece, stop) in enumerate(zip(pieces, stops, strict=True), 1):
        stop = max(stop, piece.start + 0.001) if not material.duration > 0 else stop
        own = cues[piece.first : piece.last + 1] if cues else ()
        draft = piece.draft
        said = _clean(" ".join(cue.text for cue in own))
        done.append(
            Draft(
                id=_identity(draft.id, order, taken),
                kind=_kind(draft.kind),
                title=_title(draft.title) or _first_words(said) or clock_title(order, piece.start, stop),
                text=_clean(draft.text) or said or (own and clock_title(order, piece.start, stop)) or "",
                cues=tuple(cue.number for cue in own),
                start=piece.start,
                end=stop,
                still=draft.still,
            )
        )
    return tuple(done)


def _identity(wanted: str, order: int, taken: set[str]) -> str:
    """The wanted id when it is fit and free, else the first free `s1`, `s2`, …"""
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MAX_ID}}}", wanted) or wanted in taken:
        wanted = f"s{order}"
        while wanted in taken:
            order += 1
            wanted = f"s{order}"
    taken.add(wanted)
    return wanted


def _kind(kind: str) -> str:
    kind = kind.strip().lower()
    return kind if kind in KINDS else "step"


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def _clean(text: str) -> str:
    """The text without control characters; paragraphs stay, other runs of space become one."""
    text = _CONTROL.sub("", text)
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return "\n\n".join(part for part in paragraphs if part)


def _title(title: str) -> str:
    """One line of at most MAX_TITLE characters, cut between words where there are any."""
    line = " ".join(_clean(title).split())
    if len(line) <= MAX_TITLE:
        return line
    room = line[: MAX_TITLE - 1]
    head, space, _ = room.rpartition(" ")
    return (head if space and len(head) > MAX_TITLE // 2 else room).rstrip(" ,;:-–") + "…"


def _first_words(said: str) -> str:
    words = said.split()
    line = " ".join(words[:TITLE_WORDS]).strip(" ,;:.-–…")
    return _title(line[:1].upper() + line[1:])
