"""Makes an MP4 that every browser plays; what suits already is copied, not encoded again."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from operator import itemgetter
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from modules.pipeline.containers import CONTAINERS
from modules.pipeline.types import MediaError, ReportProgress, ignore_progress

from .audio import audio_stream, continuous
from .copying import copied, decode_times
from .probe import shown_size
from .reading import best, decoded, frame_time, open_video, origin, packets, read_only, video_stream

CLOCK = Fraction(1, 90_000)
LONG_SIDE, SHORT_SIDE = 1920, 1080
AUDIO_RATE = 48_000
KEYFRAME_EVERY = 2
"""Seconds between keyframes, so that a click on a step seeks at once."""
MP4 = CONTAINERS["mp4"]
"""What a rendition is. Tracks with codecs that browsers play in it are copied."""

Lane = Iterator[tuple[float, Packet]]
"""A track's packets in order of time (seconds)."""


def make_rendition(source: Path, container: str, out: Path, report_progress: ReportProgress = ignore_progress) -> None:
    """Write out: H.264 4:2:0 at most 1920×1080 and AAC (or MP3) in an MP4 that plays while it loads.

    Tracks that are so already are copied. Times are kept; gaps in encoded sound become silence. When it fails
    nothing is left at out. Raises MediaError as `open_video` does, OSError when the disk is full.
    """
    try:
        with open_video(source, container) as pictures, open_video(source, container) as sound:
            duration = (pictures.duration or 0) / av.time_base or 1.0
            with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as target:
                lanes = [_picture_lane(target, pictures, source, container)]
                if best(sound, "audio"):
                    lanes.append(_sound_lane(target, sound, source, container))
                for time, packet in heapq.merge(*lanes, key=itemgetter(0)):
                    _write(target, packet)
                    report_progress(max(0.0, min(time / duration, 1.0)) * 0.99)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    report_progress(1.0)


def _write(target: OutputContainer, packet: Packet) -> None:
    """Write a packet; a damaged one, which the container refuses, is left out."""
    try:
        target.mux(packet)
    except (av.InvalidDataError, av.ArgumentError):
        return


def _picture_lane(target: OutputContainer, source: InputContainer, path: Path, container: str) -> Lane:
    stream, zero = video_stream(source, threads=0), origin(source, container)
    read_only(source, stream)
    if CONTAINERS[container].has_presentation_times and _suits(stream):
        times = decode_times(path, container, "video")
        if times:
            return copied(target.add_stream_from_template(stream), source, stream, zero, times)
    return _encoded_pictures(target, source, stream, zero)


def _sound_lane(target: OutputContainer, source: InputContainer, path: Path, container: str) -> Lane:
    stream, zero = audio_stream(source), origin(source, container)
    timed = CONTAINERS[container].has_presentation_times
    if timed and stream.codec.canonical_name in MP4.browser_audio:
        times = decode_times(path, container, "audio")
        if times:
            return copied(target.add_stream_from_template(stream), source, stream, zero, times)
    out = target.add_stream("aac", rate=AUDIO_RATE, layout="stereo", bit_rate=128_000)
    return _encoded_sound(out, source, stream, zero)


def _suits(stream: VideoStream) -> bool:
    code = stream.codec_context
    small = max(code.width, code.height) <= LONG_SIDE and min(code.width, code.height) <= SHORT_SIDE
    # A pixel format that ffmpeg has no name for is none of those that browsers show.
    return MP4.plays(stream.codec.canonical_name, None, code.pix_fmt or "") and small


def _encoded_pictures(target: OutputContainer, source: InputContainer, stream: VideoStream, zero: float) -> Lane:
    out: VideoStream | None = None
    last = -1
    for frame in decoded(stream, packets(source, stream)):
        if out is None:
            out = _encoder(target, stream, frame)
        pts = round((frame_time(frame) - zero) / CLOCK)
        if pts <= last:
            continue
        picture = frame.reformat(out.width, out.height, format="yuv420p", interpolation="AREA")
        picture.pts, picture.time_base, picture.pict_type = pts, CLOCK, 0
        last = pts
        yield from _timed(out.encode(picture), pts * CLOCK)
    if out is None:
        raise MediaError("damaged_video")
    yield from _timed(out.encode(None), last * CLOCK)


def _encoder(target: OutputContainer, stream: VideoStream, frame: VideoFrame) -> VideoStream:
    rate = min(stream.average_rate or stream.guessed_rate or Fraction(25), Fraction(60))
    out = target.add_stream("libx264", rate=rate, options={"preset": "veryfast", "crf": "23"})
    width, height = shown_size(frame, stream)
    if frame.rotation % 180:
        width, height = height, width
    scale = min(1.0, LONG_SIDE / max(width, height), SHORT_SIDE / min(width, height))
    out.width, out.height = (max(2, round(side * scale / 2) * 2) for side in (width, height))
    out.pix_fmt = "yuv420p"
    out.gop_size = max(1, round(rate * KEYFRAME_EVERY))
    out.codec_context.time_base = out.time_base = CLOCK
    if frame.rotation:
        out.set_display_rotation(frame.rotation)
    return out


def _encoded_sound(out: AudioStream, source: InputContainer, stream: AudioStream, zero: float) -> Lane:
    written = 0
    for piece in continuous(source, stream, zero, rate=AUDIO_RATE, layout="stereo"):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = AUDIO_RATE, written, Fraction(1, AUDIO_RATE)
        written += piece.shape[1]
        yield from _timed(out.encode(frame), Fraction(written, AUDIO_RATE))
    yield from _timed(out.encode(None), Fraction(written, AUDIO_RATE))


def _timed(encoded: list[Packet], time: Fraction) -> Lane:
    for packet in encoded:
        yield float(time), packet
