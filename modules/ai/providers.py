"""Which AI does what: chosen by settings, speech and writing apart. The local one always stands behind the chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from django.conf import settings

from modules.pipeline.types import Still, Writer

from .ledger import PRICES, Ledger, Price
from .openai import Calls, OpenAISpeech, OpenAIWriter
from .rules import LocalWriter
from .vad import voiced_spans
from .whisper import LocalWhisper

voiced = voiced_spans

Recogniser = OpenAISpeech | LocalWhisper
"""A Speech that is a context too: what it holds is given back at the end."""


@dataclass(frozen=True)
class Providers:
    """What one attempt may use, the chosen first and the local one last. ledger: of the calls that cost."""

    recognisers: tuple[Recogniser, ...]
    writers: tuple[Writer, ...]
    ledger: Ledger


@contextmanager
def chosen(
    *,
    spent: float,
    answers: MutableMapping[str, str],
    picture: Callable[[Still], bytes],
    encode: Callable[[np.ndarray], bytes],
) -> Iterator[Providers]:
    """The providers that settings choose, for one attempt.

    spent: US dollars that the module has cost before; answers: what a writer paid for before; picture: a still as a
    small JPEG; encode: audio as a file.
    """
    limit = settings.AI_MAX_COST_PER_MODULE or None
    ledger = Ledger(limit, PRICES | {name: Price(**price) for name, price in settings.AI_PRICES.items()}, spent)
    recognisers: list[Recogniser] = [LocalWhisper(settings.WHISPER_MODEL)]
    writers: list[Writer] = [LocalWriter()]
    calls = Calls(
        settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL, ledger=ledger, chat_seconds=settings.OPENAI_TIMEOUT
    )
    at_once = settings.AI_CONCURRENCY
    if uses_openai(settings.SPEECH_PROVIDER):
        segments = settings.OPENAI_TRANSCRIBE_SEGMENTS
        speech = OpenAISpeech(calls, settings.OPENAI_TRANSCRIBE_MODEL, encode, at_once=at_once, segments=segments)
        recognisers.insert(0, speech)
    if uses_openai(settings.WRITER_PROVIDER):
        writers.insert(0, OpenAIWriter(calls, settings.OPENAI_MODEL, picture, at_once=at_once, answers=answers))
    try:
        yield Providers(tuple(recognisers), tuple(writers), ledger)
    finally:
        calls.close()


def uses_openai(choice: str) -> bool:
    """Does this setting (auto, openai or local) mean an OpenAI-compatible server?"""
    return choice == "openai" or (choice == "auto" and bool(settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL))
