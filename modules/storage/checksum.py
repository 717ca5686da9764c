"""Reads whole files without holding them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from modules.pipeline.types import Tick, no_tick

CHUNK = 1024 * 1024


def sha256(path: Path, tick: Tick = no_tick) -> str:
    """The file's SHA-256 in hex; tick is called for every MiB."""
    digest = hashlib.sha256()
    size = path.stat().st_size or 1
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            tick(min(file.tell() / size, 1.0))
    return digest.hexdigest()
