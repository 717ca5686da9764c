"""What the processing page shows of a run: its stages, what was heard and seen so far, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from modules.models import Module, StageRun, Status, Worker, database_clock, stages
from modules.processing import eta

from .access import may_edit

Outcome = StageRun.Outcome

LINES = 4
"""Lines of transcript that are shown while it is made."""

PICTURES = 6
"""Stills that are shown while they are found."""


@dataclass(frozen=True)
class Mark:
    """One of the stages on the bar. state: done, current, waiting or stopped; noticed: it ended with a notice."""

    stage: str
    label: str
    state: str
    noticed: bool = False


@dataclass(frozen=True)
class Line:
    """What was heard. start: seconds, where it is known."""

    text: str
    start: float | None = None


@dataclass(frozen=True)
class Picture:
    """A still of the run: key of its stage run, and its time in seconds."""

    pk: int
    time: float


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


def lines_of(output: dict[str, Any] | None) -> list[Line]:
    """The lines in a speech stage's saved output: {"text": …, "start": …} or {"cues": [{"text", "start", …}, …]}."""
    output = output or {}
    said = output["cues"][-LINES:] if "cues" in output else [output]
    return [Line(one["text"], one.get("start")) for one in said if one.get("text")]


def latest_lines(module: Module) -> list[Line]:
    """The newest lines of the transcript that is being made, oldest first."""
    runs = module.stage_runs.filter(stage=stages.SPEECH.name).order_by("-pk")
    newest = runs.filter(outcome__in=[Outcome.DONE, Outcome.PART]).values_list("key", "outcome")[:1]
    for key, outcome in newest:
        outputs = runs.filter(key=key, outcome=outcome).values_list("output", flat=True)[:LINES]
        return [line for output in reversed(outputs) for line in lines_of(output)][-LINES:]
    return []


def latest_pictures(module: Module) -> list[Picture]:
    """The newest stills, in order of time. Their rows' output is {"time": seconds, "name": name in the storage}."""
    runs = module.stage_runs.filter(stage=stages.STILLS.name, outcome=Outcome.PART).order_by("-pk")
    for key in runs.values_list("key", flat=True)[:1]:
        rows = runs.filter(key=key).values_list("pk", "output")[:PICTURES]
        found = [Picture(pk, output["time"]) for pk, output in rows if output and output.get("name")]
        return sorted(found, key=lambda picture: picture.time)
    return []


def no_worker_listening(module: Module, at: datetime) -> bool:
    """Is there no worker that could take the module up? One that serves other queues leaves it alone."""
    if not module.in_work:
        return False
    # Few workers, and SQLite cannot ask whether a list holds a value.
    if any(module.queue in queues for queues in Worker.objects.working(at).values_list("queues", flat=True)):
        return False
    beat = module.heartbeat_at
    return beat is None or (at - beat).total_seconds() > 30


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
        "next_try": (module.not_before - at).total_seconds() if waits_for_next_try(module, at) else None,
        "no_worker_listening": no_worker_listening(module, at),
        "show_command": settings.DEBUG or request.user.is_staff,
        "worker_command": "localworker" if settings.QUEUE == "local" else "rqworker",
        "lines": latest_lines(module) if seen else [],
        "pictures": latest_pictures(module) if seen else [],
        "can_edit": may_edit(request, module),
        "faults": faults(request, module),
    }


def faults(request: HttpRequest, module: Module) -> list[StageRun]:
    """For staff: what went wrong in the last run of a module that failed."""
    if module.status != Status.FAILED or not request.user.is_staff:
        return []
    bad = [Outcome.FAILED, Outcome.DIED, Outcome.STOPPED]
    return list(module.stage_runs.filter(outcome__in=bad).defer("output").order_by("-pk")[:5])


def queue_position(module: Module) -> int | None:
    """How many modules wait in front of this one; None when it does not wait."""
    return Module.objects.ahead_of(module) if module.status == Status.QUEUED else None


def waits_for_next_try(module: Module, at: datetime) -> bool:
    return module.status == Status.QUEUED and module.not_before is not None and module.not_before > at
