"""Two made-up languages, in which each text of the interface stands between ⟦ and ⟧ and has no Latin letter left.

The first is written in full-width letters, which can be read; the second from right to left, in Hebrew letters that
mean nothing. So a Latin letter on a page has not gone through gettext, also where it was put into a sentence that has.
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
PLACE = re.compile(r"\{\w+\}")  # for a value that a script puts in
LATIN_WORD = re.compile(r"[A-Za-z][\w']*")
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
FULL_WIDTH = "".join(chr(ord(letter) + 0xFEE0) for letter in LATIN)
HEBREW = "אבגדהוזחטיכלמנסעפצקרשתאבגד" * 2
LETTERS = {LEFT_TO_RIGHT: str.maketrans(LATIN, FULL_WIDTH), RIGHT_TO_LEFT: str.maketrans(LATIN, HEBREW)}


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
        """The text in the letters of the language, between the marks."""
        letters = LETTERS[self.code]
        text = "".join(part if KEPT.fullmatch(part) else part.translate(letters) for part in KEPT.split(text))
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


def untranslated(text: str) -> list[str]:
    """The words of a text that no translator has seen."""
    return LATIN_WORD.findall(PLACE.sub("", text))
