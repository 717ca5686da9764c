"""Our RQ worker. What it changes, and why, was measured: RQ alone finds a killed job again after 813 s."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from typing import Any

from django.db import DatabaseError, InterfaceError, connections
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from . import children, jobs, processing, renditions
from .models import StageRun, Worker, bury, database_clock

logger = logging.getLogger(__name__)

PRELOADED = (processing, renditions)
"""What jobs run, loaded before the fork: from job to start in 17 ms instead of 500."""

SWEEP_EVERY = 10.0  # seconds
STOP_WITHIN = 8.0  # seconds that a work-horse gets to hand back its module


class Duties:
    """What every worker does beside its work: it writes its own heartbeat, and sweeps."""

    def __init__(self, name: str, kind: str, queues: list[str]) -> None:
        self.name = name
        self._about = {"kind": kind, "host": socket.gethostname(), "pid": os.getpid(), "queues": queues}
        self._swept = self._seen = float("-inf")

    def do(self) -> None:
        """Call often. A database that is away is waited for: the worker lives on."""
        now = time.monotonic()
        try:
            if now - self._seen >= 5.0:
                Worker.objects.seen(self.name, **self._about)
                self._seen = now
            if now - self._swept >= SWEEP_EVERY:
                jobs.sweep()
                self._swept = now
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database cannot be used: %s", error)
            self._seen = self._swept = now - 4.0  # again in a second
        finally:
            # A work-horse must not inherit this connection.
            connections.close_all()

    def end(self) -> None:
        """Say that this worker is gone."""
        try:
            Worker.objects.gone(self.name)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database cannot be used: %s", error)
        finally:
            connections.close_all()


class RQWorker(jobs.RQBaseWorker):
    """Sweeps, requeues at once when its work-horse is killed, hands its module back on SIGTERM.

    One queue for each worker: with several, RQ pops in a way that loses the job when it is killed at that moment.
    """

    def __init__(self, queues: Any, *args: Any, **kwargs: Any) -> None:
        kwargs.update(worker_ttl=25, job_monitoring_interval=5, maintenance_interval=int(SWEEP_EVERY))
        # A web request gives up on Redis at once; a worker has the patience to wait for a failover.
        kwargs["connection"].connection_pool.connection_kwargs.update(
            retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 15), socket_connect_timeout=2
        )
        super().__init__(queues, *args, **kwargs)
        self.name = f"{socket.gethostname()}.{os.getpid()}.{'-'.join(self.queue_names())}"
        self.duties = Duties(self.name, Worker.Kind.RQ, self.queue_names())
        self._handing_back = False
        children.freeze()

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Between jobs every 10 s at least, and through a job every 5 s: the time for our duties too."""
        if not self.is_horse:
            self.duties.do()
        super().heartbeat(timeout, pipeline)

    def maintain_heartbeats(self, job: Any, execution: Any) -> None:
        """Redis may go away in the middle of a job: the job does not need it, so it goes on."""
        try:
            super().maintain_heartbeats(job, execution)
        except RedisError as error:
            logger.warning("No heartbeat in Redis: %s", error)

    def get_heartbeat_ttl(self, job: Any, working_time: float = 0.0) -> int:
        return 30

    def setup_work_horse_signals(self) -> None:
        super().setup_work_horse_signals()
        children.die_with_parent()
        children.hand_back_on_sigterm()

    def handle_warm_shutdown_request(self) -> None:
        """SIGTERM: the work-horse hands its module back, with all that it has saved, and the worker ends."""
        super().handle_warm_shutdown_request()
        self._handing_back = True
        if self.horse_pid:
            os.kill(self.horse_pid, signal.SIGTERM)
            killer = threading.Timer(STOP_WITHIN, self.kill_horse)
            killer.daemon = True
            killer.start()

    def handle_work_horse_killed(self, job: Any, retpid: int, ret_val: int, rusage: Any) -> None:
        """A killed work-horse runs no failure callback: its row goes back to the queue from here, at once."""
        super().handle_work_horse_killed(job, retpid, ret_val, rusage)
        try:
            row = jobs.job_row(job)
            if row and row.run and row.worker == self.name:
                outcome = StageRun.Outcome.STOPPED if self._handing_back else StageRun.Outcome.DIED
                bury(row, at=database_clock(), outcome=outcome, blame=not self._handing_back)
                row.refresh_from_db()
                if row.status == row.Status.QUEUED:
                    jobs.enqueue(row)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Left for the sweep, the database cannot be used: %s", error)
        finally:
            connections.close_all()

    def teardown(self) -> None:
        self.duties.end()
        super().teardown()
