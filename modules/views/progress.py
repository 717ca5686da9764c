"""What the processing page shows of a run: its stages, what was heard and seen so far, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from modules.models import WORKER_TIMEOUT, Module, StageRun, Status, Worker, database_clock, stages
from modules.processing import eta

from .access import may_edit

Outcome = StageRun.Outcome

PICTURES = 6
"""Stills that are shown while they are found."""


@dataclass(frozen=True)
class Mark:
    """One of the stages on the bar. state: done, current, waiting or stopped; noticed: it ended with a notice."""

    stage: str
    label: str
    state: str
    noticed: bool = False


def marks(module: Module, noticed: set[str]) -> list[Mark]:
    """The stages on the bar as they stand; noticed: stages of which something could not be done."""
    seen = stages.on_the_bar()
    at = next((place for place, stage in enumerate(seen) if stage.name == module.stage), -1)
    current = "current" if module.in_work else "stopped"
    found = []
    for index, stage in enumerate(seen):
        state = "done" if index < at or module.status == Status.READY else current if index == at else "waiting"
        found.append(Mark(stage.name, str(stage.label), state, state == "done" and stage.name in noticed))
    return found


def no_worker_listening(module: Module, at: datetime) -> bool:
    """Is there no worker that could take the module up? One that serves other queues leaves it alone."""
    if not module.in_work:
        return False
    # Few workers, and SQLite cannot ask whether a list holds a value.
    if any(module.queue in queues for queues in Worker.objects.working(at).values_list("queues", flat=True)):
        return False
    beat = module.heartbeat_at
    return beat is None or at - beat > WORKER_TIMEOUT


def progress_context(request: HttpRequest, module: Module) -> dict[str, Any]:
    """All that `modules/_progress.html` shows. A bounded number of queries, whatever the number of modules."""
    at = database_clock()
    runs = list(
        module.stage_runs.filter(started_at__gte=module.queued_at)
        .exclude(outcome=Outcome.PART)
        .values("stage", "outcome", "code", "started_at")
    )
    noticed = [run["stage"] for run in runs if run["code"] and run["outcome"] != Outcome.DIED]
    deaths = [run["started_at"] for run in runs if run["outcome"] == Outcome.DIED]
    seen = module.in_work and module.stage not in ("", stages.PROBE.name)
    since = module.queued_at if module.status == Status.QUEUED or not module.claimed_at else module.claimed_at
    return {
        "module": module,
        "marks": marks(module, {str(stages.on_the_bar_for(name)) for name in noticed}),
        "message": module.message or {"code": "queued" if module.status == Status.QUEUED else "preparing"},
        "spent": max((at - since).total_seconds(), 0),
        "left": eta.seconds_left(module, at),
        "ahead": queue_position(module),
        "died_at": deaths[-1] if deaths else None,
        "died_count": len(deaths),
        "next_try": seconds_to_next_try(module, at),
        "is_long": module.queue == settings.LONG_QUEUE,
        "no_worker_listening": no_worker_listening(module, at),
        "show_command": settings.DEBUG or request.user.is_staff,
        "worker_command": "localworker" if settings.QUEUE == "local" else "rqworker",
        "lines": StageRun.objects.latest_lines(module) if seen else [],
        "pictures": StageRun.objects.latest_pictures(module, PICTURES) if seen else [],
        "can_edit": may_edit(request, module),
        "failed_runs": failed_runs(request, module),
    }


def failed_runs(request: HttpRequest, module: Module) -> list[StageRun]:
    """For staff: what went wrong in the last run of a module that failed."""
    if module.status != Status.FAILED or not request.user.is_staff:
        return []
    bad = [Outcome.FAILED, Outcome.DIED, Outcome.STOPPED]
    return list(module.stage_runs.filter(outcome__in=bad).defer("output").order_by("-pk")[:5])


def queue_position(module: Module) -> int | None:
    """How many modules wait in front of this one; None when it does not wait."""
    return Module.objects.ahead_of(module) if module.status == Status.QUEUED else None


def seconds_to_next_try(module: Module, at: datetime) -> float | None:
    """Seconds until a module that waits after an error may be taken up again; None when it may be at once."""
    if module.status != Status.QUEUED or module.not_before is None or module.not_before <= at:
        return None
    return (module.not_before - at).total_seconds()
