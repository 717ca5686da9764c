"""Answers to uploads that are rejected: a status and a sentence, as JSON for programs and as a page for people."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from modules.messages import message_for
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


class Rejected(Exception):
    """An upload that is not taken; `code` names its sentence in `modules.messages`, which is also its text."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(message_for(code, params))


def reject(request: HttpRequest, rejected: Rejected, form: UploadForm | None = None) -> HttpResponse:
    """The answer to a rejected upload. form: what the person had filled in, to be shown again."""
    if rejected.code != "broken_off":
        drain(request)
    # This removes what has arrived. A client that reads the answer may count on that.
    request.close()
    status = STATUS.get(rejected.code, 400)
    logger.warning("❌ [%s] Upload rejected: %s", getattr(request, "upload_id", "-"), rejected.code)
    if wants_json(request):
        return error_json(rejected.code, str(rejected), status)
    if rejected.code == "signed_out":
        return redirect_to_login(request.path)
    if form is None:
        form = UploadForm.rejected(str(rejected))
    return render(request, "uploads/upload.html", form_context(form), status=status)


def reject_form(request: HttpRequest, rejected: Rejected) -> HttpResponse:
    """The answer to a form that is no upload and is not admitted: one sentence."""
    if rejected.code != "form_broken_off":
        drain(request)
    status = STATUS.get(rejected.code, 400)
    logger.warning("❌ %s rejected: %s", request.path, rejected.code)
    if wants_json(request):
        return error_json(rejected.code, str(rejected), status)
    return HttpResponse(str(rejected), status=status, content_type="text/plain; charset=utf-8")
