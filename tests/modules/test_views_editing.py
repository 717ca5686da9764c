"""Editing a training."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from modules.forms import ClockField
from modules.models import Module, Step, database_clock

from .factories import make_module, make_user

pytestmark = pytest.mark.django_db
MACHINE = {"kind": "step", "title": "Lift", "text": "", "start": 1.0, "end": 20.0}


@pytest.fixture
def module(client: Client):
    made = make_module(status="ready", published_at=database_clock(), duration=60.0)
    Step.objects.create(module=made, order=1, **MACHINE, machine=MACHINE)
    Step.objects.create(module=made, order=2, title="Turn", start=20.5, end=60.0, machine=MACHINE | {"title": "Turn"})
    client.force_login(made.owner)
    return made


def filled(client: Client, module, query: str = "") -> dict[str, str]:
    """The form as it is on the page."""
    context = client.get(reverse("edit", args=[module.pk]) + query).context
    data = {f"form-{name}": str(value) for name, value in context["steps"].management_form.initial.items()}
    data |= {"title": module.title, "description": module.description}
    for form in context["steps"]:
        for field in [*form.visible_fields(), *form.hidden_fields()]:
            value = field.field.prepare_value(field.value()) if field.value() is not None else ""
            if field.name != "DELETE":
                data[field.html_name] = str(value)
    shown = [field for form in (context["form"], *context["steps"]) for field in form]
    hidden = {field.html_initial_name: field for field in shown if field.field.show_hidden_initial}
    return data | {name: str(field.field.prepare_value(field.initial) or "") for name, field in hidden.items()}


def test_saving_unchanged_changes_nothing(client: Client, module) -> None:
    before = list(module.steps.values())
    response = client.post(reverse("edit", args=[module.pk]), filled(client, module))
    assert response["Location"] == reverse("training", args=[module.pk])
    assert list(module.steps.values()) == before


def test_a_changed_field_counts_as_edited_by_a_person(client: Client, module) -> None:
    data = filled(client, module) | {"title": "New name", "form-0-title": "Lift it out"}
    client.post(reverse("edit", args=[module.pk]), data)
    module.refresh_from_db()
    step = module.steps.first()
    assert (module.title, step.title, step.edited) == ("New name", "Lift it out", {"title"})
    assert "lift it out" in module.search_entry.text


def test_steps_follow_the_video(client: Client, module) -> None:
    data = filled(client, module) | {"form-1-start": "0:00.5", "form-1-end": "0:01"}
    client.post(reverse("edit", args=[module.pk]), data)
    assert list(module.steps.values_list("title", "order")) == [("Turn", 1), ("Lift", 2)]


def test_a_step_can_be_added_and_is_nobody_elses(client: Client, module) -> None:
    data = filled(client, module, "?add=1")
    data |= {"form-2-title": "In between", "form-2-start": "0:19", "form-2-end": "0:20", "form-2-kind": "tip"}
    client.post(reverse("edit", args=[module.pk]) + "?add=1", data)
    assert list(module.steps.values_list("title", flat=True)) == ["Lift", "In between", "Turn"]
    assert module.steps.get(title="In between").machine == {}


def test_a_deleted_step_stays_deleted_and_an_added_one_goes(client: Client, module) -> None:
    Step.objects.create(module=module, order=3, title="Mine", start=30, end=40)
    data = filled(client, module)
    delete = {f"form-{n}-DELETE": "on" for n in range(3) if data[f"form-{n}-title"] in ("Lift", "Mine")}
    client.post(reverse("edit", args=[module.pk]), data | delete)
    assert list(module.steps.values_list("title", "deleted")) == [("Lift", True), ("Turn", False)]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("end", "9:00", "The video ends before that."), ("end", "0:00", "must end after"), ("start", "soon", "like 1:05")],
)
def test_times_that_cannot_be_are_refused_and_nothing_is_saved(
    client: Client, module, field: str, value: str, says: str
) -> None:
    data = filled(client, module) | {f"form-0-{field}": value, "title": "Changed"}
    response = client.post(reverse("edit", args=[module.pk]), data)
    assert response.status_code == 400
    assert says in response.content.decode()
    assert Module.objects.get().title == module.title


def test_only_those_who_may_edit_it(client: Client, module) -> None:
    address = reverse("edit", args=[module.pk])
    Module.objects.update(visibility="signed_in")
    client.force_login(make_user("ben"))
    assert client.get(address).status_code == 404
    assert client.post(address, {}).status_code == 404
    assert re.match("/login/", Client().get(address)["Location"])


def test_steps_of_other_modules_cannot_be_reached(client: Client, module) -> None:
    other = Step.objects.create(module=make_module(make_user("ben")), order=1, title="Bens", start=0, end=1)
    data = filled(client, module) | {"form-0-id": str(other.pk), "form-0-title": "Mine now"}
    assert client.post(reverse("edit", args=[module.pk]), data).status_code == 400
    other.refresh_from_db()
    assert other.title == "Bens"


def test_without_a_result_there_is_nothing_to_edit(client: Client) -> None:
    module = make_module()
    client.force_login(module.owner)
    assert client.get(reverse("edit", args=[module.pk]))["Location"] == reverse("processing", args=[module.pk])


@pytest.mark.parametrize(
    ("text", "seconds"), [("1:05", 65.0), ("65.5", 65.5), ("1:02:03", 3723.0), ("0:07,25", 7.25), (" 2:00 ", 120.0)]
)
def test_times_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert ClockField().clean(text) == seconds


@pytest.mark.parametrize("seconds", [0.0, 7.25, 65.0, 3723.5, 59.999])
def test_times_come_back_as_they_went(seconds: float) -> None:
    field = ClockField()
    assert field.clean(field.prepare_value(seconds)) == seconds


def test_times_finer_than_the_page_shows_are_not_taken_for_edited(client: Client, module) -> None:
    times = {"start": 12.3456789, "end": 21.7654321}
    module.steps.filter(title="Lift").update(**times, machine=MACHINE | times)
    client.post(reverse("edit", args=[module.pk]), filled(client, module))
    assert module.steps.first().edited == frozenset()


def test_paragraphs_come_back_as_they_went(client: Client, module) -> None:
    text = {"text": "Lift it.\n\nThen turn it."}
    module.steps.filter(title="Lift").update(**text, machine=MACHINE | text)
    data = {name: value.replace("\n", "\r\n") for name, value in filled(client, module).items()}  # as browsers do
    client.post(reverse("edit", args=[module.pk]), data)
    assert module.steps.first().edited == frozenset()
    client.post(reverse("edit", args=[module.pk]), data | {"form-0-text": "Lift it.\r\n\r\nThen wait."})
    assert module.steps.first().text == "Lift it.\n\nThen wait."


def test_a_page_that_was_open_during_a_rewrite_writes_only_what_was_changed_in_it(client: Client, module) -> None:
    data = filled(client, module) | {"form-0-text": "Mine."}
    newer = {"title": "Lift it with both hands", "start": 2.0}
    module.steps.filter(title="Lift").update(**newer, machine=MACHINE | newer)
    client.post(reverse("edit", args=[module.pk]), data)
    step = module.steps.first()
    assert (step.title, step.start, step.text, step.edited) == ("Lift it with both hands", 2.0, "Mine.", {"text"})
