"""A row whose run was killed is taken back by its parent, whatever happens to the row meanwhile."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import OperationalError

from modules.models import Module, StageRun, Status, database_clock
from modules.storage import orphans
from modules.workers.maintenance import release_killed_run

from .factories import make_module

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held() -> Module:
    module = make_module()
    assert Module.objects.claim(module.pk, database_clock(), "w1")
    module.refresh_from_db()
    return module


def found(module: Module) -> Module | None:
    return Module.objects.filter(pk=module.pk).first()


def test_it_goes_back_to_the_queue_and_others_are_told(held: Module) -> None:
    told: list[object] = []
    release_killed_run(partial(found, held), stopping=False, send=told.append)
    assert told == [held]
    held.refresh_from_db()
    assert (held.status, held.lease_token, held.attempts) == (Status.QUEUED, "", 1)
    assert StageRun.objects.get().outcome == StageRun.Outcome.DIED


def test_a_run_that_was_told_to_end_is_not_to_blame(held: Module) -> None:
    release_killed_run(partial(found, held), stopping=True)
    held.refresh_from_db()
    assert (held.status, held.attempts) == (Status.QUEUED, 0)
    assert StageRun.objects.get().outcome == StageRun.Outcome.STOPPED


def test_nobody_is_told_of_a_row_that_failed_for_good(held: Module) -> None:
    Module.objects.update(attempts=2)
    told: list[object] = []
    release_killed_run(partial(found, held), stopping=False, send=told.append)
    assert told == []
    held.refresh_from_db()
    assert held.status == Status.FAILED


def test_a_row_that_wrote_its_own_end_is_left_alone() -> None:
    module = make_module(status="ready")
    release_killed_run(partial(found, module), stopping=False, send=pytest.fail)
    assert not StageRun.objects.exists()


def test_a_module_that_is_deleted_meanwhile_does_not_end_the_worker(
    held: Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scratch of a killed run may be gigabytes, and while it is removed the module may be deleted."""
    monkeypatch.setattr(orphans, "remove_scratch", lambda token: Module.objects.all().delete())
    release_killed_run(partial(found, held), stopping=False, send=pytest.fail)
    assert not Module.objects.exists()


def test_a_database_that_goes_away_meanwhile_does_not_end_the_worker(held: Module) -> None:
    def away(row: object) -> None:
        raise OperationalError("server closed the connection")

    release_killed_run(partial(found, held), stopping=False, send=away)
    held.refresh_from_db()
    assert held.status == Status.QUEUED, "the sweep sends it later"
