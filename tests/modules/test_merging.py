"""A person's edit outlives every machine's rewrite."""

from __future__ import annotations

from modules.merging import merge
from modules.models import Step
from modules.pipeline.types import Cue


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
