"""Faults of ours that pass: a database that restarts, a storage that is away or full. No video is to blame for them."""

from __future__ import annotations

import logging
import random
import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection

from modules.storage.files import passing_fault

logger = logging.getLogger(__name__)

DATABASE_FAULTS = (OperationalError, InterfaceError)
DATABASE_PATIENCE = 60.0  # seconds that the end of a run waits for the database


SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
}


def database_away(error: BaseException | None) -> bool:
    """Can the database not be used now (down, restarting, hung, busy)? False for a fault of ours: no such table."""
    if not isinstance(error, DATABASE_FAULTS):
        return False
    # PostgreSQL's driver has another type for faults of ours; SQLite's tells them by a code, extended in its high bits.
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is None or code & 0xFF in SQLITE_AWAY


def passing_code(error: BaseException | None) -> str:
    """The code of a fault of database or storage, which is not the video's, and passes; '' when it is none."""
    return "database_down" if isinstance(error, DATABASE_FAULTS) else passing_fault(error)


def pause(times: int) -> timedelta:
    """How long to wait after so many faults: from about 2 s, doubling, to about 5 minutes."""
    return timedelta(seconds=random.uniform(0.5, 1.5) * min(300, 2 * 2 ** min(times, 10)))


def once_the_database_answers(write: Callable[[], None]) -> None:
    """Call `write`, again and again while the database is away; after DATABASE_PATIENCE it is left to the sweep."""
    until = time.monotonic() + DATABASE_PATIENCE
    while True:
        try:
            return write()
        except DATABASE_FAULTS as error:
            logger.warning("The database cannot be used: %s", error)
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
