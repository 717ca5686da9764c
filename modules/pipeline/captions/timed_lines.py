"""WebVTT and SubRip (.srt): lines of text below a line with two times.

WebVTT is read as browsers read it (https://www.w3.org/TR/webvtt1/ §6.1), compared with Chromium's own parser by
tests/browser/test_webvtt.py, but for these leniencies. Each of them keeps words that a browser would not show:

- a first line that is not exactly WEBVTT: the whole file would be lost for a word;
- times with a comma, with one digit, with more or fewer digits of a fraction than three, with minutes or seconds
  beyond 59: converters write them, and what they mean is plain;
- "-->" in a line that has no times is text: how-tos say "File --> Save";
- a NOTE that holds times is a comment to its end: people comment captions out;
- a number before times without an empty line before it, where the file numbers its captions, is not text: converters
  forget the empty line;
- what is no tag of WebVTT or SRT is text ("press <Enter>"), a tag that is never closed too ("if a <b"), and a line
  break is a space;
- overrides of SubStation ({\\an8}) are not text: converters leave them;
- an entity without its semicolon before "=" is text, because it is a parameter of an address;
- captions without text, or that end before they begin, are left out, as are control characters;
- hours have at most four digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from modules.pipeline.languages import language_code

from .markup import plain_lines
from .shown import Content, Shown

_TIME = r"(?:([0-9]{1,4}):)?([0-9]{1,3}):([0-9]{1,2})(?:[.,]([0-9]{1,9}))?"
_TIMING = re.compile(rf"[ \t\f]*{_TIME}[ \t\f]*-->[ \t\f]*{_TIME}(?![0-9:])")
_NUMBER = re.compile(r"[ \t]*([0-9]{1,9})[ \t]*")
_HEADER = 1000  # characters in which "Language:" may stand
_COMMENT = re.compile(r"NOTE(?:[ \t]|$)")


@dataclass
class _Block:
    """Two times with the lines below them; number: what stood right before the times, if that was a number.

    in_text: that number was read as the last line of the block before; after_text: and no empty line stood before it.
    """

    start: float
    end: float
    lines: list[str]
    number: str = ""
    in_text: bool = False
    after_text: bool = False


def is_webvtt(text: str) -> bool:
    """Whether the first line says that the file is WebVTT."""
    return text[:6].upper() == "WEBVTT"


def is_subrip(text: str) -> bool:
    """Whether any line holds two times as SRT (and WebVTT) writes them."""
    return any("-->" in line and _TIMING.match(line) for line in text.split("\n"))


def read_webvtt(text: str) -> Content:
    """The captions as they stand in the file, those without text or time left out."""
    return Content(_shown(_blocks(text.split("\n")[1:], web=True)), _declared_language(text))


def read_subrip(text: str) -> Content:
    """As `read_webvtt`; here captions may have empty lines in them."""
    return Content(_shown(_blocks(text.split("\n"), web=False)))


def _declared_language(text: str) -> str:
    """What YouTube and others write below the first line: "Language: de"."""
    for line in text[:_HEADER].partition("\n\n")[0].split("\n"):
        if line.startswith("Language:"):
            return language_code(line.partition(":")[2])
    return ""


def _blocks(lines: Sequence[str], web: bool) -> list[_Block]:
    def empty(line: str) -> bool:
        # In WebVTT an empty line ends the caption, but one with a space in it does not.
        return not (line if web else line.strip())

    blocks: list[_Block] = []
    inside = comment = False
    # The line before this one, and the one before that. Below the first line of WebVTT there are no comments yet.
    before, earlier = "WEBVTT" if web else "", ""
    for line in lines:
        timing = None if comment else _TIMING.match(line)
        if timing:
            block = _Block(_seconds(timing.groups()[:4]), _seconds(timing.groups()[4:]), [])
            if number := _NUMBER.fullmatch(before):
                block.number, block.in_text, block.after_text = number[1], inside, inside and not empty(earlier)
            blocks.append(block)
            inside = True
        elif empty(line):
            inside, comment = inside and not web, False
            if inside:
                blocks[-1].lines.append("")
        elif inside:
            blocks[-1].lines.append(line)
        elif web and not before and _COMMENT.match(line):
            comment = True
        before, earlier = line, before
    return blocks


def _shown(blocks: list[_Block]) -> list[Shown]:
    if _numbered(blocks):
        _drop_numbers(blocks)
    shown = (Shown(block.start, block.end, plain_lines("\n".join(block.lines))) for block in blocks)
    return [caption for caption in shown if caption.lines and caption.start < caption.end]


def _drop_numbers(blocks: list[_Block]) -> None:
    """Take each caption's number out of the text of the one before; right after text, only the next in the row."""
    first = 0  # the number that the first block would have, by the last number seen
    for position, (block, following) in enumerate(pairwise(blocks)):
        if block.number and not block.after_text:
            first = int(block.number) - position
        if following.in_text and (not following.after_text or int(following.number) == first + position + 1):
            block.lines.pop()


def _numbered(blocks: Sequence[_Block]) -> bool:
    """Whether the file numbers its captions: else a number before times is what the caption before them says."""
    named = [block for block in blocks if block.number]
    begins = bool(named) and (blocks[0] is named[0] or 2 * sum(not block.after_text for block in named) >= len(blocks))
    return begins and 2 * len(named) >= len(blocks)


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return (whole * 1000 + round(float(f"0.{fraction or 0}") * 1000)) / 1000
