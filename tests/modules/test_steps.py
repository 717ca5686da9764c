"""Whatever a writer answers, mended steps fit the video."""

import math

from hypothesis import given

from modules.pipeline.clock import clock
from modules.pipeline.steps import MAX_STEPS, MAX_TITLE, normalize_steps
from modules.pipeline.types import Cue, Draft, Material
from tests.quality.damage import check, damaged, materials
from tests.soak import soaked

"""Damaged answers that are tried here; the quality harness tries ten thousand."""


def _cues(count, length=2.0):
    return tuple(Cue(n, (n - 1) * length, n * length, f"words of cue {n}") for n in range(1, count + 1))


def _draft(*numbers, **other):
    given_ = {"id": "a", "kind": "step", "title": "Do it", "text": "It is done.", "start": 0.0, "end": 0.0} | other
    return Draft(cues=numbers, **given_)


def _material(cues=(), duration=60.0, **other):
    return Material("A title", "en", duration, tuple(cues), **other)


@soaked(1500)
@given(damaged, materials())
def test_no_damaged_answer_breaks_a_promise(drafts, material):
    check(drafts, material)


@soaked(750)
@given(damaged, materials())
def test_mending_what_is_mended_changes_nothing(drafts, material):
    once = normalize_steps(drafts, material)
    assert normalize_steps(once, material) == once


def test_times_are_looked_up_and_never_taken_from_the_answer():
    steps = normalize_steps([_draft(1, 2, start=500.0, end=900.0), _draft(3, 4, 5, start=-3.0)], _material(_cues(6)))
    assert [(step.start, step.end) for step in steps] == [(0.0, 4.0), (4.0, 60.0)]
    assert [step.cues for step in steps] == [(1, 2), (3, 4, 5, 6)]


def test_cues_that_nobody_cites_go_to_the_step_before_them():
    steps = normalize_steps([_draft(3), _draft(8)], _material(_cues(10)))
    assert [step.cues for step in steps] == [(1, 2, 3, 4, 5, 6, 7), (8, 9, 10)]


def test_answers_in_the_wrong_order_are_put_right():
    steps = normalize_steps([_draft(5, 6, title="Later"), _draft(2, 1, title="Sooner")], _material(_cues(6)))
    assert [step.title for step in steps] == ["Sooner", "Later"]


def test_overlapping_answers_are_cut_where_the_later_one_begins():
    steps = normalize_steps([_draft(1, 2, 3, 4), _draft(3, 4, 5, 6)], _material(_cues(6)))
    assert [step.cues for step in steps] == [(1, 2), (3, 4, 5, 6)]


def test_the_same_cues_cited_twice_make_one_step():
    steps = normalize_steps([_draft(1, 2), _draft(1, 2, title="Again"), _draft(4)], _material(_cues(5)))
    assert [step.title for step in steps] == ["Do it", "Do it"]


def test_one_wild_number_does_not_swallow_the_video():
    steps = normalize_steps([_draft(1, 2, 3), _draft(4, 5, 30), _draft(6, 7, 8, 9)], _material(_cues(30)))
    assert [step.cues[0] for step in steps] == [1, 4, 6]


def test_numbers_that_do_not_exist_are_left_out():
    steps = normalize_steps([_draft(99, 100), _draft(0, -4)], _material(_cues(3)))
    assert [step.cues for step in steps] == [(1, 2, 3)]
    assert steps[0].title == "Words of cue 1 words of cue 2"
    assert steps[0].text == "words of cue 1 words of cue 2 words of cue 3"


def test_too_many_steps_are_joined_without_losing_a_word():
    drafts = [_draft(n, text=f"Text {n}.", id=f"s{n}") for n in range(1, 201)]
    steps = normalize_steps(drafts, _material(_cues(200), duration=400.0))
    assert len(steps) == MAX_STEPS
    said = " ".join(step.text for step in steps)
    assert all(f"Text {n}." in said for n in range(1, 201))


def test_a_long_title_is_cut_between_words():
    (step,) = normalize_steps([_draft(1, title="Turn the handle " * 20)], _material(_cues(1)))
    assert step.title.endswith(("handle…", "the…", "Turn…")) and len(step.title) <= MAX_TITLE


def test_a_silent_video_has_at_least_one_step():
    (step,) = normalize_steps([], _material(duration=30.0))
    assert (step.start, step.end, step.cues) == (0.0, 30.0, ())
    assert step.title == "Step 1, 0:00 to 0:30"


def test_silent_steps_are_held_inside_the_video():
    drafts = [_draft(start=40.0), _draft(start=math.nan), _draft(start=10.0), _draft(start=999.0), _draft(start=-1.0)]
    steps = normalize_steps(drafts, _material(duration=60.0))
    assert [(step.start, step.end) for step in steps] == [(0.0, 40.0), (40.0, 60.0)]


def test_cues_past_the_end_of_the_video_stay_with_the_last_step():
    steps = normalize_steps([_draft(1, 2), _draft(5, 6)], _material(_cues(6), duration=6.3))
    assert [step.cues for step in steps] == [(1, 2, 3, 4, 5, 6)]
    assert steps[-1].end == 6.3


def test_the_clock_is_that_of_a_player():
    assert [clock(0), clock(72.9), clock(3723)] == ["0:00", "1:12", "1:02:03"]
