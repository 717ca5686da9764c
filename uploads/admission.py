"""Admission: checks an upload before its body is read, and then reads the body.

Other forms are admitted here too, because even a small one holds a thread when its body does not come.
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

from trainingsite.http import SiteRequest
from trainingsite.request_body import read_timeout
from trainingsite.unavailable import answers_503

from .accept import earlier_upload, idempotency_key_of, over_active_limit
from .forms import MB
from .multipart import StreamToDisk, remove_abandoned
from .rejection import Rejected, reject, reject_form

logger = logging.getLogger(__name__)

GUARDED = {"uploads:upload", "uploads:api_upload"}
FORM_BYTES = MB  # title, boundaries and headers around the files
OTHER_FORM_MB = 2  # Django itself takes 1 MB of fields, and counts only what it has read
OTHER_FORM_STALL = 15.0  # seconds without a byte; four times that for the whole of it


class AdmissionMiddleware:
    """Stands before whatever reads the body. Sets request.started (monotonic seconds) and request.upload_id."""

    def __init__(self, get_response: Callable[[SiteRequest], HttpResponse]) -> None:
        self.get_response = get_response
        remove_abandoned()

    def __call__(self, request: SiteRequest) -> HttpResponse:
        request.started = time.monotonic()
        return self.get_response(request)

    @answers_503
    def process_view(self, request: SiteRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # Here and not in __call__, because the page of a rejection needs the CSRF cookie, which is known only by now.
        if request.method != "POST":
            return None
        if request.resolver_match is None or request.resolver_match.view_name not in GUARDED:
            return other_form(request)
        request.upload_id = uuid.uuid4()
        try:
            check(request)
            logger.info("🚀 [%s] Upload started", request.upload_id)
            receive(request)
        except Rejected as rejected:
            return reject(request, rejected)
        return None


def check(request: SiteRequest) -> None:
    """All that the headers and the database tell. Raises Rejected."""
    if not request.user.is_authenticated:
        raise Rejected("signed_out")
    length = content_length(request)
    if length is None:
        raise Rejected("no_length")
    if length > settings.MAX_UPLOAD_MB * MB + settings.MAX_CAPTIONS_KB * 1024 + FORM_BYTES:
        raise Rejected("too_big", limit=settings.MAX_UPLOAD_MB)
    if shutil.disk_usage(settings.MEDIA_ROOT).free - length < settings.MIN_FREE_DISK_MB * MB:
        raise Rejected("disk_full")
    if over_active_limit(request.user) and not earlier_upload(request.user, idempotency_key_of(request)):
        raise Rejected("too_many", limit=settings.MAX_ACTIVE_PER_USER)


def content_length(request: HttpRequest, missing: str = "") -> int | None:
    """Bytes of the body, as its header tells; None when that is no number. missing: stands for a missing header."""
    length = request.META.get("CONTENT_LENGTH") or missing
    # Twenty digits are beyond every limit already, and Python reads no number of more than 4,300.
    return int(length.lstrip("0")[:20] or 0) if length.isdecimal() else None


def receive(request: SiteRequest) -> None:
    """Read the whole body, so that whatever is wrong with it is said here and in our words. Raises Rejected."""
    if request.content_type != "multipart/form-data":
        raise Rejected("bad_form")
    request.upload_problem = ""
    try:
        with read_timeout(request, settings.UPLOAD_STALL_SECONDS):
            request.POST  # noqa: B018  Django reads the body when it is first asked for
    except UnreadablePostError as error:
        discard(request)
        raise Rejected("broken_off") from error
    except (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as error:
        discard(request)
        raise Rejected("bad_form") from error
    if request.upload_problem:
        raise Rejected(request.upload_problem)


def other_form(request: SiteRequest) -> HttpResponse | None:
    """Take in the body of a form that is no upload. An answer: the form is too big, or did not arrive in time.

    A client that sends nothing, or a byte now and then, would hold a thread, and it need not even be signed in.
    """
    length = content_length(request, missing="0")
    if length is None or length > OTHER_FORM_MB * MB:
        return reject_form(request, Rejected("form_too_big", limit=OTHER_FORM_MB))
    stall = min(settings.UPLOAD_STALL_SECONDS, OTHER_FORM_STALL)
    try:
        with read_timeout(request, stall, in_all=4 * stall):
            request.POST  # noqa: B018  Django reads the body when it is first asked for
    except UnreadablePostError:
        return reject_form(request, Rejected("form_broken_off"))
    return None


def discard(request: SiteRequest) -> None:
    """Django closes the files that are whole; the one that was being written is for us to remove."""
    for handler in request.upload_handlers:
        if isinstance(handler, StreamToDisk):
            handler.discard()
