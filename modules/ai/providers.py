"""The AI of one attempt: what settings choose for speech and for writing, and the local one behind each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string

from modules.pipeline.types import Speech, Still, Writer

from .ledger import Ledger
from .registry import LOCAL, SETTING_FOR, Kind, known_prices, provider_for
from .resources import Resources
from .vad import voiced_spans

voiced = voiced_spans


class Recogniser(Speech, Protocol):
    """A Speech that is a context too: what it holds is released at the end."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


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
    ledger = Ledger(settings.AI_MAX_COST_PER_MODULE or None, known_prices(), spent)
    with ExitStack() as stack:
        resources = Resources(ledger, answers, picture, encode, stack)
        recognisers = tuple(make(resources) for make in factories_for("speech"))
        writers = tuple(make(resources) for make in factories_for("writer"))
        yield Providers(recognisers, writers, ledger)


def factories_for(kind: Kind) -> list[Callable[[Resources], Any]]:
    """What makes the chosen service of this kind, and the local one. The first call imports their libraries."""
    first = provider_for(kind)
    providers = [LOCAL] if first is LOCAL else [first, LOCAL]
    return [import_string(provider.services[kind].factory) for provider in providers]


for _kind in SETTING_FOR:
    factories_for(_kind)  # A worker imports this file before it forks, so its children need not load the libraries.
