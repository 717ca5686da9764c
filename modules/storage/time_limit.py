"""Calls that may never return, made in a thread of their own, so that whoever asked can stop waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from queue import SimpleQueue
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class CallTimeout(Exception):
    """A call took longer than it may."""


class _Helper:
    """A daemon thread that makes one call after the other; one that hangs keeps no process from ending."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="time_limit", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """False in a process that was forked from the one where the thread runs."""
        return self._thread.is_alive()

    def ask(self, call: Callable[[], Answer]) -> Future[Answer]:
        answer: Future[Answer] = Future()
        self._calls.put((call, answer))
        return answer

    def dismiss(self) -> None:
        """Let the thread end after the call that it is in."""
        self._calls.put(None)

    def _run(self) -> None:
        while work := self._calls.get():
            call, answer = work
            try:
                answer.set_result(call())
            except BaseException as error:  # noqa: BLE001  whatever it is, it is raised where the answer is waited for
                answer.set_exception(error)
            del work, call, answer


_idle: list[_Helper] = []
"""Kept, because what a thread has opened (a connection to an object store) is of use to the next call."""


def call_with_timeout(call: Callable[[], Answer], seconds: float) -> Answer:
    """What `call` returns or raises; raises CallTimeout when that takes longer than so many seconds.

    After that the call still runs in its thread and its result is dropped, so it must not change what others use.
    """
    helper = _helper()
    answer = helper.ask(call)
    try:
        wait([answer], seconds)
        if not answer.done():
            raise CallTimeout(f"no answer within {seconds:.0f} s")
        return answer.result()
    finally:
        if answer.done():
            _idle.append(helper)
        else:
            helper.dismiss()


def _helper() -> _Helper:
    """One that waits for work, or a new one."""
    while True:
        try:
            helper = _idle.pop()
        except IndexError:
            return _Helper()
        if helper.alive:
            return helper
