"""Videos in which somebody speaks."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np

from .making import SAMPLE_RATE, Caption, make_video


def narrated(
    path: Path | str, sentences: Sequence[str], *, pause: float = 0.8, voice: str = "en", **options: object
) -> list[Caption]:
    """A video in which espeak-ng (which must be on the PATH) speaks the sentences.

    Returns the truth: (start, end, text) of each. A change of picture comes with every sentence but the first.
    """
    pieces, truth, time = [np.zeros(int(0.5 * SAMPLE_RATE), "f4")], [], 0.5
    for sentence in sentences:
        speech = say(sentence, voice)
        length = len(speech) / SAMPLE_RATE
        truth.append((time, time + length, sentence))
        pieces += [speech, np.zeros(int(pause * SAMPLE_RATE), "f4")]
        time += length + int(pause * SAMPLE_RATE) / SAMPLE_RATE
    options.setdefault("scenes", [start - pause / 2 for start, _, _ in truth[1:]])
    make_video(path, seconds=time, audio=np.concatenate(pieces), **options)  # type: ignore[arg-type]
    return truth


def say(text: str, voice: str = "en") -> np.ndarray:
    """Speech by espeak-ng as mono samples at 16 kHz, without silence at its ends."""
    program = shutil.which("espeak-ng") or "espeak-ng"
    with tempfile.TemporaryDirectory() as folder:
        wav = f"{folder}/speech.wav"
        subprocess.run([program, "-v", voice, "-s", "150", "-w", wav, "--", text], check=True, timeout=30)
        with av.open(wav) as source:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
            frames = [part for frame in source.decode(audio=0) for part in resampler.resample(frame)]
            frames += resampler.resample(None)
    samples = np.concatenate([frame.to_ndarray().ravel() for frame in frames])
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1] + 1]
