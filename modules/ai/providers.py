"""Which AI does what: chosen by settings, speech and writing apart. The local one always stands behind the chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from django.conf import settings

from modules.pipeline.types import Still, Writer

from .ledger import PRICES, Ledger, Price
from .rules import LocalWriter
from .vad import voiced_spans
from .whisper import LocalWhisper

if TYPE_CHECKING:
    from .openai import OpenAISpeech

voiced = voiced_spans

Recogniser: TypeAlias = "OpenAISpeech | LocalWhisper"
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
    local = Providers((LocalWhisper(settings.WHISPER_MODEL),), (LocalWriter(),), ledger)
    if not any_openai():
        yield local
        return
    openai, at_once = load_openai(), settings.AI_CONCURRENCY
    calls = openai.Calls(
        settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL, ledger=ledger, chat_seconds=settings.OPENAI_TIMEOUT
    )
    speech, segments = settings.OPENAI_TRANSCRIBE_MODEL, settings.OPENAI_TRANSCRIBE_SEGMENTS
    recogniser = openai.OpenAISpeech(calls, speech, encode, at_once=at_once, segments=segments)
    writer = openai.OpenAIWriter(calls, settings.OPENAI_MODEL, picture, at_once=at_once, answers=answers)
    recognisers = (recogniser,) if uses_openai(settings.SPEECH_PROVIDER) else ()
    writers = (writer,) if uses_openai(settings.WRITER_PROVIDER) else ()
    with closing(calls):
        yield Providers((*recognisers, *local.recognisers), (*writers, *local.writers), ledger)


def load_openai() -> ModuleType:
    """The providers that need the client, which takes a second to load: only where settings call for it."""
    return import_module(f"{__package__}.openai")


def any_openai() -> bool:
    """Does speech or writing go to an OpenAI-compatible server?"""
    return uses_openai(settings.SPEECH_PROVIDER) or uses_openai(settings.WRITER_PROVIDER)


def uses_openai(choice: str) -> bool:
    """Does this setting (auto, openai or local) mean an OpenAI-compatible server?"""
    return choice == "openai" or (choice == "auto" and bool(settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL))


if any_openai():
    load_openai()  # by a worker, before it forks
