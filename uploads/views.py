"""The upload page and `POST /api/upload`. What is posted to them has passed admission.py, and ends in accept.py."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files import File
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from modules.messages import message_for
from modules.models import Module
from trainingsite.http import SignedInRequest, SiteRequest, error_json, wants_json

from .accept import accept, idempotency_key_of
from .forms import UploadForm, form_context
from .models import Upload
from .rejection import Rejected, reject


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: SignedInRequest) -> HttpResponse:
    """The upload page. Its script gets the JSON of the API; a plain form is led to the processing page."""
    if request.method == "POST":
        return receive(request, Upload.Source.PAGE)
    return render(request, "uploads/upload.html", form_context(UploadForm()))


def api_upload(request: SiteRequest) -> HttpResponse:
    """`POST /api/upload`: multipart with `file`, and `title` and `captions` if wanted."""
    if request.method != "POST":
        response = error_json("not_allowed", message_for("not_allowed"), 405)
        response["Allow"] = "POST"
        return response
    return receive(request, Upload.Source.API)


SAMPLE_TITLE = "Make a training from a video"


@require_POST
@login_required
def upload_sample(request: SignedInRequest) -> HttpResponse:
    """Accept the sample that comes with the product, as if this person had uploaded it."""
    path = settings.SAMPLE_VIDEO
    if not path.is_file():
        raise Http404
    try:
        with path.open("rb") as file:
            sample = File(file, name=path.name)
            key = once(request.POST.get("idempotency_key", ""), sample)
            source = Upload.Source.SAMPLE
            module = accept(sample, user=request.user, title=SAMPLE_TITLE, source=source, idempotency_key=key)
    except Rejected as rejected:
        return reject(request, rejected)
    return redirect("modules:processing", module.pk)


def receive(request: SiteRequest, source: str) -> HttpResponse:
    """Check the form of an admitted upload, accept the video, and answer at once."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        code, params = form.rejection
        return reject(request, Rejected(code, **params), form)
    try:
        module = accept(
            form.cleaned_data["file"],
            user=request.user,
            title=form.cleaned_data["title"],
            captions=form.cleaned_data["captions"],
            source=source,
            idempotency_key=idempotency_key_of(request)
            or once(form.cleaned_data["idempotency_key"], form.cleaned_data["file"]),
            upload_id=request.upload_id,
            started=request.started,
        )
    except Rejected as rejected:
        return reject(request, rejected)
    # The file of a repeated upload was not moved to its place; it is removed before the answer, not at some time after.
    request.close()
    return accepted_json(module) if wants_json(request) else redirect("modules:processing", module.pk)


def once(key: str, file: File) -> str:
    """The form's own key, with the file in it: who goes back and picks another file makes another upload."""
    return hashlib.sha256(f"{key}\n{file.name}\n{file.size}".encode()).hexdigest() if key else ""


def accepted_json(module: Module) -> JsonResponse:
    """The API's 201."""
    processing = reverse("modules:processing", args=[module.pk])
    answer = {
        "success": True,
        "moduleId": str(module.pk),
        "status": "processing",
        "message": _("Your video has arrived and is being worked on."),
        "statusUrl": reverse("modules:status_json", args=[module.pk]),
        "processingUrl": processing,
        "trainingUrl": reverse("modules:training", args=[module.pk]),
    }
    return JsonResponse(answer, status=201, headers={"Location": processing})
