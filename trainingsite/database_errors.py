"""Errors that say that the database cannot be used now. Knows nothing of the apps, so that each of them may use it."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

DATABASE_ERRORS = (OperationalError, InterfaceError)
RETRY_FOR = 60.0  # seconds that `retry_until_database_answers` waits

SQLITE_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
}


def is_database_unavailable(error: BaseException | None) -> bool:
    """Can the database not be used now (down, restarting, hung, busy)? False for a mistake of ours: no such table."""
    if not isinstance(error, DATABASE_ERRORS):
        return False
    # PostgreSQL's driver has another type for mistakes of ours; SQLite's tells them by a code (its low eight bits).
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is None or code & 0xFF in SQLITE_UNAVAILABLE


def retry_until_database_answers(write: Callable[[], None]) -> None:
    """Call `write` again and again while the database is unavailable. Raises its error after RETRY_FOR seconds."""
    until = time.monotonic() + RETRY_FOR
    while True:
        try:
            return write()
        except DATABASE_ERRORS as error:
            logger.warning("The database cannot be used: %s", error)
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
