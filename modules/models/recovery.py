"""What becomes of a row whose run has ended without a result."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from .lease import LEASE_TIMEOUT, MAX_ATTEMPTS
from .module import Module, Rendition
from .runs import StageRun

SAVED = [StageRun.Outcome.DONE, StageRun.Outcome.PART]


def release_failed_run(
    row: Module | Rendition,
    *,
    at: datetime,
    outcome: str = StageRun.Outcome.DIED,
    code: str = "worker_died",
    delay: timedelta | None = None,
    traceback: str = "",
    blame: bool = True,
) -> bool:
    """End the run that `row` (as last read) names: back to the queue, or failed after MAX_ATTEMPTS.

    An attempt counts only when the run saved nothing new, and never when nobody is to blame (a deploy).
    delay: wait this long before the next try. False: the run had already lost the row.
    """
    counts = int(blame and not _saved_new_work(row))
    attempts = row.attempts + counts
    rows = type(row).objects
    with transaction.atomic():
        if attempts >= MAX_ATTEMPTS:
            ended = rows.fail(row.pk, row.lease_token, code, attempts=attempts)
        else:
            ended = rows.release(row.pk, row.lease_token, not_before=at + delay if delay else None, attempts=counts)
        if ended:
            StageRun.objects.create(
                module=row.subject,
                lease_token=row.lease_token,
                attempt=attempts,
                stage=row.at_stage,
                outcome=outcome,
                worker=row.worker,
                code=code,
                traceback=traceback,
            )
    return ended


def _saved_new_work(row: Module | Rendition) -> bool:
    """Did its run save anything that no run had saved before? One that only repeats pieces has got nowhere."""
    work = row.own_stage_runs().filter(outcome__in=SAVED)
    what = ("stage", "key", "part")
    mine = set(work.filter(lease_token=row.lease_token).values_list(*what))
    return bool(mine - set(work.exclude(lease_token=row.lease_token).values_list(*what))) if mine else False


def requeue_stale(at: datetime) -> int:
    """Release every run not heard of for LEASE_TIMEOUT. Returns how many."""
    released = 0
    for model in (Module, Rendition):
        for row in model.objects.stalled(at - LEASE_TIMEOUT):
            with transaction.atomic():
                # Read again under a lock: a heartbeat may have come in since the list was made.
                stale = model.objects.select_for_update().stalled(at - LEASE_TIMEOUT).filter(pk=row.pk).first()
                released += stale is not None and release_failed_run(stale, at=at)
    return released
