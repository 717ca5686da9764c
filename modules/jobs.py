"""QUEUE SEAM: the only file that imports rq and django_rq.

Redis carries a nudge, nothing else: a row that is queued becomes ready whether or not its job arrives, because
`sweep` sends the job again. No function here raises for Redis trouble, and none waits for it longer than 0.6 s.
"""

from __future__ import annotations

import logging
import os
import time
import uuid

import django_rq
from django.conf import settings
from django.db import transaction
from django_rq.management.commands.rqworker import Command as RQWorkerCommand
from redis import Redis
from redis.exceptions import RedisError
from rq import Worker as RQBaseWorker
from rq.job import Job as RQJob

from .models import Module, Rendition, Status, database_clock, requeue_stale

__all__ = [
    "RQBaseWorker", "RQJob", "RQWorkerCommand", "connection", "enqueue", "enqueue_after_commit", "job_row",
    "reachable", "sweep", "worker_name",
]  # fmt: skip

logger = logging.getLogger(__name__)

QUEUES = tuple(settings.QUEUES)
# The first is the one that jobs carry now; the others are those of older versions, whose jobs may still be in Redis.
MODULE_JOBS = ("modules.processing.conductor.process", "modules.processing.process")
RENDITION_JOBS = ("modules.processing.rendition.render", "modules.renditions.render")
FUNCTIONS: dict[type[Module] | type[Rendition], tuple[str, ...]] = {Module: MODULE_JOBS, Rendition: RENDITION_JOBS}

MOST_SENT = 1000  # rows of a kind that one sweep looks at

DOWN_FOR = 5.0  # seconds that Redis is taken for down after it failed
UP_FOR = 1.0  # seconds that an answered ping is good for
_state = {"down_until": 0.0, "up_until": 0.0, "told": False}

REDIS_ERRORS = (RedisError, OSError)


def connection() -> Redis:
    """A client that waits for Redis no longer than a web request may."""
    return django_rq.get_connection(settings.DEFAULT_QUEUE)


def reachable() -> bool:
    """Does Redis answer? Within 0.6 s; a failure is remembered for 5 s, so that a request pays for it once."""
    now = time.monotonic()
    if now < _state["down_until"]:
        return False
    if now < _state["up_until"]:
        return True
    try:
        connection().ping()
    except REDIS_ERRORS as error:
        _mark_down(error)
        return False
    if _state["told"]:
        logger.info("Redis answers again")
    _state.update(up_until=time.monotonic() + UP_FOR, told=False)
    return True


def _mark_down(error: Exception) -> None:
    if not _state["told"]:
        logger.warning("Redis cannot be used, rows wait in the database: %s", error)
    _state.update(down_until=time.monotonic() + DOWN_FOR, up_until=0.0, told=True)


def enqueue(row: Module | Rendition, *, first: bool = False) -> bool:
    """Tell the workers of a queued row. False: Redis cannot be used now; the row stays queued, and is not lost.

    first: before all that wait; for a row whose run was cut short, which has waited its turn already.
    """
    if settings.QUEUE == "local" or not reachable():
        return False
    # Job ids are unique for ever: an old job's hash must not shadow a new one.
    job_id = f"{row.pk.hex}-{uuid.uuid4().hex[:8]}"
    try:
        django_rq.get_queue(row.queue).enqueue_call(
            FUNCTIONS[type(row)][0],
            args=(str(row.pk),),
            job_id=job_id,
            timeout=_timeout(row.subject),
            result_ttl=60,
            failure_ttl=24 * 3600,
            description=f"{row.subject.pk}",
            at_front=first,
        )
    except REDIS_ERRORS as error:
        _mark_down(error)
        return False
    type(row).objects.filter(pk=row.pk, status=Status.QUEUED).update(job_id=job_id)
    return True


def enqueue_after_commit(row: Module | Rendition) -> None:
    """Tell the workers once the row is there for good, and never of what was rolled back. Raises nothing.

    A lambda and no partial, because Django logs the qualified name of what fails here, which a partial does not have.
    """
    transaction.on_commit(lambda: enqueue(row), robust=True)


def _timeout(module: Module) -> int:
    """Seconds after which RQ gives up. Stages have deadlines of their own; this is only the last resort."""
    return 3600 + int(20 * (module.duration or settings.MAX_VIDEO_HOURS * 3600))


def sweep() -> int:
    """Put right what was lost: dead runs go back to the queue, and every due row without a job gets one. How many.

    Runs every 10 s in each worker; may run anywhere, any number of times.
    """
    at = database_clock()
    count = requeue_stale(at)
    if settings.QUEUE == "local" or not reachable():
        return count
    waiting: dict[str, set[str]] = {}
    for model in (Module, Rendition):
        for row in model.objects.to_send(at)[:MOST_SENT]:
            try:
                if row.queue not in waiting:
                    # By place, not by status: a job that was lost on its way has a status too.
                    waiting[row.queue] = set(django_rq.get_queue(row.queue).get_job_ids())
                if row.job_id not in waiting[row.queue]:
                    count += enqueue(row, first=row.claimed_at is not None and row.claimed_at > row.queued_at)
            except REDIS_ERRORS as error:
                _mark_down(error)
                return count
    return count


def worker_name() -> str:
    """In a work-horse: the name of its worker, as RQ tells it. Elsewhere ''."""
    return os.environ.get("RQ_WORKER_ID", "")


def job_row(job: RQJob) -> Module | Rendition | None:
    """The row that a job is about, as it is now; None: it was deleted."""
    for model, functions in FUNCTIONS.items():
        if job.func_name in functions:
            return model.objects.filter(pk=job.args[0]).first()
    return None
