"""What every worker does beside its work: heartbeat, sweep, taking rows back from killed runs, daily pruning."""

from __future__ import annotations

import logging
import os
import random
import socket
import time
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from modules import jobs
from modules.models import Module, Rendition, StageRun, Status, Worker, database_clock, release_failed_run
from modules.storage import orphans

from . import subprocesses

logger = logging.getLogger(__name__)

HEARTBEAT_EVERY = 5.0  # seconds
SWEEP_EVERY = 10.0  # seconds

ASK_AGAIN = 24
"""How often within the interval a worker asks whether it is time. Few workers live through a whole one."""


class DailyPruning:
    """Prunes every PRUNE_EVERY_HOURS, in a child process (a large store takes minutes) that ends with its parent."""

    def __init__(self) -> None:
        self._every = settings.PRUNE_EVERY_HOURS * 3600
        self._due = time.monotonic() + random.uniform(0, self._every / ASK_AGAIN)
        self._child = 0

    def do(self) -> None:
        """Call often: takes note of a child that ended, and starts one when it is time. Waits for nothing."""
        if self._child and os.waitpid(self._child, os.WNOHANG)[0]:
            self._child = 0
        if not self._every or self._child or time.monotonic() < self._due:
            return
        self._due = time.monotonic() + self._every / ASK_AGAIN
        try:
            # Under the limits, and with the low priority, of what can wait longest.
            self._child = subprocesses.fork(partial(orphans.prune_if_due, self._every), queue=settings.RENDITIONS_QUEUE)
        except OSError as error:
            logger.warning("Nothing was pruned, no process could be started: %s", error)


class Maintenance:
    """What every worker does beside its work: it writes its own heartbeat, sweeps, and prunes once a day."""

    def __init__(self, name: str, kind: str, queues: list[str]) -> None:
        self.name = name
        self.kind, self.queues = kind, queues
        self._swept = self._seen = float("-inf")
        self._pruning = DailyPruning()

    def do(self) -> None:
        """Call often. A database that is away is waited for: the worker lives on."""
        self._pruning.do()
        now = time.monotonic()
        try:
            if now - self._seen >= HEARTBEAT_EVERY:
                Worker.objects.record_heartbeat(
                    self.name, kind=self.kind, host=socket.gethostname(), pid=os.getpid(), queues=self.queues
                )
                self._seen = now
            if now - self._swept >= SWEEP_EVERY:
                jobs.sweep()
                orphans.remove_stale_scratch(timezone.now())
                # What an RQ worker could not send for want of Redis, it sends soon after Redis is back.
                early = self.kind == Worker.Kind.RQ and not jobs.reachable()
                self._swept = now - (SWEEP_EVERY - 2.0 if early else 0.0)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database cannot be used: %s", error)
            # Again in a second.
            self._seen, self._swept = now - (HEARTBEAT_EVERY - 1.0), now - (SWEEP_EVERY - 1.0)
        finally:
            # A work-horse must not inherit this connection.
            connections.close_all()

    def end(self) -> None:
        """Say that this worker is gone."""
        try:
            Worker.objects.forget(self.name)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database cannot be used: %s", error)
        finally:
            connections.close_all()


def release_killed_run(
    find_row: Callable[[], Module | Rendition | None],
    *,
    stopping: bool,
    hung: bool = False,
    send: Callable[[Module | Rendition], object] | None = None,
) -> None:
    """A process that was killed wrote nothing, so its parent calls this: the row goes back to the queue at once.

    find_row: gives the row that it held, if it did. stopping: it was told to end, so the video is not to blame.
    hung: it was killed because it proved no life.
    send: what tells other workers of the row. Where the database cannot be used, the sweep finds the row later.
    """
    try:
        row = find_row()
        if row is None or not row.lease_token:
            return
        orphans.remove_scratch(row.lease_token)
        outcome = StageRun.Outcome.STOPPED if stopping else StageRun.Outcome.DIED
        code = "worker_hung" if hung else "worker_died"
        release_failed_run(row, at=database_clock(), outcome=outcome, code=code, blame=not stopping)
        # Asked for again, because it may have failed now, or been deleted.
        waiting = type(row).objects.filter(pk=row.pk, status=Status.QUEUED).first()
        if waiting is not None and send is not None:
            send(waiting)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("Left for the sweep, the database cannot be used: %s", error)
    finally:
        # A process that is forked next must not inherit this connection.
        connections.close_all()
