"""A step's text: its sentences as they were said, without the noises between them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from modules.pipeline.sentences import sentences

from .boundaries import marker_weight
from .language import Language, plain
from .noises import without_noises
from .titles import capitalised, spelled

PARAGRAPH = 320
"""Characters after which a new paragraph begins."""
LONG = 140
"""Characters of a sentence to which no further clause is joined."""
GOES_ON = -0.5
"""The weight (see `boundaries.marker_weight`) of first words that only go on with what was begun."""
_ENDINGS = ".!?…。！？।؟:”»\"'"


def text_of(clauses: Sequence[str], language: Language) -> str:
    """The clauses as sentences in short paragraphs (blank lines between them); every fact and number stays."""
    joined: list[str] = []
    last = ""
    for clause in clauses:
        said = without_fillers(clause, language)
        if not said:
            continue
        if joined and joined[-1][-1] not in _ENDINGS and _goes_on(joined[-1], last, said, language):
            joined[-1] += " " + said
        else:
            joined.append(said)
        last = plain(said)
    return "\n\n".join(_paragraphs([_sentence(spelled(said, language)) for said in joined]))


def _goes_on(before: str, last: str, said: str, language: Language) -> bool:
    """Whether a clause belongs to the sentence before it, whose last clause is given plain."""
    words = last.split()
    if len(before) > LONG:
        return False
    half = words[-1] in language.dangling or words[0] in language.subordinate
    return half or marker_weight(plain(said), language) <= GOES_ON


def tidied(text: str, language: Language) -> str:
    """The same for a text that is written already; its own paragraphs stay."""
    parts = (text_of(sentences(part, language.code), language) for part in re.split(r"\n\s*\n", text))
    return "\n\n".join(part for part in parts if part)


def without_fillers(text: str, language: Language) -> str:
    """The text without "um" and "you know", and without the commas that only they needed."""
    text = " ".join(without_noises(text, language).split())
    text = re.sub(r"(?<!\s)\s++([,.;:!?])", r"\1", text)
    text = re.sub(r",(?:\s*,)+", ",", text)
    text = re.sub(r",(?=[.;:!?])", "", text)
    text = re.sub(r"^[,;:.\s]+", "", text)
    return text if plain(text) else ""


def _sentence(said: str) -> str:
    """With a capital at the beginning and a full stop at the end, in scripts that have them."""
    said = capitalised(said).rstrip(",;–- ")
    if said[-1] in _ENDINGS or not _has_case(said[-1]):
        return said
    return said + "."


def _has_case(sign: str) -> bool:
    return sign.isdigit() or sign in ")]%°" or sign.lower() != sign.upper()


def _paragraphs(said: Sequence[str]) -> list[str]:
    found: list[str] = []
    for sentence in said:
        if found and len(found[-1]) + len(sentence) < PARAGRAPH:
            found[-1] += " " + sentence
        else:
            found.append(sentence)
    return found
