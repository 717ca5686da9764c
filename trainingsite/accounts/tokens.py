"""Signs programs in: `Authorization: Bearer <token>` acts as its user and needs no CSRF token."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin

from trainingsite.http import SiteRequest
from trainingsite.unavailable import answers_503

from .models import ApiToken


class BearerMiddleware(MiddlewareMixin):
    """Set request.user from a bearer token, on addresses under /api/ only; request.api_token tells the view."""

    @answers_503
    def process_request(self, request: SiteRequest) -> HttpResponse | None:
        request.api_token = None
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if not request.path_info.startswith("/api/") or scheme.lower() != "bearer":
            return None
        if token := ApiToken.objects.for_secret(secret.strip()):
            ApiToken.objects.touch(token)
            request.api_token = token
            request.user = token.user
        return None


class CsrfMiddleware(CsrfViewMiddleware):
    """Django's, but a request that carried a valid token is not a browser's: nothing can be forged."""

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        # Django's own signature says HttpRequest; BearerMiddleware stands before this one.
        if cast(SiteRequest, request).api_token:
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)
