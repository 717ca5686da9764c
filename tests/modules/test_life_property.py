"""The life of a module in random orders, driven by several runs at once; what must always hold is checked after each.

More orders: SOAK_SIZE=8 SOAK_SEED=3 pytest tests/modules/test_life_property.py
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from hypothesis import Phase, seed
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from modules.messages import message_for
from modules.models import (
    LEASE_TIMEOUT,
    MAX_ATTEMPTS,
    LeaseLost,
    Module,
    StageRun,
    Status,
    Step,
    Transcript,
    database_clock,
    release_failed_run,
    requeue_stale,
    stages,
)
from modules.pipeline.types import Cue, Draft, Enhanced, Material
from modules.processing import publish
from modules.processing.attempt import Attempt
from tests.soak import SEED, SIZE, soak_settings

from .factories import make_module

TABLES = (Module, Step, StageRun, Transcript)
CODES = ("no_video", "damaged_video", "file_missing")


@dataclass
class Run:
    """What we know of one run. row: the module as its worker read it at the claim."""

    token: str
    row: Module
    attempt: Attempt
    progress: int = 0
    new_work: bool = False


@dataclass
class Expected:
    """What the module must look like, kept beside it by the rules. edits: (step, field) → a person's value."""

    status: str = Status.QUEUED
    holder: Run | None = None
    attempts: int = 0
    version: int = 0
    published: bool = False
    saved: set[tuple[str, int]] = field(default_factory=set)
    edits: dict[tuple[Any, str], Any] = field(default_factory=dict)
    gone: set[Any] = field(default_factory=set)
    added: set[Any] = field(default_factory=set)
    title: str = ""


def rows() -> list[list[tuple[Any, ...]]]:
    """All that is written in the tables that a run writes to."""
    return [list(model.objects.order_by("pk").values_list()) for model in TABLES]


class Life(RuleBasedStateMachine):
    """One module; runs claim it, lose it, and go on as if they had not noticed."""

    runs = Bundle("runs")
    numbers = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.module = make_module(title="A video")
        self.expected = Expected(title="A video")
        self.tokens: dict[str, Run] = {}
        self.deleted = False

    def teardown(self) -> None:
        Module.objects.all().delete()

    # --- What runs do -----------------------------------------------------------------------------------------

    @rule(target=runs, worker=st.sampled_from(["w1", "w2", "w3"]))
    def claim(self, worker: str) -> Run | Any:
        row = self.row()
        at = database_clock()
        due = row is not None and row.status == Status.QUEUED and (row.not_before is None or row.not_before <= at)
        token = Module.objects.claim(self.module.pk, at, worker)
        assert bool(token) == due
        if token is None:
            token, row = "lost" * 8, row or self.module  # a worker that goes on without a claim
        row = Module.objects.filter(lease_token=token).first() or row
        row.lease_token = token
        run = Run(token, row, Attempt(row, token, worker=worker, disposable=False), progress=row.progress)
        if due:
            self.tokens[token] = run
            self.expected.holder, self.expected.status = run, Status.PROCESSING
        return run

    def writes(self, run: Run, act: Callable[[], Any]) -> bool:
        """Do it; a run that does not hold the module must fail, and leave every row as it was."""
        held = self.expected.holder is run
        before = None if held else rows()
        try:
            done = act() is not False
        except LeaseLost:
            done = False
        assert done == held
        if before is not None:
            assert rows() == before
        return done

    @rule(run=runs)
    def beat(self, run: Run) -> None:
        self.writes(run, lambda: Module.objects.renew_lease(self.module.pk, run.token))

    @rule(run=runs, progress=st.integers(0, 99))
    def report(self, run: Run, progress: int) -> None:
        if self.writes(run, lambda: Module.objects.report(self.module.pk, run.token, "speech", progress, {})):
            run.progress = max(run.progress, progress)
            assert self.row().progress == run.progress

    @rule(run=runs, key=st.sampled_from("ab"), part=st.integers(0, 2))
    def save_part(self, run: Run, key: str, part: int) -> None:
        if self.writes(run, lambda: run.attempt.save_part(stages.SPEECH, key, part, {"text": "Hello"})):
            self.saved(run, key, part)

    @rule(run=runs, key=st.sampled_from("ab"))
    def save_stage(self, run: Run, key: str) -> None:
        if self.writes(run, lambda: run.attempt.save(stages.STEPS, key, ["drafts"])):
            self.saved(run, key, -1)

    def saved(self, run: Run, key: str, part: int) -> None:
        # Work that was saved before is not new: a run that only repeats it has got nowhere.
        run.new_work |= (key, part) not in self.expected.saved
        self.expected.saved.add((key, part))

    @rule(run=runs)
    def hand_back(self, run: Run) -> None:
        if self.writes(run, lambda: Module.objects.release(self.module.pk, run.token)):
            self.back_in_the_queue()

    @rule(run=runs, queue=st.sampled_from(["long", "default"]))
    def move(self, run: Run, queue: str) -> None:
        if self.writes(run, lambda: Module.objects.move(self.module.pk, run.token, queue)):
            self.back_in_the_queue()

    @rule(run=runs, code=st.sampled_from(CODES))
    def fail(self, run: Run, code: str) -> None:
        if self.writes(run, lambda: Module.objects.fail(self.module.pk, run.token, code)):
            self.expected.holder, self.expected.status = None, Status.FAILED

    @rule(run=runs, cuts=st.lists(st.integers(1, 59), max_size=4, unique=True), words=st.sampled_from("xyz"))
    def publish(self, run: Run, cuts: list[int], words: str) -> None:
        material, better = made(cuts, words)
        if self.writes(run, lambda: publish.publish(run.attempt, material, Transcript.Origin.SPEECH, better)):
            self.expected.holder, self.expected.status, self.expected.published = None, Status.READY, True

    # --- What happens to them ---------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 10, 25, 60]))
    def time_passes(self, seconds: int) -> None:
        """By pushing what has happened back: the clock is the database's."""
        for name in ("heartbeat_at", "not_before", "queued_at"):
            Module.objects.exclude(**{name: None}).update(**{name: F(name) - timedelta(seconds=seconds)})

    @rule()
    def sweep(self) -> None:
        at, row = database_clock(), self.row()
        dead = row is not None and row.status == Status.PROCESSING and row.heartbeat_at < at - LEASE_TIMEOUT
        assert requeue_stale(at) == int(dead)
        if dead:
            self.died(blame=True)

    @rule(run=runs, blame=st.booleans(), delay=st.sampled_from([None, timedelta(seconds=30)]))
    def parent_buries(self, run: Run, blame: bool, delay: timedelta | None) -> None:
        """Its worker saw it die, and knows the row as it was when it was claimed."""
        row = self.row()
        run.row.attempts = row.attempts if row else 0
        if self.writes(
            run, lambda: release_failed_run(run.row, at=database_clock(), blame=blame, delay=delay, code="internal")
        ):
            self.died(blame=blame)

    def died(self, *, blame: bool) -> None:
        counts = blame and not self.expected.holder.new_work
        if self.expected.attempts + counts >= MAX_ATTEMPTS:
            self.expected.holder, self.expected.status = None, Status.FAILED
        else:
            self.expected.attempts += counts
            self.back_in_the_queue()

    def back_in_the_queue(self) -> None:
        self.expected.holder, self.expected.status = None, Status.QUEUED

    # --- What people do ---------------------------------------------------------------------------------------

    @rule()
    def cancel(self) -> None:
        in_work = not self.deleted and self.expected.status in (Status.QUEUED, Status.PROCESSING)
        assert Module.objects.cancel(self.module.pk) == in_work
        if in_work:
            self.expected.holder, self.expected.status = None, Status.CANCELLED

    @rule(steps=st.booleans(), speech=st.booleans())
    def requeue(self, steps: bool, speech: bool) -> None:
        settled = not self.deleted and self.expected.status not in (Status.QUEUED, Status.PROCESSING)
        assert Module.objects.requeue(self.module.pk, database_clock(), steps=steps, speech=speech) == settled
        if settled:
            self.expected.status, self.expected.attempts = Status.QUEUED, 0

    @precondition(lambda self: Step.objects.exists())
    @rule(which=st.integers(0, 9), name=st.sampled_from(["title", "text", "start"]))
    def edit_a_step(self, which: int, name: str) -> None:
        step = self.pick(which)
        value = next(self.numbers) + 0.5 if name == "start" else f"In my words {next(self.numbers)}"
        Step.objects.filter(pk=step.pk).update(**{name: value})
        self.expected.edits[step.pk, name] = value

    @precondition(lambda self: Step.objects.exists())
    @rule(which=st.integers(0, 9))
    def delete_a_step(self, which: int) -> None:
        step = self.pick(which)
        if step.machine:
            Step.objects.filter(pk=step.pk).update(deleted=True)
            self.expected.gone.add(step.pk)
        else:
            Step.objects.filter(pk=step.pk).delete()
            self.expected.added.remove(step.pk)
            self.expected.edits = {at: value for at, value in self.expected.edits.items() if at[0] != step.pk}

    @precondition(lambda self: self.expected.published and not self.deleted)
    @rule(start=st.integers(0, 59))
    def add_a_step(self, start: int) -> None:
        title = f"Mine {next(self.numbers)}"
        step = Step.objects.create(module=self.module, order=0, title=title, start=start, end=start + 1)
        self.expected.added.add(step.pk)

    @precondition(lambda self: not self.deleted)
    @rule()
    def change_the_title(self) -> None:
        self.expected.title = f"My title {next(self.numbers)}"
        Module.objects.filter(pk=self.module.pk).update(title=self.expected.title)

    def pick(self, which: int) -> Step:
        # Not by key, which is random: one seed must give one order of events.
        steps = Step.objects.order_by("order", "start", "title")
        return steps[which % len(steps)]

    @rule(run=consumes(runs))
    def delete_the_module(self, run: Run) -> None:
        Module.objects.filter(pk=self.module.pk).delete()
        self.deleted = True
        self.expected.holder = None

    # --- What always holds ------------------------------------------------------------------------------------

    def row(self) -> Module | None:
        return Module.objects.filter(pk=self.module.pk).first()

    @invariant()
    def the_row_is_as_expected(self) -> None:
        row = self.row()
        assert (row is None) == self.deleted
        if row is None:
            assert not Step.objects.exists() and not StageRun.objects.exists()
            return
        holder = self.expected.holder
        assert row.status == self.expected.status
        assert row.lease_token == (holder.token if holder else "")
        assert bool(row.heartbeat_at) == (holder is not None) == (row.status == Status.PROCESSING)
        assert row.attempts == self.expected.attempts <= MAX_ATTEMPTS
        assert row.version >= self.expected.version
        self.expected.version = row.version
        if holder:
            assert row.progress >= holder.progress

    @invariant()
    def every_end_is_a_true_one(self) -> None:
        row = self.row()
        if row is None:
            return
        assert bool(row.published_at) == self.expected.published
        if row.status == Status.FAILED:
            assert message_for(row.error["code"], row.error["params"])
        else:
            assert row.error is None
        if row.status == Status.READY:
            assert (row.progress, row.message) == (100, {"code": "ready"})
        else:
            assert row.progress < 100 or row.status == Status.CANCELLED

    @invariant()
    def work_was_saved_by_runs_that_held_the_module(self) -> None:
        written = StageRun.objects.values_list("lease_token", flat=True).distinct()
        assert set(written) <= set(self.tokens)

    @invariant()
    def what_people_wrote_is_still_there(self) -> None:
        row = self.row()
        if row is None:
            return
        steps = {step.pk: step for step in Step.objects.all()}
        assert row.title == self.expected.title
        for (pk, name), value in self.expected.edits.items():
            assert getattr(steps[pk], name) == value
        assert all(steps[pk].deleted for pk in self.expected.gone)
        assert self.expected.added <= set(steps)


def made(cuts: list[int], words: str) -> tuple[Material, Enhanced]:
    """A minute of video with a step, and a cue, from each cut to the next."""
    edges = [0, *sorted(cuts), 60]
    spans = list(enumerate(itertools.pairwise(edges), start=1))
    cues = tuple(Cue(number, start, end, f"{words} {number}") for number, (start, end) in spans)
    steps = tuple(
        Draft(f"s{number}", "step", f"{words} {number}", words, (number,), start, end) for number, (start, end) in spans
    )
    return Material("A video", "en", 60.0, cues), Enhanced(steps)


@pytest.mark.django_db
def test_whatever_the_order_nothing_is_lost_and_nothing_is_written_twice():
    # Orders found to fail are made shorter only in a soak: that takes minutes.
    phases = list(Phase) if SIZE >= 1 else [Phase.generate]
    chosen = soak_settings(250, stateful_step_count=40, report_multiple_bugs=False, phases=phases)
    run_state_machine_as_test(seed(SEED)(Life), settings=chosen)


@pytest.mark.django_db
def test_a_run_that_only_repeats_saved_work_counts_as_an_attempt():
    module = make_module()
    for attempts in (0, 1, 2):
        row = claimed(module)
        attempt = Attempt(row, row.lease_token, worker="w1", disposable=False)
        attempt.save_part(stages.STILLS, "key", 0, {"name": "a.jpg"})
        assert release_failed_run(row, at=database_clock())
        module.refresh_from_db()
        assert (module.status, module.attempts) == (Status.QUEUED, attempts)
    assert release_failed_run(claimed(module), at=database_clock())
    module.refresh_from_db()
    assert (module.status, module.error["code"]) == (Status.FAILED, "worker_died")


def claimed(module: Module) -> Module:
    token = Module.objects.claim(module.pk, database_clock(), "w1")
    return Module.objects.get(lease_token=token)
