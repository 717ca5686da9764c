"""Upload, sign-in, account, and what is said when something cannot be shown."""

from __future__ import annotations

from typing import Any

from django.db import OperationalError
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from trainingsite.accounts.models import ApiToken

from .world import STATES, State, World, state


@state
def upload(world: World) -> HttpResponseBase:
    return world.get("uploads:upload")


@state
def upload_without_a_file(world: World) -> HttpResponseBase:
    return world.client.post(reverse("uploads:upload"), {"title": "Τ"})


@state
def sign_in(world: World) -> HttpResponseBase:
    world.client.logout()
    return world.get("accounts:login")


@state
def sign_in_with_a_wrong_password(world: World) -> HttpResponseBase:
    world.client.logout()
    return world.client.post(reverse("accounts:login"), {"username": "άννα", "password": "όχι"})


@state
def account(world: World) -> HttpResponseBase:
    ApiToken.objects.issue(world.user)
    token, _ = ApiToken.objects.issue(world.user, "Νύχτα")
    ApiToken.objects.touch(token)
    ApiToken.objects.update(hint="αβγ")
    return world.get("accounts:account")


@state
def account_with_a_new_token(world: World) -> HttpResponseBase:
    world.monkeypatch.setattr("secrets.token_urlsafe", lambda *size: "αβγδεζη")
    return world.client.post(reverse("accounts:create_token"), {"name": "Ν"})


@state
def account_with_a_refused_password(world: World) -> HttpResponseBase:
    data = {"old_password": "α", "new_password1": "12345", "new_password2": "1234"}
    return world.client.post(reverse("accounts:change_password"), data)


@state
def account_saved(world: World) -> HttpResponseBase:
    return world.client.post(reverse("accounts:account"), {"first_name": "Ά"}, follow=True)


@state
def account_after_revoking(world: World) -> HttpResponseBase:
    token, _ = ApiToken.objects.issue(world.user)
    return world.client.post(reverse("accounts:revoke_token", args=[token.pk]), follow=True)


@state
def error_404(world: World) -> HttpResponseBase:
    return world.client.get("/λείπει/")


@state
def error_403_of_the_secret_in_a_form(world: World) -> HttpResponseBase:
    browser = Client(enforce_csrf_checks=True, headers=dict(world.client.headers_sent))
    return browser.post(reverse("accounts:login"), {"username": "ά"})


def broken(error: Exception) -> State:
    def page(world: World) -> HttpResponseBase:
        def fail(*args: Any) -> None:
            raise error

        world.monkeypatch.setattr("modules.views.library.cards", fail)
        return world.get("modules:library")

    return page


STATES["error 500"] = broken(RuntimeError("σφάλμα"))
STATES["error 503"] = broken(OperationalError("σφάλμα"))


@state
def error_503_to_a_form(world: World) -> HttpResponseBase:
    def fail(*args: Any) -> None:
        raise OperationalError("σφάλμα")

    module = world.module()
    world.monkeypatch.setattr("modules.models.module.ModuleQuerySet.cancel", fail)
    return world.client.post(reverse("modules:cancel", args=[module.pk]))
