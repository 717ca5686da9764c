"""What of a page or template a person reads: its texts, and the attributes that are shown or read out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.template.base import Lexer, TokenType

READ = {
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "aria-valuetext",
    "title",
    "placeholder",
    "alt",
    "label",
}
"""Attributes whose values people read."""

NOT_WORDS = {"script", "style", "code", "pre", "kbd"}
"""Elements that hold what no translator changes: commands, tracebacks, keys."""

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def is_words(value: str) -> bool:
    """Is the value of a data- attribute for people? Ids, codes and numbers have no spaces and no capitals."""
    return any(letter.isalpha() for letter in value) and (" " in value or value[0].isupper())


def leaves(value: Any) -> Iterator[str]:
    """The texts in a JSON value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    else:
        yield str(value)


@dataclass
class Reader(HTMLParser):
    """texts: (where, what is read there)."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.inside.append(tag)
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            if name.startswith("data-") and value.startswith("{"):
                self.texts += [(f"{tag} {name}", text) for text in leaves(json.loads(value)) if is_words(text)]
            elif name in READ or (name.startswith("data-") and is_words(value)):
                self.texts.append((f"{tag} {name}", value))
        if tag == "meta" and given.get("name") == "description":
            self.texts.append(("meta description", given.get("content", "")))
        if tag == "input" and given.get("type") in ("submit", "button", "reset"):
            self.texts.append(("input value", given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not NOT_WORDS & set(self.inside):
            self.texts.append((self.inside[-1] if self.inside else "", data))


def read(html: str) -> list[tuple[str, str]]:
    """(where, text) of all that is read on a page, white space taken together."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return [(where, " ".join(text.split())) for where, text in reader.texts if text.strip()]


def bare_html(template: str) -> str:
    """A template's own HTML: without its tags and variables, and without what stands in `blocktranslate`."""
    return "".join(_bare(template))


def _bare(template: str) -> Iterator[str]:
    translated = hidden = False
    for token in Lexer(template).tokenize():
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        if name in ("blocktranslate", "blocktrans"):
            translated = True
        elif name in ("endblocktranslate", "endblocktrans"):
            translated = False
        elif name in ("comment", "endcomment"):
            hidden = name == "comment"
        elif name == "block":
            # Such a block is a part of an attribute, as `<main class="{% block main_class %}…` shows in the base.
            hidden = token.contents.endswith("_class")
        elif name == "endblock":
            hidden = False
        elif token.token_type == TokenType.TEXT and not translated and not hidden:
            yield token.contents
        elif token.token_type == TokenType.VAR:
            yield "0"  # so that an attribute that is all variable has a value
