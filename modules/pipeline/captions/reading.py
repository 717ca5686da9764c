"""A captions file as cues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from modules.pipeline.text_language import language_of
from modules.pipeline.types import Cue, Notice, PipelineError

from .encodings import OLD_ENCODINGS, Decoded, decode
from .formats import Format, format_of
from .markup import joined
from .rolling import unrolled
from .shown import MAX_SHOWN

MAX_BYTES = 4 * 1024 * 1024
MAX_CUES = 50_000
MAX_CUE_CHARACTERS = 10_000


@dataclass(frozen=True)
class CaptionsFile:
    """What a file says. cues: in order, without overlap, numbered from 1, as plain text on one line, never empty.

    language: BCP 47, as the file or its text tells, or ''. notices: what was assumed.
    """

    cues: tuple[Cue, ...]
    language: str
    notices: tuple[Notice, ...] = ()


def open_captions(data: bytes, language: str = "") -> tuple[Format, Decoded]:
    """The format of a file, and its text. language: in which it is written, if that is known (BCP 47).

    Raises PipelineError("captions_unreadable") for what is no captions file. That its captions can be read is not
    said: `read` does that.
    """
    if len(data) > MAX_BYTES:
        raise PipelineError("captions_unreadable")
    decoded = decode(data, language)
    found = format_of(decoded.text)
    if found is None:
        raise PipelineError("captions_unreadable")
    return found, decoded


def read(data: bytes, language: str = "") -> CaptionsFile:
    """A captions file in any of `formats.FORMATS`. language: in which it is written, if that is known (BCP 47).

    Raises PipelineError("captions_unreadable") for what is no captions file, or has no cue in it.
    """
    found, decoded = open_captions(data, language)
    content = found.read(decoded.text)
    if len(content.shown) > MAX_SHOWN:
        raise PipelineError("captions_unreadable")
    shown = unrolled(sorted(content.shown, key=lambda caption: caption.start))
    cues = in_order(Cue(0, caption.start, caption.end, joined(caption.lines)) for caption in shown)
    if not cues or len(cues) > MAX_CUES or max(len(cue.text) for cue in cues) > MAX_CUE_CHARACTERS:
        raise PipelineError("captions_unreadable")
    notices = []
    if decoded.assumed:
        notices.append(Notice("captions_encoding_assumed", {"encoding": OLD_ENCODINGS[decoded.assumed][0]}))
    told = content.language or language_of("\n".join(cue.text for cue in cues))
    return CaptionsFile(cues, told, tuple(notices))


def parse(data: bytes) -> tuple[Cue, ...]:
    """The cues of a captions file; see `read`."""
    return read(data).cues


def clip(cues: Iterable[Cue], duration: float) -> tuple[Cue, ...]:
    """Only what lies within a video of this many seconds, numbered from 1 again."""
    within = (replace(cue, start=max(0.0, cue.start), end=min(cue.end, duration)) for cue in cues)
    return _numbered(cue for cue in within if cue.start < cue.end)


def in_order(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """One cue after the other, numbered from 1: what begins together becomes one cue, what overlaps is shortened."""
    together: list[list[Cue]] = []
    for cue in sorted(cues, key=lambda cue: cue.start):
        if together and cue.start - together[-1][0].start < 0.01:
            together[-1].append(cue)
        else:
            together.append([cue])
    starts = [*(group[0].start for group in together[1:]), float("inf")]
    return tuple(
        Cue(number, group[0].start, min(max(cue.end for cue in group), following), joined(cue.text for cue in group))
        for number, (group, following) in enumerate(zip(together, starts, strict=False), start=1)
    )


def _numbered(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    return tuple(replace(cue, number=number) for number, cue in enumerate(cues, start=1))
