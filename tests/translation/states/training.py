"""The training page and its editing page."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.urls import reverse

from modules.models import Rendition, database_clock

from .world import STATES, State, World, state


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
