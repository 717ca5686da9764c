"""The library, and the cards that are polled."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponseBase

from modules.models import Module, database_clock, stages

from .world import FAILURE, World, state


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
