"""A new run's steps, merged with what people did to the old ones: a person's edit outlives every rewrite."""

from __future__ import annotations

from collections.abc import Sequence

from modules.models import Step
from modules.pipeline.types import Cue

ALIKE = 0.3
"""Steps that share less than this of their cues (or their time) are not the same step."""


def merge(
    old: Sequence[Step], new: Sequence[Step], cues: Sequence[Cue], *, same_cues: bool
) -> tuple[list[Step], list[Step]]:
    """Match new steps to old ones: (those to keep, in order of time; those to delete).

    A matched step keeps its id, the fields that a person edited, and its deletion. What nobody touched and nothing
    matches goes. Steps that a person added, edited or deleted always stay. cues: of the new transcript;
    same_cues: their numbers mean the same as before.
    """
    machine_made = [step for step in old if step.machine]
    pairs = [
        (-_likeness(before, after, same_cues), i, j)
        for i, before in enumerate(machine_made)
        for j, after in enumerate(new)
    ]
    match: dict[int, int] = {}
    taken: set[int] = set()
    for unlikeness, i, j in sorted(pairs):
        if -unlikeness >= ALIKE and i not in match and j not in taken:
            match[i] = j
            taken.add(j)
    kept = [_rewrite(machine_made[i], new[j]) for i, j in match.items()]
    unmatched = [step for i, step in enumerate(machine_made) if i not in match]
    stays = [step for step in unmatched if step.edited or step.deleted]
    gone = [step for step in unmatched if not (step.edited or step.deleted)]
    if not same_cues:
        for step in stays:
            _cite(step, cues)
    added = [step for step in old if not step.machine]
    fresh = [step for j, step in enumerate(new) if j not in taken]
    return sorted([*kept, *stays, *added, *fresh], key=lambda step: (step.start, step.end)), gone


def _likeness(before: Step, after: Step, same_cues: bool) -> float:
    """0..1: how much of what they came from is the same, by cues, else by the machine's times."""
    if same_cues and before.cues and after.cues:
        a, b = set(before.cues), set(after.cues)
        return len(a & b) / len(a | b)
    start, end = before.machine["start"], before.machine["end"]
    shared = min(end, after.end) - max(start, after.start)
    return max(shared, 0.0) / max(max(end, after.end) - min(start, after.start), 1e-9)


def _cite(step: Step, cues: Sequence[Cue]) -> None:
    """Let a step that stays show what is said in its time by the new transcript: old numbers mean other words."""
    step.cues = [cue.number for cue in cues if step.start <= cue.start < step.end]
    step.asides = [aside | {"cues": []} for aside in step.asides]


def _rewrite(before: Step, after: Step) -> Step:
    """The old row with the new values, except where a person has changed it."""
    edited = before.edited
    for name in Step.EDITABLE:
        if name not in edited:
            setattr(before, name, getattr(after, name))
    before.machine, before.still = after.machine, after.still
    before.cues, before.asides = after.cues, after.asides
    return before
