"""Questions that hold: four different options, one right, and cues that prove it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from modules.ai.rules.language import Language, any_of
from modules.ai.rules.languages import LANGUAGES
from modules.pipeline.types import Cue, Draft, Question

from .grounding import grounded
from .schemas import QuizQuestion
from .unsafe_text import harmless

OPTIONS = 4
LONGEST = {"question": 300, "option": 160, "explanation": 500}
"""Letters."""
# A model now and then answers in another language than it was asked to.
_ALL = any_of(tuple(one for language in LANGUAGES.values() for one in language.all_of_above), flags=re.IGNORECASE)


def quiz(
    asked: Sequence[QuizQuestion],
    pairs: Sequence[Sequence[str]],
    drafts: Mapping[str, Draft],
    cues: Mapping[int, Cue],
    language: Language,
) -> tuple[Question, ...]:
    """The questions that hold, at most one for each pair of steps, in the order of the pairs, numbered q1, q2, …"""
    found: list[Question] = []
    for pair in pairs:
        about = [one for one in asked if one.steps and set(one.steps) <= set(pair)]
        own = [one for one in about if holds(one, drafts, cues, language)]
        if own:
            found.append(_question(f"q{len(found) + 1}", own[0], pair))
    return tuple(found)


def holds(one: QuizQuestion, drafts: Mapping[str, Draft], cues: Mapping[int, Cue], language: Language) -> bool:
    """Whether a question is whole, and its right answer said in the cues that it cites from its own steps."""
    options = [_line(option) for option in one.options]
    if len(options) != OPTIONS or len({_bare(option) for option in options}) != OPTIONS:
        return False
    if not 0 <= one.right < OPTIONS or any(_ALL.search(option) for option in options):
        return False
    lengths = [("question", one.question), ("explanation", one.explanation), *(("option", text) for text in options)]
    if not all(0 < len(_line(text)) <= LONGEST[kind] and harmless(_line(text)) for kind, text in lengths):
        return False
    owned = {number for step in one.steps for number in drafts[step].cues}
    if not one.cues or not set(one.cues) <= owned:
        return False
    proof = " ".join(cues[number].text for number in sorted(set(one.cues)))
    whole = " ".join(cues[number].text for number in sorted(owned))
    # A question has words of its own ("which", "how long"): with its answer it must be about what was said.
    about = f"{one.question} {options[one.right]}"
    if not grounded(options[one.right], proof, language, 0.6) or not grounded(about, whole, language, 0.5):
        return False
    # A wrong option that is said in the proof letter for letter, and holds the right one, would be right too.
    right = _bare(options[one.right])
    others = [_bare(option) for place, option in enumerate(options) if place != one.right]
    return grounded(one.explanation, whole, language, 0.5) and not any(
        right in other and other in _bare(proof) for other in others
    )


def _question(name: str, one: QuizQuestion, pair: Sequence[str]) -> Question:
    """Options in an order of their own: models put the right one first more often than not."""
    options = [_line(option) for option in one.options]
    order = sorted(range(OPTIONS), key=lambda at: hashlib.sha256(f"{one.question}{options[at]}".encode()).digest())
    return Question(
        id=name,
        steps=tuple(step for step in pair if step in one.steps),
        text=_line(one.question),
        options=tuple(options[at] for at in order),
        right=order.index(one.right),
        explanation=_line(one.explanation),
        cues=tuple(sorted(set(one.cues))),
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _bare(text: str) -> str:
    """What makes two options the same: words and figures without case and marks."""
    return " ".join(re.findall(r"[^\W_]+(?:[.,:]\d+)*|[^\w\s]+(?=\d)", text.casefold())) or _line(text).casefold()
