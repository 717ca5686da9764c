"""What AI calls cost, and the bound on it. No database, no network; safe to share between threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from modules.pipeline.types import ProviderError

from .registry import PRICES, Price

FREE = Price()


@dataclass
class Call:
    """One request. seconds: how long it took; outcome: 'done' or the code of what went wrong; cost: US dollars."""

    stage: str
    model: str
    seconds: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    audio_seconds: float = 0.0
    cost: float = 0.0
    outcome: str = "done"


class Ledger:
    """The calls made for one module.

    limit: US dollars that the module may cost in all (None: no bound). prices: by model name; that of a model
    without its own is that of the longest name it begins with ("gpt-6-luna-2026-09-01"). spent: US dollars that
    earlier attempts cost.
    """

    def __init__(self, limit: float | None = None, prices: Mapping[str, Price] = PRICES, spent: float = 0.0) -> None:
        self.limit = limit
        self.prices = prices
        self.spent = spent
        self._calls: list[Call] = []
        self._promised = 0.0
        self._taken = 0
        self._lock = threading.Lock()

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call so far, in the order in which they ended."""
        with self._lock:
            return tuple(self._calls)

    def take(self) -> tuple[Call, ...]:
        """The calls that ended since they were last taken: what a stage that ends now writes down."""
        with self._lock:
            new = tuple(self._calls[self._taken :])
            self._taken = len(self._calls)
        return new

    def price(self, model: str) -> Price:
        names = [name for name in self.prices if model.startswith(name)]
        return self.prices[max(names, key=len)] if names else FREE

    @contextmanager
    def call(
        self, stage: str, model: str, *, tokens_in: int = 0, tokens_out: int = 0, audio_seconds: float = 0.0
    ) -> Iterator[Call]:
        """Around one request: takes what is expected of it, gives a Call to fill with what it was.

        An expected cost that would go over the limit, with what other threads are about to spend, raises
        ProviderError("ai_budget") before anything is sent.
        """
        expected = self._cost(model, tokens_in, tokens_out, audio_seconds)
        with self._lock:
            if self.limit is not None and self.spent + self._promised + expected > self.limit + 1e-9 and expected:
                raise ProviderError("ai_budget", limit=f"{self.limit:.2f}")
            self._promised += expected
        call = Call(stage, model)
        began = time.monotonic()
        try:
            yield call
        except ProviderError as error:
            call.outcome = error.code
            raise
        finally:
            call.seconds = time.monotonic() - began
            call.cost = self._cost(model, call.tokens_in, call.tokens_out, call.audio_seconds)
            with self._lock:
                self._promised -= expected
                self.spent += call.cost
                self._calls.append(call)

    def _cost(self, model: str, tokens_in: int, tokens_out: int, audio_seconds: float) -> float:
        price = self.price(model)
        tokens = (tokens_in * price.tokens_in + tokens_out * price.tokens_out) / 1e6
        return tokens + audio_seconds / 60 * price.minute
