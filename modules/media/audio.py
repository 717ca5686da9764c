"""The sound of a file as plain samples, block by block, each at its true time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from modules.pipeline.types import SAMPLE_RATE, AudioBlock, MediaError, SoundSource

from .reading import best, decoded, frame_time, open_video, origin, packets, read_only

TOLERANCE = 0.06
"""Seconds by which a frame's time may differ from the running count of samples before it is put right."""

SILENCE_AT_ONCE = 10.0
LONGEST = 24 * 3600.0

CANCELLED = 0.1
"""The share of the loudest channel's power that a mix has at least, unless channels are each other's opposite."""

SILENT = 1e-4
"""The share of the loudest channel's power with which another counts as one that sounds."""

STEADY = 2.0
"""Seconds over which that is measured."""

MOST_CHANNELS = 8
"""Channels of a track that are listened to by themselves."""


def sound_sources(path: Path, container: str) -> tuple[SoundSource, ...]:
    """All that can be listened to: every track as it is played, that of a player first; then channels by themselves.

    Raises MediaError: no_audio, or as `open_video` does.
    """
    with open_video(path, container) as source:
        played = audio_stream(source)
        known = [stream for stream in source.streams.audio if stream.codec_context is not None]
        tracks = sorted(known, key=lambda stream: stream.index != played.index)
        mixed = [SoundSource(stream.index) for stream in tracks]
        alone = [
            SoundSource(stream.index, channel)
            for stream in tracks
            if 1 < stream.channels <= MOST_CHANNELS
            for channel in range(stream.channels)
        ]
    return (*mixed, *alone)


def audio_blocks(
    path: Path, container: str, *, heard: SoundSource | None = None, seconds: float = 600, overlap: float = 0
) -> Iterator[AudioBlock]:
    """The sound as mono float32 at SAMPLE_RATE, in blocks of `seconds` that begin at 0 and overlap by `overlap`.

    heard: one of `sound_sources`; None: what a player plays. Where there is no sound (a late start, a gap, a damaged
    part) there is silence, so that a sample's place is its time. One block is in memory at a time.
    Raises MediaError: no_audio, or as `open_video` does.
    """
    with open_video(path, container) as source:
        stream = audio_stream(source, heard.track if heard else None)
        channel = heard.channel if heard else None
        layout = stream.layout.name if 1 < stream.channels <= MOST_CHANNELS else "mono"
        pieces = continuous(source, stream, origin(source, container), rate=SAMPLE_RATE, layout=layout)
        full = [place for place, one in enumerate(stream.layout.channels) if one.name != "LFE"]
        mono = _mixed(pieces, full) if channel is None else (piece[min(channel, len(piece) - 1)] for piece in pieces)
        yield from _cut(mono, round(seconds * SAMPLE_RATE), round(overlap * SAMPLE_RATE))


def audio_stream(source: InputContainer, track: int | None = None) -> AudioStream:
    """The track with this index; None: the one that a player would play. No other is read.

    Raises MediaError (no_audio).
    """
    stream = best(source, "audio") if track is None else next((s for s in source.streams if s.index == track), None)
    if not isinstance(stream, AudioStream) or stream.codec_context is None:
        raise MediaError("no_audio")
    read_only(source, stream)
    return stream


def _mixed(pieces: Iterator[np.ndarray], full: Sequence[int]) -> Iterator[np.ndarray]:
    """One channel of those that sound, or the loudest of them where they cancel each other out.

    full: the places of the channels for more than the lowest tones.
    """
    powers, mixed = np.zeros(0), 0.0
    for piece in pieces:
        if len(piece) == 1:
            yield piece[0]
            continue
        channels = piece[full]
        now = np.square(channels).mean(axis=1)
        # From the first sound on, and then slowly, so that nothing changes in the middle of a word.
        share = min(piece.shape[1] / (STEADY * SAMPLE_RATE), 1.0)
        powers = powers + share * (now - powers) if powers.any() else now
        mono = channels[powers >= SILENT * powers.max()].mean(axis=0)
        mixed = mixed + share * (np.square(mono).mean() - mixed) if mixed else np.square(mono).mean()
        yield mono if mixed >= CANCELLED * powers.max() else channels[int(powers.argmax())]


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
