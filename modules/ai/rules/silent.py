"""Steps of a video in which nobody speaks: the changes of picture cut it, the clock names the parts."""

from __future__ import annotations

from collections.abc import Sequence

from modules.pipeline.clock import clock_title
from modules.pipeline.types import Draft, Scene

SHORTEST = 3.0
"""Seconds."""
MOST = 40


def scene_steps(scenes: Sequence[Scene], duration: float) -> list[Draft]:
    """One step for each stretch between changes of picture, at least one; they cover 0..duration."""
    starts = _cuts(scenes, duration)
    stops = [*starts[1:], duration]
    return [_step(number, start, stop) for number, (start, stop) in enumerate(zip(starts, stops, strict=True), 1)]


def _cuts(scenes: Sequence[Scene], duration: float) -> list[float]:
    """The strongest changes first, as long as there is room around them."""
    room = max(SHORTEST, duration / MOST)
    taken = [0.0]
    for scene in sorted(scenes, key=lambda scene: (-scene.score, scene.time)):
        near = min(abs(scene.time - other) for other in taken)
        if near >= room and duration - scene.time >= SHORTEST:
            taken.append(scene.time)
    return sorted(taken)


def _step(number: int, start: float, stop: float) -> Draft:
    title = clock_title(number, start, stop)
    return Draft(id=f"s{number}", kind="step", title=title, text="", cues=(), start=start, end=stop)
