"""A tenth of what `make soak` does: everything is killed at random, and nothing may be lost, doubled or untrue."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.soak import SEED, SIZE
from tests.soak.chaos import chaos

pytestmark = pytest.mark.server

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.timeout(420)  # what is stuck is waited for, for three minutes
@pytest.mark.parametrize("database", [[], ["--postgres"]], ids=["SQLite", "PostgreSQL"])
def test_whatever_is_killed_nothing_is_lost(database: list[str]):
    # How soon a killed run goes on says more of the machine than of the code, so it is told here and not judged.
    command = chaos(min(SIZE, 0.1), SEED, "--untimed", *database)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
