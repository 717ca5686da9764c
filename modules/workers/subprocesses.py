"""Processes that end with their parent, and give work back when they are told to go."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from types import FrameType

from django.db import connections

from modules.processing.attempt import ShutdownRequested
from modules.processing.limits import limit_child

logger = logging.getLogger(__name__)

STOP_WITHIN = 6.0  # seconds that a run gets to release its module when it is told to end

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(sig: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send `sig` to this process when its parent ends (Linux; elsewhere the lease covers it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, sig)


def request_shutdown_on_sigterm() -> None:
    """From now on SIGTERM raises ShutdownRequested in the main thread, once: the module goes back to the queue."""
    told = False

    def request_shutdown(signum: int, frame: FrameType | None) -> None:
        # SIG_IGN would not do: of a second signal that is under way already, Python then prints an error.
        nonlocal told
        if not told:
            told = True
            raise ShutdownRequested

    signal.signal(signal.SIGTERM, request_shutdown)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def freeze() -> None:
    """Before forking: what is loaded now is shared by all children, and stays so."""
    connections.close_all()
    gc.collect()
    gc.freeze()


def fork(work: Callable[[], object], *, ends_by: signal.Signals = signal.SIGKILL, queue: str = "") -> int:
    """Run `work` in a child process; returns its pid. The child exits 0, or 1 when `work` raised.

    ends_by: the signal it gets when its parent ends. queue: whose limits it works under ('': none).
    """
    # A connection that parent and child share would mix their answers.
    connections.close_all()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        die_with_parent(ends_by)
        if os.getppid() == parent:
            request_shutdown_on_sigterm()
            if queue:
                limit_child(queue)
            work()
            status = 0
    except ShutdownRequested:
        status = 0
    except BaseException:
        # The end of the line for a child: it must never return into the parent's code.
        logger.exception("A child process failed")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def stop(pids: Callable[[], Iterable[int]], reap: Callable[[], object], *, within: float, kill_within: float) -> None:
    """End child processes: SIGTERM, and SIGKILL for those that are still there after `within` seconds.

    pids: those that run now. reap: takes note of those that have ended.
    """
    for sig, seconds in ((signal.SIGTERM, within), (signal.SIGKILL, kill_within)):
        for pid in pids():
            os.kill(pid, sig)
        until = time.monotonic() + seconds
        while any(pids()) and time.monotonic() < until:
            reap()
            time.sleep(0.02)
