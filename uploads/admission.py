"""The door: what can be said about an upload before its body is read, and then the reading of it.

Other forms come through it too: small as they are, none may keep a thread waiting for its body.
"""

from __future__ import annotations

import logging
import shutil
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from trainingsite.request_body import read_timeout
from trainingsite.unavailable import answers_503

from .accept import crowded, key_of, known
from .forms import MB
from .multipart import remove_abandoned
from .rejection import Refused, refuse, refuse_form

logger = logging.getLogger(__name__)

GUARDED = {"upload", "api_upload"}
FORM_BYTES = MB  # title, boundaries and headers around the files
OTHER_FORM_MB = 2  # Django itself takes 1 MB of fields, and counts only what it has read
OTHER_FORM_STALL = 15.0  # seconds without a byte; four times that for the whole of it


class DoorMiddleware:
    """Stands before whatever reads the body. Sets request.started (monotonic seconds) and request.upload_id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        remove_abandoned()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.started = time.monotonic()
        return self.get_response(request)

    @answers_503
    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # Here and not in __call__: the refusal's page needs the CSRF cookie, which is known only by now.
        if request.method != "POST":
            return None
        if request.resolver_match.view_name not in GUARDED:
            return other_form(request)
        request.upload_id = uuid.uuid4()
        try:
            check(request)
            logger.info("🚀 [%s] Upload started", request.upload_id)
            receive(request)
        except Refused as refused:
            return refuse(request, refused)
        return None


def check(request: HttpRequest) -> None:
    """All that the headers and the database tell. Raises Refused."""
    if not request.user.is_authenticated:
        raise Refused("signed_out")
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        raise Refused("no_length")
    if int(length) > settings.MAX_UPLOAD_MB * MB + settings.MAX_CAPTIONS_KB * 1024 + FORM_BYTES:
        raise Refused("too_big", limit=settings.MAX_UPLOAD_MB)
    if shutil.disk_usage(settings.MEDIA_ROOT).free - int(length) < settings.MIN_FREE_DISK_MB * MB:
        raise Refused("disk_full")
    if crowded(request.user) and not known(request.user, key_of(request)):
        raise Refused("too_many", limit=settings.MAX_ACTIVE_PER_USER)


def receive(request: HttpRequest) -> None:
    """Read the whole body, so that whatever is wrong with it is said here and in our words. Raises Refused."""
    if request.content_type != "multipart/form-data":
        raise Refused("bad_form")
    request.upload_problem = ""
    try:
        with read_timeout(request, settings.UPLOAD_STALL_SECONDS):
            request.POST  # noqa: B018  Django reads the body when it is first asked for
    except UnreadablePostError as error:
        discard(request)
        raise Refused("broken_off") from error
    except (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as error:
        discard(request)
        raise Refused("bad_form") from error
    if request.upload_problem:
        raise Refused(request.upload_problem)


def other_form(request: HttpRequest) -> HttpResponse | None:
    """Take in the body of a form that is no upload. An answer: the form is too big, or did not arrive in time.

    Whoever sends nothing, or a byte now and then, would hold a thread; and for this nobody need be signed in.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > OTHER_FORM_MB * MB:
        return refuse_form(request, Refused("form_too_big", limit=OTHER_FORM_MB))
    stall = min(settings.UPLOAD_STALL_SECONDS, OTHER_FORM_STALL)
    try:
        with read_timeout(request, stall, in_all=4 * stall):
            request.POST  # noqa: B018  Django reads the body when it is first asked for
    except UnreadablePostError:
        return refuse_form(request, Refused("form_broken_off"))
    return None


def discard(request: HttpRequest) -> None:
    """Django closes the files that are whole; the one that was being written is for us to remove."""
    for handler in request.upload_handlers:
        handler.discard()
