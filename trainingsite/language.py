"""The language of the interface: the one that the browser prefers, of those in LANGUAGES."""

from __future__ import annotations

from typing import TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware

Response = TypeVar("Response", bound=HttpResponseBase)


class LanguageMiddleware(LocaleMiddleware):
    """Django's, which asks no database, except for files: these are in the language of the video, for every reader."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if getattr(response, "same_in_every_language", False):
            return response
        return super().process_response(request, response)


def same_in_every_language(response: Response) -> Response:
    """Mark an answer without words of ours: it gets no Content-Language, and caches keep one copy of it."""
    response.same_in_every_language = True  # type: ignore[attr-defined]
    return response
