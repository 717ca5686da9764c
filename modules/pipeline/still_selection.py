"""Chooses at which times pictures are taken, and which picture shows a stretch of the video best."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from .types import Cue, Draft, Scene, Span, Still

T = TypeVar("T")

MOST = 120
FEWEST = 12
APART = 1.5
"""Seconds between two candidates, at least."""

SETTLED = 0.7
"""Seconds after a change until the new picture stands."""

LOOK = 1.1
"""Seconds after a candidate in which the picture is looked for: they should hold no change."""

EVEN = 10.0
"""Seconds between the candidates that fill stretches in which nothing else calls for one."""

PAUSE = 0.3
FORCED = 9.0
NEAR = 8.0
"""Seconds before a span in which a picture may still stand for it."""


def candidates(duration: float, cues: Sequence[Cue], scenes: Sequence[Scene]) -> tuple[float, ...]:
    """The times (seconds, in order, at least APART) at which one picture each is wanted.

    Always the beginning and the end; then the settled picture after each change and the last one before it,
    the pauses in the speech, and a few where nothing happens. One for 5 s, between FEWEST and MOST.
    """
    changes = [scene.time for scene in scenes]
    end = max(duration - LOOK, 0.0)
    wanted = [(FORCED, min(SETTLED, end)), (FORCED, end)]
    wanted += _around_scenes(scenes)
    wanted += ((weight, _before_change(time, changes)) for weight, time in _pauses(cues, duration))
    fill = max(EVEN, duration / FEWEST)
    wanted += [(0.0, fill * number) for number in range(1, int(duration / fill) + 1)]
    limit = round(min(max(duration / 5, FEWEST), MOST))
    apart = max(APART, duration / (4 * limit))
    chosen: list[float] = []
    for time in _in_turn(wanted, stretch=2 * duration / limit):
        time = round(min(max(time, 0.0), end), 3)
        if len(chosen) < limit and all(abs(time - other) >= apart for other in chosen):
            chosen.append(time)
    return tuple(sorted(chosen))


def _in_turn(wanted: Sequence[tuple[float, float]], stretch: float) -> Iterator[float]:
    """The times, first the heaviest of every stretch of the video, then the second ones, and so on."""
    places: dict[int, int] = {}
    turns = []
    for weight, time in sorted(wanted, key=lambda pair: -pair[0]):
        part = int(time // max(stretch, APART))
        turns.append((places.get(part, 0) if weight < FORCED else -1, -weight, time))
        places[part] = places.get(part, 0) + 1
    return (time for _, _, time in sorted(turns))


def _around_scenes(scenes: Sequence[Scene]) -> Iterator[tuple[float, float]]:
    for scene in scenes:
        yield 2.0 + scene.score, scene.time + SETTLED
        yield 1.0 + scene.score, scene.time - LOOK


def _pauses(cues: Sequence[Cue], duration: float) -> Iterator[tuple[float, float]]:
    """(weight, time) in the pause after each cue; the longer the pause, the heavier, and more after a sentence."""
    following = [*(cue.start for cue in cues[1:]), duration]
    for cue, start in zip(cues, following, strict=False):
        pause = start - cue.end
        ends = cue.text.rstrip().endswith((".", "!", "?", "…", "。"))
        if pause >= PAUSE or ends:
            yield min(max(pause, 0.0), 3.0) / 3 + ends, max(cue.end + min(pause, LOOK) - LOOK, cue.start)


def _before_change(time: float, changes: Sequence[float]) -> float:
    """The time, moved back so that no change comes within LOOK, if the picture before it stands that long."""
    place = bisect_right(changes, time)
    if place == len(changes) or changes[place] - time > LOOK:
        return time
    previous = changes[place - 1] + SETTLED if place else 0.0
    return max(changes[place] - LOOK, min(previous, time))


def thinned(things: Sequence[T], most: int) -> list[T]:
    """At most so many of them, spread evenly."""
    if len(things) <= most:
        return list(things)
    return [things[at * len(things) // most] for at in range(most)]


def illustrate(steps: Iterable[Draft], stills: Sequence[Still]) -> tuple[Draft, ...]:
    """Each step with the time of its picture: the one it asks for where that is in it, else the one that suits best."""
    done: list[Draft] = []
    shown: Still | None = None
    for step in steps:
        span = Span(step.start, step.end)
        asked = [still for still in stills if still.time == step.still and span.start <= still.time <= span.end]
        shown = asked[0] if asked else pick(span, stills, shown)
        done.append(replace(step, still=shown.time if shown else None))
    return tuple(done)


def pick(span: Span, stills: Sequence[Still], previous: Still | None = None) -> Still | None:
    """The still that shows what a span led to: sharp, and rather late in it; never the previous step's again.

    Without one inside, the last one up to NEAR before; None when there is none.
    """
    others = [still for still in stills if previous is None or still.time != previous.time]
    inside = [still for still in others if span.start <= still.time <= span.end]
    if inside:
        sharpest = max(still.sharpness for still in inside) or 1.0
        return max(inside, key=lambda still: still.sharpness / sharpest + _lateness(span, still.time))
    before = [still for still in others if span.start - NEAR <= still.time < span.start]
    return before[-1] if before else None


def _lateness(span: Span, time: float) -> float:
    return (time - span.start) / span.duration if span.duration else 1.0
