"""What an attempt gives to the providers that it uses. A provider's factory is called with it."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from modules.pipeline.types import Still

from .ledger import Ledger

if TYPE_CHECKING:
    import numpy as np


class Closable(Protocol):
    def close(self) -> None: ...


C = TypeVar("C", bound=Closable)


@dataclass(frozen=True)
class Resources:
    """ledger: of the calls that cost; answers: what a writer paid for before, and where new ones are kept.

    picture: a still as a small JPEG; encode: audio (mono float32 at SAMPLE_RATE) as a FLAC file; stack: ends with
    the attempt.
    """

    ledger: Ledger
    answers: MutableMapping[str, str]
    picture: Callable[[Still], bytes]
    encode: Callable[[np.ndarray], bytes]
    stack: ExitStack
    _shared: dict[Callable[[Resources], Any], Any] = field(default_factory=dict)

    def shared(self, make: Callable[[Resources], C]) -> C:
        """What `make` makes of this: once, however many services ask for it, and closed when the attempt ends."""
        if make not in self._shared:
            self._shared[make] = self.stack.enter_context(closing(make(self)))
        return self._shared[make]
