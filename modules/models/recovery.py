"""What becomes of a row whose run has ended without a result."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from .lease import DEAD_AFTER, MAX_ATTEMPTS
from .module import Module, Rendition
from .runs import StageRun

SAVED = [StageRun.Outcome.DONE, StageRun.Outcome.PART]


def bury(
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
            ended = rows.fail(row.pk, row.run, code, attempts=attempts)
        else:
            ended = rows.give_back(row.pk, row.run, not_before=at + delay if delay else None, attempts=counts)
        if ended:
            StageRun.objects.create(
                module=row.subject,
                run=row.run,
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
    work = row.subject.stage_runs.filter(outcome__in=SAVED)
    what = ("stage", "key", "part")
    mine = set(work.filter(run=row.run).values_list(*what))
    return bool(mine - set(work.exclude(run=row.run).values_list(*what))) if mine else False


def recover(at: datetime) -> int:
    """Bury every run not heard of for DEAD_AFTER. Returns how many."""
    buried = 0
    for model in (Module, Rendition):
        for row in model.objects.stalled(at - DEAD_AFTER):
            with transaction.atomic():
                # Read again under a lock: a heartbeat may have come in since the list was made.
                row = model.objects.select_for_update().stalled(at - DEAD_AFTER).filter(pk=row.pk).first()
                buried += bool(row) and bury(row, at=at)
    return buried
