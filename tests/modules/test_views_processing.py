"""The processing page, the fragment it polls, and what may be asked of a module."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models.sql import compiler
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from modules.models import Module, SearchEntry, StageRun, Worker, database_clock
from modules.models.outputs import SavedTranscript, SavedWindow
from modules.views.progress import no_worker_listening

from .factories import make_module, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(client: Client):
    user = make_user("ann")
    client.force_login(user)
    return user


def fragment(client: Client, module: Module):
    return client.get(reverse("modules:status_fragment", args=[module.pk]), headers={"HX-Request": "true"})


def at_work(**fields) -> Module:
    now = database_clock()
    started = {"status": "processing", "lease_token": "r", "claimed_at": now, "heartbeat_at": now}
    return make_module(**started | fields)


def test_page_and_poll_render_the_same_fragment(client: Client, ann) -> None:
    module = at_work(stage="speech", progress=23, message={"code": "listening", "params": {"done": 3, "total": 9}})
    page = client.get(reverse("modules:processing", args=[module.pk])).content.decode()
    poll = fragment(client, module).content.decode()
    for text in ('hx-trigger="every 3s', "Listening (3 of 9)", 'aria-valuenow="23"', 'aria-current="step"'):
        assert text in page
        assert text in poll
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "<html" not in poll


def test_the_percentage_is_the_same_in_every_place(client: Client, ann) -> None:
    html = fragment(client, at_work(stage="steps", progress=41)).content.decode()
    assert 'transform="scale(41 1)"' in html
    assert 'aria-valuenow="41"' in html


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_settled_it_comes_without_its_trigger_and_with_a_way_on(client: Client, ann, status: str) -> None:
    module = make_module(status=status, stage="probe", error={"code": "damaged_video", "params": {}})
    html = fragment(client, module).content.decode()
    assert "hx-" not in html
    assert "Try again" in html
    page = client.get(reverse("modules:processing", args=[module.pk])).content.decode()
    assert "http-equiv" not in page


def test_when_ready_the_poll_leads_to_the_training(client: Client, ann) -> None:
    module = make_module(status="ready", published_at=database_clock())
    response = fragment(client, module)
    assert (response.status_code, response["HX-Redirect"]) == (200, f"/modules/{module.pk}/")
    page = client.get(reverse("modules:processing", args=[module.pk]))
    assert (page.status_code, page["Location"]) == (302, f"/modules/{module.pk}/")


def test_a_failure_is_one_sentence_and_only_staff_see_the_traceback(client: Client, ann) -> None:
    module = make_module(status="failed", stage="probe", error={"code": "no_video", "params": {}})
    StageRun.objects.create(
        module=module, lease_token="r", stage="probe", outcome="failed", traceback="Traceback: secret"
    )
    html = fragment(client, module).content.decode()
    assert "This file has no video in it." in html
    assert "secret" not in html
    client.force_login(make_user("boss", is_staff=True))
    assert "secret" in fragment(client, module).content.decode()


def test_it_says_how_many_are_ahead(client: Client, ann) -> None:
    module = make_module()
    for minutes in (3, 2):
        make_module(queued_at=module.queued_at - timedelta(minutes=minutes))
    assert "2 videos are ahead of yours" in fragment(client, module).content.decode()


def test_where_no_worker_listens_it_says_so_and_staff_learn_the_command(client: Client, ann, settings) -> None:
    settings.DEBUG = False
    module = make_module()
    html = fragment(client, module).content.decode()
    assert "Nothing is working on videos right now" in html
    assert "ask your administrator" in html
    client.force_login(make_user("boss", is_staff=True))
    assert "manage.py localworker" in fragment(client, module).content.decode()
    Worker.objects.record_heartbeat("w", kind="local", host="h", pid=1, queues=["default"])
    assert "Nothing is working" not in fragment(client, module).content.decode()


@pytest.mark.parametrize(("age", "told"), [(None, True), (0, False), (29, False), (31, True)])
def test_a_run_that_was_heard_of_lately_is_at_work_though_its_worker_is_not_known(age: int | None, told: bool) -> None:
    at = database_clock()
    module = at_work(heartbeat_at=None if age is None else at - timedelta(seconds=age))
    assert no_worker_listening(module, at) is told


@pytest.mark.parametrize(("age", "told"), [(29, False), (31, True)])
def test_a_worker_that_has_not_been_heard_of_for_half_a_minute_listens_no_more(age: int, told: bool) -> None:
    at = database_clock()
    worker = {"kind": "local", "host": "h", "pid": 1, "queues": ["default"]}
    Worker.objects.create(name="w", heartbeat_at=at - timedelta(seconds=age), **worker)
    assert no_worker_listening(make_module(), at) is told


@pytest.mark.parametrize("status", ["ready", "failed", "cancelled"])
def test_nobody_need_listen_for_a_module_that_is_settled(status: str) -> None:
    assert not no_worker_listening(make_module(status=status), database_clock())


def test_lines_and_pictures_appear_as_they_are_found(client: Client, ann) -> None:
    module = at_work(stage="speech", progress=20)
    part = {"module": module, "lease_token": "r", "outcome": "part", "key": "k"}
    for number in range(6):
        output = {"text": f"Line {number}", "start": number}
        StageRun.objects.create(**part, stage="speech", part=number, output=output)
    still = StageRun.objects.create(**part, stage="stills", part=0, output={"time": 5.0, "name": "modules/x/1.jpg"})
    html = fragment(client, module).content.decode()
    assert "Line 5" in html
    assert "Line 1" not in html, "only the newest"
    assert reverse("modules:live_still", args=[module.pk, still.pk]) in html


def test_cues_of_captions_are_shown_too(client: Client, ann) -> None:
    module = at_work(stage="steps", progress=40)
    cues = [{"number": 1, "start": 1.0, "end": 2.0, "text": "From the captions"}]
    StageRun.objects.create(
        module=module,
        lease_token="r",
        stage="speech",
        outcome="done",
        key="k",
        output=SavedTranscript.of(cues, "en").to_json(),
    )
    assert "From the captions" in fragment(client, module).content.decode()


def test_what_a_transcript_says_is_never_markup(client: Client, ann) -> None:
    module = at_work(stage="speech", title="<script>alert(1)</script>")
    output = {"text": "<img src=x onerror=alert(1)>"}
    StageRun.objects.create(
        module=module, lease_token="r", stage="speech", outcome="part", part=0, key="k", output=output
    )
    html = client.get(reverse("modules:processing", args=[module.pk])).content.decode()
    assert "<img src=x" not in html
    assert "<script>alert" not in html


def test_a_dead_worker_is_told_honestly(client: Client, ann) -> None:
    module = at_work(stage="speech", progress=15)
    StageRun.objects.create(module=module, lease_token="old", stage="speech", outcome="died", code="worker_died")
    html = fragment(client, module).content.decode()
    assert "The worker stopped just now. Processing continues from what was saved" in html


def test_notices_are_shown_on_the_page(client: Client, ann) -> None:
    module = at_work(stage="steps", notices=[{"code": "no_speech", "params": {}}])
    assert "Nobody speaks in this video" in fragment(client, module).content.decode()


def test_cancel_then_try_again(client: Client, ann) -> None:
    module = at_work(stage="speech", progress=20)
    assert client.post(reverse("modules:cancel", args=[module.pk])).status_code == 302
    module.refresh_from_db()
    assert module.status == "cancelled"
    response = client.post(reverse("modules:retry", args=[module.pk]), follow=True)
    module.refresh_from_db()
    assert module.status == "queued"
    assert response.redirect_chain == [(reverse("modules:processing", args=[module.pk]), 302)]


@pytest.mark.parametrize(("what", "steps", "speech"), [("", 0, 0), ("steps", 1, 0), ("speech", 1, 1)])
def test_what_is_asked_for_anew_is_made_anew(client: Client, ann, what: str, steps: int, speech: int) -> None:
    module = make_module(status="ready", published_at=database_clock())
    client.post(reverse("modules:retry", args=[module.pk]), {"what": what})
    module.refresh_from_db()
    assert (module.status, module.steps_round, module.speech_round) == ("queued", steps, speech)


def test_deleting_takes_the_files_too(client: Client, ann, django_capture_on_commit_callbacks) -> None:
    module = make_module(content=b"video")
    storage, name = module.video.storage, module.video.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("modules:delete", args=[module.pk]))
    assert response["Location"] == reverse("modules:library")
    assert not Module.objects.filter(pk=module.pk).exists()
    assert not storage.exists(name)


@pytest.mark.parametrize("name", ["retry", "cancel", "delete"])
def test_only_the_owner_and_staff_may_act_and_only_by_post(client: Client, name: str) -> None:
    module = at_work(visibility="signed_in")
    address = reverse(f"modules:{name}", args=[module.pk])
    client.force_login(make_user("ben"))
    assert client.post(address).status_code == 404
    client.force_login(module.owner)
    assert client.get(address).status_code == 405
    client.force_login(make_user("boss", is_staff=True))
    assert client.post(address).status_code == 302


@pytest.mark.parametrize("name", ["retry", "cancel", "delete", "share"])
def test_a_button_after_the_session_ended_leads_to_sign_in_and_back_to_its_page(client: Client, name: str) -> None:
    module = at_work()
    answer = client.post(reverse(f"modules:{name}", args=[module.pk]))
    back_to = reverse("modules:training" if name in ("delete", "share") else "modules:processing", args=[module.pk])
    assert answer["Location"] == f"/login/?next={back_to}"
    module.refresh_from_db()
    assert module.status == "processing"


def test_trying_again_counts_among_the_videos_in_work(client: Client, ann, settings) -> None:
    settings.MAX_ACTIVE_PER_USER = 2
    at_work(), at_work()
    module = make_module(status="failed", error={"code": "internal", "params": {}})
    answer = client.post(reverse("modules:retry", args=[module.pk]), follow=True)
    assert "You already have 2 videos in progress." in answer.content.decode()
    module.refresh_from_db()
    assert module.status == "failed"


def test_trying_again_may_take_the_last_free_place_and_others_videos_take_none(client: Client, ann, settings) -> None:
    settings.MAX_ACTIVE_PER_USER = 2
    at_work()
    for status in ("ready", "failed", "cancelled"):
        make_module(status=status)
    for _ in range(2):
        make_module(make_user("ben"))
    module = make_module(status="failed", error={"code": "internal", "params": {}})
    client.post(reverse("modules:retry", args=[module.pk]))
    module.refresh_from_db()
    assert module.status == "queued"


def test_staff_who_try_again_take_a_place_of_the_owner(client: Client, settings) -> None:
    settings.MAX_ACTIVE_PER_USER = 1
    boss = make_user("boss", is_staff=True)
    client.force_login(boss)
    make_module(boss)
    mine, full = (make_module(make_user(name), status="failed", error={"code": "internal"}) for name in ("ann", "ben"))
    make_module(make_user("ben"))
    for module, status in ((mine, "queued"), (full, "failed")):
        client.post(reverse("modules:retry", args=[module.pk]))
        module.refresh_from_db()
        assert module.status == status


def test_a_recognised_language_is_no_hint_when_it_is_transcribed_again_but_a_chosen_one_is(client: Client, ann) -> None:
    languages = {}
    for chosen in ("cy", "en"):
        module = make_module(status="ready", published_at=database_clock(), language=chosen)
        module.transcripts.create(origin="speech", language="cy")
        client.post(reverse("modules:retry", args=[module.pk]), {"what": "speech"})
        module.refresh_from_db()
        languages[chosen] = (module.language, module.status)
    assert languages == {"cy": ("", "queued"), "en": ("en", "queued")}


def test_somebody_elses_module_is_not_there(client: Client) -> None:
    module = at_work()
    client.force_login(make_user("ben"))
    assert client.get(reverse("modules:processing", args=[module.pk])).status_code == 404
    assert fragment(client, module).status_code == 404


def test_signed_out_it_leads_to_sign_in_and_back_to_the_page(client: Client) -> None:
    module = at_work()
    page = client.get(reverse("modules:processing", args=[module.pk]))
    assert page["Location"] == f"/login/?next=/modules/{module.pk}/processing/"
    poll = fragment(client, module)
    assert poll.status_code == 200, "htmx ignores headers of a redirect"
    assert poll["HX-Redirect"].startswith("/login/")


def test_an_address_that_is_none_does_not_break_a_poll(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://[bad"}
    poll = client.get(reverse("modules:status_fragment", args=[at_work().pk]), headers=headers)
    assert (poll.status_code, poll["HX-Redirect"]) == (200, "/login/?next=/")


def test_the_poll_costs_the_same_whatever_there_is(client: Client, ann, django_assert_num_queries) -> None:
    module = at_work(stage="speech", duration=60.0)
    part = {"module": module, "lease_token": "r", "outcome": "part", "key": "k"}

    def more(numbers: range) -> None:
        for number in numbers:
            make_module(title=f"Other {number}")
            StageRun.objects.create(**part, stage="speech", part=number, output={"text": "Hello"})
            StageRun.objects.create(**part, stage="stills", part=number, output={"time": number, "name": "1.jpg"})
        cache.clear()  # rates are remembered for a minute, and asking for them is part of the cost

    more(range(1))
    with CaptureQueriesContext(connection) as few:
        fragment(client, module)
    assert len(few) <= 11
    more(range(1, 31))
    with django_assert_num_queries(len(few)):
        fragment(client, module)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes of each row that the database gives to a query of Django's."""
    sizes: list[int] = []
    rows_of = compiler.cursor_iter

    def counted(*args: Any) -> Iterator[Any]:
        for rows in rows_of(*args):
            sizes.extend(sum(len(value) for value in row if isinstance(value, str | bytes)) for row in rows)
            yield rows

    monkeypatch.setattr(compiler, "cursor_iter", counted)
    return sizes


@pytest.mark.parametrize("outcome", ["done", "part"])
def test_a_poll_reads_no_more_of_a_long_transcript_than_it_shows(client: Client, ann, fetched, outcome: str) -> None:
    """Once the speech was heard, each poll used to read hours of talk to show four lines of it."""
    module = at_work(stage="steps", progress=40, duration=10_800.0)
    cues = [
        {"number": n, "start": n * 3.0, "end": n * 3.0 + 2, "text": f"Sentence {n} " + "x" * 90} for n in range(3600)
    ]
    whole = SavedTranscript.of(cues, "en").to_json()
    window = SavedWindow("The last window", 10_790.0, {"filler": "x" * 50_000}).to_json()
    StageRun.objects.create(
        module=module, lease_token="r", stage="speech", key="k", outcome=outcome,
        output=whole if outcome == "done" else window,
    )  # fmt: skip
    SearchEntry.objects.create(module=module, text="x" * 500_000)
    fetched.clear()
    html = fragment(client, module).content.decode()
    assert ("Sentence 3599" if outcome == "done" else "The last window") in html
    assert sum(fetched) > 100, "what was read is counted"
    assert sum(fetched) < 20_000


@pytest.mark.parametrize(
    ("setting", "kind", "queues", "told"),
    [
        ("rq", "rq", ["default"], True),
        ("rq", "rq", ["default", "long"], False),
        ("rq", "local", ["default", "long", "renditions"], True),
        ("auto", "local", ["default", "long", "renditions"], False),
    ],
)
def test_a_worker_that_does_not_serve_the_queue_of_this_video_is_no_help_to_it(
    client: Client, ann, settings, setting: str, kind: str, queues: list[str], told: bool
) -> None:
    settings.QUEUE = setting
    Worker.objects.record_heartbeat("w", kind=kind, host="h", pid=1, queues=queues)
    html = fragment(client, make_module(queue="long", stage="probe")).content.decode()
    assert ("Nothing is working on long videos right now" in html) is told
