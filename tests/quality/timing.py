"""How well cues sit on the sound, with perfect recognition: the how-tos, narrated each in its language."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modules.ai.vad import voiced_spans
from modules.pipeline.sentences import sentences
from modules.pipeline.speech import transcribe, windows
from modules.pipeline.types import Hints
from tests.narration import Narration, PerfectSpeech, narrate

from .script import Script

PAUSES = (0.25, 0.9, 0.4, 1.6)  # seconds after one sentence, the next, …


@dataclass(frozen=True)
class Timing:
    """errors: of each cue's start, in seconds; lost, doubled: words."""

    seconds: float
    errors: np.ndarray
    lost: int
    doubled: int


def measure(script: Script) -> Timing:
    """Narrate the script, cut it, hear it without a fault, and hold the cues against what was said when."""
    said = sentences(" ".join(word for word, _, _ in script.said), script.language)
    narration = narrate([(one, PAUSES[n % len(PAUSES)]) for n, one in enumerate(said)], voice=script.language)
    pieces = windows(narration.blocks(), voiced_spans)
    cues, _ = transcribe(pieces, PerfectSpeech(narration), Hints(), {}, lambda *_: None)
    true = [word for _, word in narration.words()]
    heard = [word for cue in cues for word in cue.text.split()]
    begins = _begins(narration)
    firsts = np.cumsum([0, *(len(cue.text.split()) for cue in cues[:-1])])
    errors = [abs(cue.start - begins[first]) for cue, first in zip(cues, firsts, strict=True) if first < len(begins)]
    lost = sum(max(0, true.count(word) - heard.count(word)) for word in set(true))
    doubled = sum(max(0, heard.count(word) - true.count(word)) for word in set(heard))
    return Timing(len(narration.samples) / 16_000, np.array(errors), lost, doubled)


def _begins(narration: Narration) -> list[float]:
    """When each word begins: known for the first of a sentence, else its share of it."""
    begins: list[float] = []
    times = [time for time, _ in narration.words()]
    for start, _, phrase in narration.phrases:
        begins += [start, *times[len(begins) + 1 : len(begins) + len(phrase.split())]]
    return begins


def report(scripts: list[Script]) -> None:
    """A line for each narrated script, and one for all."""
    print("\ncue starts on narrated how-tos, perfect recognition: error in seconds")
    found = []
    for script in scripts:
        timing = measure(script)
        found.append(timing)
        _line(script.name, timing.seconds, timing.errors, timing.lost, timing.doubled)
    lost, doubled = sum(one.lost for one in found), sum(one.doubled for one in found)
    _line("all", sum(one.seconds for one in found), np.concatenate([one.errors for one in found]), lost, doubled)


def _line(name: str, seconds: float, errors: np.ndarray, lost: int, doubled: int) -> None:
    at = f"median {np.median(errors):.2f}  p95 {np.percentile(errors, 95):.2f}"
    print(f"{name:24} {seconds:5.0f} s  cues {len(errors):<4} {at}  lost {lost}  doubled {doubled}")
