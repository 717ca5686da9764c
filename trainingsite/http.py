"""How every part of the site says no to a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse

from modules.messages import say


def wants_json(request: HttpRequest) -> bool:
    """Programs (everything under /api/) and the upload page's own script get JSON, people get pages."""
    return (
        request.path_info.startswith("/api/")
        or request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )


def refusal_json(code: str, status: int, params: Mapping[str, Any] | None = None) -> JsonResponse:
    """`{success: false, error, errorCode}`, as every address under /api/ says no."""
    response = JsonResponse({"success": False, "error": say(code, params), "errorCode": code}, status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response
