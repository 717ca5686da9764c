"""Takes pictures from a video: the sharpest near a wanted time, written as JPEG."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from operator import itemgetter
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from modules.pipeline.types import MediaError, ReportProgress, Still, ignore_progress

from . import parallel_reading
from .pictures import changed_share, is_black, look_of, same_look, save_jpeg, sharpness, thumbnail
from .reading import decoded, frame_time, open_video, origin, packets, read_only, seek, video_stream

LONGEST_SIDE = 1280
REACH = 1.0
"""Seconds after a wanted time in which the sharpest picture is looked for."""

KEYFRAME_REACH = 0.5
"""Seconds after a wanted time in which a keyframe is taken as it is: nothing else must be decoded then."""

FINE = 0.2
"""Seconds between the pictures that are compared."""

ANOTHER = 0.4
"""The share of the picture whose change ends the search: it is another scene's picture then."""

FEWEST = 8
"""Pictures that make a part of their own worth while."""

POSTER_AT = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5)
POSTER_WITHIN = 60.0


def grab(
    path: Path,
    container: str,
    times: Mapping[int, float],
    folder: Path,
    report_progress: ReportProgress = ignore_progress,
) -> Iterator[tuple[int, Still]]:
    """One picture for each wanted time (seconds, by a place of the caller's), in folder; as soon as it is there.

    It is the sharpest within REACH after the time; past the end, the last one. Left out where the picture is black
    or shows the same as the one at the place before. The parts of a long video are looked at side by side, so
    pictures come in order within a part alone. Raises MediaError as `open_video` does.
    """
    wanted = sorted(times.items(), key=itemgetter(1))
    size = max(-(-len(wanted) // parallel_reading.at_once()), FEWEST)
    parts = [_part(path, container, wanted[at : at + size], folder) for at in range(0, len(wanted), size)]
    with closing(parallel_reading.merged(parts)) as coming:
        for looked, found in enumerate(coming):
            report_progress(looked / len(wanted))
            if found:
                yield found
    report_progress(1.0)


def _part(
    path: Path, container: str, wanted: Sequence[tuple[int, float]], folder: Path
) -> Generator[tuple[int, Still] | None]:
    """The pictures of times in order; None where there is none to be had, or the same as at the place before."""
    before, seen = -2, ""
    with open_video(path, container) as source:
        film = _Film(source, container)
        for place, time in wanted:
            seen, before = seen if place == before + 1 else "", place
            frame = max(film.near(time), key=sharpness, default=None)
            thumb = thumbnail(frame) if frame else None
            look = "" if thumb is None or is_black(thumb) else look_of(thumb)
            if frame is None or not look or (seen and same_look(seen, look)):
                yield None
            else:
                seen = look
                yield place, replace(film.save(frame, folder / f"{place:04d}.jpg"), look=look)


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
    best: tuple[float, VideoFrame] | None = None
    with open_video(path, container) as source:
        film = _Film(source, container)
        for share in POSTER_AT:
            for frame in film.near(share * min(duration, 2 * POSTER_WITHIN)):
                worth = _worth(frame) * (1 - share / 2)
                if best is None or worth > best[0]:
                    best = worth, frame
        if best is None:
            raise MediaError("damaged_video")
        return film.save(best[1], out)


def _worth(frame: VideoFrame) -> float:
    """How much there is to see: sharp edges count, black nothing."""
    thumb = thumbnail(frame)
    return (0.0 if is_black(thumb) else 1 + np.sqrt(sharpness(frame))) + float(thumb[..., 0].mean()) / 1000


class _Film:
    """A video's pictures by time; goes on from where it stands when that is less work than to seek."""

    def __init__(self, source: InputContainer, container: str) -> None:
        self.source = source
        self.stream: VideoStream = video_stream(source)
        self.stream.codec_context.skip_frame = "NONREF"
        self.zero = origin(source, container)
        read_only(source, self.stream)
        self.keyframes = sorted(
            float(packet.pts * packet.time_base) - self.zero
            for packet in packets(source, self.stream)
            if packet.is_keyframe and packet.pts is not None
        )
        self.running: Iterator[VideoFrame] | None = None
        self.position = 0.0

    def time(self, frame: VideoFrame) -> float:
        return max(frame_time(frame) - self.zero, 0.0)

    def near(self, time: float) -> list[VideoFrame]:
        """A few pictures from the time on, within REACH; else the last one before."""
        place = bisect_left(self.keyframes, time)
        if place < len(self.keyframes) and self.keyframes[place] <= time + KEYFRAME_REACH:
            alone = self._keyframe(self.keyframes[place])
            if alone:
                return alone
        return self._span(time)

    def save(self, frame: VideoFrame, path: Path) -> Still:
        width, height = save_jpeg(frame, self.stream, path, LONGEST_SIDE)
        return Still(self.time(frame), str(path), width, height, sharpness(frame))

    def _keyframe(self, time: float) -> list[VideoFrame]:
        self.running = None
        if not seek(self.source, self.stream, time + self.zero):
            return []
        first = islice(packets(self.source, self.stream), 1)
        return [frame for frame in decoded(self.stream, first) if abs(self.time(frame) - time) < FINE]

    def _span(self, time: float) -> list[VideoFrame]:
        self._go_to(time)
        before: VideoFrame | None = None
        found: list[VideoFrame] = []
        for frame in self.running or ():
            self.position = self.time(frame)
            if self.position < time:
                before = frame
            elif not found or self.position - self.time(found[-1]) >= FINE - 0.001:
                if found and changed_share(thumbnail(found[0]), thumbnail(frame)) > ANOTHER:
                    break
                found.append(frame)
            if self.position >= time + REACH - FINE:
                break
        return found or ([before] if before else [])

    def _go_to(self, time: float) -> None:
        place = bisect_right(self.keyframes, time) - 1
        start = self.keyframes[place] if place >= 0 else 0.0
        if self.running is None or time <= self.position or start > self.position:
            seek(self.source, self.stream, start + self.zero)
            self.running = decoded(self.stream, packets(self.source, self.stream))
            self.position = start
