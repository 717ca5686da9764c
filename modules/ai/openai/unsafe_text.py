"""Signs that have no place in a text: controls, halves of characters, and what turns the direction of writing over."""

from __future__ import annotations

import re

# The joiners and marks that Persian, Hindi or Arabic need (U+200C to U+200F) are none of them.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def harmless(text: str) -> bool:
    """Whether there is no such sign in a text."""
    return not _HARMFUL.search(text)


def cleaned(text: str) -> str:
    """The text without such signs, on one line."""
    return " ".join(_HARMFUL.sub("", text).split())
