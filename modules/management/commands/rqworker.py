"""django-rq's command, with ours around it: without arguments it serves every queue, one process for each.

Both ways it waits for a Redis that is down at its start.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import CommandParser

from modules import jobs
from modules.workers import subprocesses
from modules.workers.subprocesses import STOP_WITHIN

logger = logging.getLogger(__name__)

RESTART_AFTER = 1.0  # seconds before a worker that ended by itself is started again
END_WITHIN = STOP_WITHIN + 3.0  # seconds that workers get to end before they are killed


class Command(jobs.RQWorkerCommand):
    help = "Processes videos. Without arguments every queue is served, each by a process of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--with-parent", action="store_true", help="End when the process that started this ends.")

    def handle(self, *args: str, **options: Any) -> None:
        if options.pop("with_parent"):
            subprocesses.die_with_parent(signal.SIGTERM)
        queues = args or jobs.QUEUES
        if len(queues) > 1 or not self._work_alone(*queues, **options):
            self._supervise({queue: partial(self._work, queue, **options) for queue in queues})

    def _work_alone(self, queue: str, **options: Any) -> bool:
        """One worker, in this process. False: there is no Redis to begin with, and it must be waited for."""
        if options["burst"] or options["max_jobs"] or options["max_idle_time"]:
            # A worker that should end when there is nothing to do does not wait for Redis either.
            super().handle(queue, **options)
            return True
        return jobs.reachable() and self._work(queue, **options)

    def _work(self, queue: str, **options: Any) -> bool:
        """One worker, in this process, to its end. False: there was no Redis to begin with."""
        try:
            super().handle(queue, **options)
        except (SystemExit, *jobs.REDIS_ERRORS) as error:
            if isinstance(error, SystemExit) and error.code != 1:
                return True  # told to end at once
            logger.warning("The worker of the queue %s could not begin: %s", queue, error)
            return False
        return True

    def _supervise(self, workers: dict[str, Callable[[], object]]) -> None:
        """Keep one worker process for each queue alive until told to stop, and then until they have ended.

        No worker is started while Redis is down; `jobs.reachable` asks it again every 5 s.
        """
        # A list and not an Event: a signal that comes while the Event's lock is held, by a wait or by an earlier one,
        # would wait for that lock for ever.
        stopping: list[int] = []
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, lambda signum, _: stopping.append(signum))
        subprocesses.freeze()
        running: dict[int, str] = {}
        due = dict.fromkeys(workers, 0.0)
        while not stopping:
            time.sleep(0.1)
            _reap(running, due)
            if not due or not jobs.reachable():
                continue
            for queue in [queue for queue, when in due.items() if time.monotonic() >= when]:
                running[subprocesses.fork(workers[queue], ends_by=signal.SIGTERM)] = queue
                del due[queue]
        subprocesses.stop(lambda: list(running), partial(_reap, running, due), within=END_WITHIN, kill_within=1)


def _reap(running: dict[int, str], due: dict[str, float]) -> None:
    """Take note of workers that ended: each is to be started again in a second."""
    for pid, queue in list(running.items()):
        if os.waitpid(pid, os.WNOHANG)[0]:
            del running[pid]
            due[queue] = time.monotonic() + RESTART_AFTER
