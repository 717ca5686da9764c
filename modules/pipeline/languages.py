"""What a language is called, and in which direction it is written: Babel's tables (Unicode CLDR), a few gaps filled."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.core import get_global

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# Containers write these where no language is meant: undetermined, uncoded, no speech, several at once.
_NO_LANGUAGE = frozenset({"und", "mis", "zxx", "mul"})
# Whisper calls these by names that the CLDR does not have (there: Bangla, Māori, Burmese, Norwegian Nynorsk).
_OTHER_NAMES = {"bengali": "bn", "maori": "mi", "myanmar": "my", "nynorsk": "nn"}
# The CLDR describes no locale in Aramaic.
_OTHER_RIGHT_TO_LEFT = frozenset({"arc"})


def language_code(name_or_code: object) -> str:
    """The BCP 47 code for an English name ("German"), an ISO 639-2 code ("ger", "deu") or a BCP 47 code; else ''.

    What speech servers and containers say is not always a text, and not always a language.
    """
    if not isinstance(name_or_code, str):
        return ""
    said = name_or_code.strip().replace("_", "-")
    if not _TAG.fullmatch(said):
        return _codes_by_name().get(said.lower(), "")
    language, dash, rest = said.partition("-")
    # Two letters where there are two, as BCP 47 asks: Babel also knows longer codes that replace them.
    other = get_global("language_aliases").get(language.lower(), "")
    language = other if len(other) == 2 else language.lower()
    return "" if language in _NO_LANGUAGE else language + dash + rest


@cache
def _codes_by_name() -> dict[str, str]:
    """Codes by English names in lower case. Read when first asked for, because it takes some 20 ms."""
    names = Locale("en").languages
    return {name.lower(): code.replace("_", "-") for code, name in names.items()} | _OTHER_NAMES


@lru_cache(maxsize=256)
def text_direction(code: str) -> Literal["ltr", "rtl"]:
    """The direction in which a language is written, by its BCP 47 code; "ltr" where it is not known."""
    language = code.replace("_", "-")
    primary = language.partition("-")[0].lower()
    # Babel refuses tags that it has no data for, though they are valid: of ar-US it knows no more than ar.
    for tag in (language, primary):
        try:
            return "rtl" if Locale.parse(tag, sep="-").text_direction == "rtl" else "ltr"
        except (UnknownLocaleError, ValueError):
            continue
    return "rtl" if primary in _OTHER_RIGHT_TO_LEFT else "ltr"
