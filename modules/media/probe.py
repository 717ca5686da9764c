"""What is in a file: the tracks, how long it can be read, and whether a browser plays it as it is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from modules.pipeline.containers import CONTAINERS
from modules.pipeline.types import MediaError, Probe

from .extent import measure
from .mp4_headers import mp4_claims
from .reading import best, decode, flush, open_video, packets, video_stream
from .subtitles import text_tracks

FIRST_PACKETS = 250
"""In how many packets of pictures the first one must come."""


def probe(path: Path, container: str, *, max_pixels: int, max_hours: float) -> Probe:
    """Look into a file of a sniffed container (a key of CONTAINERS).

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
        sound = best(source, "audio")
        audio_codec = sound.codec.canonical_name if sound else None
        rate = stream.average_rate or stream.guessed_rate or Fraction(0)
        texts = text_tracks(source)
    extent = measure(path, container)
    _check_duration(extent.end, max_hours)
    return Probe(
        container=container,
        duration=extent.end,
        width=width,
        height=height,
        fps=float(rate),
        video_codec=video_codec,
        audio_codec=audio_codec,
        size=path.stat().st_size,
        subtitles=texts,
        playable=CONTAINERS[container].plays(video_codec, audio_codec, pixels),
        damaged=extent.damaged,
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
    if CONTAINERS[container].claims_in_boxes:
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
