import numpy as np

from modules.ai.vad import voiced_spans
from modules.pipeline.types import SAMPLE_RATE, AudioBlock
from tests.narration import narrate


def test_speech_is_found_where_it_is_and_the_pauses_too() -> None:
    narration = narrate([("Open the settings menu.", 0.6), ("Then click on Save.", 1.5), ("Now close it.", 0.5)])
    spans = voiced_spans(AudioBlock(100.0, narration.samples))
    assert len(spans) == 3
    for span, (start, end, _) in zip(spans, narration.phrases, strict=True):
        assert abs(span.start - (100.0 + start)) < 0.15
        assert abs(span.end - (100.0 + end)) < 0.25


def test_silence_noise_and_tones_are_no_speech() -> None:
    seconds = np.arange(5 * SAMPLE_RATE) / SAMPLE_RATE
    noise = np.random.default_rng(0).normal(0, 0.05, len(seconds))
    for sound in (np.zeros(len(seconds)), noise, 0.3 * np.sin(2 * np.pi * 440 * seconds)):
        assert voiced_spans(AudioBlock(0.0, sound.astype(np.float32))) == []


def test_blocks_of_any_length_are_taken() -> None:
    for length in (0, 1, 511, 512, 513):
        assert voiced_spans(AudioBlock(0.0, np.zeros(length, np.float32))) == []
