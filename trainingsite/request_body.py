"""Reading the body of a request with a time limit, and dropping what nobody will read."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

from django.http import HttpRequest, UnreadablePostError

DRAIN_SECONDS = 4.0
DRAIN_SILENCE = 1.0  # without a byte for so long, nothing more is on its way
DRAIN_CHUNK = 512 * 1024


def drain(request: HttpRequest) -> None:
    """Read and drop what is still on its way, for a few seconds; then the server closes the connection.

    A client that writes everything before it reads would otherwise see a broken connection in place of our answer.
    """
    until = time.monotonic() + DRAIN_SECONDS
    with read_timeout(request, DRAIN_SILENCE), contextlib.suppress(UnreadablePostError):
        while time.monotonic() < until and request.read(DRAIN_CHUNK):
            pass


@contextlib.contextmanager
def read_timeout(request: HttpRequest, seconds: float, in_all: float | None = None) -> Iterator[None]:
    """Wait at most this long for the next bytes of the body, and in_all for the whole (UnreadablePostError then).

    gunicorn itself waits for ever, and so a vanished client would hold one of its threads. Other servers do not
    show their socket: there it is their own time limit that counts.
    """
    connection = request.META.get("gunicorn.socket")
    if connection is None:
        yield
        return
    before = connection.gettimeout()
    connection.settimeout(seconds)
    late = threading.Event()
    alarm = threading.Timer(in_all or 0, _hear_no_more, (connection, late))
    if in_all:
        alarm.start()
    try:
        yield
    finally:
        alarm.cancel()
        connection.settimeout(before)
    if late.is_set():
        # The body ended too soon, which Django would take for the whole of it.
        raise UnreadablePostError("The body came too slowly.")


def _hear_no_more(connection: socket.socket, late: threading.Event) -> None:
    late.set()
    # A client that has hung up meanwhile sends nothing more anyway.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
