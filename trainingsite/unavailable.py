"""While the database cannot be used, every request gets a 503 in plain words, made without it: no session, no user."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib.sessions import middleware as sessions
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from .database_errors import DATABASE_ERRORS, is_database_unavailable
from .http import SiteRequest, error_json, wants_json
from .request_body import drain

logger = logging.getLogger(__name__)

RETRY_AFTER = 5  # seconds

Hook = TypeVar("Hook", bound=Callable[..., HttpResponse | None])


def unavailable(request: SiteRequest, error: BaseException) -> HttpResponse:
    """The 503: JSON for programs, a sentence for polls (whose page stays and polls again), a page for people.

    What was being uploaded is removed before the answer is sent.
    """
    logger.warning("%s %s: the database cannot be used: %s", request.method, request.path, error)
    drain(request)
    request.close()
    sentence = _("The site cannot reach its database right now. Nothing is lost; please try again in a minute.")
    if wants_json(request):
        response: HttpResponse = error_json("unavailable", sentence, 503)
    elif request.htmx:
        response = HttpResponse(sentence, status=503, content_type="text/plain; charset=utf-8")
    else:
        # Rendered without the request, whose context (the user, messages) would be read from the database.
        safe = request.method in ("GET", "HEAD")
        response = HttpResponse(render_to_string("503.html", {"goes_on": safe, "seconds": RETRY_AFTER}), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def answers_503(hook: Hook) -> Hook:
    """For what a middleware does before or after the view, where no other middleware sees its exceptions."""

    @functools.wraps(hook)
    def guarded(self: Any, request: SiteRequest, *args: Any) -> HttpResponse | None:
        try:
            return hook(self, request, *args)
        except DATABASE_ERRORS as error:
            if not is_database_unavailable(error):
                raise
            return unavailable(request, error)

    # It is called as the hook is, and answers what the hook may answer.
    return cast(Hook, guarded)


class DatabaseUnavailableMiddleware(MiddlewareMixin):
    """Answers 503 when a view raises such an error."""

    def process_exception(self, request: SiteRequest, error: Exception) -> HttpResponse | None:
        return unavailable(request, error) if is_database_unavailable(error) else None


class SessionMiddleware(sessions.SessionMiddleware):
    """Django's, with a 503 when it cannot write a changed session after the view, where nobody else sees the error."""

    process_response = answers_503(sessions.SessionMiddleware.process_response)
