"""`make bench`: the figures the product promises, each beside the plain alternative in the same run.

Nothing here is a test: it prints tables. Names of benchmarks as arguments run those alone.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from . import ai, processing, queueing, status, uploading

BENCHMARKS = {
    "upload": uploading.run,
    "queue": queueing.run,
    "status": status.run,
    "process": processing.run,
    "ai": ai.run,
}


def main(names: list[str]) -> None:
    for name in names or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            print(f"\n{name}", flush=True)
            BENCHMARKS[name](Path(folder))


main(sys.argv[1:])
