"""The worker that needs no Redis: it takes queued rows from the database, and forks a child for each."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from modules import jobs
from modules.models import Module, Rendition, StageRun, Worker, database_clock, release_failed_run
from modules.processing import conductor, rendition
from modules.storage import orphans

from . import subprocesses
from .rq_worker import STOP_WITHIN, Maintenance

logger = logging.getLogger(__name__)

POLL = 0.2  # seconds between two looks at the database

LANES: dict[str, tuple[type[Module] | type[Rendition], Callable[..., bool], dict[str, str]]] = {
    "default": (Module, conductor.process, {"queue": "default"}),
    "long": (Module, conductor.process, {"queue": "long"}),
    "renditions": (Rendition, rendition.render, {}),
}
"""One child at a time for each queue, so that a short video waits neither for a long one nor for a rendition."""


class AlreadyRunning(Exception):
    """Another local worker serves this data folder."""


class LocalWorker:
    """Claims rows and forks one child for each, from a parent in which everything is loaded already."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}.{os.getpid()}.local"
        self.maintenance = Maintenance(self.name, Worker.Kind.LOCAL, list(LANES))
        self.busy: dict[str, tuple[int, str]] = {}  # lane: child's pid, row's key
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
        """Look after the children, and start one in each free lane for which a row is due."""
        self._reap()
        lanes = [] if self.stopping else self._our_lanes()
        at = database_clock()
        for lane in lanes:
            if lane not in self.busy:
                self._start(lane, at)

    def _our_lanes(self) -> list[str]:
        """With QUEUE=auto this worker serves the queues that no RQ worker can serve now. Asked once a second."""
        if settings.QUEUE != "auto":
            return list(LANES) if settings.QUEUE == "local" else []
        if time.monotonic() - self._asked > 1.0:
            others = Worker.objects.alive(database_clock()).filter(kind=Worker.Kind.RQ)
            served = {queue for queues in others.values_list("queues", flat=True) for queue in queues}
            self._ours = [lane for lane in LANES if lane not in served or not jobs.reachable()]
            self._asked = time.monotonic()
        return self._ours

    def _start(self, lane: str, at: datetime) -> None:
        model, work, where = LANES[lane]
        pk = model.objects.due(at).filter(**where).order_by("queued_at").values_list("pk", flat=True).first()
        if pk is not None:
            pid = subprocesses.fork(partial(work, str(pk), worker=self.name), queue=lane)
            self.busy[lane] = (pid, str(pk))

    def _reap(self) -> None:
        """A child that was killed wrote nothing: its row goes back to the queue from here, at once."""
        for lane, (pid, pk) in list(self.busy.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            del self.busy[lane]
            if os.waitstatus_to_exitcode(status) != 0:
                logger.warning("❌ [%s] The child process ended with %s", pk, os.waitstatus_to_exitcode(status))
                self._take_back(lane, pk)

    def _take_back(self, lane: str, pk: str) -> None:
        try:
            row = LANES[lane][0].objects.filter(pk=pk, worker=self.name).exclude(lease_token="").first()
            if row:
                orphans.remove_scratch(row.lease_token)
                outcome = StageRun.Outcome.STOPPED if self.stopping else StageRun.Outcome.DIED
                release_failed_run(row, at=database_clock(), outcome=outcome, blame=not self.stopping)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Left for the sweep, the database cannot be used: %s", error)
            connections.close_all()

    def _end(self) -> None:
        """Let the children hand back their modules. Whoever takes too long is killed, and its row released here."""
        for sig, seconds in ((signal.SIGTERM, STOP_WITHIN), (signal.SIGKILL, 2.0)):
            for pid, _ in self.busy.values():
                os.kill(pid, sig)
            until = time.monotonic() + seconds
            while self.busy and time.monotonic() < until:
                self._reap()
                time.sleep(0.02)
        self.maintenance.end()
        logger.info("👷 Local worker %s has ended", self.name)
