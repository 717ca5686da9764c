"""Audio in, windows out: cut where nobody speaks, in constant memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ..types import SAMPLE_RATE, AudioBlock, Span, Voiced, Window

LONGEST = 15.0
"""Seconds a window lasts at most."""
PAD = 0.2  # seconds of a pause that stay with the speech beside it
SILENCE = 3.0  # seconds of a pause that is left out of windows: recognisers invent text in it, and it costs money
WARM_UP = 2.0  # seconds of audio that the voice detector hears a second time before what is new, to warm up
_ROOM = LONGEST - 2 * PAD  # what speech may take of a window
_SETTLED = 1.0  # seconds after which a stretch's end no longer changes where speech was found
_SLIVER = 0.15  # seconds: speech shorter than this after a window is the rest of a word that is in the window
_STRETCH = 70 * SAMPLE_RATE  # samples looked at together: the same stretches, however the blocks come
_GAP = 0.05  # seconds without audio that are more than rounding
_FRAME = SAMPLE_RATE // 50  # 20 ms, in which loudness is measured
_NONE = np.zeros(0, dtype=np.float32)


def windows(blocks: Iterable[AudioBlock], voiced: Voiced) -> Iterator[Window]:
    """Windows of at most LONGEST seconds, numbered from 0, that hold all the speech there is, each moment once.

    They are cut in pauses; where somebody speaks for longer without one, at the quietest moment. The same
    audio gives the same windows, whatever the length of the blocks. Holds a minute or two of audio.
    """
    number, done = 0, 0.0
    held = AudioBlock(0.0, _NONE)
    for stretch, last in _stretches(blocks):
        held = AudioBlock(
            stretch.start - len(held.samples) / SAMPLE_RATE, np.concatenate([held.samples, stretch.samples])
        )
        spans = deque(_open(voiced(held), done))
        while spans and (last or spans[0].start + LONGEST + _SETTLED <= held.end):
            group = _take(spans, held)
            start = max(done, held.start, group[0].start - PAD)
            done = _end(group, spans, held)
            yield Window(number, start, done, tuple(group), _samples(held, start, done))
            number += 1
        done = held.end if last else max(done, (spans[0].start if spans else held.end) - _SETTLED)
        again = held.end if last else max(held.start, done - WARM_UP)
        held = AudioBlock(again, _samples(held, again, held.end))


def _stretches(blocks: Iterable[AudioBlock]) -> Iterator[tuple[AudioBlock, bool]]:
    """The audio in stretches of equal length, each with whether it is the last before a gap or the end."""
    parts: list[np.ndarray] = []
    start, length = 0.0, 0
    for block in blocks:
        expected = start + length / SAMPLE_RATE
        if parts and block.start - expected > _GAP:
            yield AudioBlock(start, np.concatenate(parts)), True
            parts = []
        if not parts:
            start, length, expected = block.start, 0, block.start
        # Where blocks overlap, the second brings only what is new.
        parts.append(block.samples[max(0, round((expected - block.start) * SAMPLE_RATE)) :])
        length += len(parts[-1])
        while length >= _STRETCH:
            whole = np.concatenate(parts)
            yield AudioBlock(start, whole[:_STRETCH]), False
            start, parts, length = start + _STRETCH / SAMPLE_RATE, [whole[_STRETCH:].copy()], length - _STRETCH
    if parts:
        yield AudioBlock(start, np.concatenate(parts)), True


def _open(spans: Iterable[Span], done: float) -> Iterator[Span]:
    """What is spoken after the moment that is done."""
    for span in spans:
        if span.start >= done:
            yield span
        elif span.end - done > _SLIVER:
            yield Span(done, span.end)


def _take(spans: deque[Span], held: AudioBlock) -> list[Span]:
    """Take the speech of the next window off the front of the spans."""
    first = spans[0]
    if first.duration > _ROOM:
        cut = _quietest(held, first.start + _ROOM / 2, first.start + _ROOM)
        spans[0] = Span(cut, first.end)
        return [Span(first.start, cut)]
    fitting = 1
    while (
        fitting < len(spans)
        and spans[fitting].end - first.start <= _ROOM
        and spans[fitting].start - spans[fitting - 1].end < SILENCE
    ):
        fitting += 1
    return [spans.popleft() for _ in range(_best_cut(spans, fitting))]


def _best_cut(spans: Sequence[Span], fitting: int) -> int:
    """How many of the spans that fit to take: the longest pause is the best place to cut, later is better."""
    if fitting == len(spans) or spans[fitting].start - spans[fitting - 1].end >= SILENCE:
        return fitting

    def worth(count: int) -> float:
        filled = (spans[count - 1].end - spans[0].start) / _ROOM
        return spans[count].start - spans[count - 1].end + filled

    enough = [count for count in range(1, fitting + 1) if spans[count - 1].end - spans[0].start >= _ROOM / 2]
    return max(enough or [fitting], key=worth)


def _end(group: list[Span], spans: Sequence[Span], held: AudioBlock) -> float:
    """Where the window of this group ends: a little after it, at most half way to the next."""
    end = min(group[-1].end + PAD, held.end)
    return min(end, (group[-1].end + spans[0].start) / 2) if spans else end


def _quietest(held: AudioBlock, start: float, end: float) -> float:
    """The moment between start and end with the least sound in a tenth of a second around it."""
    samples = _samples(held, start, end)
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    loudness = np.convolve((frames**2).mean(axis=1), np.ones(5), mode="same")
    # The edges of the convolution hear less than they should.
    quietest = 2 + int(np.argmin(loudness[2:-2]))
    return start + (quietest + 0.5) * _FRAME / SAMPLE_RATE


def _samples(held: AudioBlock, start: float, end: float) -> np.ndarray:
    """A copy, so that the block it comes from can be let go."""
    first, last = (max(0, round((time - held.start) * SAMPLE_RATE)) for time in (start, end))
    return held.samples[first:last].copy()
