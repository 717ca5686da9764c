"""What captions write of sounds, and the noises between the words of a speaker."""

from __future__ import annotations

import re

from .language import Language
from .languages import LANGUAGES

_SOUNDS = "|".join(sorted(sound for language in LANGUAGES.values() for sound in language.sounds))
# Captions name sounds in the language of whoever made them, which is not always the language of the talk.
_NOISE = re.compile(rf"[\[(](?:{_SOUNDS})[^\])]{{0,20}}[\])]|[♪♫]|(?<!\S)>>+(?!\S)", re.IGNORECASE)


def without_noises(text: str, language: Language) -> str:
    """The text without "um", "you know", "[Music]" and ">>" (a change of speaker); the marks around them stay."""
    return language.filler_pattern.sub(" ", _NOISE.sub(" ", text))
