"""Narrated audio with known words: espeak-ng reads phrases, we note when."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from modules.pipeline.types import SAMPLE_RATE, AudioBlock, Hints, Window, WindowTranscript


@dataclass
class Narration:
    """Audio, and each phrase with its start and end in seconds."""

    samples: np.ndarray
    phrases: list[tuple[float, float, str]]

    def blocks(self, seconds: float = 10.0) -> Iterator[AudioBlock]:
        length = int(seconds * SAMPLE_RATE)
        for first in range(0, len(self.samples), length):
            yield AudioBlock(first / SAMPLE_RATE, self.samples[first : first + length])

    def words(self) -> Iterator[tuple[float, str]]:
        """Each word with its time; inside a phrase time is shared by letters."""
        for start, end, phrase in self.phrases:
            spoken = 0
            for word in phrase.split():
                yield start + (end - start) * (spoken + len(word) / 2) / len(phrase), word
                spoken += len(word) + 1


def narrate(phrases: Iterable[tuple[str, float]], voice: str = "en", speed: int = 160) -> Narration:
    """Read phrases, each with the seconds of pause after it."""
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.fail("These tests need espeak-ng: apt-get install espeak-ng")
    noise = np.random.default_rng(0)
    parts, spoken, time = [np.zeros(SAMPLE_RATE // 2, np.float32)], [], 0.5
    for phrase, pause in phrases:
        command = [program, "-v", voice, "-s", str(speed), "--stdout", phrase]
        sound = _samples(subprocess.run(command, capture_output=True, check=True).stdout)
        parts += [sound, np.zeros(int(pause * SAMPLE_RATE), np.float32)]
        spoken.append((time, time + len(sound) / SAMPLE_RATE, phrase))
        time += (len(sound) + len(parts[-1])) / SAMPLE_RATE
    samples = np.concatenate(parts)
    return Narration(samples + noise.normal(0, 0.001, len(samples)).astype(np.float32), spoken)


def _samples(wav: bytes) -> np.ndarray:
    """The sound of a WAV file from its first to its last loud moment, at our sample rate."""
    with wave.open(io.BytesIO(wav)) as file:
        rate = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    sound = sound[loud[0] : loud[-1] + 1]
    times = np.arange(0, len(sound) * SAMPLE_RATE // rate) * rate / SAMPLE_RATE
    return np.interp(times, np.arange(len(sound)), sound).astype(np.float32)


@dataclass
class PerfectSpeech:
    """A Speech that hears in each window the words truly said in it, and gives no times."""

    narration: Narration
    language: str = "en"
    name: str = "perfect"
    sent: list[int] = field(default_factory=list)
    hints: Sequence[Hints] = ()

    def transcribe(self, windows: Iterable[Window], hints: Hints) -> Iterator[WindowTranscript]:
        self.hints = [*self.hints, hints]
        for window in windows:
            self.sent.append(window.number)
            said = " ".join(word for time, word in self.narration.words() if window.start <= time < window.end)
            yield WindowTranscript(window.number, said, self.language)
