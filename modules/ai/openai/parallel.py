"""Work done in parallel threads, in constant memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from modules.pipeline.types import PipelineError, ProviderError

T = TypeVar("T")
R = TypeVar("R")


def run_in_parallel(
    work: Callable[[T, threading.Event], R], items: Iterable[T], *, at_once: int, silence: float
) -> Generator[R, None, None]:
    """The result of each item as soon as it is there, in any order. work gets the item and an Event: nobody waits.

    Items are taken as there is room, at most 2 * at_once before one is done. When one fails, nothing new is begun,
    what is under way is still yielded (it was paid for), and then the error is raised. When the caller goes away,
    what has not begun is dropped. silence: seconds without any result after which ProviderError("ai_unreachable").
    """
    stop = threading.Event()
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="openai")
    running: set[Future[R]] = set()
    failures: list[BaseException] = []
    try:
        for item in _until_failure(items, failures):
            running.add(pool.submit(work, item, stop))
            yield from _done(running, failures, 0 if len(running) < 2 * at_once else silence)
        while running:
            if failures:
                stop.set()
                running -= {future for future in running if future.cancel()}
            yield from _done(running, failures, silence)
        if failures:
            raise failures[0]
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)


def _until_failure(items: Iterable[T], failures: list[BaseException]) -> Iterator[T]:
    """The items as long as nothing has failed; that they cannot be had any more is a failure too."""
    try:
        for item in items:
            yield item
            if failures:
                return
    except PipelineError as error:
        failures.append(error)


def _done(running: set[Future[R]], failures: list[BaseException], patience: float) -> Iterator[R]:
    """Take out what is done, waiting for the first of them at most so many seconds."""
    done = wait(running, patience, return_when=FIRST_COMPLETED).done if running else set()
    if running and patience and not done:
        raise ProviderError("ai_unreachable", transient=True)
    running -= done
    for future in done:
        error = future.exception()
        if error is None:
            yield future.result()
        else:
            failures.append(error)
