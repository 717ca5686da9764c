"""How much longer a module takes: to the second, so that nothing that is counted can be left out unseen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache

from modules.models import Module, StageRun, database_clock
from modules.processing import eta

from .factories import make_module

pytestmark = pytest.mark.django_db

USUAL = {"probe": 1, "speech": 40, "steps": 5, "enhance": 5, "finalize": 10}
"""Seconds that each stage took, for a video of 100 s."""


@pytest.fixture(autouse=True)
def no_rates() -> Iterator[None]:
    """Rates are remembered for a minute, and must not outlive a test."""
    cache.clear()
    yield
    cache.clear()


def at_work(**fields) -> Module:
    return make_module(**{"status": "processing", "lease_token": "r", "claimed_at": database_clock()} | fields)


def took(stages: dict[str, float], times: int = 1, **fields) -> None:
    """Write down that an earlier video of 100 s took so many seconds in each stage."""
    done = {"module": make_module(), "lease_token": "x", "outcome": "done", "media_seconds": 100} | fields
    StageRun.objects.bulk_create(
        StageRun(stage=stage, seconds=seconds, **done) for _ in range(times) for stage, seconds in stages.items()
    )


def left(module: Module, *, after: float = 60) -> int | None:
    """What is told so many seconds after the module was claimed."""
    return eta.seconds_left(module, (module.claimed_at or database_clock()) + timedelta(seconds=after))


@pytest.mark.parametrize(
    ("stage", "progress", "seconds"),
    [
        ("speech", 10, 60),
        ("speech", 15, 50),
        ("speech", 25, 30),
        ("speech", 45, 20),  # a run that goes on where another died keeps its progress
        ("steps", 10, 20),
        ("steps", 30, 20),
        ("enhance", 90, 10),
        ("finalize", 90, 10),
        ("finalize", 99, 1),
    ],
)
def test_time_left_is_what_is_left_of_the_stage_and_all_of_the_later_ones(stage, progress, seconds):
    took(USUAL)
    assert left(at_work(stage=stage, progress=progress, duration=100.0)) == seconds


def test_a_video_twice_as_long_takes_twice_as_long():
    took(USUAL)
    assert left(at_work(stage="speech", progress=15, duration=200.0)) == 100


@pytest.mark.parametrize(("pictures", "seconds"), [(80, 80), (20, 50)])
def test_of_speech_and_pictures_the_slower_counts(pictures, seconds):
    took(USUAL | {"stills": pictures})
    assert left(at_work(stage="speech", progress=15, duration=100.0)) == seconds


def test_where_nobody_spoke_the_pictures_count():
    took({"stills": 40, "steps": 5, "enhance": 5, "finalize": 10})
    assert left(at_work(stage="speech", progress=15, duration=100.0)) == 50


def test_one_slow_day_among_many_is_no_rule():
    took(USUAL, times=4)
    took(dict.fromkeys(USUAL, 1000))
    assert left(at_work(stage="speech", progress=15, duration=100.0)) == 50


@pytest.mark.parametrize("older", [dict.fromkeys(USUAL, 1000), {"speech": 1000}])
def test_the_newest_thirty_runs_of_each_stage_count(older):
    took(older, times=40)
    took(USUAL, times=30)
    assert left(at_work(stage="speech", progress=15, duration=100.0)) == 50


def test_it_is_thirty_runs_and_neither_more_nor_fewer():
    took({"speech": 1000}, times=40)
    took({"speech": 60}, times=15)
    took(USUAL, times=15)
    # Half of what lies between 40 and 60 s, and the stages that follow.
    assert left(at_work(stage="speech", progress=20, duration=100.0)) == 25 + 20


@pytest.mark.parametrize("fields", [{"outcome": "part"}, {"outcome": "reused"}, {"outcome": "failed"}])
def test_only_a_stage_that_was_done_says_how_long_one_takes(fields):
    took(USUAL)
    took({"speech": 1000}, times=3, **fields)
    assert left(at_work(stage="speech", progress=15, duration=100.0)) == 50


def test_the_shortest_of_videos_counts_too():
    took({stage: seconds / 200 for stage, seconds in USUAL.items()}, media_seconds=0.5)
    assert left(at_work(stage="speech", progress=15, duration=100.0)) == 50


@pytest.mark.parametrize("stage", ["rendition", "forgotten"])
def test_work_that_is_not_on_the_bar_says_nothing(stage):
    took({**USUAL, stage: 1000})
    assert left(at_work(stage="speech", progress=15, duration=100.0)) == 50


def test_what_earlier_videos_took_is_remembered_and_not_asked_for_at_each_poll():
    took(USUAL)
    assert left(at_work(stage="speech", progress=15, duration=100.0)) == 50
    took(dict.fromkeys(USUAL, 1000), times=9)
    assert left(at_work(stage="speech", progress=15, duration=100.0)) == 50


def test_a_stage_that_covered_no_video_says_nothing():
    took(USUAL)
    took({"speech": 1000}, times=3, media_seconds=0)
    assert left(at_work(stage="speech", progress=15, duration=100.0)) == 50


@pytest.mark.parametrize(("progress", "seconds"), [(10, None), (15, 219), (20, 94), (25, 46), (30, 21)])
def test_without_earlier_videos_the_pace_of_this_run_goes_on(progress, seconds):
    """Speech is 0.7 of the whole and what follows 0.26: half of it done in 60 s leaves 60 × 0.61 / 0.39.

    With less than a tenth of the whole done, there is no pace to speak of.
    """
    assert left(at_work(stage="speech", progress=progress)) == seconds


def test_the_pace_is_told_while_no_video_has_come_further_than_this_one():
    took({"probe": 1, "speech": 40})
    assert left(at_work(stage="speech", progress=20, duration=100.0)) == 94


def test_the_pace_is_told_while_no_video_has_come_through_this_very_stage():
    took({"steps": 5, "enhance": 5, "finalize": 10})
    assert left(at_work(stage="speech", progress=20, duration=100.0)) == 94


def test_the_pace_is_told_while_the_length_of_the_video_is_not_known():
    took(USUAL)
    assert left(at_work(stage="speech", progress=20)) == 94


def test_in_the_last_stage_earlier_videos_are_enough():
    took({"finalize": 20})
    assert left(at_work(stage="finalize", progress=90, duration=100.0)) == 20


@pytest.mark.parametrize(("duration", "seconds"), [(108_000.0, 43_200), (108_002.0, None)])
def test_what_would_take_longer_than_half_a_day_is_not_guessed(duration, seconds):
    took({"speech": 20, "steps": 20})
    assert left(at_work(stage="speech", progress=10, duration=duration)) == seconds


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "queued"},
        {"status": "ready"},
        {"stage": ""},
        {"stage": "stills"},  # work beside a stage is no place on the bar
        {"stage": "probe", "progress": 1},
        {"claimed_at": None},
        {"attempts": 1},
    ],
)
def test_where_nothing_is_known_it_is_not_told(fields):
    assert left(at_work(**{"stage": "speech", "progress": 20} | fields)) is None


@pytest.mark.parametrize(("after", "seconds"), [(4.9, None), (5.0, 8)])
def test_the_first_five_seconds_are_no_pace(after, seconds):
    assert left(at_work(stage="speech", progress=20), after=after) == seconds


@pytest.mark.parametrize(
    ("run", "outcome", "seconds"), [("r", "reused", None), ("r", "done", 94), ("another", "reused", 94)]
)
def test_a_run_that_took_up_saved_work_has_no_pace_of_its_own(run, outcome, seconds):
    module = at_work(stage="speech", progress=20)
    StageRun.objects.create(module=module, lease_token=run, stage="probe", outcome=outcome)
    assert left(module) == seconds
