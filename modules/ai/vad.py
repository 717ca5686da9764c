"""The voice detector: Silero, by way of faster-whisper, which brings the model along."""

from __future__ import annotations

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps

from modules.pipeline.types import SAMPLE_RATE, AudioBlock, Span

# The default of 2 s of silence finds too few pauses; a quarter of a second finds those between sentences.
OPTIONS = VadOptions(min_silence_duration_ms=250, min_speech_duration_ms=100, speech_pad_ms=30)
_WHOLE = 30 * SAMPLE_RATE  # samples


def voiced_spans(block: AudioBlock) -> list[Span]:
    """Where somebody speaks in this block, in video time, in order and without overlap.

    Needs about ten times the block's own memory: feed it minutes, not hours. The model (2 MB) is
    loaded on first use in each process, never before a fork.
    """
    if not len(block.samples):
        return []
    # Of few lengths, so that the memory of one block serves the next: of any length, it grows for hours.
    samples = np.pad(block.samples, (0, -len(block.samples) % _WHOLE))
    found = get_speech_timestamps(samples, OPTIONS)
    spans = [
        Span(block.start + speech["start"] / SAMPLE_RATE, min(block.start + speech["end"] / SAMPLE_RATE, block.end))
        for speech in found
    ]
    return [span for span in spans if span.duration > 0]
