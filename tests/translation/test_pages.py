"""Every page in a made-up language: a word in Latin letters has not gone through gettext."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import django
import pytest
from babel.messages.pofile import read_po
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from modules.messages import MESSAGES, message_for
from modules.models import Module
from modules.models.module import Visibility

from .catalogues import extract, texts
from .pseudo import LEFT_TO_RIGHT, RIGHT_TO_LEFT, untranslated
from .reading import read
from .states import FAILURE, STATES, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("languages")]
# Those after a full stop are the endings of captions files.
FORMATS = r"\b(?:MP4|MOV|WebM|MKV|AVI|TS|Subtitle Edit)\b|(?<!\w)\.[a-z]{3,5}\b"
NAMES = re.compile(rf"trainingsite|{FORMATS}|[0-9a-f]{{8}}-[0-9a-f-]{{27}}")
"""What stays as it is in every language: names, and the ids of rows."""

DJANGO_S_OWN = {"img alt: Search", "img alt: True", "img alt: False"}
"""What Django's admin says in English in every language."""


class Browser(Client):
    """One that prefers a language."""

    def __init__(self, language: str) -> None:
        self.headers_sent = {"Accept-Language": language}
        super().__init__(headers=self.headers_sent)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(Browser(LEFT_TO_RIGHT), monkeypatch)


def bare(html: str) -> list[str]:
    """What a page says that no translator has seen. The rows in these tests hold no Latin letter."""
    found = [(where, untranslated(NAMES.sub("", text))) for where, text in read(html)]
    said = [f"{where}: {' '.join(words)}" for where, words in found if words]
    return [one for one in said if one not in DJANGO_S_OWN]


@cache
def ours() -> set[tuple[str, ...]]:
    return set(texts(extract()))


@cache
def django_s() -> set[tuple[str, ...]]:
    """The texts of Django itself and of its apps."""
    found: set[tuple[str, ...]] = {("", "")}
    for path in Path(django.__file__).parent.rglob("locale/en/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            found |= set(texts(read_po(file)))
    return found


@pytest.mark.parametrize("name", STATES)
def test_a_page_says_everything_in_the_language_of_its_reader(world: World, languages, name: str) -> None:
    answer = STATES[name](world)
    html = answer.content.decode()
    assert "⟦" in html
    assert bare(html) == []
    assert answer["Content-Language"] == LEFT_TO_RIGHT
    assert "Accept-Language" in answer["Vary"]
    # A text that is looked up, and that no catalogue of ours or Django's would have.
    assert languages[LEFT_TO_RIGHT].asked - ours() - django_s() == set()
    if "<html" in html:
        assert f'<html lang="{LEFT_TO_RIGHT}"' in html
        assert 'dir="ltr"' in html.partition("<body")[0]


@pytest.mark.parametrize("name", ["library of a newcomer", "error 500", "error 503", "error 404", "sign in"])
def test_a_page_runs_in_the_direction_of_its_language(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    html = STATES[name](World(Browser(RIGHT_TO_LEFT), monkeypatch)).content.decode()
    assert f'<html lang="{RIGHT_TO_LEFT}" dir="rtl">' in html


def test_a_language_that_there_is_not_is_answered_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    html = STATES["library of a newcomer"](World(Browser("sw, fr;q=0.5"), monkeypatch)).content.decode()
    assert '<html lang="en" dir="ltr">' in html
    assert "⟦" not in html


def test_what_bypasses_gettext_is_found() -> None:
    html = '<p>⟦Ｂｙ stage {n}⟧ Open</p><img alt="film"><code>manage.py</code><p title="⟦ｘ⟧ (3)">404 MP4</p>'
    assert bare(html) == ["p: stage Open", "img alt: film"]


NAMED = ("limit", "seconds", "attempts", "done", "total", "hours", "width", "height", "model", "setting", "encoding")
PARAMS = dict.fromkeys((*NAMED, "key_setting", "address_setting"), 3)


@pytest.mark.parametrize("code", MESSAGES)
def test_every_sentence_of_the_table_is_translated_whole(code: str) -> None:
    with translation.override("en"):
        english = message_for(code, PARAMS)
    with translation.override(LEFT_TO_RIGHT):
        text = message_for(code, PARAMS)
    assert untranslated(NAMES.sub("", text)) == [] and "⟦" in text and text != english


@pytest.mark.parametrize("address", ["uploads:upload", "uploads:api_upload"])
@pytest.mark.parametrize(
    "limits",
    [{}, {"MAX_ACTIVE_PER_USER": 0}, {"MIN_FREE_DISK_MB": 10**12}, {"MAX_UPLOAD_MB": 0, "MAX_CAPTIONS_KB": -9999}],
)
def test_a_rejection_is_told_in_the_language_of_its_reader(world: World, settings, address: str, limits: dict) -> None:
    for name, value in limits.items():
        setattr(settings, name, value)
    answer = world.client.post(reverse(address), {"file": SimpleUploadedFile("α.mp4", b"no video")})
    assert answer.status_code >= 400
    if address == "uploads:upload":
        assert bare(answer.content.decode()) == []
    else:
        assert untranslated(NAMES.sub("", answer.json()["error"])) == []


def test_a_form_that_is_too_big_is_told_so_in_the_language_of_its_reader(world: World) -> None:
    answer = world.client.post(reverse("accounts:account"), {"first_name": "α" * 2**21})
    assert answer.status_code == 413 and untranslated(answer.content.decode()) == []


def words_of(answer: dict) -> list[str]:
    """The values of the status JSON that a person reads."""
    said = [answer.get("message"), answer.get("error"), *(notice["message"] for notice in answer.get("notices", []))]
    return [text for text in said if text]


def test_the_status_says_it_in_the_language_of_the_program_s_user(world: World) -> None:
    notices = [{"code": "no_stills", "params": {}}]
    rows = [world.at_work(stage="steps", notices=notices), world.module(), world.published()]
    rows += [world.module(status="failed", error=FAILURE), world.module(status="cancelled")]
    for module in rows:
        said = words_of(world.get("modules:status_json", module.pk).json())
        assert said and untranslated(" ".join(said)) == []
    missing = world.get("modules:status_json", "x")
    assert missing.status_code == 404 and untranslated(missing.json()["error"]) == []
    world.client.logout()
    assert untranslated(world.get("modules:status_json", "x").json()["error"]) == []


def test_an_etag_of_one_language_is_no_answer_in_another(world: World) -> None:
    module = world.at_work(stage="steps", message={"code": "extracting"})
    address = reverse("modules:status_json", args=[module.pk])
    mine = world.client.get(address)
    again = world.client.get(address, headers={"If-None-Match": mine["ETag"]})
    english = world.client.get(address, headers={"If-None-Match": mine["ETag"], "Accept-Language": "en"})
    assert (again.status_code, english.status_code) == (304, 200)
    assert english["ETag"] != mine["ETag"]
    assert "Accept-Language" in again["Vary"] and "Accept-Language" in english["Vary"]
    assert "private" in mine["Cache-Control"]


def test_polled_parts_are_never_answered_from_a_copy(world: World) -> None:
    module = world.at_work(stage="steps")
    for answer in (
        world.get("modules:status_fragment", module.pk),
        world.get("modules:library_live", query=f"?ids={module.pk}"),
    ):
        assert "no-store" in answer["Cache-Control"] and "ETag" not in answer


def test_files_are_the_same_for_every_reader(world: World) -> None:
    module = world.published()
    for name in ("captions", "chapters", "transcript"):
        answer = world.get(f"modules:{name}", module.pk)
        assert answer.status_code == 200
        assert "Content-Language" not in answer and "Accept-Language" not in answer.get("Vary", "")
        assert "⟦" not in answer.content.decode()


def test_the_language_costs_no_query(world: World, django_assert_num_queries) -> None:
    world.client.logout()
    with django_assert_num_queries(0):
        world.get("accounts:login")


def test_health_is_told_in_english_whatever_a_browser_prefers(world: World) -> None:
    answer = world.listen().get("readyz").content.decode()
    assert "Listening: local worker." in answer


def test_a_choice_says_its_words_in_the_language_of_the_moment() -> None:
    with translation.override(LEFT_TO_RIGHT):
        assert Visibility("link").label == "⟦Ａｎｙｏｎｅ ｗｉｔｈ ｔｈｅ ｌｉｎｋ⟧"
    assert Visibility("link").label == "Anyone with the link"


def test_saving_an_edit_unchanged_changes_nothing_where_numbers_have_a_comma(world: World) -> None:
    module = world.published()
    module.steps.filter(order=2).update(start=10.25, end=19.5)
    before = list(module.steps.values())
    page = world.get("modules:edit", module.pk)
    form = re.findall(r"<(?:input|option|textarea)[^>]*>", page.content.decode())
    assert 'value="0:10.25"' in page.content.decode() and form
    steps = page.context["steps"]
    data = {f"form-{name}": value for name, value in steps.management_form.initial.items()} | {"title": module.title}
    for one in steps:
        for field in [*one.visible_fields(), *one.hidden_fields()]:
            if field.name != "DELETE" and field.value() is not None:
                data[field.html_name] = field.field.prepare_value(field.value())
                data[field.html_initial_name] = field.field.prepare_value(field.initial)
    answer = world.client.post(reverse("modules:edit", args=[module.pk]), data)
    assert answer.status_code == 302, answer.content.decode()
    assert list(module.steps.values()) == before
    assert Module.objects.get(pk=module.pk).title == module.title
