"""The heartbeat's thread: how long it goes on, and why it ends a run."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError

from modules.processing import heartbeat
from modules.processing.heartbeat import LEASE_LOST, Heartbeat
from modules.workers.subprocesses import fork
from tests.servers import wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "RENEW_EVERY", 0.01)
    monkeypatch.setattr(heartbeat, "LOOK_EVERY", 0.05)


def beating(renew_lease: Callable[[], bool] = lambda: True, check_limits: Callable[[], str] = lambda: "") -> Heartbeat:
    """A heartbeat of a process that goes on afterwards."""
    return Heartbeat(renew_lease, check_limits, before_kill=lambda reason: None, disposable=False)


def beats_of(times: int, then: Callable[[], bool]) -> tuple[Callable[[], bool], list[float]]:
    """What renews a lease so often and then does something else; and when it was asked."""
    asked: list[float] = []

    def renew() -> bool:
        asked.append(time.monotonic())
        return True if len(asked) <= times else then()

    return renew, asked


def away() -> bool:
    raise OperationalError("gone")


def test_a_run_that_keeps_its_lease_and_its_limits_goes_on():
    renew, asked = beats_of(1000, lambda: True)
    with beating(renew) as beat:
        wait_for(lambda: len(asked) > 10, "ten heartbeats")
        assert beat.end_reason == ""


def test_a_lease_that_is_lost_ends_the_run():
    renew, asked = beats_of(2, lambda: False)
    with beating(renew) as beat:
        wait_for(lambda: beat.end_reason, "the end")
    assert (beat.end_reason, len(asked)) == (LEASE_LOST, 3)


def test_a_stage_over_its_deadline_ends_the_run_however_alive_it_is():
    with beating() as beat:
        beat.set_deadline(600)
        time.sleep(0.1)
        assert beat.end_reason == ""
        beat.set_deadline(0.05)
        wait_for(lambda: beat.end_reason, "the end")
    assert beat.end_reason == "too_slow"


def test_a_run_that_takes_more_than_it_may_is_ended_with_the_code_of_the_limit_and_asked_only_now_and_then():
    renew, asked = beats_of(1000, lambda: True)
    looks = iter(["", "", "too_much_scratch"])
    with beating(renew, lambda: next(looks)) as beat:
        wait_for(lambda: beat.end_reason, "the end")
    assert beat.end_reason == "too_much_scratch"
    assert asked[-1] - asked[0] >= 0.1, "three looks, 0.05 s apart"


def test_a_database_that_is_away_is_waited_for_as_long_as_others_take_the_run_for_alive(monkeypatch):
    monkeypatch.setattr(heartbeat, "LEASE_TIMEOUT", timedelta(seconds=0.5))
    renew, asked = beats_of(5, away)
    with beating(renew) as beat:
        wait_for(lambda: beat.end_reason, "the end")
    assert beat.end_reason == LEASE_LOST
    assert asked[-1] - asked[4] >= 0.45, "counted from the last heartbeat that was written"


def test_a_database_that_comes_back_in_time_ends_nothing(monkeypatch):
    monkeypatch.setattr(heartbeat, "LEASE_TIMEOUT", timedelta(seconds=0.5))
    turns = {"asked": 0}

    def now_and_then() -> bool:
        turns["asked"] += 1
        return away() if turns["asked"] % 2 else True

    began = time.monotonic()
    with beating(now_and_then) as beat:
        wait_for(lambda: beat.end_reason or time.monotonic() - began > 0.8, "longer than the lease's time")
        assert beat.end_reason == ""


def test_after_a_run_no_heartbeat_of_it_is_written_any_more():
    begun, written = threading.Event(), []

    def slow() -> bool:
        begun.set()
        time.sleep(0.3)
        written.append(time.monotonic())
        return True

    with beating(slow):
        assert begun.wait(5)
    over = time.monotonic()
    assert len(written) == 1 and written[0] <= over, "the one under way was waited for"
    assert "heartbeat" not in {thread.name for thread in threading.enumerate()}


def of_a_child(run: Callable[[Callable[[str], None]], object]) -> tuple[str, int]:
    """(what `run` said in a process that may be killed, how that ended). run: gets a function to say it with."""
    reader, writer = os.pipe()
    child = fork(lambda: run(lambda text: os.write(writer, text.encode())))
    os.close(writer)
    with os.fdopen(reader) as said:
        return said.read(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_process_that_hangs_in_one_call_is_ended_after_its_row_was_released(monkeypatch):
    monkeypatch.setattr(heartbeat, "GRACE", 0.1)

    def hangs(say: Callable[[str], None]) -> None:
        with Heartbeat(lambda: False, lambda: "", before_kill=say, disposable=True):
            time.sleep(30)
        say("it was not ended")

    assert of_a_child(hangs) == (LEASE_LOST, 0)


@pytest.mark.parametrize(("disposable", "grace"), [(True, 30.0), (False, 0.01)])
def test_a_run_that_notices_its_end_by_itself_and_a_process_with_more_to_do_are_not_ended(
    monkeypatch, disposable, grace
):
    monkeypatch.setattr(heartbeat, "GRACE", grace)

    def notices(say: Callable[[str], None]) -> None:
        with Heartbeat(lambda: False, lambda: "", before_kill=say, disposable=disposable) as beat:
            wait_for(lambda: beat.end_reason, "the end")
            time.sleep(0.2)
        say("it went on to its own end")

    assert of_a_child(notices) == ("it went on to its own end", 0)
