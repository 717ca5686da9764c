"""Two made-up languages, in which every text of the interface stands between ⟦ and ⟧.

What a page shows outside these marks has not gone through gettext. The second one is written from right to left, in
Hebrew letters that mean nothing, so that a page can be looked at as its readers would see it.
"""

from __future__ import annotations

import re
from gettext import NullTranslations

from django.utils.translation import trans_real

LEFT_TO_RIGHT, RIGHT_TO_LEFT = "bg", "he"
"""Codes of real languages, because Django accepts no others; their own catalogues are not used."""

LANGUAGES = [("en", "English"), (LEFT_TO_RIGHT, "Bulgarian"), (RIGHT_TO_LEFT, "Hebrew")]

CONTEXT = "\x04"  # stands between the context and the text, as in a catalogue
KEPT = re.compile(r"(<[^>]+>|&\w+;|%%|%\(\w+\)[a-z]|%[a-z]|\{\w*\})")  # markup and places for values
LATIN = "abcdefghijklmnopqrstuvwxyz"
HEBREW = "אבגדהוזחטיכלמנסעפצקרשתאבגד"
LETTERS = str.maketrans(LATIN + LATIN.upper(), HEBREW * 2)


class Pseudo(NullTranslations):
    """A catalogue that has every text."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.code = language
        self.asked: set[tuple[str, ...]] = set()
        """Each text that was looked up, with its context, and its plural where it has one."""

    def gettext(self, message: str) -> str:
        self.asked.add(message_id(message))
        return self.mark(message.rpartition(CONTEXT)[2])

    def ngettext(self, one: str, many: str, number: int) -> str:
        self.asked.add((*message_id(one), many))
        return self.mark((one if number == 1 else many).rpartition(CONTEXT)[2])

    def mark(self, text: str) -> str:
        """The text between the marks."""
        if self.code == RIGHT_TO_LEFT:
            text = "".join(part if KEPT.fullmatch(part) else part.translate(LETTERS) for part in KEPT.split(text))
        return f"⟦{text}⟧" if text.strip() else text

    def to_language(self) -> str:
        return self.code

    def language(self) -> str:
        return self.code


def message_id(message: str) -> tuple[str, str]:
    """(context, text), as a catalogue names a message."""
    context, _, text = message.rpartition(CONTEXT)
    return context, text


def install() -> dict[str, Pseudo]:
    """Put both where Django looks for what it has loaded."""
    installed = {code: Pseudo(code) for code in (LEFT_TO_RIGHT, RIGHT_TO_LEFT)}
    trans_real._translations.update(installed)
    return installed


def uninstall() -> None:
    """Let Django load the real ones again."""
    for code in (LEFT_TO_RIGHT, RIGHT_TO_LEFT):
        trans_real._translations.pop(code, None)


def outside(text: str, depth: int = 0) -> str:
    """What of a text stands outside the marks. depth: of how many it is inside already."""
    kept = []
    for letter in text:
        depth += (letter == "⟦") - (letter == "⟧")
        if not depth and letter != "⟧":
            kept.append(letter)
    return "".join(kept)


def depth_after(text: str, depth: int) -> int:
    """Inside how many marks is what follows this text."""
    return depth + text.count("⟦") - text.count("⟧")
