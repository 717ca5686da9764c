"""The admin: what staff see of modules, and what they can do."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from modules.models import AICall, Module, StageRun, Status, Worker, database_clock

from .factories import make_module, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    return client


def test_a_module_shows_its_history_with_times_tracebacks_and_cost(staff: Client):
    module = make_module(status=Status.FAILED, error={"code": "no_video", "params": {}}, progress=7)
    StageRun.objects.create(module=module, run="r", stage="probe", outcome="failed", seconds=1.5, traceback="Boom <b>")
    StageRun.objects.create(module=module, run="r", stage="speech", outcome="part", part=1, output={"text": "secret"})
    AICall.objects.create(module=module, run="r", stage="speech", model="gpt-transcribe", cost=0.0123)
    page = staff.get(reverse("admin:modules_module_change", args=[module.pk])).content.decode()
    assert "1.5 s" in page and "Boom &lt;b&gt;" in page and "$0.0123" in page
    assert "has no video in it" in page
    assert "secret" not in page
    listed = staff.get(reverse("admin:modules_module_changelist")).content.decode()
    assert 'value="7"' in listed and "$0.0123" in listed


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("try_again", "failed", "queued"),
        ("rebuild_steps", "ready", "queued"),
        ("transcribe_again", "ready", "queued"),
        ("cancel", "queued", "cancelled"),
    ],
)
def test_actions_do_what_they_say(staff: Client, action: str, before: str, after: str):
    module = make_module(status=before)
    staff.post(reverse("admin:modules_module_changelist"), {"action": action, "_selected_action": [str(module.pk)]})
    module.refresh_from_db()
    assert module.status == after


def test_saving_the_form_writes_no_stale_state(staff: Client):
    module = make_module()
    address = reverse("admin:modules_module_change", args=[module.pk])
    form = staff.get(address).context["adminform"].form
    Module.objects.filter(pk=module.pk).update(status=Status.READY, progress=100)
    data = {name: form[name].value() or "" for name in form.fields} | {"title": "Renamed"}
    for inline in staff.get(address).context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    staff.post(address, data)
    module.refresh_from_db()
    assert (module.title, module.status, module.progress) == ("Renamed", Status.READY, 100)


def test_workers_are_listed_with_what_they_work_on(staff: Client):
    Worker.objects.seen("w1", kind="rq", host="here", pid=1, queues=["default"])
    module = make_module(title="Grease the chain")
    Module.objects.claim(module.pk, database_clock(), "w1")
    page = staff.get(reverse("admin:modules_worker_changelist")).content.decode()
    assert "w1" in page and "Grease the chain" in page


def test_people_who_are_not_staff_have_no_business_there(client: Client):
    client.force_login(make_user("ben"))
    assert client.get(reverse("admin:modules_module_changelist")).status_code == 302


def test_every_page_of_the_admin_opens(staff: Client):
    make_module()
    for model in ("module", "rendition", "stagerun", "worker"):
        assert staff.get(reverse(f"admin:modules_{model}_changelist")).status_code == 200
