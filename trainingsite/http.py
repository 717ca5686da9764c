"""How every part of the site says no to a program. Knows nothing of the apps, so that each of them may use it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse


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
