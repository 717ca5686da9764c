"""What every part of the site shares: the request with what our middleware adds, and how we say no to a program.

Knows nothing of the apps but who signs in, so that each of them may use it.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.http import HttpRequest, JsonResponse
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    # Not while the program runs: models can be imported only once Django has loaded its apps.
    from trainingsite.accounts.models import ApiToken, User


class SiteRequest(HttpRequest):
    """A request with what our middleware adds to it. For annotations alone: Django makes an HttpRequest."""

    htmx: HtmxDetails
    """What htmx says of itself in its headers (django-htmx)."""

    api_token: ApiToken | None
    """By which the request is signed in; None for a browser's session (BearerMiddleware)."""

    started: float
    """time.monotonic() when its headers had arrived (AdmissionMiddleware)."""

    upload_id: uuid.UUID
    """Set where a video may be uploaded, and there alone (AdmissionMiddleware)."""

    upload_problem: str
    """Why reading the upload's body ended early, as a code of `modules.messages`; '' when it did not."""


class SignedInRequest(SiteRequest):
    """A request to a view under `login_required`."""

    user: User


def wants_json(request: HttpRequest) -> bool:
    """Programs (everything under /api/) and the upload page's own script get JSON, people get pages."""
    return (
        request.path_info.startswith("/api/")
        or request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )


def error_json(code: str, sentence: str, status: int) -> JsonResponse:
    """`{success: false, error, errorCode}`: the form that an error has at every address under /api/."""
    response = JsonResponse({"success": False, "error": sentence, "errorCode": code}, status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response
