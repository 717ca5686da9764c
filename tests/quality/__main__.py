"""Prints how well the local writer finds steps and names them: `python -m tests.quality [-v] [--quick]`.

Each script is tried as captions with marks and as a recogniser's bare words; the baselines are splitting at spoken
markers alone and steps of equal length. Then ANSWERS damaged answers are mended (not with --quick); -v shows steps.
"""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from modules.ai.rules import LocalWriter
from modules.ai.rules.boundaries import usual_length
from modules.pipeline.types import Draft, Material

from . import score, timing
from .damage import check, damaged, materials
from .proof import proved
from .script import Script, material, scripts

ANSWERS = 10_000
MARKERS = Path(__file__).parent / "markers"
"""A file for each language: what speakers say where something new begins, as one regular expression."""
HEAD = (
    f"{'script':28}{'steps':>6}{'found':>6}  {'P±3':>5}{'R±3':>5}{'F±3':>5}{'F±5':>6}  {'titles':>7}   quiz"
    "   markers F±3/±5   equal F±3/±5"
)


def main() -> int:
    writer = LocalWriter()
    verbose = "-v" in sys.argv
    print(HEAD)
    rows: dict[str, list[tuple[float, ...]]] = {}
    for script in scripts():
        for recognised in (True,) if script.spoken else (False, True):
            row = _row(script, recognised, writer, verbose)
            group = f"{'held ' if script.held else 'tuned '}{_kind(script, recognised)}"
            rows.setdefault(group, []).append(row)
    print()
    for group, some in sorted(rows.items()):
        columns = list(zip(*some, strict=True))
        means = [statistics.mean(column) for column in columns[:6]]
        named = sum(columns[6]) / max(1, sum(columns[7]))
        print(
            f"{group:24} n={len(some):<3} F±3 {means[0]:.2f}  F±5 {means[1]:.2f}  titles {named:.0%}   "
            f"markers {means[2]:.2f}/{means[3]:.2f}   equal {means[4]:.2f}/{means[5]:.2f}"
        )
    timing.report([script for script in scripts() if not script.spoken])
    if "--quick" not in sys.argv:
        quiet = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}
        settings(max_examples=ANSWERS, **quiet)(given(damaged, materials())(check))()
        print(f"\n{ANSWERS} damaged answers mended: no step outside the video, no overlap, every cue in one step")
    return 0


def _kind(script: Script, recognised: bool) -> str:
    return "spoken" if script.spoken else "written, bare" if recognised else "written"


def _row(script: Script, recognised: bool, writer: LocalWriter, verbose: bool) -> tuple[float, ...]:
    shown = material(script, recognised)
    steps = writer.draft_steps(shown)
    found = [step.start for step in steps]
    near, far = score.starts(found, script, 3), score.starts(found, script, 5)
    named, asked = score.titles(steps, script, 5)
    markers, equal = _at_markers(shown), _equal(shown)
    others = [score.starts(some, script, seconds).f1 for some in (markers, equal) for seconds in (3, 5)]
    name = f"{'*' if script.held else ' '}{script.name} {'bare' if recognised and not script.spoken else ''}"
    print(
        f"{name:28}{len(script.truth):6}{len(steps):6}  "
        f"{near.precision:5.2f}{near.recall:5.2f}{near.f1:5.2f}{far.f1:6.2f}"
        f"  {named:3}/{asked:<3}  {_quiz(steps, shown, writer)}"
        f"   {others[0]:.2f} / {others[1]:.2f}      {others[2]:.2f} / {others[3]:.2f}"
    )
    if verbose:
        _tell(script, steps)
    return near.f1, far.f1, *others, named, asked


def _quiz(steps: Sequence[Draft], shown: Material, writer: LocalWriter) -> str:
    """How many questions were asked of how many could be. Raises AssertionError for one that does not hold."""
    asked = writer.enhance(steps, shown).quiz
    for question in asked:
        proved(question, steps, shown)
    return f"{len(asked):2}/{sum(step.kind == 'step' for step in steps) // 2:<2}"


def _tell(script: Script, steps: Sequence) -> None:
    marks = [(truth.start, 0, " ".join("/".join(group) for group in truth.words) or "*") for truth in script.truth]
    marks += [(step.start, 1, f"{step.kind}: {step.title}  |  {step.text[:70]!r}") for step in steps]
    for start, mine, words in sorted(marks):
        print(f"    {start:7.1f}  {'       -> ' if mine else 'truth: '}{words}")


def _at_markers(shown: Material) -> list[float]:
    """The starts of the cues in which a spoken marker begins a clause or stands anywhere in bare words."""
    markers = (MARKERS / f"{shown.language}.txt").read_text(encoding="utf-8").strip()
    pattern = re.compile(rf"\b(?:{markers})\b", re.IGNORECASE)
    return [cue.start for at, cue in enumerate(shown.cues) if at == 0 or pattern.search(cue.text)]


def _equal(shown: Material) -> list[float]:
    length = usual_length(shown.duration)
    count = max(1, round(shown.duration / length))
    return [at * shown.duration / count for at in range(count)]


if __name__ == "__main__":
    sys.exit(main())
