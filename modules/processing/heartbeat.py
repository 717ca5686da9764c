"""A thread that proves that a run is alive, and ends the run when it no longer may go on."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection

from modules.models import LEASE_TIMEOUT

logger = logging.getLogger(__name__)

RENEW_EVERY = 1.0  # seconds between heartbeats
LEASE_LOST = "lease_lost"
"""The reason when the row is no longer held."""

GRACE = 0.8  # seconds that a run gets to notice the end by itself
LOOK_EVERY = 3.0  # seconds between two looks at what the run takes


class Heartbeat:
    """Renews the lease every second. `end_reason` says why once the run must end: LEASE_LOST, "too_slow", or the code
    that `check_limits` gives, which is asked now and then whether the run takes more than it may ('': no).

    The run looks at `end_reason` whenever it reports progress. Where it is stuck in one long call, a disposable process
    (a work-horse, a child of the local worker) is killed from here after `before_kill` was called, because a file left
    open, or a decoder that never returns, ends with its process.
    """

    def __init__(
        self,
        renew_lease: Callable[[], bool],
        check_limits: Callable[[], str],
        before_kill: Callable[[str], None],
        *,
        disposable: bool,
    ) -> None:
        self.end_reason = ""
        self.deadline = float("inf")
        self._renew_lease = renew_lease
        self._check_limits = check_limits
        self._before_kill = before_kill
        self._disposable = disposable
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop.set()
        self._thread.join()

    def set_deadline(self, seconds: float) -> None:
        """The deadline of what begins now: a heartbeat proves life, not progress."""
        self.deadline = time.monotonic() + seconds

    def _run(self) -> None:
        heard = looked = time.monotonic()
        try:
            while not self._stop.wait(RENEW_EVERY):
                try:
                    alive = self._renew_lease()
                except (DatabaseError, InterfaceError) as error:
                    # The database is away: go on for as long as others would still take this run for alive.
                    logger.warning("Heartbeat not written: %s", error)
                    connection.close()
                    alive = time.monotonic() - heard < LEASE_TIMEOUT.total_seconds()
                else:
                    heard = time.monotonic() if alive else heard
                if not alive:
                    return self._end(LEASE_LOST)
                if time.monotonic() > self.deadline:
                    return self._end("too_slow")
                if time.monotonic() - looked >= LOOK_EVERY:
                    looked = time.monotonic()
                    if reason := self._check_limits():
                        return self._end(reason)
        finally:
            connection.close()

    def _end(self, reason: str) -> None:
        self.end_reason = reason
        if self._disposable and not self._stop.wait(GRACE):
            try:
                self._before_kill(reason)
            except (DatabaseError, InterfaceError) as error:
                logger.warning("Left for the sweep, the database cannot be used: %s", error)
            finally:
                os._exit(0)
