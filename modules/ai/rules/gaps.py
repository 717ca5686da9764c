"""Sentences of the video with one word or number taken out, and the other answers that are surely wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from modules.pipeline.types import Cue, Draft

from .language import Language, folded, plain
from .order import alike, stable, words_of
from .titles import action_of
from .units import Unit
from .wording import text_of

GAP = "_____"
WRONG = 3
SHORTEST, LONGEST, LONGEST_BARE = 5, 26, 18
"""Words of a sentence that is asked about; bare: without a mark at its end."""
_CORE = re.compile(r"^[^\w%]*(.*?)[^\w%]*$", re.DOTALL)
_NUMBER = re.compile(r"(\d{1,9})(?:[.,:/](\d{1,9}))?%?")
_MARKS = ".!?…"
FARTHEST = 3.0
"""How much larger or smaller another number may be, as a difference of logarithms: some twenty times."""


@dataclass(frozen=True)
class Salient:
    """A word that names a thing, or a number. shown: as it is said; said: plain; value: of a number, else None.

    article: the word before it; at: its place among the words of its sentence.
    """

    shown: str
    said: str
    article: str
    at: int
    value: float | None = None


@dataclass(frozen=True)
class Gap:
    """A sentence of a step with its gap. shown: whole; asked: with GAP; cues: the numbers in which it is said."""

    step: Draft
    answer: Salient
    shown: str
    asked: str
    wrong: tuple[str, ...]
    cues: tuple[int, ...]


class Talk:
    """All that is said in a video, for looking things up. cues: with words in them; units: from `units_of`."""

    def __init__(self, cues: Sequence[Cue], units: Sequence[Unit], language: Language) -> None:
        self.cues = cues
        self.units = units
        self.language = language
        self.plain = f" {' '.join(plain(cue.text) for cue in cues)} "

    @cached_property
    def salients(self) -> list[Salient]:
        """What may be a wrong answer: each word and number once, as it is first said."""
        first: dict[tuple[str, bool], Salient] = {}
        for unit in self.units:
            for one in salients(unit.text.split(), self.language):
                first.setdefault((one.said, one.value is None), one)
        return list(first.values())

    def says(self, words: Sequence[str]) -> bool:
        """Whether these plain words are said one after the other."""
        return f" {' '.join(words)} " in self.plain


def gaps_of(step: Draft, talk: Talk) -> Iterator[Gap]:
    """The gaps that can be asked about a step, the best first: numbers, then what an instruction is about."""
    own = set(step.cues)
    found = []
    for place, unit in enumerate(talk.units):
        if talk.cues[unit.first].number not in own:
            continue
        cues = tuple(cue.number for cue in talk.cues[unit.first : unit.last + 1])
        sentence = _sentence(unit, talk.language) if cues and own.issuperset(cues) else ""
        if not sentence:
            continue
        # Where a recogniser writes no marks, the piece may run on into the next sentence.
        whole = unit.text[-1] in _MARKS
        instructs = action_of(unit.text, talk.language) is not None
        for answer in salients(sentence.split(), talk.language):
            found.append(((not whole, answer.value is None, not instructs, place, answer.at), answer, sentence, cues))
    for _, answer, sentence, cues in sorted(found, key=lambda one: one[0]):
        gap = _gap(step, answer, sentence, cues, talk)
        if gap:
            yield gap


def _sentence(unit: Unit, language: Language) -> str:
    """The unit as a sentence on the page, or '' when it is too short or long, or noises would have to go."""
    count = len(unit.text.split())
    longest = LONGEST if unit.text[-1] in _MARKS else LONGEST_BARE
    shown = text_of([unit.text], language) if SHORTEST <= count <= longest else ""
    kept = plain(shown) == unit.plain and len(shown.split()) == count and GAP not in shown
    return shown if kept else ""


def _gap(step: Draft, answer: Salient, sentence: str, cues: tuple[int, ...], talk: Talk) -> Gap | None:
    words = sentence.split()
    said = [plain(word) for word in words]
    contents = [word for word in said if word and word not in talk.language.stopwords]
    hinted = any(alike(word, answer.said) for word in plain(step.title).split())
    once = sum(alike(word, answer.said) for word in said) == 1
    if hinted or not once or len(contents) < 3 or not talk.says(plain(sentence).split()):
        return None
    wrong = _wrong(step, answer, said, talk)
    asked = [*words]
    asked[answer.at] = words[answer.at].replace(answer.shown, GAP, 1)
    return Gap(step, answer, sentence, " ".join(asked), wrong, cues) if len(wrong) == WRONG else None


def _wrong(step: Draft, answer: Salient, said: Sequence[str], talk: Talk) -> tuple[str, ...]:
    """Answers of the same kind that are not said in this step, nor anywhere else where the gap is."""
    own = words_of(step, talk.cues)
    values = {value for word in own if (value := number_of(word, talk.language)) is not None}
    chosen: list[Salient] = []
    for other in sorted(talk.salients, key=lambda one: _distance(answer, one)):
        if (other.value is None) != (answer.value is None) or other.value in values:
            continue
        if _distance(answer, other)[1] > FARTHEST:
            break
        if any(alike(word, other.said) for word in (*own, *(one.said for one in chosen))):
            continue
        if any(other.value is not None and one.value == other.value for one in chosen) or _fits(
            said, answer, other, talk
        ):
            continue
        chosen.append(other)
        if len(chosen) == WRONG:
            break
    return tuple(one.shown for one in chosen)


def _fits(said: Sequence[str], answer: Salient, other: Salient, talk: Talk) -> bool:
    """Whether something is said elsewhere that would make the other answer right too."""
    at = answer.at
    before = said[at - 1 : at] if at + 1 < len(said) else said[at - 2 : at]
    return talk.says([word for word in (*before, other.said, *said[at + 1 : at + 2]) if word])


def _distance(answer: Salient, other: Salient) -> tuple[bool, float, bytes]:
    """Near in size, or with the same article; then in an order that never changes."""
    far = 0.0
    if answer.value is not None and other.value is not None:
        far = round(abs(math.log1p(answer.value) - math.log1p(other.value)), 3)
    return answer.value is None and other.article != answer.article, far, stable(answer.said, other.said)


def salients(words: Sequence[str], language: Language) -> list[Salient]:
    """The numbers and the nouns with an article among the words of a sentence, but for its first word."""
    found = []
    for at in range(1, len(words)):
        core = _CORE.sub(r"\1", words[at])
        said = plain(core)
        value = number_of(core, language)
        if value is not None:
            alone = all(number_of(_CORE.sub(r"\1", word), language) is None for word in words[at - 1 : at + 2 : 2])
            if alone:
                found.append(Salient(core, said, plain(words[at - 1]), at, value))
        elif (core[:1].isupper() or not language.capital_nouns) and _names(words, at, said, language):
            found.append(Salient(core, said, plain(words[at - 1]), at))
    return found


def number_of(word: str, language: Language) -> float | None:
    """The value of a number in figures or letters, else None. Commas and full stops count alike: 1,5 is 1.5."""
    value = language.numbers.get(folded(word))
    if value is not None:
        return float(value)
    found = _NUMBER.fullmatch(word)
    return float(f"{found[1]}.{found[2] or 0}") if found else None


def _names(words: Sequence[str], at: int, said: str, language: Language) -> bool:
    """Whether the word is a noun by its place: right after an article, and where its phrase ends."""
    if len(said) < 3 or not said.isalpha() or said in language.stopwords:
        return False
    if plain(words[at - 1]) not in language.articles or not words[at - 1][-1].isalpha():
        return False
    if at + 1 == len(words) or not words[at][-1].isalpha():
        return True
    after = plain(words[at + 1])
    return after in language.stopwords or after in language.clause_ends or after in language.dangling
