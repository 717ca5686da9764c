"""How a run ends: what is waited for, how often, and what is written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError

from modules.models import LeaseLost, Module, StageRun, Status, database_clock
from modules.pipeline.types import MediaError, ProviderError
from modules.processing.attempt import Attempt, DeadlineExceeded, RetryLater, ShutdownRequested

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
    assert (written.code, written.outcome, "gone" in written.traceback) == ("database_down", "failed", True)
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
