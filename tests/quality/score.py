"""How well steps fit what a person marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modules.ai.rules.language import plain
from modules.pipeline.types import Draft

from .script import Script


@dataclass(frozen=True)
class Score:
    """precision, recall of step starts (the first step's, which nobody can miss, is not counted)."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def starts(found: Sequence[float], script: Script, tolerance: float) -> Score:
    """Starts found against the truth's, one to one, the nearest pairs first. tolerance: seconds."""
    true = [step.start for step in script.truth[1:]]
    found = list(found)[1:]
    pairs = sorted(
        (abs(a - b), i, j) for i, a in enumerate(found) for j, b in enumerate(true) if abs(a - b) <= tolerance
    )
    left, right = set(), set()
    for _, i, j in pairs:
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
    return Score(len(left) / len(found) if found else 0.0, len(right) / len(true) if true else 0.0)


def titles(steps: Sequence[Draft], script: Script, tolerance: float) -> tuple[int, int]:
    """How many titles name the action, of the steps that were found (a start within the tolerance)."""
    named = asked = 0
    for truth in script.truth:
        near = min(steps, key=lambda step: abs(step.start - truth.start))
        if truth.words and abs(near.start - truth.start) <= tolerance:
            asked += 1
            title = plain(near.title)
            named += all(any(_stem(word) in title for word in group) for group in truth.words)
    return named, asked


def _stem(word: str) -> str:
    return word[: max(3, len(word) - 2)] if len(word) > 4 else word
