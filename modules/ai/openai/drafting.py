"""Steps from cues: what the model is shown, and what is made of its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from modules.ai.rules.language import Language
from modules.ai.rules.languages import language_of
from modules.ai.rules.titles import title_of
from modules.ai.rules.units import units_of
from modules.ai.rules.wording import text_of
from modules.pipeline.still_selection import thinned
from modules.pipeline.types import Cue, Draft, Material, Still

from .calls import Unusable
from .grounding import faithful, grounded
from .prompting import Prompt, cues_as_lines, instructions, picture_parts, text_part
from .schemas import Step, Steps
from .unsafe_text import harmless

SECTION = 250
"""Cues that are shown at once."""
LETTERS = 30_000
"""Letters that are shown at once, more or less: captions may be long."""
OVERLAP = 15
"""Cues that one section shares with the next, so that a step at the seam is seen whole by one of them."""
PICTURES = 40
"""Pictures that are shown with a section."""
TITLE_WORDS = 8
TITLE_SUPPORTED = 0.5  # share of a title's words that must be said in the step
LEFT_OUT = 0.5  # share of a section's cues that no step cites: more is no answer

Shown = Callable[[Still], bytes | None]
"""Gives a small JPEG, or None when there is none."""


@dataclass(frozen=True)
class Cited:
    """A step of the model's, with the positions (in the list of cues) that it cites."""

    first: int
    last: int
    kind: str
    title: str
    text: str


def sections(cues: Sequence[Cue]) -> list[range]:
    """Positions of cues in sections that overlap; a short rest goes to the last one."""
    parts: list[range] = []
    start = stop = 0
    while stop < len(cues):
        letters, begun = 0, stop
        while stop < len(cues) and stop - start < SECTION and (letters < LETTERS or stop <= begun):
            letters += len(cues[stop].text)
            stop += 1
        rest = sum(len(cue.text) for cue in cues[stop:])
        if len(cues) - stop < 3 * OVERLAP and rest < LETTERS // 4:
            stop = len(cues)
        parts.append(range(start, stop))
        start = stop - min(OVERLAP, (stop - start) // 4)
    return parts


def prompt_for(material: Material, part: range, shown: Shown) -> Prompt[Steps]:
    """Ask for the steps of one section."""
    cues = material.cues[part.start : part.stop]
    data = {"title": material.title, "language": material.language, "cues": list(cues_as_lines(cues))}
    parts: list[dict[str, Any]] = [text_part(data), *_pictures(material, cues, shown)]
    numbers = {cue.number: at for at, cue in enumerate(cues)}
    return Prompt(instructions("draft.txt"), parts, Steps, lambda answer: check(answer.steps, numbers))


def _pictures(material: Material, cues: Sequence[Cue], shown: Shown) -> Iterator[dict[str, Any]]:
    """Pictures of a section, each with the number of the cue at its time."""
    inside = [still for still in material.stills if cues[0].start <= still.time <= cues[-1].end]
    for still in thinned(inside, PICTURES):
        jpeg = shown(still)
        if jpeg:
            number = max((cue for cue in cues if cue.start <= still.time), key=lambda cue: cue.start).number
            yield from picture_parts(f"Picture shown at cue [{number}]", jpeg)


def check(steps: Sequence[Step], numbers: dict[int, int]) -> None:
    """Raises Unusable, naming the fault, unless every step cites cues that were shown. numbers: to positions."""
    if not steps:
        raise Unusable("There are no steps.")
    first, last = min(numbers), max(numbers)
    cited: set[int] = set()
    for order, step in enumerate(steps, 1):
        for number in (step.first_cue, step.last_cue):
            if number not in numbers:
                raise Unusable(f"Step {order} cites cue {number}, but the cues go from {first} to {last}.")
        if numbers[step.first_cue] > numbers[step.last_cue]:
            raise Unusable(f"Step {order} ends (cue {step.last_cue}) before it begins (cue {step.first_cue}).")
        cited.update(range(numbers[step.first_cue], numbers[step.last_cue] + 1))
    if len(cited) < LEFT_OUT * len(numbers):
        raise Unusable(f"The steps take up only {len(cited)} of the {len(numbers)} cues.")


def cited_steps(answer: Steps, material: Material, part: range) -> list[Cited]:
    """An answer's steps in order, by the positions of their cues; the later of two that overlap begins after it."""
    place = {material.cues[at].number: at for at in part}
    found: list[Cited] = []
    for step in sorted(answer.steps, key=lambda step: (place[step.first_cue], place[step.last_cue])):
        first, last = place[step.first_cue], place[step.last_cue]
        trimmed = bool(found) and first <= found[-1].last
        first = found[-1].last + 1 if trimmed else first
        if first <= last:
            # Words of cues that are another's now would be there twice.
            found.append(Cited(first, last, step.kind, step.title, "" if trimmed else step.text))
    return found


def joined(parts: Sequence[range], answers: Sequence[Sequence[Cited]]) -> list[Cited]:
    """The steps of all sections as if they had been seen at once."""
    whole = list(answers[0])
    for (before, after), steps in zip(pairwise(parts), answers[1:], strict=True):
        whole = _join(whole, list(steps), range(after.start, before.stop))
    return whole


def _join(left: list[Cited], right: list[Cited], both: range) -> list[Cited]:
    """Join at a step that both sections begin in what they share, else at one that the second begins there.

    Where neither does, one step reaches across: it gets both parts, and its words are those of its cues.
    """
    if not left or not right or left[-1].last < both.start:
        return [*left, *right]
    middle = (both.start + both.stop) / 2
    # The first section sees what comes before, the second what comes after.
    ours = {step.first for step in left if step.first in both}
    theirs = {step.first for step in right if both.start < step.first <= both.stop}
    seam = min(ours & theirs or theirs, key=lambda at: abs(at - middle), default=None)
    if seam is None:
        across, rest = left[-1], [step for step in right if step.first > both.stop]
        bridge = [step for step in right if step.first <= both.stop]
        last = max(step.last for step in [across, *bridge])
        return [*left[:-1], replace(across, last=last, text="" if last > across.last else across.text), *rest]
    kept = [step for step in left if step.first < seam]
    if kept and kept[-1].last >= seam:
        kept[-1] = replace(kept[-1], last=seam - 1, text="")
    return [*kept, *(step for step in right if step.first >= seam)]


def drafts_of(steps: Sequence[Cited], material: Material) -> list[Draft]:
    """Drafts with the model's words where the cues bear them out, else with those of the cues."""
    language = language_of(material.language, (cue.text for cue in material.cues))
    return [_draft(number, step, material, language) for number, step in enumerate(steps, 1)]


def _draft(number: int, step: Cited, material: Material, language: Language) -> Draft:
    own = material.cues[step.first : step.last + 1]
    said = " ".join(cue.text for cue in own)
    opening = step.kind in ("intro", "wrap-up")
    title, text = step.title, step.text
    if not good_title(title, said, language, opening=opening):
        clauses = [unit.text for unit in units_of(own, language)]
        title = title_of(clauses, language, announces=opening)
    if not faithful(text, said, said, language):
        text = text_of([unit.text for unit in units_of(own, language)], language)
    numbers = tuple(cue.number for cue in own)
    return Draft(f"s{number}", step.kind, title, text, numbers, own[0].start, own[-1].end)


def good_title(title: str, said: str, language: Language, *, opening: bool) -> bool:
    """Whether a title is short, on one line, and says nothing that is not said. opening: "Introduction" will do."""
    words = title.split()
    fits = 1 <= len(words) <= TITLE_WORDS and len(title) <= 80 and harmless(title)
    return fits and grounded(title, said, language, 0.0 if opening and len(words) <= 3 else TITLE_SUPPORTED)
