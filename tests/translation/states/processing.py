"""The processing page, in each state of a module."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponseBase
from django.urls import reverse

from modules.models import StageRun, database_clock, stages

from .world import FAILURE, STATES, State, World, state


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
