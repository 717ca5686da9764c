"""A row that one worker at a time may work on: claim, fence, heartbeat, and what happens when the worker dies.

Every verb is one conditional UPDATE; whoever finds no row has lost it and must stop.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

LEASE_TIMEOUT = timedelta(seconds=20)
"""Without a heartbeat for this long, a run is dead."""

MAX_ATTEMPTS = 3
"""Runs that may die without new saved work before the row fails."""


class Status(models.TextChoices):
    QUEUED = "queued", _("waiting")
    PROCESSING = "processing", _("processing")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class LeaseLost(BaseException):
    """The run no longer holds its row (cancelled, deleted, or taken for dead): stop at once, write nothing.

    A BaseException, so that no broad handler on the way out can swallow it.
    """


def database_clock() -> datetime:
    """Now, by the database's clock: machines' own clocks differ."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")
            return datetime.fromisoformat(cursor.fetchone()[0])
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]


class LeaseQuerySet(models.QuerySet):
    def due(self, at: datetime) -> Self:
        """Rows that a worker may take at this moment."""
        return self.filter(Q(not_before=None) | Q(not_before__lte=at), status=Status.QUEUED)

    def to_send(self, at: datetime) -> Self:
        """Due rows, the oldest first. One this young may be between its commit and its job, and is left alone."""
        return self.due(at).filter(queued_at__lt=at - timedelta(seconds=2)).order_by("queued_at")

    def held(self, pk: uuid.UUID, lease_token: str) -> Self:
        """The fence: the row, if this run still holds it."""
        return self.filter(pk=pk, lease_token=lease_token, status=Status.PROCESSING)

    def stalled(self, before: datetime) -> Self:
        """Rows whose worker has not been heard of since `before`."""
        return self.filter(status=Status.PROCESSING, heartbeat_at__lt=before)

    def claim(self, pk: uuid.UUID, at: datetime, worker: str) -> str | None:
        """Take a due row. Returns the run's token, or None when somebody else was quicker."""
        lease_token = uuid.uuid4().hex
        taken = (
            self.due(at)
            .filter(pk=pk)
            .update(
                status=Status.PROCESSING,
                lease_token=lease_token,
                worker=worker,
                heartbeat_at=Now(),
                claimed_at=Now(),
                version=F("version") + 1,
            )
        )
        return lease_token if taken else None

    def renew_lease(self, pk: uuid.UUID, lease_token: str) -> bool:
        """Prove life. False: the row is no longer held."""
        return bool(self.held(pk, lease_token).update(heartbeat_at=Now()))

    def fence(self, pk: uuid.UUID, lease_token: str) -> None:
        """Begin a transaction of a run with this. Raises LeaseLost when the row is no longer held."""
        if not self.renew_lease(pk, lease_token):
            raise LeaseLost

    def release(
        self, pk: uuid.UUID, lease_token: str, *, not_before: datetime | None = None, attempts: int = 0
    ) -> bool:
        """Back to the queue, for another run to go on; attempts: how many to add."""
        return bool(
            self.held(pk, lease_token).update(
                status=Status.QUEUED,
                lease_token="",
                worker="",
                heartbeat_at=None,
                not_before=not_before,
                attempts=F("attempts") + attempts,
                job_id="",
                version=F("version") + 1,
            )
        )

    def finish(self, pk: uuid.UUID, lease_token: str, **fields: object) -> bool:
        """The one verb that makes a row ready, with its 100 %. fields: the columns that hold the result."""
        return bool(
            self.held(pk, lease_token).update(
                status=Status.READY,
                lease_token="",
                worker="",
                heartbeat_at=None,
                progress=100,
                error=None,
                version=F("version") + 1,
                **fields,
            )
        )

    def reset_to_queued(self, at: datetime, **fields: object) -> int:
        """Queue these rows as if no run had tried them yet. fields: other columns to set. Returns how many."""
        return self.update(
            status=Status.QUEUED,
            attempts=0,
            error=None,
            not_before=None,
            queued_at=at,
            job_id="",
            version=F("version") + 1,
            **fields,
        )

    def fail(self, pk: uuid.UUID, lease_token: str, code: str, **params: object) -> bool:
        """End the run with an error; code names its sentence in `modules.messages`."""
        return bool(
            self.held(pk, lease_token).update(
                status=Status.FAILED,
                lease_token="",
                worker="",
                heartbeat_at=None,
                error={"code": code, "params": params},
                version=F("version") + 1,
            )
        )


class Lease(models.Model):
    """The columns of a row with a lease. lease_token: the token of the run that holds it, or ''."""

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED, db_index=True)
    lease_token = models.CharField(_("lease token"), max_length=32, blank=True, editable=False)
    worker = models.CharField(_("worker"), max_length=200, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(
        _("attempts"), default=0, help_text=_("Runs that died without new saved work.")
    )
    queued_at = models.DateTimeField(_("queued at"), default=database_clock)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("heartbeat at"), null=True, blank=True)
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    error = models.JSONField(
        _("error"), null=True, blank=True, help_text=_("A code with parameters; the words are in messages.py.")
    )
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    job_id = models.CharField(
        _("job id"), max_length=100, blank=True, editable=False, help_text=_("The queue's job, once sent.")
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True
