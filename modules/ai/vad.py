"""The voice detector: Silero, by way of faster-whisper, which brings the model along."""

from __future__ import annotations

from faster_whisper.vad import VadOptions, get_speech_timestamps

from modules.pipeline.types import SAMPLE_RATE, AudioBlock, Span

# The default of 2 s of silence finds too few pauses; a quarter of a second finds those between sentences.
OPTIONS = VadOptions(min_silence_duration_ms=250, min_speech_duration_ms=100, speech_pad_ms=30)


def voiced_spans(block: AudioBlock) -> list[Span]:
    """Where somebody speaks in this block, in video time, in order and without overlap.

    Needs about ten times the block's own memory: feed it minutes, not hours. The model (2 MB) is
    loaded on first use in each process, never before a fork.
    """
    if not len(block.samples):
        return []
    return [
        Span(block.start + found["start"] / SAMPLE_RATE, block.start + found["end"] / SAMPLE_RATE)
        for found in get_speech_timestamps(block.samples, OPTIONS)
        if found["end"] > found["start"]
    ]
