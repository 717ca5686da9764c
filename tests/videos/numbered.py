"""Videos in which each picture shows its own number, so that whoever looks at one knows which it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from .drawing import scene_picture

BITS = 12
CLOCK = Fraction(1, 90_000)
SIZE = (320, 180)

Shown = list[tuple[float, int]]
"""Times (seconds) and numbers of pictures, in order."""


def numbered(
    path: Path | str,
    times: Sequence[float],
    *,
    encoder: str = "libx264",
    options: Mapping[str, str] | None = None,
    keyframe_interval: int = 50,
    start: float = 0,
    numbers: Sequence[int] | None = None,
    muxer_options: Mapping[str, str] | None = None,
    size: tuple[int, int] = SIZE,
) -> Path:
    """Picture n, which shows n (or numbers[n]), at times[n] and `start` later.

    options: the encoder's; muxer_options: the container's, which the path's ending names.
    """
    path = Path(path)
    muxer = {"mkv": "matroska", "ts": "mpegts", "m2ts": "mpegts"}.get(path.suffix[1:], path.suffix[1:])
    base = scene_picture(size, 0)
    with av.open(str(path), "w", format=muxer, options=dict(muxer_options or {})) as out:
        stream = out.add_stream(encoder, rate=25, options=dict(options or {}))
        stream.width, stream.height = size
        stream.pix_fmt, stream.gop_size = "yuv420p", keyframe_interval
        if encoder != "mpeg2video" and path.suffix != ".avi":
            stream.codec_context.time_base = stream.time_base = CLOCK
        for number, time in zip(numbers or range(len(times)), times, strict=True):
            frame = av.VideoFrame.from_ndarray(_with_number(base, number), format="rgb24")
            ticks = stream.codec_context.time_base or Fraction(1, 25)
            frame.pts, frame.time_base = round((time + start) / ticks), ticks
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def number_in(picture: np.ndarray) -> int:
    """The number that an RGB picture (of any size) shows."""
    height, width = picture.shape[:2]
    cells = picture[: height // 4, : width // BITS * BITS].mean(axis=2)
    levels = cells[height // 16 : height // 6].reshape(-1, BITS, width // BITS)[:, :, width // BITS // 4 : -4]
    return sum(int(level > 128) << place for place, level in enumerate(levels.mean(axis=(0, 2))))


def shown_in(path: Path, zero: float = 0) -> Shown:
    """What a decoder shows that reads the whole file from its beginning; zero: the file's own time of 0."""
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        stream.thread_type = "AUTO"
        frames = [(frame.pts, frame.to_ndarray(format="rgb24")) for frame in source.decode(stream)]
        base = stream.time_base or Fraction(1)
        return [(float(pts * base) - zero, number_in(picture)) for pts, picture in frames if pts is not None]


def number_at(shown: Shown, time: float) -> int:
    """The picture that is on the screen then."""
    return shown[max(bisect_right(shown, time + 0.002, key=lambda one: one[0]) - 1, 0)][1]


def _with_number(base: np.ndarray, number: int) -> np.ndarray:
    picture = base.copy()
    height, width = picture.shape[0] // 4, picture.shape[1] // BITS
    for place in range(BITS):
        picture[:height, place * width : (place + 1) * width] = 235 if number >> place & 1 else 20
    return picture
