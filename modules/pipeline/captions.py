"""Captions files: WebVTT and SRT in, cues out; cues in, WebVTT and text out.

Sources: WebVTT (https://www.w3.org/TR/webvtt1/ §4 to §6) and what players and YouTube write in fact.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .types import Cue, PipelineError

MAX_BYTES = 4 * 1024 * 1024
MAX_CUES = 50_000
MAX_CUE_CHARACTERS = 10_000

_TIME = r"(?:([0-9]{1,4}):)?([0-9]{1,3}):([0-9]{1,2})(?:[.,]([0-9]{1,9}))?"
_TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?![0-9:])")
_IDENTIFIER = re.compile(r"[ \t]*[0-9]{1,9}[ \t]*")
_COMMENT = re.compile(r"(?:NOTE|STYLE|REGION|WEBVTT)(?:[ \t]|$)")
_NAMES = "c|i|b|u|v|lang|ruby|rt|font|s|strike|em|strong|span|p"
# Only the tags that captions know: "press <Enter>" in an SRT is text.
_TAG = re.compile(
    rf"</?(?:{_NAMES})(?:[.\s][^<>\n]{{0,200}})?>|<(?:[0-9]{{1,4}}:)?[0-9]{{2}}:[0-9]{{2}}\.[0-9]{{3}}>", re.I
)
_BREAK = re.compile(r"<br\s?/?>", re.I)
_OVERRIDE = re.compile(r"\{\\[^{}\n]{0,200}\}")  # {\an8}, as SubStation leaves them in SRT
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029\ufeff]+")
# Chinese and Japanese write no spaces between words: their lines are joined without one.
_UNSPACED = r"\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
_UNSPACED_JOINT = re.compile(rf"(?<=[{_UNSPACED}])\n(?=[{_UNSPACED}])")
_CONTIGUOUS = 0.1  # seconds between two captions that are one on the screen


@dataclass
class _Shown:
    """One caption as the file has it. start, end: seconds; lines: as written, then as plain text."""

    start: float
    end: float
    lines: list[str]


def parse(data: bytes) -> tuple[Cue, ...]:
    """The cues of a WebVTT or SRT file: in order, without overlap, numbered from 1, as plain text on one line.

    Raises PipelineError("captions_unreadable") for what is no captions file, or has no cue in it.
    """
    if len(data) > MAX_BYTES:
        raise PipelineError("captions_unreadable")
    shown = _read(_decode(data))
    if len(shown) > 2 * MAX_CUES:
        raise PipelineError("captions_unreadable")
    for caption in shown:
        caption.lines = [line for line in map(plain, caption.lines) if line]
    shown = sorted((caption for caption in shown if caption.start < caption.end), key=lambda caption: caption.start)
    cues = in_order(Cue(0, caption.start, caption.end, joined(caption.lines)) for caption in _unrolled(shown))
    if not cues or len(cues) > MAX_CUES or max(len(cue.text) for cue in cues) > MAX_CUE_CHARACTERS:
        raise PipelineError("captions_unreadable")
    return cues


def plain(markup: str) -> str:
    """The text of a caption without tags, styles and entities, on one line."""
    text = _OVERRIDE.sub("", _TAG.sub("", _BREAK.sub(" ", markup)))
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return _one_line(text)


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


def joined(texts: Iterable[str]) -> str:
    """Texts that follow one another as one line, with a space between them where their script writes one."""
    return _one_line(_UNSPACED_JOINT.sub("", "\n".join(texts)))


def _decode(data: bytes) -> str:
    """The text of the file: by its byte order mark, else UTF-16 by its zeros, else UTF-8, else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    elif data[:200].count(0) >= len(data[:200]) // 4 > 0:
        text = data.decode("utf-16-le" if data[1:200:2].count(0) > data[:200:2].count(0) else "utf-16-be", "replace")
    else:
        text = data.decode("utf-8-sig", "replace")
        broken = text.count("\ufffd")
        if broken > sum(character > "\x7f" for character in text) // 4:
            text = data.decode("cp1252", "replace")
            letters = [character for character in text if character.isalpha()]
            # Mostly accents: another old encoding, which would come out as gibberish.
            if sum(character > "\x7f" for character in letters) > len(letters) // 3:
                raise PipelineError("captions_unreadable")
    text = text.rstrip("\x1a")
    if len(_CONTROL.findall(text)) + text.count("\ufffd") > 2 + len(text) // 200:
        raise PipelineError("captions_unreadable")
    return _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff\n ")


def _read(text: str) -> list[_Shown]:
    """The captions as they stand in the file."""
    web = text.startswith("WEBVTT")
    shown: list[_Shown] = []
    inside, comment, after_blank = False, False, True
    for line in text.split("\n"):
        timing = _TIMING.match(line)
        if timing and not (comment and not after_blank and web):
            _drop_identifier(shown, inside or not web)
            shown.append(_Shown(_seconds(timing.groups()[:4]), _seconds(timing.groups()[4:]), []))
            inside, comment = True, False
        elif not (line if web else line.strip()):
            # In WebVTT an empty line ends the cue (one with a space does not); SRT has cues with blank lines in them.
            inside, comment = inside and not web, False
        elif web and after_blank and _COMMENT.match(line):
            inside, comment = False, True
        elif inside:
            shown[-1].lines.append(line)
        after_blank = not line.strip()
    return shown


def _drop_identifier(shown: list[_Shown], joined: bool) -> None:
    """Take the next cue's number off the end of the cue before it, where no blank line of a WebVTT parts them."""
    if joined and shown and shown[-1].lines and _IDENTIFIER.fullmatch(shown[-1].lines[-1]):
        shown[-1].lines.pop()


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return (whole * 1000 + round(float(f"0.{fraction or 0}") * 1000)) / 1000


def _unrolled(shown: Iterable[_Shown]) -> list[_Shown]:
    """Without the lines that a caption repeats from the one just before it, as captions that roll up do."""
    kept: list[_Shown] = []
    before: list[str] = []
    end = float("-inf")
    for caption in shown:
        if not caption.lines:
            continue
        again = _repeated(before, caption.lines) if caption.start - end <= _CONTIGUOUS else 0
        if again < len(caption.lines):
            kept.append(_Shown(caption.start, caption.end, caption.lines[again:]))
        else:
            kept[-1].end = max(kept[-1].end, caption.end)
        before, end = caption.lines, max(end, caption.end)
    return kept


def _repeated(before: list[str], lines: list[str]) -> int:
    """How many of the first lines are the last lines of the caption before."""
    most = min(len(before), len(lines), 10)
    return next((count for count in range(most, 0, -1) if before[-count:] == lines[:count]), 0)


def _numbered(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    return tuple(replace(cue, number=number) for number, cue in enumerate(cues, start=1))


def _one_line(text: str) -> str:
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip(" ")


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
    line = _one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return line.replace("{\\", "&#123;\\")


def _stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
