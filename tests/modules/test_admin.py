"""The admin: what staff see of modules, and what they can do."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from modules.models import AICall, Module, Rendition, SearchEntry, StageRun, Status, Worker, database_clock

from .factories import make_module, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    return client


def test_a_module_shows_its_history_with_times_tracebacks_and_cost(staff: Client):
    module = make_module(status=Status.FAILED, error={"code": "no_video", "params": {}}, progress=7)
    StageRun.objects.create(
        module=module, lease_token="r", stage="probe", outcome="failed", seconds=1.5, traceback="Boom <b>"
    )
    StageRun.objects.create(
        module=module, lease_token="r", stage="speech", outcome="part", part=1, output={"text": "secret"}
    )
    AICall.objects.create(module=module, lease_token="r", stage="speech", model="gpt-transcribe", cost=0.0123)
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
    Worker.objects.record_heartbeat("w1", kind="rq", host="here", pid=1, queues=["default"])
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


def form_data(staff: Client, address: str) -> dict[str, object]:
    """The change form as it is shown, with no rows in its inlines."""
    context = staff.get(address).context
    form = context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    for inline in context["inline_admin_formsets"]:
        data |= {f"{inline.formset.prefix}-TOTAL_FORMS": 0, f"{inline.formset.prefix}-INITIAL_FORMS": 0}
    return data


def test_a_link_that_is_switched_off_here_stays_off(staff: Client):
    module = make_module(visibility="link")
    address = reverse("admin:modules_module_change", args=[module.pk])
    for visibility in ("private", "link"):
        staff.post(address, form_data(staff, address) | {"visibility": visibility})
    now = Module.objects.get(pk=module.pk)
    assert (now.visibility, now.link_key == module.link_key) == ("link", False)
    staff.post(address, form_data(staff, address) | {"title": "Renamed"})
    assert Module.objects.get(pk=module.pk).link_key == now.link_key


@pytest.mark.parametrize("by", ["page", "action"])
@pytest.mark.parametrize("model", ["modules_module", "accounts_user"])
def test_what_is_deleted_here_takes_its_files_with_it(
    staff: Client, django_capture_on_commit_callbacks, model: str, by: str
):
    module, other = make_module(make_user("ben"), content=b"video"), make_module(make_user("eve"), content=b"video")
    pk = module.pk if model == "modules_module" else module.owner_id
    confirmed = {"post": "yes"}
    with django_capture_on_commit_callbacks(execute=True):
        if by == "page":
            staff.post(reverse(f"admin:{model}_delete", args=[pk]), confirmed)
        else:
            chosen = {"action": "delete_selected", "_selected_action": [str(pk)]}
            staff.post(reverse(f"admin:{model}_changelist"), chosen | confirmed)
        # Not before the commit: until then the rows may come back.
        assert default_storage.exists(module.video.name)
    assert list(Module.objects.all()) == [other]
    assert not default_storage.exists(module.folder)
    assert default_storage.exists(other.video.name)


def test_lists_read_no_transcript_and_no_traceback(staff: Client):
    module = make_module()
    SearchEntry.objects.create(module=module, text="all that was said")
    StageRun.objects.create(
        module=module, lease_token="r", stage="probe", outcome="failed", traceback="Boom", output={"a": 1}
    )
    Rendition.objects.create(module=module)
    with CaptureQueriesContext(connection) as queries:
        for model in ("module", "stagerun", "rendition"):
            assert "filter" in staff.get(reverse(f"admin:modules_{model}_changelist")).content.decode()
    for column in ("searchentry", '"output"', '"traceback"'):
        assert [query["sql"] for query in queries.captured_queries if column in query["sql"]] == []
