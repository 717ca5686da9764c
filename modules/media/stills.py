"""Takes pictures from a video: the sharpest near a wanted time, written as JPEG."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from modules.pipeline.types import MediaError, Still, Tick, no_tick

from .pictures import changed_share, is_black, is_same, save_jpeg, sharpness, thumbnail
from .reading import decoded, open_video, origin, packets, read_only, seek, video_stream

LONGEST_SIDE = 1280
REACH = 1.0
"""Seconds after a wanted time in which the sharpest picture is looked for."""

KEYFRAME_REACH = 0.5
"""Seconds after a wanted time in which a keyframe is taken as it is: nothing else must be decoded then."""

FINE = 0.2
"""Seconds between the pictures that are compared."""

ANOTHER = 0.4
"""The share of the picture whose change ends the search: it is another scene's picture then."""

POSTER_AT = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5)
POSTER_WITHIN = 60.0


def grab(path: Path, container: str, times: Sequence[float], folder: Path, tick: Tick = no_tick) -> Iterator[Still]:
    """One picture for each wanted time (seconds), in order of time, in folder; each is given as soon as it is there.

    It is the sharpest within REACH after the time; past the end, the last one. Left out where the picture is
    black or shows the same as the one before. Raises MediaError as `open_video` does.
    """
    last: np.ndarray | None = None
    with open_video(path, container) as source:
        film = _Film(source, container)
        wanted = sorted(set(times))
        for number, time in enumerate(wanted):
            tick(number / len(wanted))
            frame = max(film.near(time), key=sharpness, default=None)
            if frame is None:
                continue
            thumb = thumbnail(frame)
            if not is_black(thumb) and (last is None or not is_same(last, thumb)):
                yield film.save(frame, folder / f"{round(film.time(frame) * 1000):09d}.jpg")
                last = thumb
    tick(1.0)


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
        return max(frame.time - self.zero, 0.0)

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
