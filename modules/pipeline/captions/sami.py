"""SAMI (.smi): HTML whose SYNC elements say when a text begins. It often holds several languages, each a class.

By our own code: HTML parsers are worse than linear on some input, and pysubs2 shows all languages at once.
"""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from modules.pipeline.languages import language_code
from modules.pipeline.types import PipelineError

from .markup import one_line
from .shown import MAX_SHOWN, NO_END, Content, Shown, with_ends

_HEAD = 20_000  # characters in which the styles stand
_TAG = re.compile(r"<(/?[a-zA-Z]{1,10})([^<>]{0,300})>")
_START = re.compile(r"\bstart\s{0,9}=\s{0,9}[\"']?([0-9]{1,9})", re.IGNORECASE)
_CLASS = re.compile(r"\bclass\s{0,9}=\s{0,9}[\"']?([\w-]{1,40})", re.IGNORECASE)
_STYLE = re.compile(r"\.([\w-]{1,40})\s{0,20}\{([^{}]{0,500})\}")
_LANGUAGE = re.compile(r"\blang\s{0,9}:\s{0,9}([A-Za-z-]{2,20})", re.IGNORECASE)


def is_sami(text: str) -> bool:
    """Whether the file begins as SAMI, or has its SYNC elements."""
    head = text[:_HEAD].lower()
    return head.startswith("<") and ("<sami" in head or "<sync " in head)


def read_sami(text: str) -> Content:
    """The captions of the language that says most; each stands until the next one, or an empty one, of its language.

    Raises PipelineError("captions_unreadable") when there are too many.
    """
    languages: defaultdict[str, list[Shown]] = defaultdict(list)
    for number, (start, name, lines) in enumerate(_texts(_without_comments(text))):
        if number > MAX_SHOWN:
            raise PipelineError("captions_unreadable")
        languages[name].append(Shown(start, NO_END, lines))
    said = Counter({name: sum(bool(one.lines) for one in shown) for name, shown in languages.items()})
    if not said:
        return Content([])
    name = said.most_common(1)[0][0]
    shown = [caption for caption in with_ends(languages[name]) if caption.lines]
    return Content(shown, _languages_of_classes(text[:_HEAD]).get(name, ""))


def _texts(text: str) -> Iterator[tuple[float, str, list[str]]]:
    """The time in seconds, the class and the lines of each text."""
    start, name, pieces, at = -1.0, "", [""], 0
    for tag in _TAG.finditer(text):
        pieces.append(text[at : tag.start()].replace("\n", " "))
        at = tag.end()
        kind = tag[1].lower()
        if kind == "br":
            pieces.append("\n")
        elif kind in ("sync", "p"):
            if start >= 0 and (kind == "sync" or any(map(str.strip, pieces))):
                yield start, name, _lines(pieces)
            pieces = []
            found = _START.search(tag[2]) if kind == "sync" else _CLASS.search(tag[2])
            if kind == "p":
                name = found[1].lower() if found else ""
            else:
                start = int(found[1]) / 1000 if found else -1.0
    if start >= 0:
        yield start, name, _lines([*pieces, text[at:]])


def _lines(pieces: list[str]) -> list[str]:
    text = html.unescape("".join(pieces))
    return [line for line in map(one_line, text.split("\n")) if line.strip()]


def _without_comments(text: str) -> str:
    """Without what stands in comments; the styles do too."""
    first, *parts = text.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in parts)


def _languages_of_classes(head: str) -> dict[str, str]:
    found = ((style[1].lower(), _LANGUAGE.search(style[2])) for style in _STYLE.finditer(head))
    return {name: language_code(language[1]) for name, language in found if language}
