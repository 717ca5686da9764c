"""Steps of a video in which nobody speaks, from its pictures alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modules.pipeline.still_selection import thinned
from modules.pipeline.types import Draft, Material, Scene, Still

from .calls import Unusable
from .drafting import TITLE_WORDS, Shown
from .prompting import Prompt, instructions, picture_parts, text_part
from .schemas import SeenStep, SeenSteps

SECTION = 40
"""Pictures that are shown at once."""
MOST = 80
TEXT = 600
"""Letters of a description: what a picture shows is said in less."""


def shown_pictures(material: Material, shown: Shown) -> list[tuple[Still, bytes]]:
    """The pictures that can be shown, in order of time, at most MOST."""
    pictures = ((still, shown(still)) for still in thinned(material.stills, MOST))
    return [(still, jpeg) for still, jpeg in pictures if jpeg]


def prompts(material: Material, pictures: Sequence[tuple[Still, bytes]]) -> list[Prompt[SeenSteps]]:
    """Ask for the steps, SECTION pictures at a time. Pictures are numbered from 1."""
    return [_prompt(material, pictures, first) for first in range(0, len(pictures), SECTION)]


def _prompt(material: Material, pictures: Sequence[tuple[Still, bytes]], first: int) -> Prompt[SeenSteps]:
    section = pictures[first : first + SECTION]
    parts: list[dict[str, Any]] = [text_part({"title": material.title, "language": material.language})]
    for number, (_, jpeg) in enumerate(section, first + 1):
        parts += picture_parts(f"Picture {number}", jpeg)
    last = first + len(section)
    return Prompt(instructions("seen.txt"), parts, SeenSteps, lambda answer: check(answer.steps, first + 1, last))


def check(steps: Sequence[SeenStep], first: int, last: int) -> None:
    """Raises Unusable, naming the fault, unless every step cites pictures that were shown."""
    if not steps:
        raise Unusable("There are no steps.")
    for order, step in enumerate(steps, 1):
        if not first <= step.first_picture <= step.last_picture <= last:
            cited = f"pictures {step.first_picture} to {step.last_picture}"
            raise Unusable(f"Step {order} cites {cited}, but the pictures go from {first} to {last}.")


def drafts_of(answers: Sequence[SeenSteps], pictures: Sequence[tuple[Still, bytes]], material: Material) -> list[Draft]:
    """Drafts that begin where the picture changes; the later of two that overlap begins after the other."""
    steps = sorted((step for answer in answers for step in answer.steps), key=lambda step: step.first_picture)
    drafts: list[Draft] = []
    taken = 0
    for step in steps:
        first = max(step.first_picture, taken + 1)
        if first > step.last_picture:
            continue
        start = _change(pictures, first - 1, material.scenes)
        end = pictures[step.last_picture - 1][0].time
        title = " ".join(step.title.split()[:TITLE_WORDS])
        drafts.append(Draft(f"s{len(drafts) + 1}", step.kind, title, step.text[:TEXT], (), start, max(start, end)))
        taken = step.last_picture
    return drafts


def _change(pictures: Sequence[tuple[Still, bytes]], at: int, scenes: Sequence[Scene]) -> float:
    """When a picture began to be seen: at the last change before it, else half way from the picture before."""
    if at == 0:
        return 0.0
    before, time = pictures[at - 1][0].time, pictures[at][0].time
    changes = [scene.time for scene in scenes if before < scene.time <= time]
    return changes[-1] if changes else (before + time) / 2
