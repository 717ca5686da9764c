"""Runs what is long: `python -m tests.soak [--size 1] [--seed 1]`; exit 1 when anything did not hold.

Size 1 is 250 random lives of a module, some 1,000 random answers for each test that takes them, and chaos with 60
videos for four minutes on SQLite and again on PostgreSQL: about half an hour. `make test` runs size 0.1.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.soak.chaos import chaos

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--size", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    broken = [
        name
        for name, command in {
            "random orders and answers": randomised(),
            "chaos on SQLite": chaos(options.size, options.seed),
            "chaos on PostgreSQL": chaos(options.size, options.seed, "--postgres"),
        }.items()
        if not holds(name, command, options)
    ]
    print(f"\nDid not hold: {', '.join(broken)}" if broken else "\nEverything held.")
    return int(bool(broken))


def randomised() -> list[str]:
    """The command that runs every test whose examples are decided by SOAK_SIZE and SOAK_SEED."""
    paths = sorted(ROOT.glob("tests/modules/test_*.py"))
    files = [str(path) for path in paths if "from tests.soak import" in path.read_text()]
    # A test that usually takes a few seconds takes minutes here.
    return [sys.executable, "-m", "pytest", "-n", "2", "--timeout=3600", *files]


def holds(name: str, command: list[str], options: argparse.Namespace) -> bool:
    """Run one part, with its output on the screen."""
    print(f"\n=== {name}, size {options.size:g}, seed {options.seed}", flush=True)
    began = time.monotonic()
    env = os.environ | {"SOAK_SIZE": str(options.size), "SOAK_SEED": str(options.seed)}
    status = subprocess.run(command, cwd=ROOT, env=env).returncode
    print(f"=== {name}: {'held' if status == 0 else 'BROKEN'} after {time.monotonic() - began:.0f} s", flush=True)
    return status == 0


if __name__ == "__main__":
    sys.exit(main())
