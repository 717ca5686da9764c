"""Saying no to an upload: the status and the sentence for each code, as JSON for programs and as a page for people."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from modules.messages import say
from trainingsite.http import error_json, wants_json
from trainingsite.request_body import drain

from .forms import UploadForm, form_context

logger = logging.getLogger(__name__)

STATUS = {
    "signed_out": 401,
    "not_allowed": 405,
    "too_big": 413,
    "form_too_big": 413,
    "not_a_video": 415,
    "too_many": 429,
    "storage_down": 503,
    "disk_full": 507,
}
"""Code → HTTP status; every other code is 400."""


class Refused(Exception):
    """An upload that is turned away; `code` names its sentence in `modules.messages`, which is also its text."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(say(code, params))


def refuse(request: HttpRequest, refused: Refused, form: UploadForm | None = None) -> HttpResponse:
    """The answer to an upload that is turned away. form: what the person had filled in, to be shown again."""
    if refused.code != "broken_off":
        drain(request)
    # What has arrived goes before the answer, not after it.
    request.close()
    status = STATUS.get(refused.code, 400)
    logger.warning("❌ [%s] Upload refused: %s", getattr(request, "upload_id", "-"), refused.code)
    if wants_json(request):
        return error_json(refused.code, str(refused), status)
    if refused.code == "signed_out":
        return redirect_to_login(request.path)
    if form is None:
        form = UploadForm.refused(str(refused))
    return render(request, "uploads/upload.html", form_context(form), status=status)


def refuse_form(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The answer to a form that is no upload and is turned away at the door: one sentence."""
    if refused.code != "form_broken_off":
        drain(request)
    status = STATUS.get(refused.code, 400)
    logger.warning("❌ %s refused: %s", request.path, refused.code)
    if wants_json(request):
        return error_json(refused.code, str(refused), status)
    return HttpResponse(str(refused), status=status, content_type="text/plain; charset=utf-8")
