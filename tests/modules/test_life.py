"""The life of a module: claim, fence, heartbeat, progress, recovery; each verb on its own."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from modules.models import (
    LEASE_TIMEOUT,
    LeaseLost,
    Module,
    Rendition,
    StageRun,
    Status,
    database_clock,
    release_failed_run,
    requeue_stale,
)

from .factories import make_module

pytestmark = pytest.mark.django_db


def claim(module: Module, worker: str = "w1") -> str | None:
    return Module.objects.claim(module.pk, database_clock(), worker)


def test_of_two_who_claim_one_gets_the_module():
    module = make_module()
    assert claim(module)
    assert claim(module) is None


def test_a_module_that_is_to_wait_is_not_claimed_before_its_time():
    module = make_module(not_before=database_clock() + timedelta(minutes=1))
    assert claim(module) is None
    assert Module.objects.claim(module.pk, database_clock() + timedelta(minutes=2), "w1")


def test_a_module_is_claimed_from_the_very_moment_on_for_which_it_waits():
    at = database_clock()
    module = make_module(not_before=at)
    assert not Module.objects.claim(module.pk, at - timedelta(milliseconds=1), "w1")
    assert Module.objects.claim(module.pk, at, "w1")


def test_a_claim_says_who_works_on_it_and_since_when():
    module, before = make_module(), database_clock()
    run = claim(module, "a worker")
    module.refresh_from_db()
    assert (module.lease_token, module.worker, module.status) == (run, "a worker", Status.PROCESSING)
    assert module.claimed_at == module.heartbeat_at
    assert timedelta(seconds=-1) < module.claimed_at - before < timedelta(seconds=10)


VERBS = {
    "report": lambda rows, pk, run: rows.report(pk, run, "speech", 40, {"code": "looking"}),
    "release": lambda rows, pk, run: rows.release(pk, run),
    "move": lambda rows, pk, run: rows.move(pk, run, "long"),
    "fail": lambda rows, pk, run: rows.fail(pk, run, "internal"),
    "finish": lambda rows, pk, run: rows.finish(pk, run),
    "cancel": lambda rows, pk, run: rows.cancel(pk),
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_raises_the_version_and_touches_no_other_row(verb):
    module, other = make_module(job_id="a job"), make_module()
    run = claim(module)
    claim(other)
    before = list(Module.objects.filter(pk=other.pk).values())
    module.refresh_from_db()
    version = module.version
    assert VERBS[verb](Module.objects, module.pk, run)
    module.refresh_from_db()
    assert module.version == version + 1
    assert list(Module.objects.filter(pk=other.pk).values()) == before


@pytest.mark.parametrize("verb", ["release", "move", "fail", "finish", "cancel"])
def test_a_run_that_is_over_leaves_no_trace_in_the_row(verb):
    module = make_module(job_id="a job")
    VERBS[verb](Module.objects, module.pk, claim(module))
    module.refresh_from_db()
    assert (module.lease_token, module.worker, module.heartbeat_at) == ("", "", None)
    # Else the sweep would take the job that is over for one that waits.
    assert module.status != Status.QUEUED or module.job_id == ""


def test_a_token_proves_nothing_about_another_row_and_no_token_nothing_about_any():
    module, other = make_module(), make_module()
    run = claim(module)
    claim(other)
    settled = make_module(status=Status.READY)
    assert Module.objects.held(module.pk, run).get() == module
    assert not Module.objects.held(other.pk, run).exists()
    assert not Module.objects.held(settled.pk, "").exists()


def test_a_finished_run_leaves_its_result_and_no_error_of_an_earlier_one():
    module = make_module(error={"code": "internal", "params": {}}, progress=40)
    assert Module.objects.finish(module.pk, claim(module), summary="What it is about")
    module.refresh_from_db()
    assert (module.status, module.progress, module.error) == (Status.READY, 100, None)
    assert module.summary == "What it is about"


def test_what_was_queued_a_moment_ago_may_have_a_job_on_its_way_and_is_not_sent_again():
    now = database_clock()
    first, second = (make_module(queued_at=now - timedelta(seconds=seconds)) for seconds in (9, 2.001))
    make_module(queued_at=now - timedelta(seconds=2))
    make_module(queued_at=now - timedelta(seconds=9), not_before=now + timedelta(minutes=1))
    assert list(Module.objects.to_send(now)) == [first, second]


def test_sending_reads_each_row_once_and_of_a_rendition_its_modules_length_too(django_assert_num_queries):
    now = database_clock()
    old = now - timedelta(seconds=9)
    make_module(queued_at=old, duration=5.0, summary="long")
    Rendition.objects.create(module=make_module(status="ready", duration=7.0), queued_at=old)
    with django_assert_num_queries(2):
        (module,), (rendition,) = Module.objects.to_send(now), Rendition.objects.to_send(now)
        assert (module.queue, module.duration, rendition.module.duration) == ("default", 5.0, 7.0)
    # Not loaded in every worker at every sweep.
    assert all({"summary", "message"} <= one.get_deferred_fields() for one in (module, rendition.module))


def test_moving_keeps_progress_and_attempts_and_changes_the_queue():
    module = make_module(attempts=1)
    run = claim(module)
    Module.objects.report(module.pk, run, "speech", 10, {"code": "looking"})
    assert Module.objects.move(module.pk, run, "long")
    module.refresh_from_db()
    assert (module.queue, module.status, module.attempts, module.progress) == ("long", Status.QUEUED, 1, 10)


def test_a_report_says_where_the_run_is():
    module = make_module()
    assert Module.objects.report(module.pk, claim(module), "steps", 40, {"code": "extracting"})
    module.refresh_from_db()
    assert (module.stage, module.progress, module.message) == ("steps", 40, {"code": "extracting"})


@pytest.mark.parametrize("status", ["queued", "processing"])
def test_what_is_in_work_can_be_cancelled(status):
    module = make_module(status=status)
    assert Module.objects.cancel(module.pk)


def test_a_module_waits_behind_those_of_its_own_queue_that_came_before():
    module = make_module()
    earlier, later = (module.queued_at + timedelta(seconds=seconds) for seconds in (-1, 1))
    assert Module.objects.ahead_of(module) == 0
    make_module(queued_at=later), make_module(queued_at=module.queued_at)
    make_module(queued_at=earlier, queue="long"), make_module(queued_at=earlier, status="processing")
    assert Module.objects.ahead_of(module) == 0
    make_module(queued_at=earlier)
    assert Module.objects.ahead_of(module) == 1


@pytest.mark.parametrize("status", ["processing", "ready", "failed", "cancelled"])
def test_only_a_queued_module_is_claimed(status):
    assert claim(make_module(status=status)) is None


def test_progress_never_goes_back_and_each_report_raises_the_version():
    module = make_module()
    run = claim(module)
    assert Module.objects.report(module.pk, run, "speech", 40, {"code": "looking"})
    assert Module.objects.report(module.pk, run, "speech", 25, {"code": "looking"})
    before = module.version
    module.refresh_from_db()
    assert module.progress == 40
    assert module.version == before + 3  # the claim and two reports


def test_a_run_that_lost_its_row_can_write_nothing():
    module = make_module()
    old = claim(module)
    Module.objects.release(module.pk, old)
    new = claim(module)
    assert new and new != old
    assert not Module.objects.renew_lease(module.pk, old)
    assert not Module.objects.report(module.pk, old, "speech", 50, {})
    assert not Module.objects.fail(module.pk, old, "internal")
    assert not Module.objects.release(module.pk, old)
    with pytest.raises(LeaseLost):
        Module.objects.fence(module.pk, old)
    module.refresh_from_db()
    assert (module.lease_token, module.status, module.progress) == (new, Status.PROCESSING, 0)


def test_cancel_takes_the_row_from_its_run():
    module = make_module()
    run = claim(module)
    assert Module.objects.cancel(module.pk)
    assert not Module.objects.renew_lease(module.pk, run)
    module.refresh_from_db()
    assert module.status == Status.CANCELLED


def test_a_settled_module_cannot_be_cancelled():
    assert not Module.objects.cancel(make_module(status="ready").pk)


def test_try_again_starts_from_nothing_said_and_nothing_counted():
    module = make_module(status="failed", attempts=3, error={"code": "worker_died", "params": {}}, progress=42)
    assert Module.objects.requeue(module.pk, database_clock())
    module.refresh_from_db()
    assert (module.status, module.attempts, module.error, module.progress) == (Status.QUEUED, 0, None, 0)
    assert (module.speech_round, module.steps_round) == (0, 0)


def test_who_is_put_into_the_queue_again_waits_for_nothing_but_its_turn():
    at = database_clock()
    long_ago = at - timedelta(days=1)
    stale = {"queued_at": long_ago, "not_before": at + timedelta(days=1), "job_id": "gone", "stage": "steps"}
    module = make_module(status="cancelled", message={"code": "looking"}, **stale)
    assert Module.objects.requeue(module.pk, at)
    before = module.version
    module.refresh_from_db()
    assert (module.queued_at, module.not_before, module.job_id, module.version) == (at, None, "", before + 1)
    assert (module.stage, module.message) == ("", {})


def test_rebuilding_steps_keeps_the_transcript_and_transcribing_again_does_not():
    module = make_module(status="ready")
    Module.objects.requeue(module.pk, database_clock(), steps=True)
    module.refresh_from_db()
    assert (module.speech_round, module.steps_round) == (0, 1)
    Module.objects.filter(pk=module.pk).update(status="ready")
    Module.objects.requeue(module.pk, database_clock(), speech=True)
    module.refresh_from_db()
    assert (module.speech_round, module.steps_round) == (1, 2)


def test_only_what_is_transcribed_again_forgets_the_language_that_was_recognised():
    for asked, language in (({}, "cy"), ({"steps": True}, "cy"), ({"speech": True}, "")):
        module = make_module(status="ready", language="cy")
        module.transcripts.create(origin="speech", language="cy")
        assert Module.objects.requeue(module.pk, database_clock(), **asked)
        module.refresh_from_db()
        assert module.language == language


def test_sharing_one_module_shares_no_other():
    module, other = make_module(), make_module(visibility="link")
    key = other.link_key
    assert Module.objects.share(module.pk, "signed_in")
    for row in (module, other):
        row.refresh_from_db()
    assert (module.visibility, other.visibility, other.link_key) == ("signed_in", "link", key)
    assert not Module.objects.share(uuid.uuid4(), "link")


def test_a_module_in_work_is_not_put_in_the_queue_twice():
    module = make_module()
    claim(module)
    assert not Module.objects.requeue(module.pk, database_clock())


def test_a_run_without_a_heartbeat_goes_back_to_the_queue():
    module = make_module()
    claim(module)
    assert requeue_stale(database_clock()) == 0
    assert requeue_stale(database_clock() + LEASE_TIMEOUT + timedelta(seconds=1)) == 1
    module.refresh_from_db()
    assert (module.status, module.attempts, module.lease_token) == (Status.QUEUED, 1, "")
    assert module.stage_runs.get().outcome == StageRun.Outcome.DIED


def test_a_run_is_dead_after_its_time_and_not_in_the_last_moment_of_it():
    at = database_clock()
    stale = {"status": "processing", "lease_token": "r", "heartbeat_at": at - LEASE_TIMEOUT}
    make_module(**stale)
    assert requeue_stale(at) == 0
    assert requeue_stale(at + timedelta(milliseconds=1)) == 1


@pytest.mark.parametrize("status", ["queued", "ready", "failed", "cancelled"])
def test_only_who_is_at_work_can_be_dead(status):
    make_module(status=status, heartbeat_at=database_clock() - timedelta(days=1))
    assert not Module.objects.stalled(database_clock()).exists()
    assert requeue_stale(database_clock()) == 0


def test_the_run_of_a_rendition_without_a_heartbeat_goes_back_to_the_queue_too():
    rendition = Rendition.objects.create(module=make_module(status="ready"))
    Rendition.objects.claim(rendition.pk, database_clock(), "w1")
    assert requeue_stale(database_clock() + LEASE_TIMEOUT + timedelta(seconds=1)) == 1
    rendition.refresh_from_db()
    assert (rendition.status, rendition.attempts) == (Status.QUEUED, 1)
    written = StageRun.objects.get()
    assert (written.module, written.stage, written.outcome) == (rendition.module, "rendition", "died")


def test_what_is_written_of_a_dead_run_says_where_it_was_and_which_attempt_it_was():
    module = make_module()
    for attempt, stage in ((1, "probe"), (2, "speech")):
        run = claim(module, "w7")
        if stage != "probe":
            Module.objects.report(module.pk, run, stage, 20, {})
        module.refresh_from_db()
        release_failed_run(module, at=database_clock())
        written = StageRun.objects.latest("pk")
        assert (written.lease_token, written.attempt, written.stage, written.worker) == (run, attempt, stage, "w7")
        assert (written.code, written.outcome, written.traceback) == ("worker_died", "died", "")


def test_after_three_runs_that_saved_nothing_the_module_fails_with_a_sentence():
    module = make_module()
    for _ in range(3):
        assert claim(module)
        module.refresh_from_db()
        release_failed_run(module, at=database_clock())
    module.refresh_from_db()
    assert module.status == Status.FAILED
    assert module.error == {"code": "worker_died", "params": {"attempts": 3}}


@pytest.mark.parametrize(
    ("saved", "attempts"),
    [({"outcome": "part"}, 0), ({"outcome": "done"}, 0), ({"outcome": "reused"}, 1), ({"outcome": "failed"}, 1)],
)
def test_only_saved_work_makes_up_for_a_death(saved, attempts):
    module = make_module()
    StageRun.objects.create(module=module, lease_token=claim(module), stage="speech", output={}, **saved)
    module.refresh_from_db()
    release_failed_run(module, at=database_clock())
    module.refresh_from_db()
    assert module.attempts == attempts


def test_a_run_that_saved_work_before_it_died_does_not_count():
    module = make_module()
    for number in range(10):
        run = claim(module)
        StageRun.objects.create(module=module, lease_token=run, stage="speech", outcome="part", part=number, output={})
        module.refresh_from_db()
        release_failed_run(module, at=database_clock())
    module.refresh_from_db()
    assert (module.status, module.attempts) == (Status.QUEUED, 0)


def test_a_deploy_is_nobodys_fault():
    module = make_module()
    for _ in range(10):
        claim(module)
        module.refresh_from_db()
        release_failed_run(module, at=database_clock(), blame=False, outcome=StageRun.Outcome.STOPPED)
    module.refresh_from_db()
    assert (module.status, module.attempts) == (Status.QUEUED, 0)


def test_burying_a_run_that_has_lost_the_row_changes_nothing():
    module = make_module()
    claim(module)
    module.refresh_from_db()
    Module.objects.cancel(module.pk)
    assert not release_failed_run(module, at=database_clock())
    module.refresh_from_db()
    assert module.status == Status.CANCELLED
    assert not module.stage_runs.exists()


def test_the_sweep_reads_no_more_of_a_waiting_row_than_sending_it_takes(django_assert_num_queries) -> None:
    at = database_clock() + timedelta(seconds=5)
    module = make_module(duration=12.0, summary="a long text")
    Rendition.objects.create(module=module)
    with django_assert_num_queries(2) as queries:
        rows = [*Module.objects.to_send(at), *Rendition.objects.to_send(at)]
        sent = [(row.queue, row.subject.pk, row.subject.duration, row.job_id, row.claimed_at) for row in rows]
        assert all(row.queued_at < at for row in rows)
    assert sent == [("default", module.pk, 12.0, "", None), ("renditions", module.pk, 12.0, "", None)]
    for unread in ("summary", "notices", "title", "message"):
        assert all(f'"{unread}"' not in query["sql"] for query in queries.captured_queries)


def test_a_row_that_was_queued_just_now_is_between_its_commit_and_its_job() -> None:
    module = make_module()
    assert list(Module.objects.to_send(database_clock() + timedelta(seconds=1))) == []
    assert list(Module.objects.to_send(database_clock() + timedelta(seconds=3))) == [module]


@pytest.mark.parametrize("queue", ["default", "long", "renditions"])
def test_each_row_is_in_one_queue(queue: str) -> None:
    module = make_module(queue="long")
    rendition = Rendition.objects.create(module=module)
    found = [*Module.objects.in_queue(queue), *Rendition.objects.in_queue(queue)]
    assert found == {"default": [], "long": [module], "renditions": [rendition]}[queue]
