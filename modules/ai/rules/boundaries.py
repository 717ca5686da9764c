"""Where steps begin: every unit's start is weighed, and the best set of starts is chosen as a whole."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

from modules.pipeline.types import Scene

from .language import Language
from .titles import action_of
from .units import Unit

MARKER = 1.0
PAUSE = 1.1
SCENE = 1.6
COHESION = 1.2
ACTION = 0.5
INTRO_ENDS = 1.6
WRAP_UP = 2.4
INSIDE = 3.0
"""How much speaks against a step in the midst of the greeting or of the good-bye."""
THRESHOLD = 0.5
"""What a boundary must be worth to be drawn, before the lengths have their say."""
LENGTH = 1.0
"""How much a length far from the usual costs."""
SCENE_REACH = 2.0
"""Seconds within which a change of picture speaks for a boundary."""
TOPIC_WINDOW = 55
"""Words on each side that are compared for a change of topic."""


def usual_length(duration: float) -> float:
    """Seconds that a step lasts as a rule: some 10 of a minute's how-to, 32 of five minutes', 55 of ten minutes'."""
    return min(150.0, max(9.0, 0.45 * max(duration, 1.0) ** 0.75))


def step_starts(units: Sequence[Unit], language: Language, scenes: Sequence[Scene], duration: float) -> list[int]:
    """The units with which steps begin, the first one (0) among them."""
    if not units:
        return []
    worth = weigh(units, language, scenes, duration)
    return _best(units, worth, usual_length(duration))


def weigh(units: Sequence[Unit], language: Language, scenes: Sequence[Scene], duration: float) -> list[float]:
    """How much speaks for a step to begin with each unit."""
    markers = [marker_weight(unit.plain, language) for unit in units]
    markers = _thin_out(markers, [_key(unit) for unit in units], duration)
    depths = topic_depths(units, language)
    intro, outro = intro_end(units, language), outro_start(units, language)
    times = [scene.time for scene in scenes]
    acts = [action_of(unit.text, language) is not None for unit in units]
    action = ACTION * _rarity(sum(acts), duration, 1.5)
    scene = SCENE * _rarity(len(scenes), duration, 2.0)
    worth = []
    for at, unit in enumerate(units):
        total = MARKER * markers[at]
        total += PAUSE * min(1.6, unit.pause / 0.9)
        total += scene * _scene(unit.start, scenes, times)
        total += COHESION * depths[at]
        total += action * acts[at]
        if at and at == intro:
            total += INTRO_ENDS
        if at == outro:
            total += WRAP_UP
        if at < intro or at > outro:
            total -= INSIDE
        worth.append(total)
    return worth


def marker_weight(said: str, language: Language) -> float:
    """What the first words of a unit say about a new step: openers add up, then one phrase."""
    weight, rest = 0.0, said
    for _ in range(5):
        opener = _opener(rest, language)
        if not opener:
            break
        weight += language.openers[opener]
        rest = rest[len(opener) :].lstrip()
    for pattern, extra in language.compiled_phrases:
        if pattern.match(rest):
            return max(-1.5, min(3.5, weight + extra))
    return min(3.0, weight)


def _opener(said: str, language: Language) -> str:
    """The longest opener (up to three words) that the text begins with, or ''."""
    parts = said.split(maxsplit=3)[:3]
    for count in range(len(parts), 0, -1):
        opener = " ".join(parts[:count])
        if opener in language.openers:
            return opener
    return ""


def _key(unit: Unit) -> str:
    return " ".join(unit.plain.split()[:2])


def _thin_out(weights: Sequence[float], keys: Sequence[str], duration: float) -> list[float]:
    """What a speaker says all the time ("so now") marks little: weights fall with how often it comes."""
    counts = Counter(keys)
    fair = max(2.0, 0.6 * duration / usual_length(duration))
    return [
        weight * min(1.0, math.sqrt(fair / counts[key])) if weight > 0 else weight
        for weight, key in zip(weights, keys, strict=True)
    ]


def _rarity(count: int, duration: float, fair: float) -> float:
    """0..1: what comes more than `fair` times a step (a click, a window that opens) marks a new step less."""
    return min(1.0, fair * duration / usual_length(duration) / max(1, count))


def _scene(time: float, scenes: Sequence[Scene], times: Sequence[float]) -> float:
    """0..1: the strongest change of picture near this time, less when it is farther away."""
    near = scenes[bisect_left(times, time - SCENE_REACH) : bisect_left(times, time + SCENE_REACH)]
    return max(
        (min(1.0, 0.3 + scene.score) * (1 - abs(scene.time - time) / SCENE_REACH / 2) for scene in near), default=0
    )


def stems_of(said: str, language: Language) -> list[str]:
    """The words that carry a topic, cut to a stem that most inflections share."""
    return [word[:6] for word in said.split() if len(word) > 2 and word not in language.stopwords]


def topic_depths(units: Sequence[Unit], language: Language) -> list[float]:
    """0..1 for each unit: how much the words change where it begins (Hearst's TextTiling, depth of the valley)."""
    stems = [stems_of(unit.plain, language) for unit in units]
    # What is said all the time ("click", "cell") tells two topics apart less than what is said twice.
    weights = {stem: 1 / count for stem, count in Counter(stem for some in stems for stem in some).items()}
    likeness = [1.0] + [
        _likeness(_window(stems, at, -1), _window(stems, at, 1), weights) for at in range(1, len(units))
    ]
    depths = []
    for at, here in enumerate(likeness):
        left = max(likeness[max(1, at - 6) : at + 1], default=here)
        right = max(likeness[at : at + 7], default=here)
        depths.append(left + right - 2 * here if at else 0.0)
    top = sorted(depths)[int(len(depths) * 0.95)] if depths else 0.0
    return [min(1.0, depth / top) if top > 0 else 0.0 for depth in depths]


def _window(stems: Sequence[Sequence[str]], at: int, step: int) -> Counter[str]:
    """The topic words of the units before (step -1) or from (step 1) a unit, up to TOPIC_WINDOW of all words."""
    counts: Counter[str] = Counter()
    place = at if step > 0 else at - 1
    while 0 <= place < len(stems) and counts.total() < TOPIC_WINDOW // 3:
        counts.update(stems[place])
        place += step
    return counts


def _likeness(left: Counter[str], right: Counter[str], weights: Mapping[str, float]) -> float:
    """0..1: the cosine of two windows, each word with its weight."""
    dot = sum(count * right[word] * weights[word] for word, count in left.items() if word in right)
    size = math.sqrt(_size(left, weights) * _size(right, weights))
    return dot / size if size else 0.0


def _size(window: Counter[str], weights: Mapping[str, float]) -> float:
    return sum(count * count * weights[word] for word, count in window.items())


def intro_end(units: Sequence[Unit], language: Language) -> int:
    """The unit after the greeting and announcement at the beginning; 0 when there is none."""
    last = -1
    for at, unit in enumerate(units):
        if language.intro_pattern.search(unit.plain) and at - last <= 3:
            last = at
    return last + 1 if last + 1 < len(units) else 0


def outro_start(units: Sequence[Unit], language: Language) -> int:
    """The unit with which the good-bye or the summing up at the end begins; the number of units when there is none."""
    first = len(units)
    for at in range(len(units) - 1, 0, -1):
        if language.wrap_up_pattern.search(units[at].plain) and first - at <= 4:
            first = at
    return first


def _best(units: Sequence[Unit], worth: Sequence[float], usual: float) -> list[int]:
    """The set of starts with the greatest worth, lengths counted, by dynamic programming."""
    count, end = len(units), units[-1].end
    times = [unit.start for unit in units] + [end]
    best = [0.0] + [-math.inf] * count
    came = [0] * (count + 1)
    for stop in range(1, count + 1):
        gain = worth[stop] - THRESHOLD if stop < count else 0.0
        for start in range(stop - 1, -1, -1):
            length = times[stop] - times[start]
            if length > 4 * usual and start < stop - 1:
                break
            total = best[start] - _length_cost(length, usual) + gain
            if total > best[stop]:
                best[stop], came[stop] = total, start
    starts, at = [], count
    while at > 0:
        at = came[at]
        starts.append(at)
    return starts[::-1]


def _length_cost(length: float, usual: float) -> float:
    """Grows with the square of how many times longer or shorter than usual a step is; under 6 s steeply."""
    cost = LENGTH * math.log(max(length, 0.5) / usual) ** 2
    return cost + max(0.0, 6.0 - length) * 0.4
