"""What the benchmarks share."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.servers import children_of


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows in columns as wide as they need."""
    lines = [list(map(str, head)), *(list(map(str, row)) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for number, line in enumerate(lines):
        print(
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip(), flush=True
        )
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))


def median_ms(seconds: Iterable[float]) -> str:
    return f"{1000 * statistics.median(seconds):.0f} ms"


def memory_mb(pid: int) -> float:
    """Private memory of a process and its children, in MB: what would be free without them (Linux)."""
    total = 0
    for one in (pid, *children_of(pid)):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    return total / 1024


class PeakMemory:
    """Watches a process and its children; `mb` is the most they held together."""

    def __init__(self, pid: int, every: float = 0.02) -> None:
        self.pid, self.every, self.mb = pid, every, memory_mb(pid)
        self.before = self.mb
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(self.every):
            self.mb = max(self.mb, memory_mb(self.pid))


def timed(call) -> float:
    began = time.monotonic()
    call()
    return time.monotonic() - began
