"""How far a file can be read, whatever its headers say, and whether a part of it is broken. Nothing is decoded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from modules.pipeline.containers import CONTAINERS
from modules.pipeline.types import MediaError

from .mp4_headers import avi_is_cut_off
from .reading import open_video, origin, packets, read_only, seek_time, video_stream

WHOLE = 256 * 1024 * 1024
"""Bytes up to which a file is read from beginning to end; of a larger one, the last TAIL seconds."""

TAIL = 10.0
SLACK = 2.0
"""Seconds by which a header may be wrong without the file being called damaged."""

HOLE = 0.5
"""Seconds without any packet, of pictures or sound, that a healthy file of two tracks does not have."""


FASTEST = 240
"""Pictures a second that are believed when a header claims them."""

USUAL_LENGTH = 0.04


@dataclass(frozen=True)
class Extent:
    """end: seconds up to which there is something to watch; damaged: there should be more, or not all is whole."""

    end: float
    damaged: bool


@dataclass
class Tracks:
    """What the packets tell. ends: seconds by stream, up to which they go."""

    video: int
    ends: dict[int, float]
    broken: bool = False
    waiting: dict[int, float] = field(default_factory=dict)

    @property
    def all(self) -> float:
        return max(self.ends.values(), default=0.0)

    @property
    def pictures(self) -> float:
        return self.ends.get(self.video, 0.0)

    def short_of(self, claimed: Tracks) -> bool:
        """Whether what can be read ends well before what the headers say."""
        return self.all < claimed.all - SLACK or self.pictures < claimed.pictures - SLACK


def measure(path: Path, container: str) -> Extent:
    """Raises MediaError: empty_video when no picture has a time, damaged_video when there should be some."""
    cut_off = CONTAINERS[container].states_file_size and avi_is_cut_off(path)
    with open_video(path, container) as source:
        claimed = _claimed(source, container)
        found = None
        if path.stat().st_size > WHOLE and claimed.all > 2 * TAIL:
            found = _tail(source, container, claimed.all - TAIL)
    if found is None or cut_off or found.short_of(claimed):
        with open_video(path, container) as source:
            found = _read(source, container)
    short = cut_off or found.short_of(claimed)
    if not found.pictures:
        raise MediaError("damaged_video" if short or found.broken else "empty_video")
    return Extent(round(found.pictures if short else found.all, 3), short or found.broken)


def _claimed(source: InputContainer, container: str) -> Tracks:
    zero = origin(source, container)
    ends = {
        stream.index: float(((stream.start_time or 0) + stream.duration) * stream.time_base) - zero
        for stream in (*source.streams.video, *source.streams.audio)
        if stream.duration and stream.time_base
    }
    start = 0 if CONTAINERS[container].length_counts_from_zero else (source.start_time or 0)
    whole = (start + (source.duration or 0)) / av.time_base - zero
    return Tracks(video_stream(source).index, ends or {-1: whole})


def _tail(source: InputContainer, container: str, start: float) -> Tracks | None:
    if not seek_time(source, start + origin(source, container)):
        return None
    return _read(source, container)


def _read(source: InputContainer, container: str) -> Tracks:
    """Read the packets from where the source stands to its end."""
    zero = origin(source, container)
    pictures = video_stream(source)
    streams = [pictures, *source.streams.audio, *source.streams.subtitles]
    read_only(source, *streams)
    tracks = Tracks(pictures.index, {})
    lengths = _unit_lengths(pictures)
    heard = {stream.index for stream in source.streams.audio[:1]}
    holes = CONTAINERS[container].holes_mean_damage
    rate = pictures.average_rate or pictures.guessed_rate or 0
    # A picture of which no length is told, as the only one of an MPEG-TS, stands for one beat.
    least = float(1 / rate) if 1 <= rate <= FASTEST else USUAL_LENGTH
    for packet in packets(source, *streams):
        index = packet.stream_index
        if packet.pts is not None:
            time = float(packet.pts * packet.time_base) - zero
            if holes and heard and (index == pictures.index or index in heard):
                _note_holes(tracks, index, time)
            end = time + (float((packet.duration or 0) * packet.time_base) or (least if index == pictures.index else 0))
            tracks.ends[index] = max(tracks.ends.get(index, 0.0), end)
        if packet.is_corrupt or (lengths and index == pictures.index and not _is_whole(packet, lengths)):
            tracks.broken = True
    return tracks


def _note_holes(tracks: Tracks, index: int, time: float) -> None:
    """A lost cluster of Matroska leaves every track without packets for the same time."""
    before = tracks.ends.get(index)
    if before is not None and time - before > HOLE:
        others = [start for other, start in tracks.waiting.items() if other != index]
        if any(abs(start - time) < HOLE for start in others):
            tracks.broken = True
        tracks.waiting[index] = time


def _unit_lengths(stream: VideoStream) -> int:
    """How many bytes hold the length of each unit of H.264 or HEVC in MP4 and Matroska; 0: another form."""
    config = stream.codec_context.extradata or b""
    place = {"h264": 4, "hevc": 21}.get(stream.codec.canonical_name)
    if place is None or len(config) <= place or config[0] != 1:
        return 0
    return (config[place] & 3) + 1


def _is_whole(packet: Packet, lengths: int) -> bool:
    """Whether the lengths of the packet's units add up to it."""
    data, at = memoryview(packet), 0
    while at + lengths <= len(data):
        at += lengths + int.from_bytes(data[at : at + lengths], "big")
    return at == len(data)
