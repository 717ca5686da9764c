"""Errors of database or storage that pass by themselves. No video is to blame for them."""

from __future__ import annotations

import random
from datetime import timedelta

from modules.storage.files import transient_storage_code
from trainingsite.database_errors import DATABASE_ERRORS


def transient_error_code(error: BaseException | None) -> str:
    """The code of an error of database or storage, which is not the video's, and passes; '' when it is none."""
    return "database_down" if isinstance(error, DATABASE_ERRORS) else transient_storage_code(error)


def backoff(times: int) -> timedelta:
    """How long to wait after so many errors: from about 2 s, doubling, to about 5 minutes."""
    return timedelta(seconds=random.uniform(0.5, 1.5) * min(300, 2 * 2 ** min(times, 10)))
