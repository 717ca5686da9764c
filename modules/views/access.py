"""Who may see and change which module. Decided inside the row's query, so that a stranger's module is not there."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from modules.models import Module, ModuleQuerySet

ModuleView = Callable[[HttpRequest, Module], HttpResponseBase]
PageView = Callable[[HttpRequest, uuid.UUID], HttpResponseBase]

KEYS_KEPT = 50
"""Link keys that a session remembers; the oldest go first."""


def asked_key(request: HttpRequest) -> str:
    """The key in the address; without NULs, which PostgreSQL has in no text."""
    return request.GET.get("key", "").replace("\0", "")


def link_keys(request: HttpRequest) -> tuple[str, ...]:
    """The unguessable keys this person came with: in the address now, or earlier in this session."""
    asked = asked_key(request)
    known = tuple(request.session.get("link_keys", ()))
    return (*known, asked) if asked and asked not in known else known


def visible_or_404(request: HttpRequest, pk: uuid.UUID, modules: ModuleQuerySet | None = None) -> Module:
    """The module, if this person may see it.

    A link key that opened it is remembered in the session.

    Raises Http404 (somebody else's, or none at all).
    """
    rows = Module.objects.all() if modules is None else modules
    module = rows.visible_to(request.user, link_keys(request)).filter(pk=pk).first()
    if module is None:
        raise Http404("No such module.")
    known = request.session.get("link_keys", [])
    if asked_key(request) == module.link_key and module.link_key not in known:
        request.session["link_keys"] = [*known, module.link_key][-KEYS_KEPT:]
    return module


def editable_or_404(request: HttpRequest, pk: uuid.UUID) -> Module:
    """The module, if this person may change it. Raises Http404."""
    module = Module.objects.editable_by(request.user).filter(pk=pk).first()
    if module is None:
        raise Http404("No such module.")
    return module


def for_viewers(back_to: str = "") -> Callable[[ModuleView], PageView]:
    """For a view that gets the module of its address, if this person may see it.

    Someone signed out who may not is led to sign in, and then back to the page named back_to (default: this one).
    Someone signed in gets a 404.
    """

    def decorate(view: ModuleView) -> PageView:
        @wraps(view)
        def guarded(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
            try:
                module = visible_or_404(request, pk)
            except Http404:
                if request.user.is_authenticated:
                    raise
                return redirect_to_login(reverse(back_to, args=[pk]) if back_to else request.get_full_path())
            return view(request, module)

        return guarded

    return decorate


def for_editors(back_to: str) -> Callable[[ModuleView], PageView]:
    """For a view behind a button on the page named back_to, which gets the module if this person may change it.

    Someone signed out is led to sign in, and then back to that page; someone signed in who may not gets a 404.
    """

    def decorate(view: ModuleView) -> PageView:
        @wraps(view)
        def guarded(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(reverse(back_to, args=[pk]))
            return view(request, editable_or_404(request, pk))

        return guarded

    return decorate


def may_edit(request: HttpRequest, module: Module) -> bool:
    """Whether to offer what editable_by would allow."""
    user = request.user
    return user.is_authenticated and (user.is_staff or module.owner_id == user.pk)
