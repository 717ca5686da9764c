"""The training page and sharing."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from modules.models import Cue, Question, Rendition, Step, database_clock

from .factories import make_module, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def module():
    made = make_module(status="ready", published_at=database_clock(), duration=60.0, language="en", poster="p.jpg")
    transcript = made.transcripts.create(language="en", origin="speech")
    for number, text in enumerate(["Switch it off.", "Now lift the tank.", "Done."], start=1):
        Cue.objects.create(transcript=transcript, number=number, start=number * 10.5, end=number * 10.5 + 5, text=text)
    Step.objects.create(module=made, order=1, title="Switch off", start=10.5, end=20, cues=[1], still="s.jpg")
    Step.objects.create(module=made, order=2, kind="warning", title="Lift <b>", start=21, end=40, cues=[2, 99])
    Step.objects.create(module=made, order=3, title="Deleted by a person", start=41, end=50, deleted=True)
    return made


def page(client: Client, module, query: str = "") -> str:
    return client.get(reverse("modules:training", args=[module.pk]) + query).content.decode()


def test_steps_with_their_times_pictures_and_the_cues_they_came_from(client: Client, module) -> None:
    client.force_login(module.owner)
    html = page(client, module)
    assert "Switch off" in html
    assert "0:10–0:20" in html
    assert "Lift &lt;b&gt;" in html
    assert "Warning" in html
    assert "Deleted by a person" not in html
    assert "What was said" in html
    step = module.steps.first()
    assert reverse("modules:still", args=[module.pk, step.pk]) in html
    assert re.search(r'<track kind="captions" src="[^"]+captions.vtt" srclang="en"', html)
    assert 'kind="chapters"' in html


def test_without_javascript_steps_are_links_that_start_the_video_there(client: Client, module) -> None:
    client.force_login(module.owner)
    assert 'href="?t=10.5#step-1"' in page(client, module)
    assert "/video#t=10.5" in page(client, module, "?t=10.5")
    for nonsense in ("?t=x", "?t=-3", "?t=9999", "?t=nan"):
        assert "data-start-at" not in page(client, module, nonsense)


def test_no_page_has_inline_scripts_or_styles(client: Client, module) -> None:
    client.force_login(module.owner)
    for address in (reverse("modules:training", args=[module.pk]), "/", "/upload/", "/account/"):
        html = client.get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), address
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style", html), address


def test_without_a_result_it_leads_to_the_processing_page(client: Client) -> None:
    module = make_module()
    client.force_login(module.owner)
    response = client.get(reverse("modules:training", args=[module.pk]))
    assert response["Location"] == reverse("modules:processing", args=[module.pk])


def test_a_video_that_browsers_cannot_play_is_said_to_be_prepared_until_it_is(client: Client, module) -> None:
    client.force_login(module.owner)
    rendition = Rendition.objects.create(module=module, status="processing", progress=40)
    html = page(client, module)
    assert "being prepared for your browser (40%)" in html
    assert "<video" not in html
    assert "Switch off" in html, "the steps are usable meanwhile"
    Rendition.objects.filter(pk=rendition.pk).update(status="ready", file="r.mp4")
    assert "<video" in page(client, module)


def test_a_new_run_on_a_published_module_is_announced_to_those_who_may_change_it(client: Client, module) -> None:
    type(module).objects.filter(pk=module.pk).update(status="processing", progress=12, visibility="signed_in")
    client.force_login(module.owner)
    html = page(client, module)
    assert "being updated" in html and reverse("modules:processing", args=[module.pk]) in html
    client.force_login(make_user("ben"))
    html = page(client, module)
    assert "being updated" not in html
    assert "Rebuild steps" not in html


def test_nobody_else_sees_a_private_module(client: Client, module) -> None:
    address = reverse("modules:training", args=[module.pk])
    assert client.get(address)["Location"] == f"/login/?next={address}"
    client.force_login(make_user("ben"))
    assert client.get(address).status_code == 404
    assert client.get(f"{address}?key={module.link_key}").status_code == 404, "the key alone does not open it"


def test_a_link_opens_it_and_its_media_for_someone_signed_out(client: Client, module) -> None:
    type(module).objects.filter(pk=module.pk).update(visibility="link")
    captions = reverse("modules:captions", args=[module.pk])
    assert client.get(captions).status_code == 404
    assert "Switch off" in page(client, module, f"?key={module.link_key}")
    assert client.get(captions).status_code == 200, "the session remembers the key"
    assert "Switch off" in page(client, module)
    assert Client().get(captions).status_code == 404


def test_switching_the_link_off_ends_it_for_good(client: Client, module) -> None:
    client.force_login(module.owner)
    share = reverse("modules:share", args=[module.pk])
    client.post(share, {"visibility": "link"})
    assert f"?key={module.link_key}" in page(client, module)
    client.post(share, {"visibility": "private"})
    client.post(share, {"visibility": "link"})
    visitor = Client()
    assert visitor.get(f"{reverse('modules:training', args=[module.pk])}?key={module.link_key}").status_code == 302
    module.refresh_from_db()
    assert visitor.get(f"{reverse('modules:training', args=[module.pk])}?key={module.link_key}").status_code == 200


def test_only_the_owner_shares_and_only_in_ways_there_are(client: Client, module) -> None:
    share = reverse("modules:share", args=[module.pk])
    client.force_login(make_user("ben"))
    assert client.post(share, {"visibility": "link"}).status_code == 404
    client.force_login(module.owner)
    client.post(share, {"visibility": "nonsense"})
    module.refresh_from_db()
    assert module.visibility == "private"


def test_right_to_left_languages_run_right_to_left(client: Client, module) -> None:
    module.transcripts.update(language="ar")
    client.force_login(module.owner)
    assert 'dir="rtl"' in page(client, module)


def test_a_silent_video_has_no_transcript_to_offer(client: Client, module) -> None:
    module.transcripts.all().delete()
    client.force_login(module.owner)
    html = page(client, module)
    assert "transcript.txt" not in html
    assert "Switch off" in html


@pytest.fixture
def taught(module):
    """With a quiz, goals and asides, as a run writes them."""
    options = ["The tank", "The <i>lid</i>", "The filter", "The cloth"]
    fields = {"text": "What do you lift <b>now</b>?", "options": options, "explanation": "He says “the tank”."}
    Question.objects.create(module=module, order=1, right=0, cues=[99, 2], **fields)
    Question.objects.create(module=module, order=2, right=3, cues=[99], **fields)
    module.steps.filter(order=1).update(asides=[{"kind": "tip", "text": "Use <u>both</u> hands.", "cues": [1]}])
    type(module).objects.filter(pk=module.pk).update(goals=["Lift a tank"])
    return module


def test_the_quiz_can_be_read_and_answered_without_javascript(client: Client, taught) -> None:
    client.force_login(taught.owner)
    html = page(client, taught)
    assert html.count("Show the answer") == 2
    assert "What do you lift &lt;b&gt;now&lt;/b&gt;?" in html and "The &lt;i&gt;lid&lt;/i&gt;" in html
    assert html.count("<fieldset>") == html.count("<legend>") == 2
    assert 'href="?t=21" data-seek data-start="21"' in html, "the first proving cue that there is"
    assert html.count("Show in the video") == 1, "a question whose cues are gone has no link"
    assert 'id="tab-quiz"' in html and "quiz.js" in html


def test_goals_and_asides_are_shown_where_they_belong(client: Client, taught) -> None:
    client.force_login(taught.owner)
    html = page(client, taught)
    assert "What you will learn" in html and "Lift a tank" in html
    first, second = re.findall(r'<li class="step".*?</li>', html, re.DOTALL)
    assert "<strong>Tip:</strong>" in first and "Use &lt;u&gt;both&lt;/u&gt; hands." in first
    assert "step-aside" not in second


def test_without_a_quiz_or_goals_nothing_speaks_of_them(client: Client, module) -> None:
    client.force_login(module.owner)
    html = page(client, module)
    assert "quiz" not in html.lower() and "What you will learn" not in html and "step-aside" not in html


def test_a_quiz_without_a_transcript_still_has_its_tab(client: Client, taught) -> None:
    taught.transcripts.all().delete()
    client.force_login(taught.owner)
    html = page(client, taught)
    assert 'id="tab-quiz"' in html and 'id="tab-transcript"' not in html


def test_it_costs_a_fixed_number_of_queries(client: Client, module, django_assert_num_queries) -> None:
    client.force_login(module.owner)
    with CaptureQueriesContext(connection) as few:
        page(client, module)
    assert len(few) <= 8
    for order in range(4, 40):
        Step.objects.create(module=module, order=order, title="s", start=order, end=order + 1, cues=[1])
        Question.objects.create(module=module, order=order, text="?", options=list("abcd"), right=1, cues=[1])
    with django_assert_num_queries(len(few)):
        page(client, module)
