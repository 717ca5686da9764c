"""The text of a caption without its markup: tags, styles and entities.

Each function here looks at every character a bounded number of times, whatever it is given: what is sent may be made
to cost time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029\ufeff]+")
# Chinese and Japanese write no spaces between words: their lines are joined without one.
UNSPACED = r"\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
_UNSPACED_JOINT = re.compile(rf"(?<=[{UNSPACED}])\n(?=[{UNSPACED}])")
# Only the tags that captions know: "press <Enter>" is text.
_NAMES = frozenset({"c", "i", "b", "u", "v", "lang", "ruby", "rt", "font", "s", "strike", "em", "strong", "span", "p"})
_OPENING = re.compile(r"<(?:/?([a-zA-Z]{1,6})(?=[\s./>])|(?=[0-9]))")
_TIME_TAG = re.compile(r"<(?:[0-9]{1,4}:)?[0-9]{2}:[0-9]{2}\.[0-9]{3}>")
_BREAK = re.compile(r"</?br ?/?>", re.IGNORECASE)
_OVERRIDE = re.compile(r"\{\\[^{}\n]{0,200}\}")  # {\an8}, as SubStation leaves them in SRT
_ENTITY = re.compile(r"&(?:#[0-9]{1,20}|#[xX][0-9a-fA-F]{1,20}|[a-zA-Z][a-zA-Z0-9]{1,31});?")


def plain_lines(markup: str) -> list[str]:
    """The lines of a caption in WebVTT or SRT that show something, as plain text."""
    text = _ENTITY.sub(_character, "".join(_without_tags(_OVERRIDE.sub("", markup))))
    return [line for line in map(one_line, text.split("\n")) if line.strip()]


def plain(markup: str) -> str:
    """The text of a caption without tags, styles and entities, on one line."""
    return " ".join(plain_lines(markup))


def one_line(text: str) -> str:
    """Text with each run of white space as one space, and without what no screen shows."""
    return _SPACE.sub(" ", CONTROL.sub("", text)).strip(" ")


def joined(texts: Iterable[str]) -> str:
    """Texts that follow one another as one line, with a space between them where their script writes one."""
    return one_line(_UNSPACED_JOINT.sub("", "\n".join(texts)))


def _without_tags(text: str) -> Iterator[str]:
    """The pieces of a text between its tags. A tag that is never closed is text, as "if a <b" is."""
    at = end = 0
    while opening := _OPENING.search(text, at):
        opened = opening.start()
        # The next ">" is looked for once, and not from each "<" before it.
        end = text.find(">", opened) if end <= opened else end
        if end < 0:
            break
        yield text[at:opened]
        if _TIME_TAG.match(text, opened) or (opening[1] or "").lower() in _NAMES:
            at = end + 1
        elif line_break := _BREAK.match(text, opened):
            yield " "
            at = line_break.end()
        else:
            yield "<"
            at = opened + 1
    yield text[at:]


def _character(entity: re.Match[str]) -> str:
    """What an entity stands for, its semicolon forgotten too, as in HTML (§13.2.5.72, named character references)."""
    said = entity[0]
    # In an address that is written out, "&copy=2" is a parameter.
    if not said.endswith(";") and entity.string[entity.end() : entity.end() + 1] == "=":
        return said
    return html.unescape(said)
