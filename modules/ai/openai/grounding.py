"""Whether a text says what its source says: by rule, so that no model's word is taken for it.

Rules cannot read; they err on the side of the source. What they turn down is replaced by what was said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from modules.ai.rules.language import Language

from .numerals import numbers
from .unsafe_text import harmless

KEPT = 0.5
"""Share of the original's words of meaning that a rewrite must keep."""
SUPPORTED = 0.75
"""Share of a text's words of meaning that must come from its source."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CODE = re.compile(r"(?:https?://\S+|www\.\S+|[^\W_]+(?:[._/\\@+#-][^\W_]+)*[+#]*)")
_MEASURE = re.compile(r"\d+(?:[.,]\d+)?[^\W\d_]{1,3}")  # 10mm: the same as 10 mm
_PLAIN_NUMBER = re.compile(r"[\d.,:/]+")
LOOK_BACK = 20
"""Letters before a word in which the end of the sentence before it is looked for."""
_QUOTES = " \t\"'“‘«("
_SENTENCE_ENDS = re.compile(r"[.!?…:\n]\s{0,19}[\"'“‘«(]{0,19}$")
_NO_NAMES = frozenset({"ok", "okay", "tv"})
# Scripts that write no spaces between words: pairs of signs stand for words there.
_DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]+")


def faithful(text: str, original: str, source: str, language: Language) -> bool:
    """Whether a rewrite keeps every number, name and "not" of the original, most of its words, and adds nothing.

    source: all that the rewrite may draw from (the original and the cues it came from).
    """
    kept = numbers(original, language) <= numbers(text, language)
    named = {name.casefold() for name in _names(original, language)} <= _signs(text)
    return (
        bool(text.strip())
        and kept
        and named
        and _denies(text, language) == _denies(original, language)
        and share(original, text, language) >= KEPT
        and grounded(text, source, language)
    )


def grounded(text: str, source: str, language: Language, least: float = SUPPORTED) -> bool:
    """Whether a text adds nothing: every number and name is in the source, and so are most of its words."""
    if not text.strip() or not harmless(text):
        return False
    fresh = {name.casefold() for name in _names(text, language)} - _signs(source)
    return (
        numbers(text, language) <= numbers(source, language)
        and not fresh
        and (_denies(source, language) or not _denies(text, language))
        and share(text, source, language) >= least
    )


def share(text: str, source: str, language: Language) -> float:
    """The share (0..1) of a text's words of meaning that are in the source, in whatever form.

    Of a text without any, every word counts; one without words at all says nothing, unless it is a figure.
    """
    words = _meaning(text, language) or set(words_of(text))
    known = _by_beginning(source)
    if not words:
        return float(any(sign.isdigit() for sign in text))
    return sum(_known(word, known) for word in words) / len(words)


def words_of(text: str) -> list[str]:
    """The words of a text without case; in scripts without spaces, pairs of neighbouring signs."""
    folded = text.casefold().replace("’", "'")
    words: list[str] = _WORD.findall(_DENSE.sub(" ", folded))
    for run in _DENSE.findall(folded):
        words += [run[at : at + 2] for at in range(max(1, len(run) - 1))]
    return words


def _meaning(text: str, language: Language) -> set[str]:
    small = language.stopwords
    return {word for word in words_of(text) if word not in small and (len(word) > 2 or _DENSE.match(word))}


@lru_cache(maxsize=64)
def _by_beginning(source: str) -> dict[str, frozenset[str]]:
    """The words of a source by their first three letters."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for word in words_of(source):
        found[word[:3]].add(word)
    return {beginning: frozenset(words) for beginning, words in found.items()}


def _known(word: str, source: dict[str, frozenset[str]]) -> bool:
    return any(_same(word, other) for other in source.get(word[:3], ()))


def _same(word: str, other: str) -> bool:
    """Whether two words are forms of one: they begin alike, and differ by an ending."""
    shorter, longer = sorted((word, other), key=len)
    common = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return word == other or (common >= max(3, len(shorter) - 2) and len(longer) - common <= 5)


def _denies(text: str, language: Language) -> bool:
    return not language.negations.isdisjoint(words_of(text))


def _signs(text: str) -> frozenset[str]:
    """Every word and code in a text, without case."""
    return frozenset(_marks(text)) | frozenset(words_of(text))


def _marks(text: str) -> Iterable[str]:
    return (found.group().casefold().rstrip(".,;:!?)") for found in _CODE.finditer(text))


def _names(text: str, language: Language) -> set[str]:
    """What must stay letter by letter: file names, addresses, key names, and capitals in the middle of a sentence."""
    names = set()
    text = _DENSE.sub(" ", text.lower() if text.isupper() else text)
    small = language.stopwords | _NO_NAMES
    for found in _CODE.finditer(text):
        word = found.group().rstrip(".,;:!?)")
        before = text[max(0, found.start() - LOOK_BACK) : found.start()]
        begins = not before.strip(_QUOTES) or _SENTENCE_ENDS.search(before)
        capital = word[:1].isupper() and not begins and not language.capital_nouns and word.casefold() not in small
        if capital or _is_code(word):
            names.add(word)
    return names


def _is_code(word: str) -> bool:
    mixed = re.search(r"\d", word) and re.search(r"[^\W\d_]", word) and not _MEASURE.fullmatch(word)
    inside = "://" in word or "@" in word or re.search(r"\w[._/\\]\w", word)
    return bool(mixed or (inside and not _PLAIN_NUMBER.fullmatch(word))) or (
        len(word) > 1 and word.isupper() and word.isalpha() and word.casefold() not in _NO_NAMES
    )
