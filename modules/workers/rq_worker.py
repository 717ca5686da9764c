"""Our RQ worker. What it changes, and why, was measured: RQ alone finds a killed job again after 813 s."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Any

from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError, ResponseError, TimeoutError
from redis.retry import Retry

from modules import jobs
from modules.models import Module, Rendition, Worker
from modules.processing import conductor, rendition
from modules.processing.limits import limit_child

from . import subprocesses
from .maintenance import SWEEP_EVERY, Maintenance, release_killed_run
from .subprocesses import STOP_WITHIN
from .watch import LOOK_EVERY, RunWatch

logger = logging.getLogger(__name__)

PRELOADED = (conductor, rendition)
"""What jobs run, loaded before the fork: from job to start in 17 ms instead of 500."""


class Reconnect(Retry):
    """Connects again for about two seconds when a connection breaks; a time-out ends the call and its connection.

    After a time-out, an open connection would give the late answer to the next question. Two seconds and no longer,
    because redis-py asks the Sentinels for a new primary only with the next call, when this one has failed.
    """

    def __init__(self) -> None:
        super().__init__(ExponentialBackoff(cap=0.5, base=0.05), 6)

    def call_with_retry(self, do: Any, fail: Any, *args: Any, **kwargs: Any) -> Any:
        def fail_once(error: Exception, *count: int) -> None:
            fail(error, *count)
            if isinstance(error, TimeoutError):
                raise error

        return super().call_with_retry(do, fail_once, *args, **kwargs)


@contextmanager
def bookkeeping() -> Iterator[None]:
    """For what RQ only writes down: without Redis it is left out, and the worker goes on."""
    try:
        yield
    except RedisError as error:
        logger.warning("Left out, Redis cannot be used: %s", error)


class RQWorker(jobs.RQBaseWorker):
    """Sweeps, requeues at once when its work-horse is killed, hands its module back on SIGTERM, outlives Redis.

    One queue for each worker: with several, RQ pops in a way that loses the job when it is killed at that moment.
    """

    # Seconds. A Redis that hangs is noticed after connection_timeout; by default RQ waits ten times as long.
    dequeue_timeout = 3
    connection_timeout = 10
    max_connection_wait_time = 2.0

    def __init__(self, queues: Any, *args: Any, **kwargs: Any) -> None:
        kwargs.update(worker_ttl=25, job_monitoring_interval=int(LOOK_EVERY), maintenance_interval=int(SWEEP_EVERY))
        # A web request gives up on Redis at once; a worker has the patience to wait for a failover.
        kwargs["connection"].connection_pool.connection_kwargs.update(retry=Reconnect(), socket_connect_timeout=2)
        super().__init__(queues, *args, **kwargs)
        self.name = f"{socket.gethostname()}.{os.getpid()}.{'-'.join(self.queue_names())}"
        self.maintenance = Maintenance(self.name, Worker.Kind.RQ, self.queue_names())
        self._shutting_down = False
        self._ends_by = float("inf")
        self._job: jobs.RQJob | None = None
        self._watch: RunWatch | None = None
        subprocesses.freeze()

    # --- Redis may go away at any moment --------------------------------------------------------------------

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Between jobs every 3 s at least, and through a job every 2 s: the time for our duties too."""
        if not self.is_horse:
            # Before the sweep, which would only release the row, and leave this worker with a process that hangs.
            if self._watch:
                self._watch.look()
            self.maintenance.do()
        with bookkeeping():
            super().heartbeat(timeout, pipeline)

    def maintain_heartbeats(self, job: Any, execution: Any) -> None:
        """In the middle of a job: the job does not need Redis, so it goes on."""
        with bookkeeping():
            super().maintain_heartbeats(job, execution)

    def set_state(self, state: str, pipeline: Any = None) -> None:
        with bookkeeping():
            super().set_state(state, pipeline)

    def set_shutdown_requested_date(self) -> None:
        with bookkeeping():
            super().set_shutdown_requested_date()

    def check_for_suspension(self, burst: bool) -> None:
        with bookkeeping():
            super().check_for_suspension(burst)

    def run_maintenance_tasks(self) -> None:
        with bookkeeping():
            super().run_maintenance_tasks()

    def _pubsub_exception_handler(self, exc: Exception, pubsub: Any, pubsub_thread: Any) -> None:
        """RQ's thread that hears commands ends at a time-out; ours connects again."""
        if not isinstance(exc, RedisError):
            raise exc
        time.sleep(self.max_connection_wait_time)

    def dequeue_job_and_maintain_ttl(self, timeout: int | None, max_idle_time: int | None = None) -> Any:
        """RQ waits for a Redis that is away; ours waits too for one that is full, or may only be read."""
        while True:
            try:
                return super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)
            except ResponseError as error:
                logger.warning("No jobs, Redis cannot be used: %s", error)
                time.sleep(self.max_connection_wait_time)

    def execute_job(self, job: Any, queue: Any) -> None:
        """A job that cannot be begun is left to the sweep, which finds its row."""
        self._job = job
        self._watch = RunWatch(partial(jobs.job_row, job), self.name, self._end_horse)
        with bookkeeping():
            super().execute_job(job, queue)
        self._job = self._watch = None

    # --- The work-horse -------------------------------------------------------------------------------------

    def get_heartbeat_ttl(self, job: Any, working_time: float = 0.0) -> int:
        return 30

    def setup_work_horse_signals(self) -> None:
        super().setup_work_horse_signals()
        subprocesses.die_with_parent()
        subprocesses.request_shutdown_on_sigterm()
        limit_child(self.queue_names()[0])

    def monitor_work_horse(self, job: Any, queue: Any, execution: Any) -> None:
        """RQ asks Redis how a work-horse ended; its row waits neither for that, nor for a job that Redis forgot."""
        if self._shutting_down:
            self._shut_down_horse()  # told to go just before there was a work-horse
        try:
            super().monitor_work_horse(job, queue, execution)
        except RedisError as error:
            logger.warning("A work-horse was killed, and Redis cannot be used: %s", error)
        # With no job left in Redis, RQ takes the work-horse's death for the end of a job done long ago.
        self._release_killed(job)

    def handle_work_horse_killed(self, job: Any, retpid: int, ret_val: int, rusage: Any) -> None:
        """A killed work-horse runs no failure callback: its row goes back to the queue from here, at once."""
        super().handle_work_horse_killed(job, retpid, ret_val, rusage)
        self._release_killed(job)

    def _release_killed(self, job: Any) -> None:
        """Nothing happens when the work-horse wrote down its own end: then this worker holds the row no more."""

        def find_row() -> Module | Rendition | None:
            row = jobs.job_row(job)
            return row if row and row.worker == self.name else None

        hung = bool(self._watch and self._watch.hung)
        release_killed_run(find_row, stopping=self._shutting_down, hung=hung, send=partial(jobs.enqueue, first=True))

    # --- The end --------------------------------------------------------------------------------------------

    def handle_warm_shutdown_request(self) -> None:
        """SIGTERM: the work-horse hands its module back, with all that it has saved, and the worker ends."""
        super().handle_warm_shutdown_request()
        self._shutting_down = True
        self._ends_by = time.monotonic() + 2 * STOP_WITHIN
        # Who must end within seconds does not wait for a Redis that hangs.
        self.connection = jobs.connection()
        if self._job:
            self._job.connection = self.connection
        if self.horse_pid:
            self._shut_down_horse()

    def _shut_down_horse(self) -> None:
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(self.horse_pid, signal.SIGTERM)
        killer = threading.Timer(STOP_WITHIN, self._end_horse)
        killer.daemon = True
        killer.start()

    def _end_horse(self) -> None:
        # Without one, RQ's kill_horse would kill the process group of the worker itself.
        if self.horse_pid:
            self.kill_horse()

    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        """A second signal is ignored: a terminal sends Ctrl-C to each process, and a supervisor passes it on again.

        The worker is ending already, and if it were cut short, what its work-horse hands back would be lost. Only
        after `_ends_by`, when the work-horse must have ended and the worker itself hangs, RQ may stop it at once.
        """
        if time.monotonic() > self._ends_by:
            super().request_force_stop(signum, frame)

    def teardown(self) -> None:
        self.maintenance.end()
        with bookkeeping():
            super().teardown()
