"""The numbers that a text names, in figures or in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")
_TOKENS = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
_ONES = {
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen",
    "de": "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn",
    "fr": "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "es": "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}
_MORE = {
    "en": {"hundred": 100, "thousand": 1000},
    "de": {"hundert": 100, "tausend": 1000, "ein": 1, "eine": 1},
    "fr": {"cent": 100, "cents": 100, "mille": 1000, "une": 1, "vingts": 20},
    "es": {"cien": 100, "ciento": 100, "mil": 1000, "un": 1, "una": 1},
}
_LINKS = {"en": {"and"}, "de": {"und"}, "fr": {"et"}, "es": {"y"}}


def _table(language: str) -> dict[str, int]:
    ones = {word: value for value, word in enumerate(_ONES[language].split(), 1)}
    tens = {word: 10 * value for value, word in enumerate(_TENS[language].split(), 2)}
    table = ones | tens | _MORE[language]
    if language == "de":
        small = dict(list(ones.items())[1:9]) | {"ein": 1}
        table |= {f"{one}und{ten}": a + b for one, a in small.items() for ten, b in tens.items()}
        below = {word: value for word, value in table.items() if value < 100} | {"": 0}
        hundreds = {f"{one}hundert": 100 * value for one, value in small.items()} | {"hundert": 100}
        table |= {hundred + rest: a + b for hundred, a in hundreds.items() for rest, b in below.items()}
    if language == "es":
        table |= {f"veinti{one}": 20 + value for one, value in list(ones.items())[:9]}
    return {_bare(word): value for word, value in table.items()}


def _bare(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(sign))


_TABLES = {language: _table(language) for language in _ONES}


def numbers(text: str, language: str) -> frozenset[str]:
    """Every number in a text, as figures: "twenty-five", "25" and "025" are the same. language: a code or ''.

    A lone "one" is no number: it is an article as often as not.
    """
    table, links = _TABLES.get(language, {}), _LINKS.get(language, set())
    found = {_figures(match.group()) for match in _FIGURES.finditer(text)}
    return frozenset(found | {str(value) for value in _in_words(text, table, links)})


def _figures(number: str) -> str:
    plain = "".join(str(unicodedata.decimal(sign)) if sign.isdigit() else sign for sign in number)
    if re.fullmatch(r"\d{1,3}(,\d{3})+", plain):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    return plain.lstrip("0") or "0" if plain.isdigit() else plain


def _in_words(text: str, table: dict[str, int], links: set[str]) -> Iterator[int]:
    """Runs of number words, each as one value: "one hundred and twenty" is 120, "two, three" are two values."""
    value = None
    for token in _TOKENS.findall(text):
        word = _bare(token)
        if value is not None and word in links:
            continue
        new = table.get(word)
        joined = None if value is None or new is None else _join(value, new)
        if joined is None and value is not None and value > 1:
            yield value
        value = joined if joined is not None else new
    if value is not None and value > 1:
        yield value


def _join(value: int, new: int) -> int | None:
    """A number said on, or None when the word begins another."""
    if new in (100, 1000):
        return value * new if value < new else None
    if (value, new) == (4, 20):
        return 80  # quatre-vingts
    rest = value % 100
    if value >= 100 and rest == 0 and new < 100:
        return value + new
    if rest in (60, 80) and new < 20:
        return value + new
    return value + new if rest >= 20 and rest % 10 == 0 and new < 10 else None
