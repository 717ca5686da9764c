"""The pages of the admin that show our rows."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.urls import reverse

from modules.models import AICall, Module, Rendition, StageRun, database_clock
from trainingsite.accounts.models import ApiToken

from .world import FAILURE, STATES, State, World, state


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
