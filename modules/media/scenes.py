"""Finds where the picture becomes another one: a cut, the next slide, a dialog that opens; not where it moves."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from av.packet import Packet
from av.video.stream import VideoStream

from modules.pipeline.types import ReportProgress, Scene, ignore_progress

from . import parallel_reading
from .picture_track import SAME, Keyframe, PictureTrack, open_pictures_of, packet_ticks
from .pictures import changed_share, colours_moved, thumbnail
from .reading import decoded, time_base

EVERY = 1.0
"""Seconds between the pictures that are compared."""

FINE = 0.2
"""Seconds between the pictures that are kept to tell when a change came."""

SPARSE = 2.0
"""Where keyframes are further apart (seconds), the pictures between them are decoded too."""

SMALLEST = 0.03
"""The share of the picture that must change: about that of an opened menu."""

ABOVE_CALM = 2.5
"""How many times more than in the seconds around it must change: where all moves, nothing stands out."""

CUT = 0.45
"""So different are the colours (0..1) that it is a cut even amid motion."""

SHORTEST_PART = 30.0
"""Seconds of video that make a part of its own worth while."""

NEIGHBOURS = 4
CLOSEST = 1.5
MOST = 400


Thumb = tuple[float, np.ndarray]
"""The time of a picture (seconds), and its thumbnail."""


@dataclass(frozen=True)
class Look:
    """A picture compared with the one about EVERY before: the change came after `before`, not after `time`."""

    before: float
    time: float
    share: float
    colours: float

    @property
    def score(self) -> float:
        return max(self.share, self.colours)


def scenes(
    path: Path, container: str, duration: float, report_progress: ReportProgress = ignore_progress
) -> tuple[Scene, ...]:
    """Changes of picture in order of time, at most MOST, at least CLOSEST seconds apart.

    Decodes keyframes, and more only where they are SPARSE; the parts of a long video side by side.
    Raises MediaError as `open_video` does.
    """
    with open_pictures_of(path, container) as track:
        keyframes, dense, cuts = track.keyframes, set[int](), list[int]()
        # A "keyframe" that shows nothing by itself saves no decoding, and no part can begin there.
        if keyframes and track.shows_at_once(len(keyframes) // 2):
            dense, cuts = _dense(keyframes, track.stream), _cuts(track.times)
    looks = []
    parts = [_part(path, container, keyframes, dense, span) for span in pairwise([None, *cuts, None])]
    with closing(parallel_reading.merged(parts)) as coming:
        for look in coming:
            looks.append(look)
            report_progress(min(len(looks) * EVERY / max(duration, 0.1), 1.0) * 0.9)
    with open_pictures_of(path, container, keyframes, skip="DEFAULT") as track:
        found = changes(sorted(looks, key=lambda look: look.time))
        found = [_refined(track, look) for look in found]
    report_progress(1.0)
    return tuple(Scene(look.time, look.score) for look in found if 0.3 < look.time < duration - 0.2)


def _dense(keyframes: Sequence[Keyframe], stream: VideoStream) -> set[int]:
    """The keyframes (by their ticks) soon followed by another one."""
    soon = SPARSE / time_base(stream)
    return {key.ticks for key, following in pairwise(keyframes) if following.ticks - key.ticks <= soon}


def _cuts(times: Sequence[float]) -> list[int]:
    """The keyframes (by their place) at which a long video is cut into parts of about equal length."""
    length = times[-1] - times[0]
    parts = max(min(parallel_reading.at_once(), int(length / SHORTEST_PART)), 1)
    wanted = (times[0] + length * part / parts for part in range(1, parts))
    return sorted({bisect_left(times, time) for time in wanted})


def _part(
    path: Path,
    container: str,
    keyframes: Sequence[Keyframe],
    dense: set[int],
    span: tuple[int | None, int | None],
) -> Generator[Look]:
    """The looks from one keyframe (by its place) to the first one past another; None: the beginning, the end."""
    first, last = span
    with open_pictures_of(path, container, keyframes) as track:
        thumbs = _thumbnails(track, track.packets_from(first), dense)
        if first is not None:
            start = track.times[first] - SAME
            thumbs = (thumb for thumb in thumbs if thumb[0] >= start)
        for look in _looks(thumbs):
            yield look
            if last is not None and look.time >= track.times[last]:
                return


def _thumbnails(track: PictureTrack, found: Iterator[Packet[VideoStream]], dense: set[int]) -> Iterator[Thumb]:
    """Pictures in order of time, at least FINE apart."""
    last = -math.inf
    for frame in decoded(track.stream, _chosen(found, dense)):
        time = track.time(frame)
        if time - last >= FINE - 0.001:
            last = time
            yield time, thumbnail(frame)


def _chosen(found: Iterator[Packet[VideoStream]], dense: set[int]) -> Iterator[Packet[VideoStream]]:
    """Of the dense keyframes those FINE apart, without what lies between; all packets elsewhere."""
    lone, last = False, -math.inf
    for packet in found:
        if not packet.is_keyframe:
            if not lone:
                yield packet
            continue
        ticks = packet_ticks(packet.pts, packet.dts)
        lone, time = ticks in dense, float(ticks * packet.time_base)
        if not lone or time - last >= FINE - 0.001:
            last = time
            yield packet


def _looks(thumbs: Iterator[Thumb]) -> Iterator[Look]:
    """Each picture EVERY after the last one, compared with it."""
    old: Thumb | None = None
    since: list[Thumb] = []
    for thumb in thumbs:
        if old is None:
            old = thumb
            continue
        since.append(thumb)
        if thumb[0] - old[0] >= EVERY - FINE / 2:
            before, time = _turn([old, *since])
            share, colours = changed_share(old[1], thumb[1]), colours_moved(old[1], thumb[1])
            yield Look(before, time, share, colours)
            old, since = thumb, []


def _turn(thumbs: Sequence[Thumb]) -> tuple[float, float]:
    """The times between which the first of these pictures became the last one."""
    first, last = (thumb.astype(np.int16) for thumb in (thumbs[0][1], thumbs[-1][1]))
    for (before, _), (time, thumb) in pairwise(thumbs):
        if np.abs(thumb - last).sum() < np.abs(thumb - first).sum():
            return before, time
    return thumbs[-2][0], thumbs[-1][0]


def changes(looks: Sequence[Look]) -> list[Look]:
    """The looks at which the picture became another one, in order of time."""
    kept: list[Look] = []
    standing_out = [look for place, look in enumerate(looks) if _stands_out(looks, place)]
    for look in sorted(standing_out, key=lambda look: look.score, reverse=True):
        if all(abs(look.time - other.time) >= CLOSEST for other in kept):
            kept.append(look)
        if len(kept) == MOST:
            break
    return sorted(kept, key=lambda look: look.time)


def _stands_out(looks: Sequence[Look], place: int) -> bool:
    look = looks[place]
    around = [*looks[max(0, place - NEIGHBOURS) : place], *looks[place + 1 : place + 1 + NEIGHBOURS]]
    if look.share < SMALLEST or not around:
        return look.share >= SMALLEST
    calm = float(np.median([other.share for other in around]))
    bustle = float(np.median([other.colours for other in around]))
    if look.colours >= CUT and look.colours >= ABOVE_CALM * bustle:
        return True
    return look.share >= SMALLEST + ABOVE_CALM * calm


def _refined(track: PictureTrack, look: Look) -> Look:
    """The look with its time told by every picture in its gap, where keyframes alone were seen."""
    if look.time - look.before <= 1.5 * FINE:
        return look
    thumbs: list[Thumb] = []
    for frame in track.pictures_from(look.before):
        time = track.time(frame)
        if time > look.time + SAME:
            break
        if time >= look.before - SAME:
            thumbs.append((time, thumbnail(frame)))
    if len(thumbs) < 2:
        return look
    before, time = _turn(thumbs)
    return replace(look, before=before, time=time)
