"""Text in, cues out: the times of a sentence are looked up in the spans in which somebody spoke."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from modules.pipeline.captions import in_order
from modules.pipeline.sentences import sentences
from modules.pipeline.types import Cue, Span, Window, WindowTranscript

WIDEST = 84
"""Columns of a caption: two lines of 42. East Asian characters take two."""
_BREAKS = re.compile(r"(?P<clause>[,;:，、；：،؛—–]\s*)|\s+")
_NEVER_BEFORE = re.compile(r"[\u0e30-\u0e33\u0e45\u0e46\u0eb0-\u0eb3\u200d,.;:!?，。、！？；：」』）】》ー々]")
_NEVER_AFTER = re.compile(r"[\u0e40-\u0e44\u0ec0-\u0ec4\u200d「『（【《]")
FASTEST = 40.0  # letters a second
_EPSILON = 1e-6


def cues_of(window: Window, heard: WindowTranscript) -> list[Cue]:
    """The cues of one window, in video time and inside it, not yet numbered (0).

    A provider that gives times is believed within the window; else the sentences share the voiced time.
    """
    regions = [
        (Span(max(window.start, segment.start), min(window.end, segment.end)), segment.text)
        for segment in heard.segments
    ]
    if not _believable(regions):
        regions = [(Span(window.start, window.end), heard.text)]
    return [cue for region, text in regions for cue in _cues(region, text, window.voiced, heard.language)]


def _believable(regions: Sequence[tuple[Span, str]]) -> bool:
    """Whether segments follow each other and each has the time to be said."""
    inside = all(_spoken_length(text) <= FASTEST * region.duration for region, text in regions)
    return bool(regions) and inside and all(a.start <= b.start for (a, _), (b, _) in pairwise(regions))


def join(parts: Iterable[Sequence[Cue]]) -> tuple[Cue, ...]:
    """All cues in order, without overlap, numbered from 1."""
    return in_order(cue for part in parts for cue in part)


def _cues(region: Span, text: str, voiced: Sequence[Span], language: str) -> Iterator[Cue]:
    """Share the time that is voiced in a region among its captions."""
    captions = [part for sentence in sentences(text, language) for part in _caption_sized(sentence)]
    if not captions:
        return
    inside = [Span(max(span.start, region.start), min(span.end, region.end)) for span in voiced]
    spans = [span for span in inside if span.duration > _EPSILON] or [region]
    bounds = [0.0, *_boundaries(captions, spans), sum(span.duration for span in spans)]
    for number, caption in enumerate(captions):
        yield Cue(0, _time(spans, bounds[number], after=True), _time(spans, bounds[number + 1], after=False), caption)


def _time(spans: Sequence[Span], position: float, *, after: bool) -> float:
    """The video time of a position in voiced time; at a pause: that after it, or that before it."""
    for span in spans:
        if position < span.duration - _EPSILON or (not after and position <= span.duration + _EPSILON):
            return span.start + min(max(position, 0.0), span.duration)
        position -= span.duration
    return spans[-1].end


def _boundaries(captions: Sequence[str], spans: Sequence[Span]) -> list[float]:
    """Where one caption ends and the next begins, as positions in the voiced time of the spans.

    By length alone the errors would add up. But speakers mostly pause after a sentence, so each boundary is either
    where the length puts it or at a pause, whichever makes the whole likeliest (dynamic programming).
    """
    weights = [_spoken_length(caption) for caption in captions]
    total = sum(span.duration for span in spans)
    shares = [total * weight / sum(weights) for weight in weights]
    pauses = list(_pauses(spans))
    # For each place where the captions so far may end: the least cost, and the boundaries that have it.
    best: dict[float, tuple[float, list[float]]] = {0.0: (0.0, [])}
    expected = 0.0
    for caption, share in zip(captions[:-1], shares, strict=False):
        expected += share
        places = [*pauses, (expected, 0.0)]
        best = {
            place: min(
                (
                    (cost + _surprise(place - before, share) + _unheard(caption, pause), [*bounds, place])
                    for before, (cost, bounds) in best.items()
                    if place > before + _EPSILON
                ),
                default=(math.inf, []),
            )
            for place, pause in places
        }
    ended = [
        (cost + _surprise(total - before, shares[-1]), bounds) for before, (cost, bounds) in best.items() if bounds
    ]
    return min(ended, default=(0.0, []))[1]


def _pauses(spans: Sequence[Span]) -> Iterator[tuple[float, float]]:
    """(position in voiced time, length in seconds) of each pause."""
    position = 0.0
    for span, following in pairwise(spans):
        position += span.duration
        yield position, following.start - span.end


def _surprise(seconds: float, share: float) -> float:
    """How unlikely it is that a text of this share of the time takes so long."""
    return ((seconds - share) / (0.3 + 0.2 * share)) ** 2


def _unheard(caption: str, pause: float) -> float:
    """How unlikely so short a pause (0: none) is after this caption."""
    mark = caption.rstrip("\"'”’»)]」』）")[-1:]
    weight = 4.0 if mark in ".!?…。！？؟।" else 1.5 if mark in ",;:，、；：،—–" else 0.5
    return weight * (1 - min(pause, 0.5) / 0.5)


def _spoken_length(text: str) -> float:
    """How long a text takes to say, in letters: a figure is a word, an ideograph a syllable or two."""
    length = 1.0
    for character in text:
        category = unicodedata.category(character)
        if category == "Nd":
            length += 4
        elif category[0] == "L":
            length += 3 if category == "Lo" and _columns(character) == 2 else 1
        elif character in "%$€£+=@&#":
            length += 5
    return length


def _columns(text: str) -> int:
    return sum(
        0 if unicodedata.category(character) in ("Mn", "Cf") else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _caption_sized(sentence: str) -> list[str]:
    """A sentence in pieces that fit on a caption, of like length, cut after a comma rather than elsewhere."""
    if _columns(sentence) <= WIDEST:
        return [sentence]
    middle = len(sentence) / 2
    # A comma is worth a fifth of the length; pieces of a few letters are worth nothing.
    cuts = [
        (abs(found.end() - middle) - (len(sentence) / 5 if found["clause"] else 0), found.end())
        for found in _BREAKS.finditer(sentence)
        if len(sentence) / 5 < found.end() < len(sentence) * 4 / 5
    ]
    cut = min(cuts)[1] if cuts else _cut_in_word(sentence)
    return [*_caption_sized(sentence[:cut].strip()), *_caption_sized(sentence[cut:].strip())]


def _cut_in_word(text: str) -> int:
    """A place near the middle of a text without spaces where no character is torn from its marks."""
    middle = len(text) // 2
    for cut in range(middle, len(text) - 1):
        if not (
            unicodedata.category(text[cut])[0] == "M"
            or _NEVER_BEFORE.match(text[cut])
            or _NEVER_AFTER.match(text[cut - 1])
        ):
            return cut
    return middle
