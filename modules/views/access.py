"""Who may see and change which module. Decided inside the row's query, so that a stranger's module is not there."""

from __future__ import annotations

import uuid

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from modules.models import Module, ModuleQuerySet

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


def editable_or_sign_in(request: HttpRequest, pk: uuid.UUID, *, back_to: str) -> Module | HttpResponse:
    """The module for a button on the page back_to, or, for someone signed out, the way to sign in and back there.

    Raises Http404 for someone signed in who may not change it.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(back_to)
    return editable_or_404(request, pk)


def may_edit(request: HttpRequest, module: Module) -> bool:
    """Whether to offer what editable_by would allow."""
    user = request.user
    return user.is_authenticated and (user.is_staff or module.owner_id == user.pk)


def page_or_sign_in(request: HttpRequest, pk: uuid.UUID, *, back_to: str = "") -> Module | HttpResponse:
    """The module for a page, or, for someone signed out who may not see it, the way to sign in.

    back_to: the address to come back to (default: this one). Raises Http404 for someone signed in.
    """
    try:
        return visible_or_404(request, pk)
    except Http404:
        if request.user.is_authenticated:
            raise
        return redirect_to_login(back_to or request.get_full_path())
