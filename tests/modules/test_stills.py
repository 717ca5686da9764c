"""When pictures are wanted, and which one shows a stretch best."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from modules.pipeline.still_selection import APART, FEWEST, LOOK, MOST, candidates, illustrate, pick
from modules.pipeline.types import Cue, Draft, Scene, Span, Still

seconds = st.floats(0, 11_000, allow_nan=False)


def cues_at(*spans: tuple[float, float]) -> list[Cue]:
    return [Cue(number, start, end, "Press it.") for number, (start, end) in enumerate(spans, 1)]


def still(time: float, sharpness: float = 100) -> Still:
    return Still(time, f"{time}.jpg", 640, 360, sharpness)


def test_the_beginning_and_the_end_are_always_wanted():
    times = candidates(60, [], [])
    assert times[0] < 1
    assert times[-1] > 58
    assert candidates(0.4, [], []) == (0.0,)


def test_the_settled_picture_after_a_change_and_the_last_one_before_it_are_wanted():
    times = candidates(60, [], [Scene(20, 0.9)])
    assert any(20.3 <= time <= 21.5 for time in times)
    assert any(18 <= time <= 20 - LOOK + 0.01 for time in times)


def test_a_pause_after_a_sentence_is_wanted():
    times = candidates(60, cues_at((10, 14), (17, 22)), [])
    assert any(13.5 <= time <= 16 for time in times)


def test_a_pause_is_not_looked_at_across_a_change():
    times = candidates(30, cues_at((10, 14), (17, 22)), [Scene(14.5, 0.8)])
    assert not any(14.5 - LOOK < time < 14.5 for time in times)


@given(
    duration=st.floats(0, 10_800, allow_nan=False),
    starts=st.lists(seconds, max_size=300),
    changes=st.lists(seconds, max_size=300),
)
def test_candidates_are_bounded_ordered_apart_and_inside(duration, starts, changes):
    cues = [Cue(number, start, start + 2, "Word") for number, start in enumerate(sorted(starts), 1)]
    times = candidates(duration, cues, [Scene(time, 0.5) for time in sorted(changes)])
    assert 1 <= len(times) <= MOST
    assert len(times) <= max(FEWEST, duration / 5 + 1)
    assert all(later - time >= APART - 0.001 for time, later in pairwise(times))
    assert all(0 <= time <= duration for time in times)


def test_three_hours_of_talk_are_covered_to_the_end():
    cues = cues_at(*((start, start + 4) for start in range(0, 10_800, 5)))
    times = candidates(10_800, cues, [])
    assert len(times) == MOST
    assert all(later - time < 600 for time, later in pairwise(times))


def test_the_still_late_in_the_span_is_picked():
    assert pick(Span(10, 20), [still(5), still(11), still(18), still(22)]).time == 18


def test_a_blurred_still_gives_way_to_a_sharp_one():
    assert pick(Span(10, 20), [still(12, 900), still(18, 40)]).time == 12


def test_the_still_of_the_step_before_is_not_picked_again():
    assert pick(Span(10, 12), [still(9)], previous=still(9)) is None
    assert pick(Span(10, 12), [still(9)]).time == 9


def test_no_still_is_better_than_one_from_elsewhere():
    assert pick(Span(100, 110), [still(5), still(200)]) is None
    assert pick(Span(0, 10), []) is None


def test_each_step_gets_the_picture_it_asks_for_if_it_is_in_it_else_the_best_of_its_own():
    first = Draft("s1", "step", "Open the lid", "Open the lid.", (1,), 0.0, 10.0)
    second = Draft("s2", "step", "Press it", "Press it.", (2,), 10.0, 60.0, still=20.0)
    third = Draft("s3", "step", "Close it", "Close it.", (3,), 60.0, 90.0, still=20.0)
    shown = illustrate([first, second, third], [still(1, 5), still(3, 9), still(20, 2), still(50, 7), still(70)])
    assert [step.still for step in shown] == [3.0, 20.0, 70.0]
    assert illustrate([first], [])[0].still is None
