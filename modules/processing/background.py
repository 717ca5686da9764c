"""Work beside other work of the same run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection

from modules.pipeline.types import ReportProgress

from .attempt import Attempt

T = TypeVar("T")


class BackgroundWorkAbandoned(BaseException):
    """Nobody waits for this work any more."""


@contextmanager
def run_in_background(attempt: Attempt, work: Callable[[ReportProgress], T]) -> Iterator[Future[T]]:
    """Do work in a thread of its own, beside what the caller does in this context.

    What the work gets to report progress to shows nothing, and raises when the work must end: with the run, or when the
    caller leaves by an error. Left otherwise, the context waits for the work, whose result and errors are the Future's.
    """
    left = threading.Event()

    def report_progress(done: float, code: str | None = None, /, **params: Any) -> None:
        attempt.check()
        if left.is_set():
            raise BackgroundWorkAbandoned

    def run() -> T:
        try:
            return work(report_progress)
        finally:
            connection.close()  # a thread has a connection of its own

    with ThreadPoolExecutor(1, thread_name_prefix="background") as pool:
        future = pool.submit(run)
        try:
            yield future
        except BaseException:
            left.set()
            raise
