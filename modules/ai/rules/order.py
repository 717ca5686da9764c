"""Which step comes after which: a question with one right answer, where the titles leave no doubt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from modules.pipeline.types import Cue, Draft

from .language import Language, plain

_MARKS = re.compile(r"^[^\w]+|[^\w%]+$")
ALIKE = 5
"""Letters at the beginning by which two words count as one: "filter", "filters", "filtering"."""


def stable(*texts: str) -> bytes:
    """A key to sort by that is the same in every process."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).digest()


def alike(one: str, other: str) -> bool:
    """Whether two plain words are forms of one word; said of too many rather than of too few."""
    short = min(len(one), len(other))
    if one == other or short < 3 or one[0].isdigit() or other[0].isdigit():
        return one == other
    return one[: min(short, ALIKE)] == other[: min(short, ALIKE)]


def words_of(step: Draft, cues: Sequence[Cue]) -> frozenset[str]:
    """Every plain word that a step says and shows."""
    own = frozenset(step.cues)
    said = " ".join(cue.text for cue in cues if cue.number in own)
    # The words as written too: "2.5" is one number, its plain form are two.
    texts = f"{said} {step.title} {step.text}"
    return frozenset(plain(texts).split()) | frozenset(_MARKS.sub("", word.casefold()) for word in texts.split())


def things(text: str, language: Language) -> frozenset[str]:
    """The words of a title that name what is acted on: no small words, no verbs."""
    return frozenset(
        word for word in plain(text).split() if word not in language.stopwords and word not in language.verbs
    )


def names_action(title: str, language: Language) -> bool:
    """Whether a title says what to do and to what: "Lift the tank", not "So that is what"."""
    words = plain(title).split()
    # A German title is a whole clause, in which the verb may stand anywhere.
    verbs = words if language.verb_last else words[:1]
    return any(word in language.verbs for word in verbs) and bool(things(title, language))


def order_of(
    step: Draft, after: Draft, drafts: Sequence[Draft], cues: Sequence[Cue], language: Language
) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
    """Three titles that surely do not come right after a step, and the cues that prove what does; else None.

    after: the step that follows in drafts; cues: those with words in them.
    """
    if not all(names_action(one.title, language) for one in (step, after)):
        return None
    proof = _proof(step, after, cues, language)
    others = [one for one in drafts if one.id not in (step.id, after.id)]
    if not proof or any(_same(title, one.title, language) for title in (step.title, after.title) for one in others):
        return None
    if _same(step.title, after.title, language):
        return None
    # What these two steps speak of by the way could be said to come right after as well.
    near = words_of(step, cues) | words_of(after, cues)
    wrong: list[str] = []
    for one in sorted(others, key=lambda one: (abs(one.start - after.start), stable(one.title))):
        if one.kind != "step" or not names_action(one.title, language):
            continue
        mentioned = all(any(alike(word, said) for said in near) for word in things(one.title, language))
        if not mentioned and not any(_same(one.title, title, language) for title in wrong):
            wrong.append(one.title)
    return (tuple(wrong[:3]), proof) if len(wrong) >= 3 else None


def _same(one: str, other: str, language: Language) -> bool:
    """Whether two titles may mean the same: what one of them names, the other names too."""
    first, second = sorted((things(one, language), things(other, language)), key=len)
    return all(any(alike(word, said) for said in second) for word in first)


def _proof(step: Draft, after: Draft, cues: Sequence[Cue], language: Language) -> tuple[int, ...]:
    """The last cue of the step and those of the next one up to where all that its title names has been said."""
    missing = set(things(after.title, language))
    own, next_ = frozenset(step.cues), frozenset(after.cues)
    last = [cue.number for cue in cues if cue.number in own][-1:]
    found: list[int] = []
    for cue in cues:
        if not missing:
            break
        if cue.number in next_:
            found.append(cue.number)
            missing -= set(plain(cue.text).split())
    return (*last, *found) if last and found and not missing else ()
