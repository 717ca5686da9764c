"""A quiz by rule: which step comes next, and which word or number is missing. Rather no question than a wrong one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from modules.pipeline.types import Cue, Draft, Material, Question

from .gaps import GAP, Talk, gaps_of
from .language import Language, plain
from .order import order_of, stable
from .units import units_of

KNOWN, GUESSED = 0.25, 0.4
"""Shares of small words that a talk in the language of a table has at least, if that language was told or not:
Portuguese looks a little like Spanish, and a question in the wrong language is worse than none."""


def quiz_of(drafts: Sequence[Draft], material: Material, language: Language) -> tuple[Question, ...]:
    """At most one question for each two drafts of kind "step", in their order; none where nobody speaks.

    By turns about the order of the steps and about what is said, so that a quiz has both. The four options all
    differ, the right one is said in the cited cues, and the others neither in the step nor elsewhere in its place.
    """
    cues = [cue for cue in material.cues if cue.text.strip()]
    steps = [draft for draft in drafts if draft.kind == "step" and draft.cues and GAP not in draft.title]
    if len(steps) < 2 or not _speaks(cues, material, language):
        return ()
    talk = Talk(cues, units_of(cues, language), language)
    found: list[Question] = []
    answers: set[str] = set()
    for pair in zip(steps[::2], steps[1::2], strict=False):
        kinds = (_ask_gap, _ask_order) if len(found) % 2 else (_ask_order, _ask_gap)
        name = f"q{len(found) + 1}"
        asked = (ask(name, *pair, drafts, talk, answers) for ask in kinds)
        question = next((one for one in asked if one), None)
        if question:
            found.append(question)
            answers.add(plain(question.options[question.right]))
    return tuple(found)


def _speaks(cues: Sequence[Cue], material: Material, language: Language) -> bool:
    """Whether the talk surely is in the language of the table, and the table can ask."""
    words = [word for cue in cues for word in plain(cue.text).split()]
    if not words or not language.frames:
        return False
    small = sum(word in language.stopwords for word in words) / len(words)
    return small >= (KNOWN if material.language else GUESSED)


def _ask_order(
    name: str, step: Draft, after: Draft, drafts: Sequence[Draft], talk: Talk, answers: set[str]
) -> Question | None:
    follows = [one.id for one in drafts[[one.id for one in drafts].index(step.id) + 1 :]][:1]
    asked = order_of(step, after, drafts, talk.cues, talk.language) if follows == [after.id] else None
    if not asked or plain(after.title) in answers:
        return None
    wrong, proof = asked
    frames = talk.language.frames
    text = frames["order"].format(step=step.title)
    why = frames["order_why"].format(step=step.title, next=after.title)
    return _whole(name, (step.id, after.id), text, after.title, wrong, why, proof)


def _ask_gap(
    name: str, first: Draft, second: Draft, _drafts: Sequence[Draft], talk: Talk, answers: set[str]
) -> Question | None:
    gaps = [
        gap
        for step in (first, second)
        for gap in islice((one for one in gaps_of(step, talk) if one.answer.said not in answers), 1)
    ]
    if not gaps:
        return None
    gap = min(gaps, key=lambda one: one.answer.value is None)
    frames = talk.language.frames
    frame = frames["word" if gap.answer.value is None else "number"]
    text = frame.format(step=gap.step.title, sentence=gap.asked)
    why = frames["why"].format(sentence=gap.shown)
    return _whole(name, (gap.step.id,), text, gap.answer.shown, gap.wrong, why, gap.cues)


def _whole(
    name: str,
    steps: tuple[str, ...],
    text: str,
    right: str,
    wrong: Sequence[str],
    why: str,
    cues: tuple[int, ...],
) -> Question:
    """The question with its options in an order that depends on its text alone."""
    options = sorted((right, *wrong), key=lambda option: stable(text, option))
    return Question(name, steps, text, tuple(options), options.index(right), why, cues)
