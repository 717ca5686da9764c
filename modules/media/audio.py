"""The sound of a file as plain samples, block by block, each at its true time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from modules.pipeline.types import SAMPLE_RATE, AudioBlock, MediaError

from .reading import best, decoded, frame_time, open_video, origin, packets, read_only

TOLERANCE = 0.06
"""Seconds by which a frame's time may differ from the running count of samples before it is put right."""

SILENCE_AT_ONCE = 10.0
LONGEST = 24 * 3600.0


def audio_blocks(path: Path, container: str, *, seconds: float = 600, overlap: float = 0) -> Iterator[AudioBlock]:
    """The sound as mono float32 at SAMPLE_RATE, in blocks of `seconds` that begin at 0 and overlap by `overlap`.

    Where there is no sound (a late start, a gap, a damaged part) there is silence, so that a sample's place
    is its time. One block is in memory at a time. Raises MediaError: no_audio, or as `open_video` does.
    """
    with open_video(path, container) as source:
        stream = audio_stream(source)
        pieces = continuous(source, stream, origin(source, container), rate=SAMPLE_RATE, layout="mono")
        yield from _cut((piece[0] for piece in pieces), round(seconds * SAMPLE_RATE), round(overlap * SAMPLE_RATE))


def audio_stream(source: InputContainer) -> AudioStream:
    """The track that a player would play; no other is read. Raises MediaError (no_audio)."""
    stream = best(source, "audio")
    if not isinstance(stream, AudioStream):
        raise MediaError("no_audio")
    read_only(source, stream)
    return stream


def continuous(
    source: InputContainer, stream: AudioStream, zero: float, *, rate: int, layout: str
) -> Iterator[np.ndarray]:
    """Pieces (channels, samples) of float32 that follow each other without a gap from time 0."""
    runs = _Runs(rate, layout)
    end = (source.duration or 0) / av.time_base + ((source.start_time or 0) / av.time_base - zero) + 60
    latest = min(end, LONGEST) if source.duration else LONGEST
    for frame in decoded(stream, packets(source, stream)):
        time = frame_time(frame) - zero
        yield from runs.add(frame, time if time < latest else None)
    yield from runs.end_run()


class _Runs:
    """Resamples frames that follow each other, and bridges what lies between such runs."""

    def __init__(self, rate: int, layout: str) -> None:
        self.rate, self.layout = rate, layout
        self.channels = len(av.AudioLayout(layout).channels)
        self.written = 0
        self.expected = 0.0
        self.shape: tuple[str, str, int] | None = None
        self.resampler: av.AudioResampler | None = None
        self.skip = 0

    def add(self, frame: AudioFrame, time: float | None) -> Iterator[np.ndarray]:
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        jumped = time is not None and abs(time - self.expected) > TOLERANCE
        if self.resampler is None or shape != self.shape or jumped:
            yield from self.end_run()
            self.shape, self.resampler = shape, av.AudioResampler("fltp", self.layout, self.rate)
            if time is not None:
                yield from self._bridge(time)
                self.expected = time
        self.expected += frame.samples / frame.sample_rate
        frame.pts = None
        yield from self._take(self.resampler.resample(frame))

    def end_run(self) -> Iterator[np.ndarray]:
        if self.resampler is not None:
            yield from self._take(self.resampler.resample(None))
            self.resampler = None

    def _bridge(self, time: float) -> Iterator[np.ndarray]:
        """Silence up to the time, or the number of samples to drop when it has passed already."""
        missing = round(time * self.rate) - self.written
        self.skip = max(-missing, 0)
        while missing > 0:
            length = min(missing, round(SILENCE_AT_ONCE * self.rate))
            self.written += length
            missing -= length
            yield np.zeros((self.channels, length), np.float32)

    def _take(self, resampled: list[AudioFrame]) -> Iterator[np.ndarray]:
        for frame in resampled:
            samples = frame.to_ndarray()[:, self.skip :]
            self.skip -= frame.samples - samples.shape[1]
            self.written += samples.shape[1]
            if samples.shape[1]:
                yield np.nan_to_num(samples, copy=False, nan=0.0, posinf=0.0, neginf=0.0)


def _cut(pieces: Iterator[np.ndarray], length: int, overlap: int) -> Iterator[AudioBlock]:
    """Blocks of `length` samples, each beginning with the last `overlap` of the one before."""
    start, kept = 0, np.zeros(0, np.float32)
    waiting: list[np.ndarray] = []
    count = 0
    for piece in pieces:
        waiting.append(piece)
        count += len(piece)
        while count >= length:
            whole = np.concatenate(waiting)
            yield AudioBlock(start / SAMPLE_RATE, whole[:length])
            kept = whole[length - overlap :]
            waiting, count, start = [kept], len(kept), start + length - overlap
    if count > (overlap if start else 0):
        yield AudioBlock(start / SAMPLE_RATE, np.concatenate(waiting))
