"""Saying no to an upload: the status and the sentence for each code, as JSON for programs and as a page for people."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render

from modules.messages import say
from trainingsite.http import refusal_json, wants_json

from .forms import UploadForm, form_context

logger = logging.getLogger(__name__)

STATUS = {
    "signed_out": 401,
    "csrf": 403,
    "not_allowed": 405,
    "too_big": 413,
    "form_too_big": 413,
    "not_a_video": 415,
    "too_many": 429,
    "storage_down": 503,
    "disk_full": 507,
}
"""Code → HTTP status; every other code is 400."""

DRAIN_SECONDS = 4.0
DRAIN_SILENCE = 1.0  # without a byte for so long, nothing more is on its way
DRAIN_CHUNK = 512 * 1024


class Refused(Exception):
    """An upload that is turned away; `code` names its sentence in `modules.messages`, which is also its text."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(say(code, params))


def refuse(request: HttpRequest, refused: Refused, form: UploadForm | None = None) -> HttpResponse:
    """The answer to an upload that is turned away. form: what the person had filled in, to be shown again."""
    if refused.code != "broken_off":
        drain(request)
    # What has arrived goes before the answer, not after it.
    request.close()
    status = STATUS.get(refused.code, 400)
    logger.warning("❌ [%s] Upload refused: %s", getattr(request, "upload_id", "-"), refused.code)
    if wants_json(request):
        return refusal_json(refused.code, status, refused.params)
    if refused.code == "signed_out":
        return redirect_to_login(request.path)
    if form is None:
        form = UploadForm.refused(str(refused))
    return render(request, "uploads/upload.html", form_context(form), status=status)


def refuse_form(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The answer to a form that is no upload and is turned away at the door: one sentence."""
    if refused.code != "form_broken_off":
        drain(request)
    status = STATUS.get(refused.code, 400)
    logger.warning("❌ %s refused: %s", request.path, refused.code)
    if wants_json(request):
        return refusal_json(refused.code, status, refused.params)
    return HttpResponse(str(refused), status=status, content_type="text/plain; charset=utf-8")


def drain(request: HttpRequest) -> None:
    """Read and drop what is still on its way, for a few seconds: a client that writes all before it reads would
    see a broken connection in place of our answer. Past that the server closes the connection."""
    until = time.monotonic() + DRAIN_SECONDS
    with patience(request, DRAIN_SILENCE), contextlib.suppress(UnreadablePostError):
        while time.monotonic() < until and request.read(DRAIN_CHUNK):
            pass


@contextlib.contextmanager
def patience(request: HttpRequest, seconds: float, in_all: float | None = None) -> Iterator[None]:
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
    # Who has hung up meanwhile has nothing more to say either.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
