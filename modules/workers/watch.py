"""The parent's watch over a run: it goes on where the run's own heartbeat cannot."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connections

from modules.models import LEASE_TIMEOUT, Module, Rendition, Status, database_clock
from modules.processing.publish import TIDY_SECONDS

logger = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds between two looks at the row
ENDS_WITHIN = 10.0
"""Seconds in which a run that has lost its row must end; its own heartbeat needs two."""

TIDIES_WITHIN = TIDY_SECONDS + 30.0
"""The same for one that made its row ready: it still removes what nobody needs."""


class RunWatch:
    """Kills a process that holds up its worker: one that no longer proves life, or goes on without its row.

    A regular expression, a model or a decoder may hold the interpreter, and then no thread of that process runs, the
    heartbeat's as little as any other. The worker is another process, and needs the row and its own clock alone.

    find_row: the row as it is now, whoever holds it; None when it was deleted. worker: the name of ours.
    kill: ends the process, and whatever it started. hung: whether it was killed because it proved no life.
    """

    def __init__(self, find_row: Callable[[], Module | Rendition | None], worker: str, kill: Callable[[], object]):
        self.hung = False
        self._find_row, self._worker, self._kill = find_row, worker, kill
        self._proved = self._looked = time.monotonic()
        self._silent = False

    def look(self) -> None:
        """Call often, while the process is there."""
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        try:
            row = self._find_row()
            silence = self._silence(row)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database cannot be used: %s", error)
            return
        finally:
            # A process that is forked next must not inherit this connection.
            connections.close_all()
        if silence is None:
            patience = TIDIES_WITHIN if row is not None and row.status == Status.READY else ENDS_WITHIN
            if now - self._proved > patience:
                self._end(row, "It went on without its module")
        elif silence < LEASE_TIMEOUT.total_seconds():
            self._proved, self._silent = now - silence, False
        elif self._silent:
            self.hung = True
            self._end(row, f"It gave no sign of life for {silence:.0f} s")
        else:
            # Once more before it is killed: a machine that has just woken up needs a second to write a heartbeat.
            self._silent = True

    def _silence(self, row: Module | Rendition | None) -> float | None:
        """Seconds since the run's last heartbeat; None when it does not hold the row."""
        if row is None or row.status != Status.PROCESSING or row.worker != self._worker or row.heartbeat_at is None:
            return None
        return max(0.0, (database_clock() - row.heartbeat_at).total_seconds())

    def _end(self, row: Module | Rendition | None, reason: str) -> None:
        logger.error("❌ [%s] %s, and was killed", row.subject.pk if row else "deleted", reason)
        self._kill()
