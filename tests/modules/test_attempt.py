"""How a run ends: what is waited for, how often, and what is written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from weakref import ref

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from modules import jobs
from modules.models import AICall, LeaseLost, Module, StageRun, Status, database_clock, stages
from modules.pipeline.types import MediaError, ProviderError
from modules.processing.attempt import Attempt, DeadlineExceeded, RetryLater, ShutdownRequested, attempt_row
from modules.processing.heartbeat import LEASE_LOST
from modules.processing.transient_errors import backoff

from .factories import make_module

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def scratch(settings, tmp_path: Path) -> Path:
    """Where runs have their folders."""
    settings.WORK_DIR = tmp_path / "work"
    return settings.WORK_DIR


def claimed(module: Module) -> Attempt:
    """A new run of the module, however long it was to wait."""
    run = Module.objects.claim(module.pk, database_clock() + timedelta(days=1), "w1")
    return Attempt(Module.objects.get(lease_token=run), run, worker="w1", disposable=False)


@contextmanager
def run_of(module: Module) -> Iterator[Attempt]:
    """A run, and the module as it is afterwards. It takes in whatever is raised in it: nothing is asserted inside."""
    with claimed(module) as attempt:
        yield attempt
    module.refresh_from_db()


def ends_with(module: Module, error: BaseException) -> StageRun:
    """What is written of a run that ends with this error."""
    with run_of(module):
        raise error
    return StageRun.objects.latest("pk")


def test_what_passes_at_a_provider_is_waited_for_twice_and_then_done_without():
    module = make_module()
    busy = ProviderError("ai_busy", transient=True)
    for attempts in (1, 2):
        with run_of(module) as attempt:
            attempt.handle_provider_error(busy)
        assert (module.status, module.attempts, module.error) == (Status.QUEUED, attempts, None)
        assert attempt.notices == []
        written = StageRun.objects.latest("pk")
        assert (written.outcome, written.code) == ("failed", "ai_busy")
    with run_of(module) as attempt:
        attempt.handle_provider_error(busy)
    assert [notice.code for notice in attempt.notices] == ["ai_busy"]
    assert (module.status, module.attempts) == (Status.PROCESSING, 2), "the run goes on by local means"


def test_what_lasts_at_a_provider_is_a_notice_at_once():
    attempt = claimed(make_module())
    attempt.handle_provider_error(ProviderError("ai_model_unknown", model="gpt-9", setting="OPENAI_MODEL"))
    assert [(one.code, one.params) for one in attempt.notices] == [
        ("ai_model_unknown", {"model": "gpt-9", "setting": "OPENAI_MODEL"})
    ]


def test_a_provider_is_given_the_time_it_asks_for_and_no_less_than_a_pause():
    for asked, least, most in ((3600, 3600, 3600), (0.001, 1, 10), (None, 1, 10)):
        with pytest.raises(RetryLater) as postponed:
            claimed(make_module()).handle_provider_error(ProviderError("ai_busy", transient=True, retry_after=asked))
        assert least <= postponed.value.delay.total_seconds() <= most


def test_who_is_postponed_waits():
    module, at = make_module(), database_clock()
    ends_with(module, RetryLater("ai_busy", timedelta(hours=1)))
    assert timedelta(minutes=59) < module.not_before - at < timedelta(minutes=61)


@pytest.mark.parametrize(("faults", "status"), [(49, Status.QUEUED), (50, Status.FAILED)])
def test_a_database_that_is_away_is_waited_for_fifty_times_and_then_it_is_said(faults, status):
    module = make_module()
    fault = {"module": module, "stage": "speech", "outcome": "failed"}
    for _ in range(faults):
        StageRun.objects.create(**fault, code="database_down", started_at=module.queued_at)
    written = ends_with(module, OperationalError("gone"))
    assert module.status == status
    assert (written.code, written.outcome) == ("database_down", "failed")
    assert (
        written.traceback.startswith("Traceback") and "\ndjango.db.utils.OperationalError: gone\n" in written.traceback
    )
    if status == Status.FAILED:
        assert module.error == {"code": "database_down", "params": {}}
    else:
        assert module.attempts == 0
        assert module.not_before > database_clock()


def test_faults_of_another_kind_or_of_before_a_person_asked_again_do_not_count():
    module = make_module()
    fault = {"module": module, "stage": "speech", "outcome": "failed"}
    for _ in range(50):
        StageRun.objects.create(**fault, code="storage_down", started_at=module.queued_at)
        before = module.queued_at - timedelta(seconds=1)
        StageRun.objects.create(**fault, code="database_down", started_at=before)
    ends_with(module, OperationalError("gone"))
    assert module.status == Status.QUEUED


def test_the_longer_a_fault_lasts_the_longer_is_the_wait():
    waits = []
    for faults in (0, 12):
        module, at = make_module(), database_clock()
        fault = {"module": module, "stage": "speech", "outcome": "failed", "code": "database_down"}
        for _ in range(faults):
            StageRun.objects.create(**fault, started_at=module.queued_at)
        ends_with(module, OperationalError("gone"))
        waits.append((module.not_before - at).total_seconds())
    assert waits[0] < 30
    assert 150 <= waits[1] < 500


@pytest.mark.parametrize(
    ("error", "code", "outcome", "attempts", "waits"),
    [
        (ShutdownRequested(), "shut_down", "stopped", 0, False),
        (DeadlineExceeded(), "too_slow", "failed", 1, False),
        (ValueError("surprise"), "internal", "failed", 1, True),
        (MemoryError(), "too_heavy", "failed", 1, True),
    ],
)
def test_a_run_that_ends_early_goes_back_to_the_queue_and_who_is_to_blame_is_counted(
    error, code, outcome, attempts, waits
):
    module = make_module()
    written = ends_with(module, error)
    assert (written.code, written.outcome, written.worker) == (code, outcome, "w1")
    assert ("surprise" in written.traceback) == (code == "internal")
    assert (module.status, module.attempts, module.lease_token) == (Status.QUEUED, attempts, "")
    assert (module.not_before is not None) == waits


def test_a_faulty_video_fails_at_once_and_says_why():
    module = make_module()
    written = ends_with(module, MediaError("too_long", hours=20, limit=12))
    assert (module.status, module.attempts) == (Status.FAILED, 0)
    assert module.error == {"code": "too_long", "params": {"hours": 20, "limit": 12}}
    assert (written.code, written.outcome, "MediaError" in written.traceback) == ("too_long", "failed", True)


def test_a_run_that_fails_before_its_first_stage_is_written_down_where_the_module_stood():
    assert ends_with(make_module(stage="speech"), MediaError("no_video")).stage == "speech"
    assert ends_with(make_module(), MediaError("no_video")).stage == "probe"


class Large:
    """What takes memory in a run: a picture, a decoder."""


def test_what_a_run_held_is_let_go_before_its_end_is_written_down(monkeypatch):
    held, seen = [], []

    def work() -> None:
        large = Large()
        held.append(ref(large))
        raise MemoryError

    written = StageRun.objects.create
    monkeypatch.setattr(StageRun.objects, "create", lambda **facts: (seen.append(held[0]()), written(**facts))[1])
    with run_of(make_module()):
        work()
    assert seen == [None]


def test_a_run_that_has_lost_its_module_writes_nothing():
    module = make_module()
    with run_of(module):
        Module.objects.cancel(module.pk)
        raise LeaseLost
    assert module.status == Status.CANCELLED
    assert not StageRun.objects.exists()


def test_no_scratch_file_outlives_its_run(scratch: Path):
    for error in (None, ValueError(), MediaError("no_video")):
        with claimed(make_module()) as attempt:
            (attempt.folder / "copy.mp4").write_bytes(b"video")
            if error:
                raise error
        assert list(scratch.iterdir()) == []


def test_a_notice_is_given_once():
    attempt = claimed(make_module())
    for seconds in (5, 5, 6):
        attempt.notice("damaged", seconds=seconds)
    assert [one.params for one in attempt.notices] == [{"seconds": 5}, {"seconds": 6}]


def test_a_run_that_is_told_to_go_after_it_lost_its_module_writes_nothing_either():
    module = make_module()
    with run_of(module):
        Module.objects.cancel(module.pk)
        raise ShutdownRequested
    assert module.status == Status.CANCELLED
    assert not StageRun.objects.exists()


def test_the_files_of_a_deleted_module_go_with_its_run_and_those_of_a_cancelled_one_stay(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path / "media"
    cancelled, deleted = make_module(), make_module()
    with claimed(cancelled):
        Module.objects.cancel(cancelled.pk)
        raise LeaseLost
    assert default_storage.exists(cancelled.video.name)
    with claimed(deleted):
        Module.objects.filter(pk=deleted.pk).delete()
        raise LeaseLost
    assert not default_storage.exists(deleted.folder)


def test_a_report_of_a_run_that_lost_its_module_ends_it():
    module = make_module()
    attempt = claimed(module)
    attempt.report_progress(stages.SPEECH, 0.1)
    Module.objects.cancel(module.pk)
    with pytest.raises(LeaseLost):
        attempt.report_progress(stages.SPEECH, 0.9, "listening_start")


def test_a_stage_moves_in_its_own_band_and_never_beyond_it():
    module = make_module()
    attempt = claimed(module)
    shown = []
    for done, code in ((-1.0, "a"), (0.5, "b"), (2.0, "c")):
        attempt.report_progress(stages.STEPS, done, code)
        module.refresh_from_db()
        shown.append((module.stage, module.progress, module.message["code"]))
    assert shown == [("steps", 30, "a"), ("steps", 45, "b"), ("steps", 60, "c")]


def test_progress_is_written_now_and_then_and_what_is_said_at_once():
    module = make_module()
    attempt = claimed(module)
    for done, code in ((0.1, "listening_start"), (0.2, None), (0.3, None), (0.4, "looking"), (0.5, "looking")):
        attempt.report_progress(stages.SPEECH, done, code)
    module.refresh_from_db()
    assert (module.progress, module.message["code"]) == (18, "looking")


def test_work_that_is_not_on_the_bar_has_a_bar_of_its_own_that_is_full_only_when_it_is_ready():
    module = make_module()
    claimed(module).report_progress(stages.RENDITION, 1.0)
    module.refresh_from_db()
    assert module.progress == 99


def test_what_was_paid_in_a_stage_that_failed_is_written_down():
    module = make_module()
    with run_of(module) as attempt, attempt.stage(stages.STEPS):
        with attempt.ledger.call("steps", "gpt-6-luna"):
            pass
        raise ValueError("after the answer came")
    paid = AICall.objects.get()
    assert (paid.module, paid.stage, paid.model, paid.outcome) == (module, "steps", "gpt-6-luna", "done")


def test_output_that_is_taken_up_names_who_made_it():
    module = make_module()
    with run_of(module) as attempt:
        attempt.save(stages.STEPS, "key", ["a step"], provider="a writer")
        assert attempt.saved(stages.STEPS, "another key") is None
        taken_up = attempt.saved(stages.STEPS, "key")
    assert taken_up == ["a step"]
    again = StageRun.objects.get(outcome="reused")
    assert (again.stage, again.key, again.provider, again.output) == ("steps", "key", "a writer", None)


@pytest.mark.parametrize(
    ("error", "told"), [(ShutdownRequested(), True), (RetryLater("ai_busy", timedelta(minutes=1)), False)]
)
def test_the_next_worker_is_told_at_once_unless_there_is_a_time_to_wait_for(monkeypatch, error, told):
    module, sent = make_module(), []
    make_module()
    monkeypatch.setattr(jobs, "enqueue", sent.append)

    def ends(attempt: Attempt) -> None:
        raise error

    assert attempt_row(Module.objects.all(), module.pk, ends, worker="w1", disposable=False) is None
    assert sent == [module] * told


@pytest.mark.parametrize(("given", "name"), [("", "a worker of RQ"), ("a local worker", "a local worker")])
def test_a_run_in_a_work_horse_bears_the_name_of_its_worker(monkeypatch, given, name):
    monkeypatch.setenv("RQ_WORKER_ID", "a worker of RQ")
    attempt = attempt_row(Module.objects.all(), make_module().pk, lambda run: None, worker=given, disposable=False)
    assert attempt and attempt.row.worker == name


def test_a_run_that_is_killed_before_it_has_a_scratch_folder_leaves_no_file_of_a_deleted_module(
    settings, tmp_path: Path
):
    settings.MEDIA_ROOT = tmp_path / "media"
    module = make_module()
    attempt = claimed(module)
    Module.objects.filter(pk=module.pk).delete()
    attempt._before_kill(LEASE_LOST)
    assert not default_storage.exists(module.folder)


@pytest.mark.parametrize(("reason", "code"), [("too_slow", "too_slow"), (LEASE_LOST, None)])
def test_a_run_that_is_killed_goes_back_to_the_queue_first_if_it_holds_its_module(scratch: Path, reason, code):
    module = make_module()
    attempt = claimed(module)
    (attempt.folder / "copy.mp4").write_bytes(b"video")
    attempt._before_kill(reason)  # what calls it ends the process
    module.refresh_from_db()
    assert (module.status == Status.QUEUED) == bool(code)
    assert [run.code for run in StageRun.objects.all()] == [code] * bool(code)
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(("times", "seconds"), [(0, 2), (1, 4), (3, 16), (7, 256), (8, 300), (10_000, 300)])
def test_waits_double_up_to_five_minutes_and_not_all_come_back_at_once(times, seconds):
    waits = [backoff(times).total_seconds() / seconds for _ in range(300)]
    assert 0.5 <= min(waits) < 0.7 and 1.3 < max(waits) <= 1.5
