"""Hashes of files, read piece by piece, because a video may be larger than the memory."""

from __future__ import annotations

import hashlib
from pathlib import Path

from modules.pipeline.types import ReportProgress, ignore_progress

CHUNK = 1024 * 1024


def sha256(path: Path, report_progress: ReportProgress = ignore_progress) -> str:
    """The file's SHA-256 in hex; report_progress is called for every MiB."""
    digest = hashlib.sha256()
    size = path.stat().st_size or 1
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            report_progress(min(file.tell() / size, 1.0))
    return digest.hexdigest()
