"""The processing page, the fragment it polls, and what a person may ask of a module."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from modules import jobs
from modules.messages import message_for
from modules.models import Module, Status, database_clock
from modules.storage.files import delete_folder_after_commit

from .access import for_editors, for_viewers
from .progress import progress_context


@require_GET
@never_cache
@for_viewers()
def processing(request: HttpRequest, module: Module) -> HttpResponse:
    """How far the module is. Ready: on to the training."""
    if module.status == Status.READY:
        return redirect("modules:training", module.pk)
    return render(request, "modules/processing.html", progress_context(request, module))


@require_GET
@never_cache
@for_viewers(back_to="modules:processing")
def status_fragment(request: HttpRequest, module: Module) -> HttpResponse:
    """What the processing page polls. When nothing more will happen it has no trigger, and so polling ends."""
    if module.status == Status.READY:
        return HttpResponseClientRedirect(reverse("modules:training", args=[module.pk]))
    return render(request, "modules/_progress.html", progress_context(request, module))


@require_POST
@for_editors(back_to="modules:processing")
def retry(request: HttpRequest, module: Module) -> HttpResponse:
    """Work on it again. what: '' (go on from saved work), 'steps' (write them again) or 'speech' (transcribe again)."""
    page = redirect("modules:processing", module.pk)
    if Module.objects.in_work().filter(owner=module.owner_id).count() >= settings.MAX_ACTIVE_PER_USER:
        messages.error(request, message_for("too_many", {"limit": settings.MAX_ACTIVE_PER_USER}))
        return page
    what = request.POST.get("what", "")
    if Module.objects.requeue(module.pk, database_clock(), steps=what == "steps", speech=what == "speech"):
        jobs.enqueue_after_commit(Module.objects.get(pk=module.pk))
    return page


@require_POST
@for_editors(back_to="modules:processing")
def cancel(request: HttpRequest, module: Module) -> HttpResponse:
    """Take it out of work. What is saved stays saved."""
    Module.objects.cancel(module.pk)
    return redirect("modules:processing", module.pk)


@require_POST
@for_editors(back_to="modules:training")
def delete(request: HttpRequest, module: Module) -> HttpResponse:
    """The module and all its files. A run that works on it finds its row gone, and stops."""
    title, folder = module.title, module.folder
    module.delete()
    delete_folder_after_commit(folder)
    messages.success(request, _("“{title}” was deleted.").format(title=title))
    return redirect("modules:library")
