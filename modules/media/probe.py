"""What is in a file: the tracks, how long it can be read, and whether a browser plays it as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from modules.pipeline.types import MediaError, Probe

from .claims import avi_is_cut_off, mp4_claims
from .reading import decode, flush, open_video, origin, packets, read_only, video_stream
from .subtitles import text_tracks

FIRST_PACKETS = 250
"""In how many packets of pictures the first one must come."""

TAIL = 10.0
"""Seconds before the claimed end from which the file's end is looked for."""

SLACK = 2.0
"""Seconds by which a header may be wrong without the file being called damaged."""

PLAYED = {
    "mp4": ({"h264"}, {"aac", "mp3", None}),
    "webm": ({"vp8", "vp9", "av1"}, {"opus", "vorbis", None}),
}
PLAYED_PIXELS = {"yuv420p", "yuvj420p"}


@dataclass(frozen=True)
class Ends:
    """Where the pictures and the longest of all tracks end (seconds; 0: unknown); damaged: before their time."""

    video: float
    all: float
    damaged: bool = False


def probe(path: Path, container: str, *, max_pixels: int, max_hours: float) -> Probe:
    """Look into a file of a sniffed container (see `reading.DEMUXERS`).

    The first pictures are really decoded, after what the headers claim was checked against the limits.
    Raises MediaError: not_a_video, no_video, damaged_video, empty_video, too_many_pixels, too_long.
    """
    if not path.stat().st_size:
        raise MediaError("empty_video")
    _check_claims(path, container, max_pixels, max_hours)
    with open_video(path, container, max_pixels=str(max_pixels)) as source:
        stream = video_stream(source)
        stream.codec_context.options = {"max_pixels": str(max_pixels)}
        frame = _first_picture(source, stream)
        width, height = shown_size(frame, stream)
        if width * height > max_pixels:
            raise MediaError("too_many_pixels", width=width, height=height)
        pixels, video_codec = frame.format.name, stream.codec.canonical_name
        sound = source.streams.best("audio")
        audio_codec = sound.codec.canonical_name if sound and sound.codec_context else None
        rate = stream.average_rate or stream.guessed_rate or Fraction(0)
        texts = text_tracks(source)
    ends = _ends(path, container)
    _check_duration(ends.video, max_hours)
    return Probe(
        container=container,
        duration=ends.video if ends.damaged else ends.all,
        width=width,
        height=height,
        fps=float(rate),
        video_codec=video_codec,
        audio_codec=audio_codec,
        size=path.stat().st_size,
        subtitles=texts,
        playable=_playable(container, video_codec, audio_codec, pixels),
        damaged=ends.damaged,
    )


def shown_size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height on the screen: pixels made square, rotation applied."""
    ratio = stream.sample_aspect_ratio or Fraction(1)
    width = round(frame.width * ratio) if Fraction(1, 4) < ratio < 4 else frame.width
    return (frame.height, width) if frame.rotation % 180 else (width, frame.height)


def _check_claims(path: Path, container: str, max_pixels: int, max_hours: float) -> None:
    """Compare the headers with the limits, with every decoder switched off: no picture is made room for."""
    with open_video(path, container, codec_whitelist="none") as source:
        sizes = [(s.codec_context.width, s.codec_context.height) for s in source.streams.video if s.codec_context]
        duration = (source.duration or 0) / av.time_base
    if container == "mp4":
        claims = mp4_claims(path)
        sizes.append((claims.width, claims.height))
        duration = max(duration, claims.duration)
    for width, height in sizes:
        if width * height > max_pixels:
            raise MediaError("too_many_pixels", width=width, height=height)
    _check_duration(duration, max_hours)


def _check_duration(seconds: float, max_hours: float) -> None:
    if seconds > max_hours * 3600:
        raise MediaError("too_long", hours=round(seconds / 3600, 1), limit=f"{max_hours:g}")


def _first_picture(source: InputContainer, stream: VideoStream) -> VideoFrame:
    count = 0
    for count, packet in enumerate(packets(source, stream), 1):
        for frame in decode(packet):
            return frame
        if count == FIRST_PACKETS:
            break
    for frame in flush(stream):
        return frame
    raise MediaError("damaged_video" if count else "empty_video")


def _playable(container: str, video: str, audio: str | None, pixels: str) -> bool:
    videos, audios = PLAYED.get(container, (set(), set()))
    return video in videos and audio in audios and pixels in PLAYED_PIXELS


def _ends(path: Path, container: str) -> Ends:
    """Where the file ends: by its last packets when they are where the header says, else by reading it all."""
    cut_off = container == "avi" and avi_is_cut_off(path)
    with open_video(path, container) as source:
        claimed = _claimed_ends(source, container)
        if claimed.all > 2 * TAIL:
            ends = _tail(source, container, claimed.all - TAIL)
            if ends.video and not _short(ends, claimed) and not cut_off:
                return ends
    with open_video(path, container) as source:
        ends = _last_times(source, container)
    short = cut_off or _short(ends, claimed)
    if not ends.video:
        raise MediaError("damaged_video" if short else "empty_video")
    return replace(ends, damaged=short)


def _claimed_ends(source: InputContainer, container: str) -> Ends:
    zero = origin(source, container)
    pictures = video_stream(source)
    timed = [s for s in (*source.streams.video, *source.streams.audio) if s.duration and s.time_base]
    own = {s.index: float(((s.start_time or 0) + s.duration) * s.time_base) - zero for s in timed}
    whole = ((source.start_time or 0) + (source.duration or 0)) / av.time_base - zero
    return Ends(own.get(pictures.index, 0.0), max(own.values(), default=whole))


def _tail(source: InputContainer, container: str, start: float) -> Ends:
    zero = origin(source, container)
    try:
        source.seek(round((start + zero) * av.time_base))
    except av.FFmpegError:
        return Ends(0.0, 0.0)
    return _last_times(source, container)


def _last_times(source: InputContainer, container: str) -> Ends:
    """Read packets without decoding, from where the source stands to its end."""
    zero = origin(source, container)
    pictures = video_stream(source)
    streams = [pictures, *source.streams.audio, *source.streams.subtitles]
    read_only(source, *streams)
    ends = dict.fromkeys((s.index for s in streams), 0.0)
    for packet in packets(source, *streams):
        if packet.pts is not None:
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base) - zero
            if end > ends[packet.stream_index]:
                ends[packet.stream_index] = end
    return Ends(ends[pictures.index], max(ends.values()))


def _short(ends: Ends, claimed: Ends) -> bool:
    """Whether what can be read ends well before what the header says."""
    return ends.all < claimed.all - SLACK or ends.video < claimed.video - SLACK
