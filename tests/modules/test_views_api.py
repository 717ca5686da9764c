"""The status JSON."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from modules.models import Module, Question, Step, database_clock
from trainingsite.accounts.models import ApiToken

from .factories import make_module, make_user

pytestmark = pytest.mark.django_db
FIELDS = {
    "moduleId", "status", "stage", "progress", "message", "etaSeconds", "queuePosition", "attempts", "notices", "error",
    "errorCode", "title", "description", "totalDuration", "steps", "summary", "tags", "goals", "quiz",
    "trainingUrl", "version",
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_rates():
    cache.clear()
    yield
    cache.clear()


def status(client: Client, module: Module, **headers: str):
    return client.get(reverse("modules:status_json", args=[module.pk]), headers=headers)


@pytest.fixture
def module(client: Client):
    made = make_module()
    client.force_login(made.owner)
    return made


def test_a_queued_module_is_processing_with_the_stage_queued(client: Client, module) -> None:
    facts = status(client, module).json()
    assert set(facts) == FIELDS
    assert (facts["status"], facts["stage"], facts["queuePosition"]) == ("processing", "queued", 0)
    assert facts["message"] == "Waiting for a free worker"
    assert facts["steps"] == []


def test_a_ready_module_has_its_steps(client: Client, module) -> None:
    now = database_clock()
    Module.objects.filter(pk=module.pk).update(status="ready", published_at=now, duration=60, progress=100)
    step = Step.objects.create(module=module, order=7, title="Lift", start=1, end=2, still="s.jpg", cues=[1, 2])
    facts = status(client, module).json()
    assert facts["totalDuration"] == 60
    assert facts["steps"] == [
        {
            "id": str(step.pk), "order": 1, "kind": "step", "title": "Lift", "text": "", "start": 1.0, "end": 2.0,
            "screenshot": f"/modules/{module.pk}/stills/{step.pk}.jpg", "cues": [1, 2], "asides": [],
        }
    ]  # fmt: skip


def test_a_result_has_its_quiz_goals_summary_tags_and_asides(client: Client, module) -> None:
    written = {"text": "Which?", "options": list("abcd"), "right": 2, "explanation": "c.", "cues": [3]}
    Question.objects.create(module=module, order=1, **written)
    aside = {"kind": "tip", "text": "Slowly.", "cues": [1]}
    Step.objects.create(module=module, order=1, title="Lift", start=1, end=2, asides=[aside])
    fields = {"goals": ["Lift a tank"], "summary": "How to lift.", "tags": ["tank"]}
    Module.objects.filter(pk=module.pk).update(**fields)
    assert status(client, module).json()["quiz"] == [], "not before there is a result"
    Module.objects.filter(pk=module.pk).update(status="ready", published_at=database_clock())
    facts = status(client, module).json()
    assert facts["quiz"] == [written]
    assert {name: facts[name] for name in fields} == fields
    assert facts["steps"][0]["asides"] == [aside]


def test_a_failed_module_says_why_in_words_and_as_a_code(client: Client) -> None:
    module = make_module(status="failed", error={"code": "no_video", "params": {}})
    client.force_login(module.owner)
    facts = status(client, module).json()
    assert (facts["status"], facts["errorCode"]) == ("failed", "no_video")
    assert facts["error"].startswith("This file has no video in it.")


def test_notices_carry_code_and_words(client: Client) -> None:
    module = make_module(status="ready", notices=[{"code": "no_speech", "params": {}}])
    client.force_login(module.owner)
    assert status(client, module).json()["notices"][0]["code"] == "no_speech"
    assert "Nobody speaks" in status(client, module).json()["notices"][0]["message"]


def test_what_has_not_changed_is_not_sent_again(client: Client, module) -> None:
    tag = status(client, module)["ETag"]
    assert status(client, module, **{"If-None-Match": tag}).status_code == 304
    Module.objects.cancel(module.pk)
    assert status(client, module, **{"If-None-Match": tag}).status_code == 200


def test_an_edited_step_changes_the_tag(client: Client) -> None:
    module = make_module(status="ready", published_at=database_clock())
    client.force_login(module.owner)
    step = Step.objects.create(module=module, order=1, title="Lift", start=1, end=2)
    tag = status(client, module)["ETag"]
    Step.objects.filter(pk=step.pk).update(title="Lift it")
    assert status(client, module, **{"If-None-Match": tag}).status_code == 200


def test_with_and_without_a_final_slash(client: Client, module) -> None:
    assert client.get(f"/api/upload/status/{module.pk}").status_code == 200
    assert client.get(f"/api/upload/status/{module.pk}/").status_code == 200
    assert client.post(f"/api/upload/status/{module.pk}").status_code == 405


def test_signed_out_is_401_and_a_token_is_enough(module) -> None:
    program = Client()
    response = status(program, module)
    assert (response.status_code, response.json()["errorCode"]) == (401, "signed_out")
    _, secret = ApiToken.objects.issue(module.owner)
    assert status(program, module, Authorization=f"Bearer {secret}").status_code == 200


@pytest.mark.parametrize("pk", ["5e6c8266-6d29-47d1-a4f1-171018afac5f", "nonsense", "1"])
def test_an_id_that_there_is_not_is_a_json_404(client: Client, module, pk: str) -> None:
    response = client.get(f"/api/upload/status/{pk}")
    assert (response.status_code, response.json()["success"]) == (404, False)


def test_somebody_elses_is_a_404_too(client: Client, module) -> None:
    client.force_login(make_user("ben"))
    assert status(client, module).status_code == 404


def test_it_costs_the_same_with_many_modules(client: Client, module, django_assert_num_queries) -> None:
    status(client, module)
    with django_assert_num_queries(5):
        status(client, module)
    Module.objects.bulk_create([Module(owner=module.owner, title=f"m{n}") for n in range(300)])
    with django_assert_num_queries(5):
        status(client, module)


def test_a_long_result_costs_no_more_than_a_short_one(client: Client, module, django_assert_num_queries) -> None:
    Module.objects.filter(pk=module.pk).update(status="ready", published_at=database_clock(), duration=60)
    for order in range(1, 40):
        Step.objects.create(module=module, order=order, title="s", start=order, end=order + 1)
        Question.objects.create(module=module, order=order, text="?", options=list("abcd"), right=1)
    with django_assert_num_queries(6):
        status(client, module)
