"""The open connections of a client, which can be broken off while threads wait for an answer on them."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import Any
from weakref import WeakSet

import httpx2

MADE = ("connect_tcp.complete", "start_tls.complete")
"""How the events of httpx's "trace" extension end that bring a connection: plain, and encrypted."""


class Connections:
    """Knows every connection that a client opens, by an event hook. Thread-safe.

    The client's own `close` closes its sockets, but a thread that waits at one of them is not woken by that (Linux),
    and goes on waiting until its time-out.
    """

    def __init__(self) -> None:
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._broken_off = False
        self._lock = threading.Lock()

    def follow(self, request: httpx2.Request) -> None:
        """The hook, for "request" of `event_hooks`."""
        request.extensions["trace"] = self._note

    def break_off(self) -> None:
        """End every call that is under way, and any that is about to begin, as if the server had gone."""
        with self._lock:
            self._broken_off = True
            sockets = list(self._sockets)
        for one in sockets:
            _shut_down(one)

    def _note(self, event: str, info: Mapping[str, Any]) -> None:
        if not event.endswith(MADE):
            return
        made: socket.socket = info["return_value"].get_extra_info("socket")
        with self._lock:
            self._sockets.add(made)
            late = self._broken_off
        if late:
            _shut_down(made)


def _shut_down(one: socket.socket) -> None:
    # One that is closed by now, or that lives on in an encrypted one, cannot be shut down and need not be. An SSLSocket
    # would also forget its encryption, in the midst of its thread's reading: hence the plain socket's function.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(one, socket.SHUT_RDWR)
