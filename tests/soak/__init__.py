"""What is long: random orders, random answers, chaos. `make soak` runs all of it, and every other run a tenth."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, seed, settings

T = TypeVar("T", bound=Callable[..., Any])

SIZE = float(os.environ.get("SOAK_SIZE", "0.1"))
"""Share of the examples to try; 1.0 is what `make soak` does."""

SEED = int(os.environ.get("SOAK_SEED", "0"))
"""Decides what is random, so that a run can be repeated."""


def sized(whole: int) -> int:
    """Of so many examples, those that this run tries: at least one."""
    return max(1, round(whole * SIZE))


def soak_settings(whole: int, **more: Any) -> settings:
    """Settings of hypothesis for a test that tries so many examples in a whole soak."""
    # How long an example takes says more of the machine than of the code, and what is kept from one run for the
    # next would make two runs with one seed differ.
    quiet = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
    return settings(max_examples=sized(whole), **quiet, **more)


def soaked(whole: int) -> Callable[[T], T]:
    """Decorates a test with @given: so many random examples in a whole soak, chosen by SEED."""
    return lambda test: seed(SEED)(soak_settings(whole)(test))
