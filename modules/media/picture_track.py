"""A video's pictures in order of time, from any moment on: wherever a seek lands, what is decoded is looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Literal

from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .reading import decoded, frame_time, of_the_file, open_video, origin, packets, read_only, seek, time_base
from .reading import video_stream as open_pictures

EARLIER = 2.0
"""Seconds that a seek is tried before a keyframe that every other one has missed."""

Skip = Literal["NONREF", "DEFAULT"]
"""Which pictures need not be decoded: those that no other is made of, or none."""

SAME = 0.001
"""Seconds by which two times may differ and be the same picture's."""


@dataclass(frozen=True)
class Keyframe:
    """A packet that can be decoded by itself: its times as the file counts them."""

    pts: int | None
    dts: int | None

    @property
    def ticks(self) -> int:
        return packet_ticks(self.pts, self.dts)


def packet_ticks(pts: int | None, dts: int | None) -> int:
    """A packet's time; that of decoding where a container tells no other."""
    return pts if pts is not None else dts or 0


class PictureTrack:
    """An open file's pictures. All times are seconds from the start of the video.

    MPEG-TS seeks by the time of decoding and lands behind a keyframe that is shown later; streams that refresh
    bit by bit have "keyframes" that show nothing yet. So a seek counts only if the packet asked for comes, and
    a keyframe only if its picture does. Where seeks cannot be trusted the file is read on, or from its beginning.
    """

    def __init__(
        self, path: Path, container: str, opened: ExitStack, keyframes: Sequence[Keyframe] | None, skip: Skip
    ) -> None:
        self._path, self._container, self._opened, self._skip = path, container, opened, skip
        self._seeks_land = True
        self._target = 0
        self._open()
        if keyframes is None:
            keyframes = self._read_keyframes()
        self.keyframes = keyframes
        self.times = [float(key.ticks * time_base(self.stream)) - self.zero for key in keyframes]

    def _open(self) -> None:
        self._opened.close()
        self.source = self._opened.enter_context(open_video(self._path, self._container))
        self.stream: VideoStream = open_pictures(self.source)
        self.stream.codec_context.skip_frame = self._skip
        self.zero = origin(self.source, self._container)
        read_only(self.source, self.stream)
        self._start_over()

    def _start_over(self) -> None:
        """The packets come from where the file stands now."""
        self._coming = packets(self.source, self.stream)
        self._passed: int | None = None

    def _read_keyframes(self) -> list[Keyframe]:
        """In order of time. Nothing is decoded."""
        found = (Keyframe(packet.pts, packet.dts) for packet in packets(self.source, self.stream) if _is_key(packet))
        keyframes = sorted(found, key=lambda key: key.ticks)
        # The reading stands at the end now.
        self._coming, self._passed = iter(()), None
        return keyframes

    def time(self, frame: VideoFrame) -> float:
        return frame_time(frame) - self.zero

    def pictures_from(self, time: float) -> Iterator[VideoFrame]:
        """The pictures in order, the first of them at or before the time if there is such a one."""
        place, back = bisect_right(self.times, time + SAME) - 1, 1
        while place > 0:
            coming = self._decoded_from(place)
            first = next(coming, None)
            if first is not None and self.time(first) <= time + 2 * SAME:
                return chain([first], coming)
            place, back = place - back, back * 2
        return self._decoded_from(0 if self.keyframes else None)

    def keyframe_alone(self, place: int) -> VideoFrame | None:
        """The picture of a keyframe, for which nothing else is decoded; None where it does not come by itself."""
        key = islice(self.packets_from(place), 1)
        for frame in decoded(self.stream, key):
            # Half a picture (a field) may be in a packet of interlaced video.
            if abs(self.time(frame) - self.times[place]) < SAME and not frame.interlaced_frame:
                return frame
        return None

    @contextmanager
    def every_picture(self) -> Iterator[None]:
        """Within, no picture is skipped."""
        self._skip, skip = "DEFAULT", self._skip
        self.stream.codec_context.skip_frame = "DEFAULT"
        try:
            yield
        finally:
            self._skip = self.stream.codec_context.skip_frame = skip

    def shows_at_once(self, place: int) -> bool:
        """Whether the decoder gives the keyframe's own picture, and not only a later one."""
        first = next(self._decoded_from(place), None)
        return first is not None and self.time(first) <= self.times[place] + SAME

    def packets_from(self, place: int | None) -> Iterator[Packet[VideoStream]]:
        """The packets in the order of the file, from a keyframe on (by its place); None: all there are."""
        if place is None:
            self._open()
            return self._coming
        key = self.keyframes[place]
        found = self._sought(key) or self._read_on(key)
        self.stream.codec_context.flush_buffers()
        return found

    def _decoded_from(self, place: int | None) -> Iterator[VideoFrame]:
        """Without those that are shown before the keyframe, since what they are made of was not read."""
        found = self.packets_from(place)
        # Only now, for the file may have been opened anew.
        coming = decoded(self.stream, found)
        if place is None or self.keyframes[place].pts is None:
            return coming
        first = self.times[place] - SAME
        return (frame for frame in coming if self.time(frame) >= first)

    def _sought(self, key: Keyframe) -> Iterator[Packet[VideoStream]] | None:
        """The packets from this keyframe on, if a seek comes before it; which kind of seek does is remembered."""
        if not self._seeks_land:
            return None
        earliest = min(time for time in (key.pts, key.dts) if time is not None)
        targets = (key.ticks, earliest, earliest - round(EARLIER / time_base(self.stream)))
        for number in range(self._target, len(targets)):
            if seek(self.source, self.stream, targets[number]):
                self._start_over()
                found = self._forward(key, give_up=True)
                if found:
                    self._target = number
                    return found
        self._seeks_land, self._passed = False, None
        return None

    def _read_on(self, key: Keyframe) -> Iterator[Packet[VideoStream]]:
        """The packets from this keyframe on, by reading what is before it; nothing where it never comes again."""
        if self._passed is not None and self._passed < key.ticks:
            found = self._forward(key)
            if found:
                return found
        self._open()
        return self._forward(key) or iter(())

    def _forward(self, key: Keyframe, *, give_up: bool = False) -> Iterator[Packet[VideoStream]] | None:
        """Leave out packets until the keyframe comes. give_up: when one comes that only follows it."""
        for packet in self._coming:
            time = packet_ticks(packet.pts, packet.dts)
            if packet.is_keyframe and time == key.ticks:
                return self._noting(chain([packet], self._coming))
            if give_up and time > key.ticks:
                return None
            self._passed = time
        return None

    def _noting(self, coming: Iterator[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
        for packet in coming:
            if packet.is_keyframe:
                self._passed = packet_ticks(packet.pts, packet.dts)
            yield packet


@contextmanager
def open_pictures_of(
    path: Path, container: str, keyframes: Sequence[Keyframe] | None = None, *, skip: Skip = "NONREF"
) -> Iterator[PictureTrack]:
    """A file's PictureTrack. keyframes: as another one of the same file found them. Raises as `open_video` does."""
    with of_the_file(), ExitStack() as opened:
        yield PictureTrack(path, container, opened, keyframes, skip)


def _is_key(packet: Packet) -> bool:
    return packet.is_keyframe and (packet.pts is not None or packet.dts is not None)
