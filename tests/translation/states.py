"""Pages in every state, with rows in Greek: a Latin letter on them is a word of ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from modules.models import (
    AICall,
    Module,
    Question,
    Rendition,
    StageRun,
    Step,
    Transcript,
    Worker,
    database_clock,
    stages,
)
from modules.models.content import Cue
from tests.modules.factories import make_user
from trainingsite.accounts.models import ApiToken, User

TITLE = "Αλλαγή φίλτρου"
FAILURE = {"code": "damaged_video", "params": {}}


class World:
    """One person, with all that they may see. staff: they administrate, too."""

    def __init__(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client = client
        self.monkeypatch = monkeypatch
        self.user = self.person("άννα")
        client.force_login(self.user)
        client.raise_request_exception = False

    def person(self, name: str, **fields: Any) -> User:
        return make_user(name, first_name="Άννα", last_name="Δέλτα", **fields)

    def staff(self) -> World:
        self.user = self.person("ρίζα", is_staff=True, is_superuser=True)
        self.client.force_login(self.user)
        return self

    def module(self, **fields: Any) -> Module:
        given = {"owner": self.user, "title": TITLE, "queue": "ουρά", "container": "", **fields}
        return Module.objects.create(**given)

    def listen(self) -> World:
        worker = {"kind": "local", "host": "κόμβος", "pid": 1, "queues": ["ουρά"]}
        Worker.objects.record_heartbeat("ε1", **worker)
        return self

    def at_work(self, **fields: Any) -> Module:
        now = database_clock()
        started = {"status": "processing", "lease_token": "τ", "claimed_at": now, "heartbeat_at": now, "progress": 31}
        return self.module(**started | fields)

    def published(self, **fields: Any) -> Module:
        ready = {
            "status": "ready",
            "published_at": database_clock(),
            "duration": 60.0,
            "summary": "Όλα.",
            "goals": ["Α"],
        }
        module = self.module(**ready | {"tags": ["φ"], "description": "", "poster": "π.jpg"} | fields)
        transcript = Transcript.objects.create(module=module, language="", origin="speech")
        Cue.objects.create(transcript=transcript, number=1, start=0, end=9, text="Γεια σας.")
        for order, kind in enumerate(Step.Kind.values, start=1):
            asides = [{"kind": aside, "text": "Προσοχή.", "cues": [1]} for aside in ("tip", "warning")]
            times = {"start": 10.0 * order - 10, "end": 10.0 * order}
            Step.objects.create(
                module=module,
                order=order,
                kind=kind,
                title="Βήμα",
                cues=[1],
                asides=asides,
                text="Κ",
                still="σ",
                **times,
            )
        return module

    def quiz(self, module: Module) -> Module:
        Question.objects.create(
            module=module, order=1, text="Τι;", options=["α", "β"], right=1, explanation="Ω", cues=[1]
        )
        return module

    def get(self, name: str, *args: Any, query: str = "", **headers: str) -> HttpResponseBase:
        return self.client.get(reverse(name, args=args) + query, headers=headers)

    def processing(self, module: Module) -> HttpResponseBase:
        return self.get("modules:processing", module.pk)

    def training(self, module: Module) -> HttpResponseBase:
        return self.get("modules:training", module.pk)


State = Callable[[World], HttpResponseBase]
STATES: dict[str, State] = {}
"""Every page in every state that changes what it says; each makes its rows and returns the answer."""


def state(view: State) -> State:
    STATES[view.__name__.replace("_", " ")] = view
    return view


# --- Library ----------------------------------------------------------------------------------------------------


@state
def library_of_a_newcomer(world: World) -> HttpResponseBase:
    return world.get("modules:library")


@state
def library_of_a_newcomer_with_what_others_share(world: World) -> HttpResponseBase:
    world.published(owner=world.person("βήτα"), visibility="signed_in")
    return world.get("modules:library")


@state
def library_with_cards_in_every_state(world: World) -> HttpResponseBase:
    world.listen().published(visibility="link")
    world.published(status="failed", error=FAILURE, visibility="signed_in")
    for stage in stages.STAGES:
        world.at_work(stage=stage.name)
    world.at_work(stage="")
    for status in ("queued", "failed", "cancelled"):
        world.module(status=status)
    for hours in (1, 30, 24 * 9, 24 * 40, 24 * 800):
        Module.objects.filter(pk=world.module().pk).update(created_at=database_clock() - timedelta(hours=hours))
    return world.get("modules:library")


@state
def library_with_a_second_page(world: World) -> HttpResponseBase:
    for _ in range(60):
        world.module(status="cancelled")
    return world.get("modules:library", query="?page=2")


@state
def cards_that_are_polled(world: World) -> HttpResponseBase:
    return world.get("modules:library_live", query=f"?ids={world.at_work(stage='steps').pk}")


@state
def search_without_a_result(world: World) -> HttpResponseBase:
    return world.get("modules:library", query="?q=ζέβρα")


@state
def nothing_shared_with_me(world: World) -> HttpResponseBase:
    return world.get("modules:library", query="?show=shared")


@state
def nothing_of_mine(world: World) -> HttpResponseBase:
    world.module()
    return world.get("modules:library", query="?show=mine&page=7&q=ω")


# --- Processing -------------------------------------------------------------------------------------------------


@state
def waiting_and_next(world: World) -> HttpResponseBase:
    return world.listen().processing(world.module())


@state
def waiting_behind_one(world: World) -> HttpResponseBase:
    world.module(queued_at=database_clock() - timedelta(hours=1))
    return world.listen().processing(world.module())


@state
def waiting_behind_two(world: World) -> HttpResponseBase:
    for _ in range(2):
        world.module(queued_at=database_clock() - timedelta(hours=1))
    return world.processing(world.module(duration=70.0, poster="π.jpg"))


@state
def waiting_for_the_next_attempt(world: World) -> HttpResponseBase:
    return world.listen().processing(world.module(not_before=database_clock() + timedelta(minutes=5)))


@state
def waiting_for_an_attempt_in_hours(world: World) -> HttpResponseBase:
    return world.listen().processing(world.module(not_before=database_clock() + timedelta(hours=5)))


@state
def waiting_for_an_attempt_at_once(world: World) -> HttpResponseBase:
    return world.listen().processing(world.module(not_before=database_clock() + timedelta(seconds=5)))


@state
def nobody_works(world: World) -> HttpResponseBase:
    return world.processing(world.module())


@state
def nobody_works_on_long_videos_says_the_page_to_staff(world: World) -> HttpResponseBase:
    return world.staff().processing(world.module(queue="long"))


def stage_page(name: str) -> State:
    def page(world: World) -> HttpResponseBase:
        stage = stages.find(name)
        module = world.listen().at_work(
            stage=name, message={"code": stage.message}, duration=600.0, published_at=database_clock()
        )
        runs = {"module": module, "lease_token": "τ", "outcome": "part"}
        StageRun.objects.create(**runs, stage="speech", part=1, key="κ", output={"text": "Γεια", "start": 3})
        StageRun.objects.create(**runs, stage="stills", part=1, key="κ", output={"time": 3, "name": "σ.jpg"})
        StageRun.objects.create(module=module, lease_token="τ", stage="probe", outcome="done", code="no_audio")
        return world.get("modules:status_fragment", module.pk, **{"HX-Request": "true"})

    return page


STATES |= {f"stage {stage.name}": stage_page(stage.name) for stage in stages.on_the_bar()}


def after_deaths(count: int, status: str) -> State:
    def page(world: World) -> HttpResponseBase:
        module = world.listen().at_work(status=status, stage="speech", attempts=count)
        for _ in range(count):
            StageRun.objects.create(module=module, lease_token="τ", stage="speech", outcome="died", code="worker_died")
        return world.processing(module)

    return page


STATES |= {
    f"{status} after {count} deaths": after_deaths(count, status)
    for count in (1, 2)
    for status in ("queued", "processing")
}


@state
def time_left_in_minutes(world: World) -> HttpResponseBase:
    return time_left(world, 10)


@state
def time_left_in_hours(world: World) -> HttpResponseBase:
    return time_left(world, 5000)


@state
def time_left_under_a_minute(world: World) -> HttpResponseBase:
    return time_left(world, 0.1)


def time_left(world: World, minutes: float) -> HttpResponseBase:
    since = database_clock() - timedelta(minutes=minutes)
    return world.listen().processing(world.at_work(stage="finalize", progress=90, claimed_at=since))


@state
def failed_for_its_owner(world: World) -> HttpResponseBase:
    module = world.module(status="failed", stage="probe", error=FAILURE, notices=[{"code": "no_stills", "params": {}}])
    return world.processing(module)


@state
def failed_for_staff(world: World) -> HttpResponseBase:
    module = world.staff().published(status="failed", stage="speech", error=FAILURE)
    failed = {"stage": "speech", "outcome": "failed", "code": "κωδικός", "worker": "ε1", "traceback": "Trace"}
    StageRun.objects.create(module=module, lease_token="τ", **failed)
    return world.processing(module)


@state
def cancelled(world: World) -> HttpResponseBase:
    return world.processing(world.module(status="cancelled", stage="speech"))


@state
def an_answer_to_a_retry_that_is_refused(world: World) -> HttpResponseBase:
    module = world.module(status="failed", error=FAILURE)
    for _ in range(10):
        world.module()
    return world.client.post(reverse("modules:retry", args=[module.pk]), follow=True)


# --- Training ---------------------------------------------------------------------------------------------------


@state
def training_with_everything(world: World) -> HttpResponseBase:
    module = world.published(notices=[{"code": "damaged", "params": {"seconds": 1}}, {"code": "no_speech"}])
    return world.training(world.quiz(module))


@state
def training_without_steps_or_words(world: World) -> HttpResponseBase:
    return world.training(world.module(status="ready", published_at=database_clock()))


@state
def training_with_a_quiz_and_no_transcript(world: World) -> HttpResponseBase:
    module = world.quiz(world.published(visibility="link"))
    module.transcripts.all().delete()
    return world.training(module)


@state
def training_with_a_transcript_and_no_quiz(world: World) -> HttpResponseBase:
    return world.training(world.published(visibility="signed_in"))


@state
def training_of_somebody_else(world: World) -> HttpResponseBase:
    return world.training(world.published(owner=world.person("βήτα"), visibility="signed_in"))


def updated(status: str) -> State:
    return lambda world: world.training(world.published(status=status, progress=12))


STATES |= {f"training whose update is {status}": updated(status) for status in ("processing", "failed", "cancelled")}


def prepared(status: str, progress: int) -> State:
    def page(world: World) -> HttpResponseBase:
        module = world.published()
        Rendition.objects.create(module=module, status=status, progress=progress)
        return world.training(module)

    return page


STATES |= {
    f"video that is {status} at {progress}": prepared(status, progress)
    for status, progress in (("processing", 0), ("processing", 37), ("failed", 3))
}


@state
def sharing_is_confirmed(world: World) -> HttpResponseBase:
    module = world.published()
    return world.client.post(reverse("modules:share", args=[module.pk]), {"visibility": "link"}, follow=True)


@state
def deleting_is_confirmed(world: World) -> HttpResponseBase:
    return world.client.post(reverse("modules:delete", args=[world.published().pk]), follow=True)


@state
def editing(world: World) -> HttpResponseBase:
    return world.get("modules:edit", world.published().pk, query="?add=1")


@state
def editing_with_mistakes(world: World) -> HttpResponseBase:
    module = world.published()
    steps = list(module.steps.all())
    data = {"form-TOTAL_FORMS": len(steps), "form-INITIAL_FORMS": len(steps), "title": ""}
    for index, step in enumerate(steps):
        wrong = [("9:59", "10:00"), ("1:00", "0:30"), ("αύριο", ""), ("0:01", "0:02"), ("0:01", "0:02")][index]
        data |= {f"form-{index}-id": step.pk, f"form-{index}-title": "", f"form-{index}-kind": "ω"}
        data |= {f"form-{index}-start": wrong[0], f"form-{index}-end": wrong[1]}
    return world.client.post(reverse("modules:edit", args=[module.pk]), data)


@state
def editing_what_has_changed_meanwhile(world: World) -> HttpResponseBase:
    module = world.published()
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "title": "Τ", "form-0-id": module.pk}
    return world.client.post(reverse("modules:edit", args=[module.pk]), data)


# --- Upload -----------------------------------------------------------------------------------------------------


@state
def upload(world: World) -> HttpResponseBase:
    return world.get("uploads:upload")


@state
def upload_without_a_file(world: World) -> HttpResponseBase:
    return world.client.post(reverse("uploads:upload"), {"title": "Τ"})


# --- Account ----------------------------------------------------------------------------------------------------


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


# --- Errors -----------------------------------------------------------------------------------------------------


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


# --- Admin ------------------------------------------------------------------------------------------------------


def admin_list(model: str) -> State:
    return lambda world: admin_world(world).get(f"admin:{model}_changelist")


def admin_world(world: World) -> World:
    module = world.staff().listen().published(status="failed", error=FAILURE, queued_at=database_clock())
    run = {"module": module, "lease_token": "τ", "stage": "speech", "provider": "π", "worker": "ε1"}
    StageRun.objects.create(**run, outcome="failed", seconds=1.5, traceback="Trace", code="κωδικός")
    AICall.objects.create(module=module, lease_token="τ", stage="speech", model="μ", cost=0.01, outcome="ω")
    Rendition.objects.create(module=module, status="failed")
    ApiToken.objects.issue(world.user, "Ν")
    ApiToken.objects.update(hint="αβγ")
    return world


LISTED = (
    "modules_module",
    "modules_rendition",
    "modules_stagerun",
    "modules_worker",
    "accounts_user",
    "accounts_apitoken",
)
STATES |= {f"admin list of {model}": admin_list(model) for model in LISTED}


@state
def admin_index(world: World) -> HttpResponseBase:
    return admin_world(world).get("admin:index")


@state
def admin_form_of_a_module(world: World) -> HttpResponseBase:
    module = admin_world(world).module()
    return world.get("admin:modules_module_change", Module.objects.exclude(pk=module.pk).get().pk)


@state
def admin_deletes_a_module(world: World) -> HttpResponseBase:
    return admin_world(world).get("admin:modules_module_delete", Module.objects.get().pk)


def action(name: str) -> State:
    def page(world: World) -> HttpResponseBase:
        admin_world(world)
        data = {"action": name, "_selected_action": [str(Module.objects.get().pk)]}
        return world.client.post(reverse("admin:modules_module_changelist"), data, follow=True)

    return page


STATES |= {f"admin action {name}": action(name) for name in ("try_again", "cancel", "recover")}
