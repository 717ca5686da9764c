"""The numbers that a text names, in figures or in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from modules.ai.rules.language import Language, folded

_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")
_TOKENS = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")


def numbers(text: str, language: Language) -> frozenset[str]:
    """Every number in a text, as figures: "twenty-five", "25" and "025" are the same.

    A lone "one" is no number: it is an article as often as not.
    """
    found = {_figures(match.group()) for match in _FIGURES.finditer(text)}
    return frozenset(found | {str(value) for value in _in_words(text, language)})


def _figures(number: str) -> str:
    plain = "".join(str(unicodedata.decimal(sign)) if sign.isdigit() else sign for sign in number)
    if re.fullmatch(r"\d{1,3}(,\d{3})+", plain):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    return plain.lstrip("0") or "0" if plain.isdigit() else plain


def _in_words(text: str, language: Language) -> Iterator[int]:
    """Runs of number words, each as one value: "one hundred and twenty" is 120, "two, three" are two values."""
    value = None
    for token in _TOKENS.findall(text):
        word = folded(token)
        if value is not None and word in language.number_links:
            continue
        new = language.number_words.get(word)
        joined = None if value is None or new is None else _join(value, new, language)
        if joined is None and value is not None and value > 1:
            yield value
        value = joined if joined is not None else new
    if value is not None and value > 1:
        yield value


def _join(value: int, new: int, language: Language) -> int | None:
    """A number said on, or None when the word begins another."""
    if new in (100, 1000):
        return value * new if value < new else None
    rest = value % 100
    if (rest, new) in language.number_joins:
        return value - rest + language.number_joins[rest, new]
    if value >= 100 and rest == 0 and new < 100:
        return value + new
    return value + new if rest >= 20 and rest % 10 == 0 and new < 10 else None
