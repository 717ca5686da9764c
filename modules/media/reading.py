"""Opens a file for reading, and reads on past what is damaged."""

from __future__ import annotations

import errno
import mmap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Literal, Protocol, TypeVar, cast

import av
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from modules.pipeline.containers import CONTAINERS
from modules.pipeline.types import MediaError

MOST_PIXELS = 8192 * 8192
"""No decoder here makes a larger picture, whatever a file says in its middle."""

MOST_FAILURES = 100
"""Reads that may fail in a row before the rest of a file is given up."""

OUR_FAULT = {errno.EFBIG, errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.EACCES}
"""Errors of the machine, or of a limit that it sets; not of the file."""

ROOM = 128 * 1024 * 1024
"""Bytes that a decoder must be able to have, for its failure to be the file's: the largest pictures take so much."""

StreamT = TypeVar("StreamT", bound=Stream)
FrameT = TypeVar("FrameT", VideoFrame, AudioFrame)
Decoded = TypeVar("Decoded", covariant=True)


class DecodablePacket(Protocol[Decoded]):
    """A packet of a track whose kind is known, and so what it holds: `Packet[VideoStream]` holds VideoFrames."""

    def decode(self) -> Sequence[Decoded]: ...


class DecodableStream(Protocol[FrameT]):
    """A track of pictures or of sound: VideoStream or AudioStream."""

    time_base: Fraction | None

    def decode(self, packet: Packet | None = None) -> list[FrameT]: ...


@contextmanager
def open_video(path: Path, container: str, **options: str) -> Iterator[InputContainer]:
    """Open with the demuxer that the sniffed container calls for; nothing is guessed, no other file is opened.

    container: a key of CONTAINERS. options: more for the demuxer. Raises OSError when the file itself cannot
    be opened, MediaError for anything that av finds wrong with it, in here or in the caller's block.
    """
    facts = CONTAINERS.get(container)
    if facts is None:
        raise MediaError("not_a_video")
    safe = {"protocol_whitelist": "file", "max_pixels": str(MOST_PIXELS), **facts.demuxer_options}
    path.open("rb").close()
    with of_the_file():
        source = av.open(f"file:{path}", "r", format=facts.demuxer, options=safe | options, metadata_errors="replace")
        with source:
            yield source


@contextmanager
def of_the_file() -> Iterator[None]:
    """Turn av's errors into MediaError, but for those of the machine. Raises MemoryError when there is none left."""
    try:
        yield
    except av.FFmpegError as error:
        raise_ours(error)
        raise MediaError("damaged_video") from error


def raise_ours(error: av.FFmpegError) -> None:
    """Return when the file is to blame for the error; else raise what it really is: OSError or MemoryError.

    What av says of memory proves nothing: decoders call a picture damaged that they found no room for, and a
    damaged file asks for more than any machine has. So it is tried out (what is only asked for costs nothing).
    """
    if error.errno in OUR_FAULT:
        raise error
    try:
        mmap.mmap(-1, ROOM, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError as full:
        raise MemoryError(f"No memory left ({full}), and so: {error}") from error


def best(source: InputContainer, kind: Literal["video", "audio"]) -> Stream | None:
    """The track that a player would choose, if there is a decoder for it."""
    try:
        stream = source.streams.best(kind)
    except IndexError:
        return None  # a stream that showed up after the file was opened
    return stream if stream is not None and stream.codec_context is not None else None


def video_stream(source: InputContainer, *, threads: int = 1) -> VideoStream:
    """The pictures that a player would show (cover art is none), ready to decode; other tracks are not read.

    threads: of the decoder; 0 is one for each core. Raises MediaError: no_video, or not_a_video when there is
    no decoder for it.
    """
    found = [stream for stream in source.streams.video if not stream.disposition & Disposition.attached_pic]
    if not found:
        raise MediaError("no_video")
    known = [stream for stream in found if stream.codec_context is not None]
    if not known:
        raise MediaError("not_a_video")
    chosen = best(source, "video")
    stream = chosen if chosen in known else known[0]
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    stream.codec_context.thread_count = threads
    stream.thread_type = "AUTO"
    return stream


def read_only(source: InputContainer, *wanted: Stream) -> None:
    """Let the demuxer skip every other stream."""
    for stream in source.streams:
        if stream not in wanted:
            stream.discard = Discard.all


def origin(source: InputContainer, container: str) -> float:
    """The file's own time (seconds) of the moment that a player calls 0."""
    if not CONTAINERS[container].starts_at_first_packet or source.start_time is None:
        return 0.0
    return source.start_time / av.time_base


def packets(source: InputContainer, *streams: StreamT) -> Iterator[Packet[StreamT]]:
    """The streams' packets in the order of the file; where something cannot be read, those behind it."""
    failures = 0
    while failures < MOST_FAILURES:
        try:
            # PyAV's types tell the kind of a packet only where one stream is asked for.
            for packet in cast("Iterator[Packet[StreamT]]", source.demux(*streams)):
                if packet.size:
                    failures = 0
                    yield packet
            return
        except av.FFmpegError as error:
            raise_ours(error)
            failures += 1
        except IndexError:
            return  # PyAV's demux at the end, when a damaged MPEG-TS showed a new stream on the way


def decode(packet: DecodablePacket[Decoded]) -> Sequence[Decoded]:
    """The packet's frames, or texts; none when it is damaged."""
    try:
        return packet.decode()
    except av.FFmpegError as error:
        raise_ours(error)
        return []


def decoded(stream: DecodableStream[FrameT], found: Iterable[DecodablePacket[FrameT]]) -> Iterator[FrameT]:
    """The frames of these packets that have a time (see `frame_time`), to the end."""
    for frame in chain(chain.from_iterable(map(decode, found)), flush(stream)):
        if frame.pts is not None:
            frame.time_base = stream.time_base  # frames from the flush carry none
            yield frame


def flush(stream: DecodableStream[FrameT]) -> Iterator[FrameT]:
    """The frames that the decoder still holds, asked for when the first is taken."""
    try:
        yield from stream.decode(None)
    except av.FFmpegError as error:
        raise_ours(error)


def frame_time(frame: VideoFrame | AudioFrame) -> float:
    """The file's own time (seconds) of a frame, which all have that `decoded` gives. Raises MediaError without."""
    if frame.time is None:
        raise MediaError("damaged_video")
    return frame.time


def time_base(stream: Stream) -> Fraction:
    """The seconds in which a track's times (pts) count. Raises MediaError when the file tells none."""
    if stream.time_base is None:
        raise MediaError("damaged_video")
    return stream.time_base


def seek(source: InputContainer, stream: Stream, ticks: int) -> bool:
    """Ask for the keyframe at or before a time (in the track's own ticks), which is not always where it lands.

    False: the file cannot be sought there.
    """
    try:
        source.seek(ticks, stream=stream)
    except av.FFmpegError as error:
        raise_ours(error)
        return False
    return True


def seek_time(source: InputContainer, time: float) -> bool:
    """As `seek`, in all streams, to the file's own time (seconds)."""
    try:
        source.seek(round(time * av.time_base))
    except av.FFmpegError as error:
        raise_ours(error)
        return False
    return True
