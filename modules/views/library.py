"""The library: everything a person may see, and how far it is."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from modules.models import Module, ModuleQuerySet, Step
from trainingsite.http import SignedInRequest

from .api import as_uuid

PAGE = 24


def cards(modules: ModuleQuerySet) -> ModuleQuerySet:
    """With what a card shows, in one query."""
    steps = Step.objects.shown().filter(module=OuterRef("pk")).order_by().values("module").annotate(n=Count("pk"))
    count = Coalesce(Subquery(steps.values("n"), output_field=IntegerField()), 0)
    return modules.select_related("owner").defer("summary").annotate(step_count=count)


def found(request: SignedInRequest, whose: str, words: str) -> ModuleQuerySet:
    """The modules this person may see that fit. whose: '' (all), 'mine' or 'shared'."""
    modules = Module.objects.visible_to(request.user)
    if whose == "mine":
        modules = modules.filter(owner=request.user)
    elif whose == "shared":
        modules = modules.exclude(owner=request.user)
    for word in words.split()[:8]:
        modules = modules.filter(
            Q(title__icontains=word) | Q(description__icontains=word) | Q(search_entry__text__icontains=word.casefold())
        )
    return modules


@require_GET
@never_cache
@login_required
def library(request: SignedInRequest) -> HttpResponse:
    """?q= words to look for, ?show=mine|shared, ?page=."""
    # PostgreSQL has no text with a NUL in it.
    words, whose = request.GET.get("q", "").replace("\0", "").strip()[:200], request.GET.get("show", "")
    page = Paginator(cards(found(request, whose, words)), PAGE).get_page(request.GET.get("page"))
    modules = list(page.object_list)
    context = {
        "page": page,
        "modules": modules,
        "live": [module for module in modules if module.in_work],
        "words": words,
        "whose": whose if whose in ("mine", "shared") else "",
        "newcomer": not words and whose != "shared" and not Module.objects.filter(owner=request.user).exists(),
        "sample_available": settings.SAMPLE_VIDEO.is_file(),
        "sample_key": uuid.uuid4().hex,
    }
    return render(request, "modules/library.html", context)


@require_GET
@never_cache
@login_required
def library_live(request: HttpRequest) -> HttpResponse:
    """The cards named in ?ids= as they are now. Polling continues for those that are still in progress."""
    asked = [as_uuid(text) for text in request.GET.get("ids", "").split(",")][:PAGE]
    keys: list[uuid.UUID] = [pk for pk in asked if pk]
    modules = list(cards(Module.objects.visible_to(request.user).filter(pk__in=keys)))
    live = [module for module in modules if module.in_work]
    return render(request, "modules/_live.html", {"modules": modules, "live": live})
