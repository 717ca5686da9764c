"""Sign-in for polls: htmx follows a redirect silently, and would put the sign-in page into the middle of another."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse, QueryDict
from django.shortcuts import resolve_url
from django.utils.deprecation import MiddlewareMixin
from django_htmx.http import HttpResponseClientRedirect

from trainingsite.http import SiteRequest


class SignInMiddleware(MiddlewareMixin):
    """Where a session has ended, send the whole page to the sign-in page, and back to itself from there."""

    def process_response(self, request: SiteRequest, response: HttpResponse) -> HttpResponse:
        if not request.htmx or response.status_code != 302:
            return response
        sign_in = resolve_url(settings.LOGIN_URL)
        if urlsplit(response["Location"]).path != sign_in:
            return response
        answer = HttpResponseClientRedirect(f"{sign_in}?{_next(request)}")
        answer.cookies = response.cookies
        return answer


def _next(request: SiteRequest) -> str:
    """next=… for the page that polls (the path only: another site's address is of no use here)."""
    try:
        page = urlsplit(request.htmx.current_url or "")
    except ValueError:
        page = urlsplit("")  # no browser sends such an address
    query = QueryDict(mutable=True)
    query[REDIRECT_FIELD_NAME] = (page.path or "/") + (f"?{page.query}" if page.query else "")
    return query.urlencode(safe="/")
