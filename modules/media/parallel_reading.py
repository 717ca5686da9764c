"""Several readings of one file side by side: decoders let go of the interpreter's lock while they work."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")

MOST = 4
"""Readings at once: each holds a decoder's pictures."""


def at_once() -> int:
    """How many readings are worth while: one for each core that this process may use, up to MOST.

    A decoder of one thread does the same work for half the processor time of one that shares itself out.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST)


def merged(sources: Sequence[Generator[T]]) -> Generator[T]:
    """What each source gives, each read in a thread of its own, as it comes.

    When one fails or the caller goes away, the others end with the item they are at; the first error is raised.
    """
    if len(sources) < 2:
        for source in sources:
            yield from source
        return
    stop = threading.Event()
    came: SimpleQueue[tuple[T] | None] = SimpleQueue()
    with ThreadPoolExecutor(len(sources), thread_name_prefix="media") as pool:
        running = [pool.submit(_read, source, came, stop) for source in sources]
        try:
            for _ in sources:
                yield from _until_one_ends(came)
        finally:
            stop.set()
    for reading in running:
        reading.result()


def _read(source: Generator[T], came: SimpleQueue[tuple[T] | None], stop: threading.Event) -> None:
    try:
        with closing(source):
            for item in source:
                if stop.is_set():
                    return
                came.put((item,))
    except BaseException:
        stop.set()
        raise
    finally:
        came.put(None)


def _until_one_ends(came: SimpleQueue[tuple[T] | None]) -> Iterator[T]:
    while (one := came.get()) is not None:
        yield one[0]
