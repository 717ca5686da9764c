"""What the local writer knows of one language: a table that `languages/` fills, one file each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

Weighted = tuple[tuple[str, float], ...]
"""Regular expressions with weights, tried in order against plain text (see `plain`)."""


@dataclass(frozen=True, eq=False)
class Language:
    """A table of words. All words and patterns are lower case with straight apostrophes and no other punctuation.

    openers: small words that start a unit, with the weight each adds ("okay", "so", "now").
    phrases: what may follow the openers; the first that matches adds its weight (negative: it goes on).
    starters: where a new clause begins in text without punctuation; soft_starters: where one may begin when the
    clause before it is long enough.
    tips, warns: how a sentence begins that gives a tip or warns, however the rest of its step goes.
    verbs: every form of an action's verb -> the form that a title uses.
    weak_verbs: title forms that name an action only for want of a better one.
    means: words for keys and buttons, which say how and not what. auxiliary: verb forms that, with the word after
    them, only lead to another verb ("going to").
    leads: what comes just before the verb that says what to do ("you want to"), with weights.
    clause_ends: words at which the object of a verb ends.
    dangling: words that a title must not end with.
    fillers: patterns that a text can lose without losing a fact.
    subordinate: words that begin half a sentence ("if you want").
    spelling: patterns and replacements for words that recognisers write in lower case.
    articles: determiners that begin a new thing.
    command_endings: of verb forms that are commands by themselves.
    verb_last: a verb may stand at the end of its clause, or parts of it at both ends (German), so that a title is the
        whole clause; modals: verbs that send it there; subjects: pronouns that follow the verb of a main clause.
    number_words: every word for a number -> its value; folded (see `folded`). number_links: words between the parts
        of one number ("and"). number_joins: two values said one after the other that make one number, beyond tens and
        ones (French: 4, 20 -> 80). unsure_numbers: those that are as often an article, a pronoun or another word.
    sounds: how the captions' names of sounds begin ("music"). negations: words that deny.
    all_of_above: options of a quiz that speak of the other options. telling: words that tell of any how-to.
    how_to: what begins the announcement of what a video shows, the spaces with it ("how to ").
    capital_nouns: nouns are written with a capital (German).
    frames: what a question of the quiz is asked with: order, order_why, word, number, why (see `quiz_generation`).
    """

    code: str
    stopwords: frozenset[str] = frozenset()
    openers: Mapping[str, float] = field(default_factory=dict)
    phrases: Weighted = ()
    starters: tuple[str, ...] = ()
    soft_starters: tuple[str, ...] = ()
    intro: tuple[str, ...] = ()
    wrap_up: tuple[str, ...] = ()
    tips: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    verbs: Mapping[str, str] = field(default_factory=dict)
    weak_verbs: frozenset[str] = frozenset()
    means: frozenset[str] = frozenset()
    auxiliary: frozenset[tuple[str, str]] = frozenset()
    leads: Weighted = ()
    not_verbs: frozenset[str] = frozenset()
    clause_ends: frozenset[str] = frozenset()
    pronouns: frozenset[str] = frozenset()
    determiners: frozenset[str] = frozenset()
    dangling: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    fillers: tuple[str, ...] = ()
    subordinate: frozenset[str] = frozenset()
    spelling: tuple[tuple[str, str], ...] = ()
    articles: frozenset[str] = frozenset()
    command_endings: tuple[str, ...] = ()
    verb_last: bool = False
    modals: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    number_words: Mapping[str, int] = field(default_factory=dict)
    number_links: frozenset[str] = frozenset()
    number_joins: Mapping[tuple[int, int], int] = field(default_factory=dict)
    unsure_numbers: frozenset[str] = frozenset()
    sounds: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    all_of_above: tuple[str, ...] = ()
    telling: frozenset[str] = frozenset()
    how_to: tuple[str, ...] = ()
    capital_nouns: bool = False
    frames: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number words that surely are numbers, as the quiz may ask for them ("one" often is an article)."""
        return {word: value for word, value in self.number_words.items() if word not in self.unsure_numbers}

    @cached_property
    def hanging(self) -> frozenset[str]:
        """Words after which no clause ends, however long the speaker thinks: "the", "into", "and"."""
        return self.dangling - self.pronouns - self.particles

    @cached_property
    def compiled_phrases(self) -> tuple[tuple[re.Pattern[str], float], ...]:
        return tuple((re.compile(rf"(?:{pattern})\b"), weight) for pattern, weight in self.phrases)

    @cached_property
    def compiled_leads(self) -> tuple[tuple[re.Pattern[str], float], ...]:
        return tuple((re.compile(rf"(?:^|\s)(?:{pattern})$"), weight) for pattern, weight in self.leads)

    @cached_property
    def starter(self) -> re.Pattern[str]:
        return any_of(self.starters, start="^", end=r"(?:\s|$)")

    @cached_property
    def soft_starter(self) -> re.Pattern[str]:
        return any_of(self.soft_starters, start="^", end=r"(?:\s|$)")

    @cached_property
    def intro_pattern(self) -> re.Pattern[str]:
        return any_of(self.intro)

    @cached_property
    def wrap_up_pattern(self) -> re.Pattern[str]:
        return any_of(self.wrap_up)

    @cached_property
    def tips_pattern(self) -> re.Pattern[str]:
        return any_of(self.tips, start=self._after_openers)

    @cached_property
    def warns_pattern(self) -> re.Pattern[str]:
        return any_of(self.warns, start=self._after_openers)

    @property
    def _after_openers(self) -> str:
        some = sorted(map(re.escape, self.openers), key=len, reverse=True)
        # Only at the beginning, so that a row of openers is read once and not again from each of them.
        return rf"\A(?:(?:{'|'.join(some)}) )*" if some else r"\A"

    @cached_property
    def filler_pattern(self) -> re.Pattern[str]:
        return any_of(self.fillers, flags=re.IGNORECASE)

    @cached_property
    def how_to_pattern(self) -> re.Pattern[str]:
        return any_of(self.how_to, end=r"[^.,;!?]+", flags=re.IGNORECASE)


def any_of(patterns: tuple[str, ...], start: str = r"\b", end: str = r"\b", flags: int = 0) -> re.Pattern[str]:
    """One pattern for all of them; without any, a pattern that never matches."""
    return re.compile(f"{start}(?:{'|'.join(patterns)}){end}" if patterns else r"(?!)", flags)


_NOT_WORD = re.compile(r"[^\w\s']+|_")


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """Lower case, straight apostrophes, no other punctuation, single spaces: what the tables are matched against."""
    text = _NOT_WORD.sub(" ", text.replace("’", "'").lower())
    return " ".join(word.strip("'") for word in text.split())


@lru_cache(maxsize=16_384)
def folded(word: str) -> str:
    """Without case and accents, as number words are compared: recognisers often leave accents out."""
    signs = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in signs if not unicodedata.combining(sign))
