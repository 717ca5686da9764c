"""The library."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from modules.models import SearchEntry, Step, database_clock

from .factories import make_module, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(client: Client):
    user = make_user("ann")
    client.force_login(user)
    return user


def ready(title: str, owner: str = "ann", **fields):
    made = {"status": "ready", "published_at": database_clock(), "duration": 754.0}
    return make_module(make_user(owner), title=title, **made | fields)


def test_it_needs_a_sign_in(client: Client) -> None:
    assert client.get("/")["Location"] == "/login/?next=/"


def test_a_newcomer_is_invited(client: Client, ann) -> None:
    assert "Upload your first video" in client.get("/").content.decode()
    ready("Shared one", "ben", visibility="signed_in")
    html = client.get("/").content.decode()
    assert "Upload your first video" in html
    assert "Shared one" in html


def test_own_and_shared_modules_are_shown_and_no_others(client: Client, ann) -> None:
    ready("My own")
    ready("For everyone", "ben", visibility="signed_in")
    ready("Bens secret", "ben")
    ready("Behind a link", "ben", visibility="link")
    html = client.get("/").content.decode()
    assert "My own" in html
    assert "For everyone" in html
    assert "Bens secret" not in html
    assert "Behind a link" not in html
    assert "For everyone" not in client.get("/?show=mine").content.decode()
    assert "My own" not in client.get("/?show=shared").content.decode()


def test_a_card_shows_what_matters(client: Client, ann) -> None:
    module = ready("Change the filter")
    for order in (1, 2, 3):
        Step.objects.create(module=module, order=order, title="s", start=0, end=1, deleted=order == 3)
    html = client.get("/").content.decode()
    assert "12:34" in html
    assert "2 steps" in html
    assert reverse("modules:training", args=[module.pk]) in html


def test_a_module_without_a_result_leads_to_its_processing_page(client: Client, ann) -> None:
    module = make_module(status="failed", error={"code": "no_video", "params": {}})
    html = client.get("/").content.decode()
    assert reverse("modules:processing", args=[module.pk]) in html
    assert "Could not be processed" in html


def test_search_looks_at_titles_and_at_what_is_said(client: Client, ann) -> None:
    ready("Espresso machine")
    SearchEntry.objects.create(module=ready("Printer"), text="now open the paper tray")
    made = ready("Auto")
    made.steps.create(order=1, title="Öl wechseln", start=0, end=9)
    SearchEntry.objects.refresh(made.pk)
    assert "Auto" in client.get("/?q=öl WECH").content.decode()
    assert "Printer" in client.get("/?q=paper tray").content.decode()
    assert "Espresso" not in client.get("/?q=paper").content.decode()
    assert "Nothing found for “zebra”" in client.get("/?q=zebra").content.decode()
    assert "Nothing found for “&lt;b&gt;”" in client.get("/?q=<b>").content.decode()


def test_long_lists_come_in_pages(client: Client, ann) -> None:
    for number in range(25):
        make_module(status="cancelled", title=f"Video {number:02}")
    assert "Page 1 of 2" in client.get("/").content.decode()
    assert "Video 00" in client.get("/?page=2").content.decode()
    assert client.get("/?page=nonsense").status_code == 200


def test_it_costs_the_same_number_of_queries_for_one_and_for_twenty(
    client: Client, ann, django_assert_num_queries
) -> None:
    make_module()
    ready("Video", "ben", visibility="signed_in")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    assert len(few) <= 5
    for number in range(19):
        ready(f"Video {number}", "ben", visibility="signed_in")
    with django_assert_num_queries(len(few)):
        assert "Video 18" in client.get("/").content.decode()


def test_cards_in_work_are_polled_until_none_is_in_work(client: Client, ann) -> None:
    module = make_module(title="In the making", progress=5)
    assert f"ids={module.pk}" in client.get("/").content.decode()
    address = f"{reverse('modules:library_live')}?ids={module.pk}"
    html = client.get(address).content.decode()
    assert f'hx-target="#module-{module.pk}"' in html
    assert "every 3s" in html
    type(module).objects.filter(pk=module.pk).update(status="ready", published_at=database_clock())
    html = client.get(address).content.decode()
    assert "every 3s" not in html
    assert reverse("modules:training", args=[module.pk]) in html


def test_the_poll_shows_nobody_elses_modules(client: Client, ann) -> None:
    module = make_module(make_user("ben"), title="Bens secret")
    html = client.get(f"{reverse('modules:library_live')}?ids={module.pk},nonsense").content.decode()
    assert "Bens secret" not in html


def test_nothing_is_polled_where_nothing_is_in_work(client: Client, ann) -> None:
    ready("Done")
    html = client.get("/").content.decode()
    assert "hx-get" not in html
    assert "htmx" not in html


def test_a_nul_in_an_address_is_passed_over(client: Client, ann) -> None:
    """PostgreSQL takes no text with one; SQLite would find nothing by it."""
    ready("Espresso machine")
    module = ready("Shared by a link", "ben", visibility="link")
    SearchEntry.objects.create(module=module, text="said")
    assert "Espresso" in client.get("/?q=espre%00sso").content.decode()
    assert "Espresso" in client.get("/?q=%00").content.decode()
    address = reverse("modules:training", args=[module.pk])
    assert client.get(f"{address}?key=%00").status_code == 404
    assert client.get(f"{address}?key=%00{module.link_key}").status_code == 200
    assert client.session["link_keys"] == [module.link_key]


def test_the_sample_asked_for_twice_from_one_page_is_one_module(client: Client, ann) -> None:
    pages = [client.get("/") for _ in range(2)]
    forms = [re.search(r'name="idempotency_key" value="(\w+)"', page.content.decode())[1] for page in pages]
    made = [
        client.post(reverse("uploads:upload_sample"), {"idempotency_key": key})["Location"] for key in forms[:1] * 2
    ]
    assert made[0] == made[1]
    assert client.post(reverse("uploads:upload_sample"), {"idempotency_key": forms[1]})["Location"] != made[0]
