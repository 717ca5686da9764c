"""The worker that needs no Redis: it takes queued rows from the database, and forks a child for each."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from modules import jobs
from modules.models import Module, Rendition, Worker, database_clock
from modules.processing import conductor, rendition

from . import subprocesses
from .maintenance import Maintenance, release_killed_run
from .subprocesses import STOP_WITHIN
from .watch import RunWatch

logger = logging.getLogger(__name__)

POLL = 0.2  # seconds between two looks at the database

WORK: dict[type[Module] | type[Rendition], Callable[..., bool]] = {
    Module: conductor.process,
    Rendition: rendition.render,
}


class AlreadyRunning(Exception):
    """Another local worker serves this data folder."""


@dataclass(frozen=True)
class Child:
    """A process that works on one row. pk: the row's key."""

    pid: int
    pk: uuid.UUID
    watch: RunWatch


class LocalWorker:
    """Claims rows and forks one child for each, from a parent in which everything is loaded already.

    One child at a time for each queue, so that a short video waits neither for a long one nor for a rendition.
    """

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}.{os.getpid()}.local"
        self.maintenance = Maintenance(self.name, Worker.Kind.LOCAL, list(settings.QUEUES))
        self.busy: dict[str, Child] = {}  # by queue
        self.stopping = False
        self._asked = float("-inf")
        self._ours: list[str] = []
        # lockf, not flock: a forked child must not hold the lock after its parent was killed.
        self._lock = (Path(settings.DATA_DIR) / "localworker.lock").open("w")
        try:
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning from error

    def run(self, parent: int | None = None) -> None:
        """Work until told to stop (SIGTERM, SIGINT), or until the process `parent` is no longer ours."""
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, self._stop)
        subprocesses.freeze()
        logger.info("👷 Local worker %s is ready", self.name)
        while not self.stopping and (parent is None or os.getppid() == parent):
            self.maintenance.do()
            try:
                self.turn()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The database cannot be used: %s", error)
                connections.close_all()
            time.sleep(POLL)
        self._end()

    def _stop(self, signum: int, frame: object) -> None:
        self.stopping = True

    def turn(self) -> None:
        """Look after the children, and start one for each free queue in which a row is due."""
        self._reap()
        queues = [] if self.stopping else self._our_queues()
        at = database_clock()
        for queue in queues:
            if queue not in self.busy:
                self._start(queue, at)

    def _our_queues(self) -> list[str]:
        """With QUEUE=auto this worker serves the queues that no RQ worker can serve now. Asked once a second."""
        if settings.QUEUE != "auto":
            return list(settings.QUEUES) if settings.QUEUE == "local" else []
        if time.monotonic() - self._asked > 1.0:
            others = Worker.objects.alive(database_clock()).filter(kind=Worker.Kind.RQ)
            served = {queue for queues in others.values_list("queues", flat=True) for queue in queues}
            ours = [queue for queue in settings.QUEUES if queue not in served or not jobs.reachable()]
            if ours != self._ours:
                logger.info("👷 Local worker serves: %s", ", ".join(ours) or "nothing, since RQ workers do")
            self._ours = ours
            self._asked = time.monotonic()
        return self._ours

    def _start(self, queue: str, at: datetime) -> None:
        for model, work in WORK.items():
            rows = model.objects.due(at).in_queue(queue).order_by("queued_at")
            pk = rows.values_list("pk", flat=True).first()
            if pk is not None:
                pid = subprocesses.fork(partial(work, str(pk), worker=self.name), queue=queue)
                watch = RunWatch(
                    partial(model.objects.filter(pk=pk).first), self.name, partial(os.kill, pid, signal.SIGKILL)
                )
                self.busy[queue] = Child(pid, pk, watch)
                return

    def _reap(self) -> None:
        """Take note of children that ended. The row of one that was killed goes back to the queue."""
        for queue, child in list(self.busy.items()):
            ended, status = os.waitpid(child.pid, os.WNOHANG)
            if not ended:
                child.watch.look()
                continue
            del self.busy[queue]
            if (code := os.waitstatus_to_exitcode(status)) != 0:
                logger.warning("❌ [%s] The child process ended with %s", child.pk, code)
                held = partial(self._held, queue, child.pk)
                release_killed_run(held, stopping=self.stopping, hung=child.watch.hung)

    def _held(self, queue: str, pk: uuid.UUID) -> Module | Rendition | None:
        """The row with this key that this worker holds in a queue."""
        for model in WORK:
            row = model.objects.in_queue(queue).filter(pk=pk, worker=self.name).first()
            if row:
                return row
        return None

    def _end(self) -> None:
        """Children release their modules; the row of one that does not in time is released from here."""
        subprocesses.stop(
            lambda: [child.pid for child in self.busy.values()], self._reap, within=STOP_WITHIN, kill_within=2
        )
        self.maintenance.end()
        logger.info("👷 Local worker %s has ended", self.name)
