"""Chaos in any size, as a command."""

from __future__ import annotations

import sys

WHOLE_VIDEOS, WHOLE_MINUTES = 60, 4.0


def chaos(size: float, seed: int, *more: str) -> list[str]:
    """The command that kills everything at random while size * 60 videos are sent; more: for `tests.chaos`."""
    videos, minutes = max(6, round(WHOLE_VIDEOS * size)), max(0.4, WHOLE_MINUTES * size)
    numbers = [f"--videos={videos}", f"--minutes={minutes:g}", f"--seed={seed}"]
    return [sys.executable, "-m", "tests.chaos", *numbers, *more]
