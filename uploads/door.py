"""The door: what can be said about an upload before its body is read, and then the reading of it."""

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

from .accept import crowded, key_of, known
from .forms import MB
from .handlers import remove_abandoned
from .refusals import Refused, patience, refuse

logger = logging.getLogger(__name__)

GUARDED = {"upload", "api_upload"}
FORM_BYTES = MB  # title, boundaries and headers around the files


class DoorMiddleware:
    """Stands before whatever reads the body. Sets request.started (monotonic seconds) and request.upload_id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        remove_abandoned()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.started = time.monotonic()
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # Here and not in __call__: the refusal's page needs the CSRF cookie, which is known only by now.
        if request.method != "POST" or request.resolver_match.view_name not in GUARDED:
            return None
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
        with patience(request, settings.UPLOAD_STALL_SECONDS):
            request.POST  # noqa: B018  Django reads the body when it is first asked for
    except UnreadablePostError as error:
        discard(request)
        raise Refused("broken_off") from error
    except (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as error:
        discard(request)
        raise Refused("bad_form") from error
    if request.upload_problem:
        raise Refused(request.upload_problem)


def discard(request: HttpRequest) -> None:
    """Django closes the files that are whole; the one that was being written is for us to remove."""
    for handler in request.upload_handlers:
        handler.discard()
