"""Annotations are checked: what mypy, with Django's stubs, finds wrong fails here as it does in `make check`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_mypy_finds_nothing_wrong(tmp_path: Path):
    # The plugin loads the settings, which make their folders.
    env = os.environ | {"DEBUG": "true", "DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
