"""One run of one module, from claim to `ready`. Workers enter by `conductor.process` and `rendition.render`."""

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """`process`, by the name under which version 0.1 put its jobs into Redis.

    It is looked up when it is asked for, because web processes import `eta` from here and must not load decoders.
    """
    if name == "process":
        return import_module(f"{__name__}.conductor").process
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
