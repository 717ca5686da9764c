"""No regular expression of ours takes more than linear time: while one runs, nothing else in its process does.

Found by counting steps on texts made from the pattern itself, not by the clock.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.regex_steps import Engine, TooManySteps, attacks, is_bounded

ROOT = Path(__file__).resolve().parent.parent.parent
LETTERS = 300
GROWTH = 3.0
"""Twice the text takes a linear pattern twice the steps, a quadratic one four times."""


def with_a_deep_stack(work: Callable[[], object]) -> None:
    """Run it where a repeated group may recurse once for each letter. Raises what it raises."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  raised again below, in the thread that waits
            errors.append(error)

    before, limit = threading.stack_size(512 * 1024 * 1024), sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]


def steps(pattern: re.Pattern[str], text: str, most: float, *, anchored: bool) -> int:
    """How many the pattern takes on a text. Raises TooManySteps."""
    engine = Engine(pattern, text, int(most), anchored=anchored)
    found = engine.search()
    real = pattern.match(text) if anchored else pattern.search(text)
    assert found == (real.span() if real else None), f"the counter differs from re: {pattern} on {text[:40]!r}"
    return engine.steps


def hardest(pattern: re.Pattern[str], *, anchored: bool = False) -> str:
    """A text on which the pattern is worse than linear; '' when none was found."""
    texts = zip(attacks(pattern, LETTERS), attacks(pattern, 2 * LETTERS), strict=True)
    for short, long in texts:
        try:
            few = steps(pattern, short, LETTERS**2, anchored=anchored)
            steps(pattern, long, GROWTH * max(few, LETTERS), anchored=anchored)
        except TooManySteps:
            return long
    return ""


def anchored_names(path: Path) -> set[int]:
    """Lines on which a pattern gets a name of which only `match` or `fullmatch` is used in its file."""
    tree = ast.parse(path.read_text())
    used: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used.setdefault(node.value.id, set()).add(node.attr)
    assigned = [node for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
    return {
        line
        for node in assigned
        if used.get(node.targets[0].id, {""}) <= {"match", "fullmatch"}
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def our_patterns() -> list[tuple[str, re.Pattern[str]]]:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.regex_patterns"], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [(where, re.compile(pattern, flags)) for where, pattern, flags in json.loads(done.stdout)]


@pytest.mark.parametrize(
    "bad",
    [
        r"(a+)+$",
        r"\s+$",
        r"\d+x",
        r".*,.*;",
        r"(x|y)*z",
        r"\{[^{}]*\\p[1-9][^{}]*\}.*?(?:\{[^{}]*\\p0[^{}]*\}|$)",  # ours, once: 2 MB held every worker for good
    ],
)
def test_what_is_worse_than_linear_is_found(bad: str):
    with_a_deep_stack(lambda: pytest.fail("not found") if not hardest(re.compile(bad)) else None)


@pytest.mark.parametrize("good", [r"\{[^{}]*\}", r"(?<!\d)\d+x", r"&[^\s&;<]{1,40};?", r"[.!?]++(?=\s|$)", r"(?:ab)*c"])
def test_what_is_linear_is_let_be(good: str):
    anchored = good.startswith(("[", "(?:"))
    with_a_deep_stack(lambda: pytest.fail("found") if hardest(re.compile(good), anchored=anchored) else None)


@pytest.mark.long
def test_no_pattern_of_ours_is_worse_than_linear():
    patterns = our_patterns()
    assert len(patterns) > 150
    worse = []

    def look() -> None:
        for where, pattern in patterns:
            path, line = where.split(":")
            if not is_bounded(pattern) and (
                text := hardest(pattern, anchored=int(line) in anchored_names(ROOT / path))
            ):
                worse.append(f"{where} {pattern.pattern[:80]} on {text[:30]!r} …")

    with_a_deep_stack(look)
    assert not worse, "\n".join(worse)
