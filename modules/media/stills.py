"""Takes pictures from a video: the sharpest near a wanted time, written as JPEG."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import takewhile
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from av.video.frame import VideoFrame

from modules.pipeline.types import MediaError, ReportProgress, Still, ignore_progress

from . import parallel_reading
from .picture_track import Keyframe, PictureTrack, open_pictures_of
from .pictures import changed_share, is_empty, likeness, look_of, same_look, save_jpeg, sharpness, thumbnail

LONGEST_SIDE = 1280
REACH = 1.0
"""Seconds after a wanted time in which the sharpest picture is looked for."""

KEYFRAME_REACH = 0.5
"""Seconds after a wanted time in which a keyframe is taken as it is: nothing else must be decoded then."""

FINE = 0.2
"""Seconds between the pictures that are compared."""

ANOTHER = 0.4
"""The share of the picture whose change ends the search: it is another scene's picture then."""

SAME_SCENE = 0.9
"""How alike (0..1) the pictures of a fade are, but for their brightness."""

FEWEST = 8
"""Pictures that make a part of their own worth while."""

POSTER_AT = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5)
POSTER_WITHIN = 60.0


class Moment(NamedTuple):
    """A picture, and a time (seconds) at which it is on the screen."""

    time: float
    frame: VideoFrame


class Found(NamedTuple):
    """A still for a place of the caller's."""

    place: int
    still: Still
    is_empty: bool


def grab(
    path: Path,
    container: str,
    times: Mapping[int, float],
    folder: Path,
    report_progress: ReportProgress = ignore_progress,
    *,
    else_empty: bool = True,
) -> Iterator[tuple[int, Still]]:
    """One picture for each wanted time (seconds, by a place of the caller's), in folder; as soon as it is there.

    It is the sharpest within REACH after the time; past the end, the last one. Left out where nothing is on it,
    or it shows the same as the one at the place before. else_empty: where nothing is on any, the best comes at last.
    The parts of a long video are looked at side by side, so pictures come in order within a part alone.
    Raises MediaError as `open_video` does.
    """
    wanted = sorted(times.items(), key=itemgetter(1))
    size = max(-(-len(wanted) // parallel_reading.at_once()), FEWEST)
    with open_pictures_of(path, container) as track:
        keyframes = track.keyframes
    parts = [_part(path, container, keyframes, wanted[at : at + size], folder) for at in range(0, len(wanted), size)]
    empty: list[tuple[int, Still]] = []
    none = True
    with closing(parallel_reading.merged(parts)) as coming:
        for looked, found in enumerate(coming):
            report_progress(looked / len(wanted))
            if found and found.is_empty:
                empty.append((found.place, found.still))
            elif found:
                none = False
                yield found.place, found.still
    if none and empty and else_empty:
        yield max(empty, key=lambda one: one[1].sharpness)
    report_progress(1.0)


def _part(
    path: Path, container: str, keyframes: Sequence[Keyframe], wanted: Sequence[tuple[int, float]], folder: Path
) -> Generator[Found | None]:
    """The pictures of times in order; None where there is none to be had, or the same as at the place before."""
    before, seen = -2, ""
    with open_pictures_of(path, container, keyframes) as track:
        film = _Film(track)
        for place, time in wanted:
            seen, before = seen if place == before + 1 else "", place
            moment = max(film.near(time), key=lambda one: sharpness(one.frame), default=None)
            thumb = thumbnail(moment.frame) if moment else None
            look = "" if thumb is None else look_of(thumb)
            if moment is None or thumb is None or (seen and same_look(seen, look)):
                yield None
            else:
                seen = look
                still = replace(film.save(moment, folder / f"{place:04d}.jpg"), look=look)
                yield Found(place, still, is_empty(moment.frame, thumb))


def distinct(stills: Iterable[Still]) -> Iterator[Still]:
    """Stills in order of time, without those that show the same as the one before."""
    last = None
    for still in stills:
        if last is None or not same_look(last.look, still.look):
            last = still
            yield still


def poster(path: Path, container: str, out: Path, duration: float) -> Still:
    """A picture that stands for the video, from its first half and first minute, as JPEG at out.

    Raises MediaError (damaged_video) when not a single picture can be read.
    """
    best: tuple[float, Moment] | None = None
    with open_pictures_of(path, container) as track:
        film = _Film(track)
        for share in POSTER_AT:
            for moment in film.near(share * min(duration, 2 * POSTER_WITHIN)):
                worth = _worth(moment.frame) * (1 - share / 2)
                if best is None or worth > best[0]:
                    best = worth, moment
        if best is None:
            raise MediaError("damaged_video")
        return film.save(best[1], out)


def _worth(frame: VideoFrame) -> float:
    """How much there is to see: sharp edges count, an even colour nothing."""
    thumb = thumbnail(frame)
    return (0.0 if is_empty(frame, thumb) else 1 + np.sqrt(sharpness(frame))) + float(thumb[..., 0].mean()) / 1000


def _is_another(old: np.ndarray, new: np.ndarray) -> bool:
    """Whether it is another scene's picture, and not the same that fades in, or the first one after nothing."""
    return changed_share(old, new) > ANOTHER and likeness(old, new) < SAME_SCENE


class _Film:
    """A video's pictures by time; goes on from where it stands when that is less work than to seek."""

    def __init__(self, track: PictureTrack) -> None:
        self.track = track
        self.running: Iterator[VideoFrame] | None = None
        self.position = 0.0
        self.shown: VideoFrame | None = None

    def time(self, frame: VideoFrame) -> float:
        return max(self.track.time(frame), 0.0)

    def near(self, time: float) -> list[Moment]:
        """A few pictures from the time on, within REACH; else the one that is on the screen then."""
        place = bisect_left(self.track.times, time)
        if place < len(self.track.times) and self.track.times[place] <= time + KEYFRAME_REACH:
            self.running = None
            alone = self.track.keyframe_alone(place)
            if alone:
                return [Moment(self.time(alone), alone)]
        return self._span(time)

    def save(self, moment: Moment, path: Path) -> Still:
        width, height = save_jpeg(moment.frame, self.track.stream, path, LONGEST_SIDE)
        return Still(moment.time, str(path), width, height, sharpness(moment.frame))

    def _span(self, time: float) -> list[Moment]:
        self._go_to(time)
        found: list[Moment] = []
        for frame in self.running or ():
            self.position, before, self.shown = self.time(frame), self.shown, frame
            if self.position < time:
                continue
            if self.position > time + REACH:
                if not found and before:
                    found = self._standing(time)
                break
            if not found or self.position - found[-1].time >= FINE - 0.001:
                if found and _is_another(thumbnail(found[0].frame), thumbnail(frame)):
                    break
                found.append(Moment(self.position, frame))
            if self.position >= time + REACH - FINE:
                break
        return found or ([Moment(self.time(self.shown), self.shown)] if self.shown else [])

    def _standing(self, time: float) -> list[Moment]:
        """The picture that stands for long, as where nothing moves on a recorded screen; no other is left out."""
        self.running = None
        with self.track.every_picture():
            frames = self.track.pictures_from(time)
            for frame in takewhile(lambda one: self.time(one) <= time, frames):
                self.shown = frame
        return [Moment(time, self.shown)] if self.shown else []

    def _go_to(self, time: float) -> None:
        place = bisect_right(self.track.times, time) - 1
        start = self.track.times[place] if place >= 0 else 0.0
        if self.running is None or time <= self.position or start > self.position:
            self.running, self.shown = self.track.pictures_from(time), None
            self.position = start
