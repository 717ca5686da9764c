"""What is truly said in a piece of audio whose source and script are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np

RATE = 16_000
_FRAME = RATE // 100  # 10 ms


class Truth:
    """Finds a piece in its source by its loudness, and answers with the words spoken in it.

    phrases: (start, end, text) in seconds of the source; inside one, words share the time by letters.
    """

    def __init__(self, source: np.ndarray, phrases: Sequence[tuple[float, float, str]]) -> None:
        self.words = list(_words(phrases))
        self.loudness = _loudness(source)
        self.size = 1 << (2 * len(self.loudness)).bit_length()
        self.spectrum = np.fft.rfft(self.loudness, self.size)
        self.squares = np.concatenate([[0.0], np.cumsum(self.loudness**2)])

    def __call__(self, piece: np.ndarray) -> str:
        start = self.place(piece)
        end = start + len(piece) / RATE
        return " ".join(word for time, word in self.words if start <= time < end)

    def place(self, piece: np.ndarray) -> float:
        """Where in the source the piece begins, in seconds, to some 10 ms."""
        wanted = _loudness(piece)
        likeness = np.fft.irfft(self.spectrum * np.conj(np.fft.rfft(wanted, self.size)), self.size)
        last = max(1, len(self.loudness) - len(wanted) + 1)
        starts = np.arange(last)
        ends = np.minimum(starts + len(wanted), len(self.loudness))
        loud = np.sqrt(np.maximum(self.squares[ends] - self.squares[starts], 1e-9))
        return float(np.argmax(likeness[:last] / loud)) * _FRAME / RATE


def _words(phrases: Sequence[tuple[float, float, str]]) -> Iterator[tuple[float, str]]:
    """Each word with the middle of its time."""
    for start, end, phrase in phrases:
        spoken = 0
        for word in phrase.split():
            yield start + (end - start) * (spoken + len(word) / 2) / len(phrase), word
            spoken += len(word) + 1


def _loudness(samples: np.ndarray) -> np.ndarray:
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    return np.sqrt((frames.astype(np.float64) ** 2).mean(axis=1))


def decode(source: Path | str | object) -> np.ndarray:
    """The sound of a file (or of a file object) as mono samples at RATE. Raises av.FFmpegError."""
    with av.open(source) as file:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        parts = [part.to_ndarray()[0] for frame in file.decode(audio=0) for part in resampler.resample(frame)]
        parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)
