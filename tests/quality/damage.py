"""Answers damaged in every way that comes to mind, and the promises that `normalize_steps` keeps all the same."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from modules.pipeline.steps import MAX_STEPS, MAX_TITLE, normalize_steps
from modules.pipeline.still_selection import illustrate
from modules.pipeline.types import KINDS, Cue, Draft, Material, Still


def holds(steps: Sequence[Draft], material: Material) -> None:
    """Every promise of `normalize_steps` and `illustrate`; raises AssertionError for the first that is broken."""
    times = {still.time for still in material.stills}
    assert len(steps) <= MAX_STEPS
    assert [number for step in steps for number in step.cues] == [cue.number for cue in material.cues]
    assert len({step.id for step in steps}) == len(steps)
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        assert 0 <= step.start < step.end <= max(material.duration, step.end if not material.duration else 0)
        assert after is None or step.end == after.start
        assert step.kind in KINDS
        assert 0 < len(step.title) <= MAX_TITLE and "\n" not in step.title and step.title.strip() == step.title
        assert step.text.strip() or not step.cues
        assert bool(step.cues) == bool(material.cues)
        assert step.still is None or step.still in times
        assert step.still is None or step.still <= step.end
        if step.cues:
            assert step.start == min(cue.start for cue in material.cues if cue.number in step.cues)
    if material.duration > 0:
        assert steps and steps[-1].end == material.duration


numbers = st.one_of(st.integers(-5, 90), st.integers())
anything = st.floats(allow_nan=True, allow_infinity=True)
damaged = st.lists(
    st.builds(
        Draft,
        id=st.one_of(st.text(max_size=5), st.sampled_from(["s1", "s2", "", "x" * 99])),
        kind=st.one_of(st.sampled_from([*KINDS, "STEP ", "chapter"]), st.text(max_size=5)),
        title=st.one_of(st.text(max_size=20), st.text(min_size=81, max_size=90)),
        text=st.text(max_size=20),
        cues=st.lists(numbers, max_size=8).map(tuple),
        start=st.one_of(anything, st.floats(-10, 200)),
        end=anything,
        still=st.one_of(st.none(), anything),
    ),
    max_size=20,
)


@st.composite
def materials(draw: st.DrawFn) -> Material:
    """Captions with gaps, in several scripts; sometimes none; stills anywhere."""
    gaps = draw(st.lists(st.floats(0, 8), max_size=40))
    cues, clock_ = [], 0.0
    for number, gap in enumerate(gaps, 1):
        clock_ += gap
        text = draw(
            st.sampled_from(["open the box", "…", "und jetzt <b>weiter</b>", "ボタンを押します。", "\u200fافتح"])
        )
        cues.append(Cue(number, clock_, clock_ + 1.5, text))
    duration = draw(st.floats(1, 400))
    cues = [cue for cue in cues if cue.start < duration - 0.1]
    times = sorted(draw(st.lists(st.floats(0, 400), max_size=8)))
    stills = tuple(Still(time, "p.jpg", 640, 360, time % 3) for time in times)
    return Material("t", "", duration, tuple(cues), stills=stills)


def check(drafts: Sequence[Draft], material: Material) -> None:
    """Mend a damaged answer. Raises AssertionError when a promise is broken."""
    holds(illustrate(normalize_steps(drafts, material), material.stills), material)
