"""The languages that the local writer knows. A new one is a file beside these that gives a LANGUAGE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules

from ..language import Language, plain

NEUTRAL = Language(code="")
"""For any other language: pauses, scenes and lengths alone."""

LANGUAGES: dict[str, Language] = {
    module.name: import_module(f"{__name__}.{module.name}").LANGUAGE for module in iter_modules(__path__)
}
"""By code: the name of a language's file."""


def language_of(code: str, texts: Iterable[str]) -> Language:
    """The table for a BCP 47 code; when the code is '', the one whose small words are most in the texts."""
    if code:
        return LANGUAGES.get(code.lower().replace("_", "-").partition("-")[0], NEUTRAL)
    counts = Counter(word for text in texts for word in plain(text).split())
    total = sum(counts.values())
    shares = (
        {language.code: sum(counts[word] for word in language.stopwords) / total for language in LANGUAGES.values()}
        if total
        else {}
    )
    best = max(shares, key=shares.__getitem__, default="")
    # A talk in a language of the table is a third to a half small words; a stranger shares a few by chance.
    return LANGUAGES[best] if best and shares[best] >= 0.2 else NEUTRAL
