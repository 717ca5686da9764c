"""The processing page, the fragment it polls, and what a person may ask of a module."""

from __future__ import annotations

import uuid
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from modules import jobs
from modules.messages import message_for
from modules.models import Module, Status, database_clock
from modules.storage.files import delete_folder

from .access import editable_or_sign_in, page_or_sign_in
from .progress import progress_context


@require_GET
@never_cache
def processing(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far the module is. Ready: on to the training."""
    module = page_or_sign_in(request, pk)
    if isinstance(module, HttpResponse):
        return module
    if module.status == Status.READY:
        return redirect("training", pk)
    return render(request, "modules/processing.html", progress_context(request, module))


@require_GET
@never_cache
def status_fragment(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the processing page polls. When the run is over it has no trigger any more, so polling ends."""
    module = page_or_sign_in(request, pk, back_to=reverse("processing", args=[pk]))
    if isinstance(module, HttpResponse):
        return module
    if module.status == Status.READY:
        # htmx reads its headers on a 200 only.
        return HttpResponse(headers={"HX-Redirect": reverse("training", args=[pk])})
    return render(request, "modules/_progress.html", progress_context(request, module))


@require_POST
def retry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Process it again. what: '' (use saved work), 'steps' (write them again) or 'speech' (transcribe again)."""
    page = reverse("processing", args=[pk])
    module = editable_or_sign_in(request, pk, back_to=page)
    if isinstance(module, HttpResponse):
        return module
    if Module.objects.in_work().filter(owner=module.owner_id).count() >= settings.MAX_ACTIVE_PER_USER:
        messages.error(request, message_for("too_many", {"limit": settings.MAX_ACTIVE_PER_USER}))
        return redirect(page)
    what = request.POST.get("what", "")
    if Module.objects.requeue(pk, database_clock(), steps=what == "steps", speech=what == "speech"):
        module = Module.objects.get(pk=pk)
        transaction.on_commit(partial(jobs.enqueue, module), robust=True)
    return redirect(page)


@require_POST
def cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take it out of work. What is saved stays saved."""
    page = reverse("processing", args=[pk])
    module = editable_or_sign_in(request, pk, back_to=page)
    if isinstance(module, HttpResponse):
        return module
    Module.objects.cancel(pk)
    return redirect(page)


@require_POST
def delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The module and all its files. A run that works on it finds its row gone, and stops."""
    module = editable_or_sign_in(request, pk, back_to=reverse("training", args=[pk]))
    if isinstance(module, HttpResponse):
        return module
    title, folder = module.title, module.folder
    module.delete()
    transaction.on_commit(partial(delete_folder, folder), robust=True)
    messages.success(request, _("“{title}” was deleted.").format(title=title))
    return redirect("library")
