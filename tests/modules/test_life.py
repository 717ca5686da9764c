"""The life of a module: claim, fence, heartbeat, progress, recovery; each verb on its own."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from modules.models import (
    LEASE_TIMEOUT,
    LeaseLost,
    Module,
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


def test_rebuilding_steps_keeps_the_transcript_and_transcribing_again_does_not():
    module = make_module(status="ready")
    Module.objects.requeue(module.pk, database_clock(), steps=True)
    module.refresh_from_db()
    assert (module.speech_round, module.steps_round) == (0, 1)
    Module.objects.filter(pk=module.pk).update(status="ready")
    Module.objects.requeue(module.pk, database_clock(), speech=True)
    module.refresh_from_db()
    assert (module.speech_round, module.steps_round) == (1, 2)


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


def test_after_three_runs_that_saved_nothing_the_module_fails_with_a_sentence():
    module = make_module()
    for _ in range(3):
        assert claim(module)
        module.refresh_from_db()
        release_failed_run(module, at=database_clock())
    module.refresh_from_db()
    assert module.status == Status.FAILED
    assert module.error == {"code": "worker_died", "params": {"attempts": 3}}


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


def test_private_modules_are_seen_by_their_owner_and_staff_alone(django_user_model):
    ann, ben = (django_user_model.objects.create(username=name) for name in ("ann", "ben"))
    staff = django_user_model.objects.create(username="root", is_staff=True)
    module = make_module(ann)
    seen = Module.objects.visible_to
    assert [user.username for user in (ann, ben, staff) if seen(user).exists()] == ["ann", "root"]
    Module.objects.update(visibility="signed_in")
    assert seen(ben).exists()
    Module.objects.update(visibility="link")
    assert not seen(ben).exists()
    assert seen(ben, (module.link_key,)).exists()
    assert not seen(ben, (uuid.uuid4().hex,)).exists()
