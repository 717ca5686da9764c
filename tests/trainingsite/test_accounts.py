"""Signing in and out, the account page, tokens, and what ends with a session."""

from __future__ import annotations

import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from trainingsite.accounts.models import ApiToken, User

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-secret"


@pytest.fixture
def anna() -> User:
    return User.objects.create_user("anna", password=PASSWORD)


@pytest.fixture
def page(anna: User) -> Client:
    client = Client()
    client.force_login(anna)
    return client


def test_signing_in_leads_back_to_where_one_was(client: Client, anna: User):
    assert client.get("/account/")["Location"] == "/login/?next=/account/"
    assert 'value="/account/"' in client.get("/login/?next=/account/").content.decode()
    response = client.post("/login/", {"username": "anna", "password": PASSWORD, "next": "/account/"})
    assert response["Location"] == "/account/"


def test_signing_in_never_leads_to_another_site(client: Client, anna: User):
    response = client.post("/login/", {"username": "anna", "password": PASSWORD, "next": "https://example.com/"})
    assert response["Location"] == "/"


def test_a_wrong_password_is_said(client: Client, anna: User):
    response = client.post("/login/", {"username": "anna", "password": "wrong"})
    assert response.status_code == 200
    assert response.context["form"].errors


def test_signing_out_takes_a_post(page: Client):
    assert page.get("/logout/").status_code == 405
    assert page.post("/logout/")["Location"] == "/login/"
    assert page.get("/account/").status_code == 302


def test_name_and_address_can_be_changed(page: Client, anna: User):
    page.post("/account/", {"first_name": "Anna", "last_name": "Lind", "email": "anna@example.com"})
    anna.refresh_from_db()
    assert (anna.get_full_name(), anna.email) == ("Anna Lind", "anna@example.com")
    assert page.post("/account/", {"email": "no address"}).context["profile_form"].errors["email"]


def test_the_account_page_makes_nobody_an_admin(page: Client, anna: User):
    page.post("/account/", {"first_name": "Anna", "is_staff": "on", "is_superuser": "on", "username": "root"})
    anna.refresh_from_db()
    assert (anna.first_name, anna.is_staff, anna.is_superuser, anna.username) == ("Anna", False, False, "anna")


def test_only_staff_reach_the_admin(page: Client, anna: User):
    assert page.get("/admin/")["Location"].startswith("/admin/login/")
    User.objects.filter(pk=anna.pk).update(is_staff=True)
    assert page.get("/admin/").status_code == 200


def test_a_new_password_keeps_this_session(page: Client, anna: User):
    new = {"old_password": PASSWORD, "new_password1": "another-long-one", "new_password2": "another-long-one"}
    assert page.post("/account/password/", new)["Location"] == "/account/"
    assert page.get("/account/").status_code == 200
    anna.refresh_from_db()
    assert anna.check_password("another-long-one")
    response = page.post("/account/password/", new)
    assert (response.status_code, "old_password" in response.context["password_form"].errors) == (400, True)


def test_a_token_is_shown_once_and_works_until_it_is_revoked(page: Client):
    response = page.post("/account/tokens/", {"name": "my script"})
    secret = response.context["new_token"]
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert secret not in page.get("/account/").content.decode()
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert program.post("/api/upload", {"title": "x"}).json()["errorCode"] == "no_file"
    token = ApiToken.objects.get()
    assert token.last_used_at is not None
    page.post(f"/account/tokens/{token.pk}/revoke/")
    assert program.post("/api/upload", {"title": "x"}).status_code == 401


def test_nobody_revokes_another_s_token(page: Client):
    token, _ = ApiToken.objects.issue(User.objects.create_user("ben"))
    assert page.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_the_token_of_a_closed_account_is_worth_nothing(anna: User):
    _, secret = ApiToken.objects.issue(anna)
    User.objects.update(is_active=False)
    response = Client(headers={"Authorization": f"Bearer {secret}"}).post("/api/upload", {"title": "x"})
    assert response.status_code == 401


@pytest.mark.parametrize("path", ["/account/", "/upload/", "/login/api/", "/admin/"])
def test_a_token_opens_nothing_but_the_api(anna: User, path: str):
    User.objects.update(is_staff=True)
    token, secret = ApiToken.objects.issue(anna)
    program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
    response = program.get(path)
    assert response.wsgi_request.user.is_anonymous
    assert response.status_code in (302, 404)
    response = program.post(path, {"first_name": "Mallory"})
    assert response.wsgi_request.user.is_anonymous
    anna.refresh_from_db()
    token.refresh_from_db()
    assert (anna.first_name, token.last_used_at) == ("", None)
    assert program.get("/api/upload/status/1").status_code == 404, "signed in, and there is none"


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_a_token_is_taken_as_a_bearer_token_alone(anna: User, scheme: str):
    _, secret = ApiToken.objects.issue(anna)
    for sent, status in ((f"{scheme} {secret}", 401), (f"bearer  {secret} ", 404)):
        assert Client(headers={"Authorization": sent}).get("/api/upload/status/1").status_code == status


def test_create_token_prints_the_secret_and_nothing_else(anna: User):
    out = StringIO()
    call_command("create_token", "anna", "--name", "backup", stdout=out)
    assert ApiToken.objects.for_secret(out.getvalue().removesuffix("\n")).user == anna
    with pytest.raises(CommandError, match="no active user “ben”"):
        call_command("create_token", "ben")


def test_a_poll_of_an_ended_session_moves_the_whole_page_to_sign_in():
    poll = {"HX-Request": "true", "HX-Current-URL": "http://testserver/account/?tab=tokens"}
    response = Client().get("/account/", headers=poll)
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/login/?next=/account/%3Ftab%3Dtokens"


def test_the_demo_account_keeps_its_password_in_a_file_of_its_own(settings: Any, tmp_path: Path):
    settings.DEBUG, settings.DATA_DIR, settings.DEMO_PASSWORD = True, tmp_path, ""
    said = []
    for _ in range(2):
        out = StringIO()
        call_command("create_demo_user", stdout=out)
        said.append(out.getvalue())
    assert said[0] == said[1]
    password = (tmp_path / "demo.txt").read_text()
    assert password in said[0]
    assert stat.S_IMODE((tmp_path / "demo.txt").stat().st_mode) == 0o600
    demo = User.objects.get(username=settings.DEMO_USERNAME)
    assert demo.check_password(password) and demo.is_staff and demo.is_superuser


def test_the_demo_account_takes_a_given_password_and_does_not_print_it(settings: Any, tmp_path: Path):
    settings.DEBUG, settings.DATA_DIR = True, tmp_path
    settings.DEMO_USERNAME, settings.DEMO_PASSWORD = "visitor", "given-by-hand"
    out = StringIO()
    call_command("create_demo_user", stdout=out)
    assert User.objects.get(username="visitor").check_password("given-by-hand")
    assert "given-by-hand" not in out.getvalue()
    assert not (tmp_path / "demo.txt").exists()


def test_there_is_no_demo_account_in_production(settings: Any):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=true"):
        call_command("create_demo_user")
    assert not User.objects.exists()


def test_a_token_works_where_the_site_has_a_prefix(anna: User):
    _, secret = ApiToken.objects.issue(anna)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert program.post("/api/upload", {"title": "x"}, SCRIPT_NAME="/training").json()["errorCode"] == "no_file"
    # And not because of a prefix that looks like the API.
    assert program.get("/account/", SCRIPT_NAME="/api").status_code == 302
