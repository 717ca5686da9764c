"""A person's edit outlives every machine's rewrite."""

from __future__ import annotations

import pytest

from modules.models import Step
from modules.pipeline.types import Cue
from modules.processing.merge import merge


def step(title: str, start: float, end: float, cues: tuple[int, ...] = (), **more) -> Step:
    made = Step(title=title, start=start, end=end, cues=list(cues), **more)
    made.machine = {name: getattr(made, name) for name in Step.EDITABLE}
    return made


def titles(steps: list[Step]) -> list[str]:
    return [one.title for one in steps]


def test_untouched_steps_are_replaced():
    old = [step("A", 0, 5, (1, 2)), step("B", 5, 9, (3,))]
    kept, gone = merge(old, [step("C", 0, 4, (1,)), step("D", 4, 9, (2, 3))], (), same_cues=True)
    assert titles(kept) == ["C", "D"]
    assert gone == []
    assert {one.pk for one in kept} == {one.pk for one in old}


def test_an_edited_title_stays_and_the_rest_is_written_anew():
    old = step("A", 0, 5, (1, 2))
    old.title = "My words"
    kept, _ = merge([old], [step("B", 0, 6, (1, 2), text="new")], (), same_cues=True)
    assert (kept[0].title, kept[0].text, kept[0].end) == ("My words", "new", 6)
    assert kept[0].machine["title"] == "B"
    again, _ = merge(kept, [step("C", 0, 7, (1, 2))], (), same_cues=True)
    assert titles(again) == ["My words"]


def test_a_deleted_step_does_not_come_back():
    old = step("A", 0, 5, (1, 2), deleted=True)
    kept, gone = merge([old], [step("A", 0, 5, (1, 2)), step("B", 5, 9, (3,))], (), same_cues=True)
    assert [one.title for one in kept if not one.deleted] == ["B"]
    assert not gone


def test_a_deleted_step_that_no_new_step_matches_stays_deleted_for_the_next_rewrite():
    old = step("A", 0, 5, (1, 2), deleted=True)
    between, gone = merge([old], [step("B", 50, 60, (9,))], (), same_cues=True)
    assert [(one.title, one.deleted) for one in between] == [("A", True), ("B", False)]
    assert not gone
    kept, _ = merge(between, [step("A", 0, 5, (1, 2)), step("B", 50, 60, (9,))], (), same_cues=True)
    assert [one.title for one in kept if not one.deleted] == ["B"]


def test_a_step_that_a_person_added_stays():
    added = Step(title="Mine", start=2, end=3)
    kept, gone = merge([added], [step("A", 0, 5, (1,))], (), same_cues=True)
    assert titles(kept) == ["A", "Mine"]
    assert not gone


def test_an_edited_step_that_nothing_matches_stays_and_an_untouched_one_goes():
    edited, plain = step("A", 0, 5, (1,)), step("B", 5, 9, (2,))
    edited.text = "words of mine"
    kept, gone = merge([edited, plain], [step("C", 20, 30, (7,))], (), same_cues=True)
    assert titles(kept) == ["A", "C"]
    assert titles(gone) == ["B"]


def test_when_the_transcript_is_new_steps_are_matched_by_time():
    old = step("A", 0, 5, (1, 2))
    old.title = "Mine"
    kept, _ = merge([old], [step("B", 0.2, 5.1, (9, 10))], (), same_cues=False)
    assert titles(kept) == ["Mine"]


def test_a_step_that_stays_cites_the_new_transcript_by_its_time():
    mine = step("A", 10, 20, (3,), asides=[{"kind": "tip", "text": "Push.", "cues": [3]}])
    mine.title = "Mine"
    cues = [Cue(1, 0, 9, "one"), Cue(2, 11, 14, "two"), Cue(3, 30, 40, "three")]
    for same, cited in ((True, [3]), (False, [2])):
        kept, gone = merge([mine], [step("B", 30, 40, (3,) if not same else (4,))], cues, same_cues=same)
        assert [one.cues for one in kept if one.title == "Mine"] == [cited]
    assert mine.asides == [{"kind": "tip", "text": "Push.", "cues": []}]
    assert gone == []


@pytest.mark.parametrize(
    ("before", "after", "matched"),
    [
        ((1, 6), (4, 10), True),  # 3 of 10
        ((1, 7), (5, 11), False),  # 3 of 11
        ((1, 3), (1, 12), False),  # all of the old one's, but a quarter of both
        ((1, 12), (1, 3), False),
    ],
)
def test_steps_that_share_three_tenths_of_their_cues_are_the_same_step(before, after, matched):
    old, new = (step("A", 0, 5, tuple(range(first, last + 1))) for first, last in (before, after))
    kept, gone = merge([old], [new], (), same_cues=True)
    assert (kept == [old], gone == []) == (matched, matched)


@pytest.mark.parametrize(("length", "matched"), [(20, True), (33, True), (34, False)])
def test_without_cues_in_common_steps_that_share_three_tenths_of_their_time_are_the_same_step(length, matched):
    from_one_start, to_one_end = ((0, 10), (0, length)), ((40, 50), (50 - length, 50))
    for one, other in (from_one_start, from_one_start[::-1], to_one_end, to_one_end[::-1]):
        old, new = step("A", *one), step("B", *other)
        kept, gone = merge([old], [new], (), same_cues=True)
        assert (kept == [old], gone == []) == (matched, matched)


@pytest.mark.parametrize(("before", "after"), [((), (1, 2)), ((1, 2), ())])
def test_a_step_in_which_nobody_speaks_is_told_by_its_time(before, after):
    old = step("A", 0, 10, before)
    kept, gone = merge([old], [step("B", 0, 9, after)], (), same_cues=True)
    assert (kept, gone) == ([old], [])


@pytest.mark.parametrize("other", [(1.5, 2.5), (0.5, 0.5)])
def test_short_steps_that_share_no_time_are_not_the_same(other):
    for old, new in ((step("A", 0.5, 0.5), step("B", *other)), (step("A", 0, 1), step("B", 1.5, 2.5))):
        kept, gone = merge([old], [new], (), same_cues=False)
        assert (titles(kept), titles(gone)) == (["B"], ["A"])


@pytest.mark.parametrize(("start", "length"), [(1000, 10), (1000, 0.5), (0, 0.1)])
def test_by_time_a_step_is_the_same_wherever_it_stands_and_however_short_it_is(start, length):
    old = step("A", start, start + length)
    kept, gone = merge([old], [step("B", start, start + length * 0.9)], (), same_cues=False)
    assert (kept, gone) == ([old], [])


def test_steps_one_after_the_other_have_nothing_in_common():
    kept, gone = merge([step("A", 0, 5)], [step("B", 5, 9)], (), same_cues=False)
    assert (titles(kept), titles(gone)) == (["B"], ["A"])


def test_what_was_said_tells_more_than_when():
    old = step("A", 0, 5, (1, 2))
    old.title = "Mine"
    kept, _ = merge([old], [step("B", 0, 5, (8, 9)), step("C", 50, 60, (1, 2))], (), same_cues=True)
    assert [(one.title, one.start) for one in kept] == [("B", 0), ("Mine", 50)]


def test_a_step_that_a_person_moved_is_known_by_where_the_machine_had_it():
    old = step("A", 0, 10)
    old.start, old.end = 50, 60
    kept, _ = merge([old], [step("B", 0, 10)], (), same_cues=False)
    assert [(one.title, one.start, one.end) for one in kept] == [("B", 50, 60)]


def test_of_two_old_steps_the_more_alike_becomes_the_new_one_and_the_other_stays_as_it_was():
    whole, half = step("A", 0, 9, (1, 2, 3, 4)), step("B", 0, 4, (1, 2))
    whole.title, half.title = "All mine", "Half mine"
    for old in ([whole, half], [half, whole]):
        kept, _ = merge(old, [step("C", 0, 8, (1, 2, 3, 4))], (), same_cues=True)
        assert {one.title: (one.end, one.cues) for one in kept} == {
            "All mine": (8, [1, 2, 3, 4]),
            "Half mine": (4, [1, 2]),
        }


def test_of_two_new_steps_the_more_alike_takes_the_place_of_the_old_one_and_the_other_is_new():
    for order in (1, -1):
        old = step("A", 0, 9, (1, 2, 3, 4))
        new = [step("B", 0, 6, (1, 2, 3)), step("C", 0, 9, (1, 2, 3, 4))][::order]
        kept, _ = merge([old], new, (), same_cues=True)
        assert [(one.title, one.pk == old.pk) for one in kept] == [("B", False), ("C", True)]


def test_a_matched_step_shows_the_new_picture_cues_and_asides():
    old = step("A", 0, 5, (1, 2), still="old.jpg", asides=[{"kind": "tip", "text": "Pull.", "cues": [2]}])
    old.title = "Mine"
    new = step("B", 0, 6, (1, 2, 3), still="new.jpg", asides=[{"kind": "tip", "text": "Push.", "cues": [3]}])
    [kept], _ = merge([old], [new], (), same_cues=True)
    assert (kept.still, kept.cues, kept.asides) == (new.still, new.cues, new.asides)
    assert (kept.title, kept.machine) == ("Mine", new.machine)


def test_a_cue_belongs_to_the_step_in_which_it_begins():
    mine = step("A", 10, 20, (3,))
    mine.title = "Mine"
    cues = [Cue(1, 9.9, 12, "a"), Cue(2, 10, 12, "b"), Cue(3, 19.9, 30, "c"), Cue(4, 20, 30, "d")]
    merge([mine], [step("B", 50, 60)], cues, same_cues=False)
    assert mine.cues == [2, 3]


def test_steps_that_begin_together_stand_in_order_of_their_ends():
    kept, _ = merge([], [step("A", 3, 9), step("B", 3, 5), step("C", 1, 10)], (), same_cues=True)
    assert titles(kept) == ["C", "B", "A"]
