"""Editing a training: its title and description, and its steps."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import F
from django.forms import BaseModelFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from modules.forms import ModuleForm, NewStepFormSet, StepForm, StepFormSet
from modules.models import Module, SearchEntry, Step

from .access import editable_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One form for all of it. ?add=1: with an empty step at the end. Without a result there is nothing to edit."""
    module = editable_or_404(request, pk)
    if module.published_at is None:
        return redirect("modules:processing", pk)
    sets = NewStepFormSet if "add" in request.GET else StepFormSet
    form = ModuleForm(request.POST or None, instance=module)
    steps = sets(request.POST or None, queryset=module.steps.shown(), form_kwargs={"duration": module.duration})
    if request.method == "POST" and form.is_valid() and steps.is_valid():
        with transaction.atomic():
            # The module first, as a run that publishes does: two that lock in the same order wait for each other.
            Module.objects.select_for_update().only("pk").get(pk=pk)
            save(module, form, steps)
        messages.success(request, _("Your changes have been saved."))
        return redirect("modules:training", pk)
    status = 400 if request.method == "POST" else 200
    return render(request, "modules/edit.html", {"module": module, "form": form, "steps": steps}, status=status)


def save(module: Module, form: ModuleForm, steps: BaseModelFormSet[Step, StepForm]) -> None:
    """Write what was changed, and nothing else: a run may be writing to the same rows."""
    steps.save(commit=False)
    for step in steps.deleted_objects:
        remove(step)
    for changed in (one for one in steps.initial_forms if one not in steps.deleted_forms and one.changes):
        # Not save(): a step that a new run has just replaced is no error.
        Step.objects.filter(pk=changed.instance.pk).update(**changed.changes)
    for step in steps.new_objects:
        step.module, step.order = module, 0
        step.save()
    in_order_of_time(module)
    fields = {name: form.cleaned_data[name] for name in form.changed_data}
    Module.objects.filter(pk=module.pk).update(**fields, version=F("version") + 1)
    SearchEntry.objects.refresh(module.pk)


def remove(step: Step) -> None:
    """A machine's step stays as a deleted one, so that the next run does not bring it back."""
    if step.machine:
        Step.objects.filter(pk=step.pk).update(deleted=True)
    else:
        step.delete()


def in_order_of_time(module: Module) -> None:
    """Steps follow the video."""
    for order, step in enumerate(module.steps.order_by("start", "end", "order"), start=1):
        if step.order != order:
            Step.objects.filter(pk=step.pk).update(order=order)
