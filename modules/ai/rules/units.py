"""From captions, which are cut anywhere, to units: sentences or clauses, each with the cues that it lies in."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from modules.pipeline.sentences import sentences
from modules.pipeline.types import Cue

from .language import Language, plain

LONG = 24
"""Words after which a unit is also cut where the speaker merely draws breath."""
SHORT = 4
"""Words that a unit has at least before a spoken starter may end it."""
TERSE = 6
"""The same, for a command."""
ROOMY = 9
"""The same, for starters that as often go on with what was begun."""
BREATH, HESITATION = 0.5, 1.3
"""Seconds of silence that end a clause, and that end it even where a word is left hanging ("click on the …")."""


@dataclass(frozen=True)
class Unit:
    """A sentence or clause.

    start, end: seconds, shared out inside a cue by length. pause: seconds of silence before it.
    first, last: the positions (in the list of cues) where it begins and ends; opens: the position of the cue
    at which a step would start that begins with this unit.
    """

    text: str
    start: float
    end: float
    pause: float
    first: int
    last: int
    opens: int

    @cached_property
    def plain(self) -> str:
        return plain(self.text)


@dataclass(frozen=True)
class _Word:
    text: str
    start: float
    end: float
    cue: int
    place: float
    """How far into its cue it begins, 0..1."""
    pause: float = 0.0
    """Seconds of silence before it."""


def units_of(cues: Sequence[Cue], language: Language) -> list[Unit]:
    """The units of all cues, in order: every word is in exactly one of them."""
    stream = _stream(cues)
    return [_unit(words) for sentence in _by_sentence(stream, language) for words in _clauses(sentence, language)]


def _stream(cues: Sequence[Cue]) -> list[_Word]:
    """All words with their times.

    A recogniser often stretches a caption over the silence in it or after it. What its letters would not have taken
    at this speaker's pace is silence: before the word that begins a sentence in it, else after it.
    """
    spans = [
        max(0.0, min(cue.end, after.start) - cue.start) for cue, after in zip(cues, [*cues[1:], cues[-1]], strict=True)
    ]
    spans[-1] = max(0.0, cues[-1].end - cues[-1].start)
    paces = [span / len(cue.text) for cue, span in zip(cues, spans, strict=True) if len(cue.text) >= 12]
    pace = statistics.median(paces) if paces else 0.0
    stream: list[_Word] = []
    pause = 0.0
    for at, (cue, span) in enumerate(zip(cues, spans, strict=True)):
        words = cue.text.split()
        silence = max(0.0, span - 1.2 * pace * len(cue.text) - 0.25) if pace else 0.0
        breath = _breath(words) if silence else len(words)
        stream += _words(at, cue, span - silence, words, (breath, silence), pause)
        gap = max(0.0, cues[at + 1].start - cue.end) if at + 1 < len(cues) else 0.0
        pause = gap + (silence if breath == len(words) else 0.0)
    return stream


def _breath(words: Sequence[str]) -> int:
    """Before which word of a caption its silence lies: the one that begins a sentence, else after the last."""
    return next((at for at in range(1, len(words)) if words[at - 1][-1] in ".!?…。"), len(words))


def _words(
    at: int, cue: Cue, voiced: float, words: Sequence[str], breath: tuple[int, float], pause: float
) -> Iterator[_Word]:
    """The words of a cue, its voiced time shared out by their lengths. breath: before which word how much silence."""
    total = sum(len(word) + 1 for word in words) or 1
    done = 0
    for number, word in enumerate(words):
        silence = breath[1] if number >= breath[0] else 0.0
        begin = cue.start + voiced * done / total + silence
        done += len(word) + 1
        before = pause if number == 0 else breath[1] if number == breath[0] else 0.0
        length = max(0.001, cue.end - cue.start)
        yield _Word(word, begin, cue.start + voiced * done / total + silence, at, (begin - cue.start) / length, before)


def _by_sentence(stream: Sequence[_Word], language: Language) -> Iterator[list[_Word]]:
    """The words sentence by sentence; a mark inside a word (scripts without spaces) ends it after the word."""
    found = sentences(" ".join(word.text for word in stream), language.code)
    at = 0
    for sentence in found:
        letters = sum(not sign.isspace() for sign in sentence)
        taken: list[_Word] = []
        while at < len(stream) and letters > 0:
            letters -= len(stream[at].text)
            taken.append(stream[at])
            at += 1
        if at < len(stream) and letters < 0:
            # The next sentence begins inside this word: what it has of it is spoken for.
            at = at if len(taken) else at + 1
        if taken:
            yield taken
    if at < len(stream):
        yield list(stream[at:])


def _clauses(words: Sequence[_Word], language: Language) -> Iterator[list[_Word]]:
    """A sentence as it is, or in pieces when it runs on: cut at pauses, at spoken starters, and where it is long."""
    if len(words) <= LONG // 2 + SHORT:
        yield list(words)
        return
    piece: list[_Word] = []
    for at, word in enumerate(words):
        if piece and _cuts(piece, words, at, language):
            yield piece
            piece = []
        piece.append(word)
    if piece:
        yield piece


def _cuts(piece: Sequence[_Word], words: Sequence[_Word], at: int, language: Language) -> bool:
    word, edge = words[at], words[at].cue != piece[-1].cue
    before = plain(piece[-1].text)
    if word.pause >= (HESITATION if before in language.hanging else BREATH):
        return True
    if edge and len(piece) > LONG and (word.pause >= 0.15 or len(piece) > 2 * LONG):
        return True
    if len(piece) < SHORT or len(words) - at < 3:
        return False
    said = plain(" ".join(part.text for part in words[at : at + 4]))
    if before in language.hanging or all(plain(part.text) in language.openers for part in piece[-SHORT:]):
        return False
    if language.starter.match(said) or (len(piece) >= TERSE and _commands(words, at, before, language)):
        return True
    return before not in language.dangling and len(piece) >= ROOMY and bool(language.soft_starter.match(said))


def _commands(words: Sequence[_Word], at: int, before: str, language: Language) -> bool:
    """Whether a command begins here, as far as words without marks tell: "… not yet | open the cover"."""
    said, after = plain(words[at].text), plain(words[at + 1].text)
    if language.verb_last or (before in language.stopwords and before not in language.pronouns | language.particles):
        return False
    if language.command_endings:
        return said in language.verbs and said.endswith(language.command_endings)
    return language.verbs.get(said) == said and after in language.articles


def _unit(words: Sequence[_Word]) -> Unit:
    first, last = words[0], words[-1]
    # A step starts with a whole cue: with the next one when this sentence begins late in its cue and goes on.
    opens = first.cue + 1 if first.place > 0.6 and last.cue > first.cue else first.cue
    text = " ".join(word.text for word in words)
    return Unit(text, first.start, last.end, first.pause, first.cue, last.cue, opens)
