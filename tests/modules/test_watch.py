"""The parent's watch over a run: who proves life is left alone, and nobody else holds up a worker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.models import F

from modules.models import LEASE_TIMEOUT, Module, Status, database_clock
from modules.workers import watch
from modules.workers.watch import ENDS_WITHIN, LOOK_EVERY, TIDIES_WITHIN, RunWatch

from .factories import make_module

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """The watch's own clock."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(watch, "time", clock)
    return clock


@pytest.fixture
def held() -> Module:
    module = make_module()
    assert Module.objects.claim(module.pk, database_clock(), "w1")
    module.refresh_from_db()
    return module


class Watched:
    """A watch over a row, with a list in place of a process that can be killed."""

    def __init__(self, module: Module, clock: Clock) -> None:
        self.killed: list[bool] = []
        self.clock = clock
        find = Module.objects.filter(pk=module.pk).first
        self.watch = RunWatch(find, "w1", lambda: self.killed.append(True))

    def after(self, seconds: float) -> bool:
        """Whether the process has been killed, when the watch looks so many seconds later."""
        self.clock.now += seconds
        self.watch.look()
        return bool(self.killed)


def silent_for(seconds: float) -> None:
    Module.objects.update(heartbeat_at=database_clock() - timedelta(seconds=seconds))


def test_a_run_that_proves_life_may_take_hours(held: Module, clock: Clock) -> None:
    run = Watched(held, clock)
    for _ in range(100):
        silent_for(LEASE_TIMEOUT.total_seconds() - 1)
        assert not run.after(600)


def test_one_that_is_silent_is_killed_at_the_second_look(held: Module, clock: Clock) -> None:
    run = Watched(held, clock)
    silent_for(LEASE_TIMEOUT.total_seconds() + 1)
    assert not run.after(LOOK_EVERY)
    assert run.after(LOOK_EVERY)
    assert run.watch.hung


def test_a_machine_that_woke_up_gets_a_moment_to_write_a_heartbeat(held: Module, clock: Clock) -> None:
    run = Watched(held, clock)
    for _ in range(3):
        silent_for(3600)
        assert not run.after(LOOK_EVERY)
        silent_for(0)
        assert not run.after(LOOK_EVERY)


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.QUEUED, Status.FAILED])
def test_one_that_goes_on_without_its_row_is_ended(held: Module, clock: Clock, status: str) -> None:
    run = Watched(held, clock)
    Module.objects.update(status=status, lease_token="", worker="", heartbeat_at=None)
    assert not run.after(ENDS_WITHIN)
    assert run.after(LOOK_EVERY)
    assert not run.watch.hung


def test_one_whose_module_was_deleted_is_ended(held: Module, clock: Clock) -> None:
    run = Watched(held, clock)
    Module.objects.all().delete()
    assert not run.after(ENDS_WITHIN)
    assert run.after(LOOK_EVERY)


def test_one_whose_row_another_worker_holds_is_ended(held: Module, clock: Clock) -> None:
    run = Watched(held, clock)
    Module.objects.update(worker="w2")
    assert not run.after(ENDS_WITHIN)
    assert run.after(LOOK_EVERY)


def test_one_that_was_silent_before_it_lost_its_row_is_not_waited_for_again(held: Module, clock: Clock) -> None:
    """The sweep of another worker may be quicker; what hangs would be waited for half a minute else."""
    run = Watched(held, clock)
    silent_for(LEASE_TIMEOUT.total_seconds() - 1)
    assert not run.after(LOOK_EVERY)
    Module.objects.update(status=Status.QUEUED, lease_token="", worker="", heartbeat_at=None)
    assert run.after(LOOK_EVERY)


def test_one_that_is_ready_may_tidy_up(held: Module, clock: Clock) -> None:
    run = Watched(held, clock)
    Module.objects.update(status=Status.READY, lease_token="", worker="", heartbeat_at=None)
    assert not run.after(TIDIES_WITHIN)
    assert run.after(LOOK_EVERY)


def test_a_database_that_is_away_proves_nothing(held: Module, clock: Clock) -> None:
    run = Watched(held, clock)

    def away() -> Module:
        raise OperationalError("away")

    find, run.watch._find_row = run.watch._find_row, away
    assert not run.after(3600)
    run.watch._find_row = find
    assert not run.after(LOOK_EVERY)
    Module.objects.update(heartbeat_at=F("heartbeat_at") - timedelta(hours=1))
    assert not run.after(LOOK_EVERY)
    assert run.after(LOOK_EVERY)


def test_it_looks_every_other_second_however_often_it_is_called(held: Module, clock: Clock) -> None:
    run = Watched(held, clock)
    silent_for(3600)
    assert not run.after(LOOK_EVERY)
    assert not any(run.after(LOOK_EVERY / 20) for _ in range(18))
    assert run.after(LOOK_EVERY / 5)
