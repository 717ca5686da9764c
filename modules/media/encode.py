"""Small pieces of sound and picture in memory, as they are sent to a service."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np

from modules.pipeline.types import SAMPLE_RATE, MediaError

_FRAME = 4096  # samples that are encoded at once
_SHORTEST = SAMPLE_RATE // 2  # samples; services refuse less than a tenth of a second


def encode_audio(samples: np.ndarray) -> bytes:
    """A FLAC file (16 bit, mono, SAMPLE_RATE) of float32 samples in -1..1, without loss but for the rounding.

    Half a second at least: silence is added to what is shorter. 15 s of speech take some 250 KB.
    """
    missing = max(0, _SHORTEST - len(samples))
    whole = (np.clip(np.pad(samples, (0, missing)), -1, 1) * 32767).round().astype(np.int16)[np.newaxis]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="flac") as target:
        stream = target.add_stream("flac", rate=SAMPLE_RATE, layout="mono")
        stream.codec_context.format = "s16"
        for first in range(0, whole.shape[1], _FRAME):
            piece = np.ascontiguousarray(whole[:, first : first + _FRAME])
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE, first
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return buffer.getvalue()


def shrink_jpeg(picture: bytes, longest: int = 640) -> bytes:
    """A JPEG as one of at most `longest` pixels on its long side. Raises MediaError (no_stills) when it is none."""
    try:
        with av.open(io.BytesIO(picture), "r", format="jpeg_pipe") as source:
            frame = next(source.decode(video=0))
            scale = min(1.0, longest / max(frame.width, frame.height))
            width, height = (max(2, round(side * scale / 2) * 2) for side in (frame.width, frame.height))
            small = frame.reformat(width, height, format="yuvj420p", interpolation="AREA", threads=1)
    except (av.FFmpegError, StopIteration) as error:
        raise MediaError("no_stills") from error
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1)
    encoder.options = {"qmin": "5", "qmax": "5"}
    small.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(small), *encoder.encode(None)])
