"""What the machine did: stage runs (append-only) and the workers that do them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from . import stages
from .module import Module
from .outputs import LATEST, picture_names

WORKER_TIMEOUT = timedelta(seconds=30)
"""Without a heartbeat for this long, a worker is gone."""


class StageRunQuerySet(models.QuerySet["StageRun"]):
    def saved(self, module: Module, stage: str, key: str) -> StageRun | None:
        """The finished stage with this key, whose output need not be made again."""
        done = self.filter(module=module, stage=stage, key=key, outcome=StageRun.Outcome.DONE)
        return done.filter(output__isnull=False).last()

    def saved_parts(self, module: Module, stage: str, key: str) -> dict[int, dict[str, Any]]:
        """The pieces of an unfinished stage that were saved: {part: output}."""
        parts = self.filter(module=module, stage=stage, key=key, outcome=StageRun.Outcome.PART)
        return dict(parts.filter(output__isnull=False).values_list("part", "output"))

    def forget_old_pictures(self, module: Module) -> set[str]:
        """Empty what was saved of pictures but for the set used last; the rows stay. The names still in use."""
        stills = self.filter(module=module, stage=stages.STILLS.name)
        sets = stills.filter(outcome=StageRun.Outcome.PART).values("key")
        used = stills.exclude(outcome=StageRun.Outcome.PART).filter(key__in=sets).order_by("-pk")
        newest = used.values_list("key", flat=True).first() or ""
        stills.filter(key__in=sets).exclude(key=newest).update(output=None)
        parts = self.saved_parts(module, stages.STILLS.name, newest)
        return {name for part in parts.values() for name in picture_names(part)}

    def latest_lines(self, module: Module) -> list[tuple[str, float | None]]:
        """The newest lines of what was heard or read, oldest first: (text, seconds where it starts, if that is known).

        No more is read than is shown, however long the transcript is.
        """
        runs = self.filter(module=module, stage=stages.SPEECH.name).order_by("-pk")
        newest = runs.filter(outcome__in=[StageRun.Outcome.DONE, StageRun.Outcome.PART])
        for key, outcome in newest.values_list("key", "outcome")[:1]:
            of_run = runs.filter(key=key, outcome=outcome)
            if outcome == StageRun.Outcome.DONE:
                latest = of_run.values_list("output__latest", flat=True).first() or []
                return [(cue["text"], cue["start"]) for cue in latest]
            windows = of_run.values_list("output__text", "output__start")[:LATEST]
            return [(text, start) for text, start in reversed(list(windows)) if text]
        return []

    def latest_pictures(self, module: Module, count: int) -> list[tuple[int, float]]:
        """The newest pictures of the run that takes them, in order of time: (key of the stage run, seconds)."""
        runs = self.filter(module=module, stage=stages.STILLS.name, outcome=StageRun.Outcome.PART).order_by("-pk")
        for key in runs.values_list("key", flat=True)[:1]:
            newest = runs.filter(key=key, output__name__isnull=False).values_list("pk", "output__time")[:count]
            return sorted(newest, key=lambda picture: picture[1])
        return []

    def forget_parts(self, module: Module, stage: str, key: str) -> None:
        """Empty the saved pieces of a stage whose whole is saved; the rows stay, as a record of what was paid."""
        self.filter(module=module, stage=stage, key=key, outcome=StageRun.Outcome.PART).update(output=None)

    def whole(self) -> StageRunQuerySet:
        """Without the pieces: what a person reads."""
        return self.exclude(outcome=StageRun.Outcome.PART)


class StageRun(models.Model):
    """One stage of one run, or one saved piece of it. Rows are only ever added; `output` is
    emptied where it is of no use any more.

    key: hash of what it was made from, with the pipeline's version. seconds: how long it took;
    media_seconds: how much video it covered; cost: US dollars.
    """

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        PART = "part", _("piece saved")
        REUSED = "reused", _("saved work used")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")
        DIED = "died", _("worker died")

    module = models.ForeignKey(Module, verbose_name=_("module"), on_delete=models.CASCADE, related_name="stage_runs")
    lease_token = models.CharField(_("lease token"), max_length=32)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    stage = models.CharField(_("stage"), max_length=10, help_text=_("A name of the table in stages.py."))
    part = models.PositiveIntegerField(_("part"), null=True, blank=True)
    key = models.CharField(_("key"), max_length=64, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    started_at = models.DateTimeField(_("started at"), db_default=Now())
    seconds = models.FloatField(_("seconds"), default=0)
    media_seconds = models.FloatField(_("seconds of video"), default=0)
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    calls = models.PositiveIntegerField(_("calls"), default=0)
    cost = models.FloatField(_("cost"), default=0)
    provider = models.CharField(_("provider"), max_length=100, blank=True)
    worker = models.CharField(_("worker"), max_length=200, blank=True)
    code = models.CharField(_("code"), max_length=50, blank=True, help_text=_("Notice or error."))
    traceback = models.TextField(_("traceback"), blank=True)
    output = models.JSONField(_("output"), null=True, blank=True)

    objects = StageRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage run")
        verbose_name_plural = _("stage runs")
        ordering = ["pk"]
        indexes = [models.Index(fields=["module", "stage", "key"], name="stage_run_saved")]

    def __str__(self) -> str:
        return f"{stages.label_of(self.stage)}: {self.get_outcome_display()}"


class AICall(models.Model):
    """One paid call, as the provider was asked. Rows are only ever added. cost: US dollars, by the price table.

    audio_seconds for speech, tokens for writing; outcome: "done", or what went wrong.
    """

    module = models.ForeignKey(Module, verbose_name=_("module"), on_delete=models.CASCADE, related_name="ai_calls")
    lease_token = models.CharField(_("lease token"), max_length=32)
    stage = models.CharField(_("stage"), max_length=10, help_text=_("A name of the table in stages.py."))
    model = models.CharField(_("model"), max_length=100)
    at = models.DateTimeField(_("time"), db_default=Now())
    seconds = models.FloatField(_("seconds"), default=0)
    audio_seconds = models.FloatField(_("seconds of sound"), default=0)
    tokens_in = models.PositiveIntegerField(_("tokens sent"), default=0)
    tokens_out = models.PositiveIntegerField(_("tokens received"), default=0)
    cost = models.FloatField(_("cost"), default=0)
    outcome = models.CharField(_("outcome"), max_length=50, default="done")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("AI call")
        verbose_name_plural = _("AI calls")

    def __str__(self) -> str:
        return f"{stages.label_of(self.stage)}: {self.model}"


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self, at: datetime) -> WorkerQuerySet:
        """Workers heard of lately."""
        return self.filter(heartbeat_at__gte=at - WORKER_TIMEOUT)

    def working(self, at: datetime) -> WorkerQuerySet:
        """Those of them that QUEUE lets work: with "rq" a local worker stands by, and with "local" an RQ worker."""
        alive = self.alive(at)
        return alive if settings.QUEUE == "auto" else alive.filter(kind=settings.QUEUE)

    def record_heartbeat(self, name: str, *, kind: str, host: str, pid: int, queues: list[str]) -> None:
        """Write a worker's own heartbeat, by the database's clock."""
        self.update_or_create(
            name=name,
            defaults={"heartbeat_at": Now(), "kind": kind, "host": host, "pid": pid, "queues": queues},
        )

    def forget(self, name: str) -> None:
        """Forget a worker that ends, and those not heard of for an hour."""
        self.filter(models.Q(name=name) | models.Q(heartbeat_at__lt=Now() - timedelta(hours=1))).delete()


class Worker(models.Model):
    """A process that takes modules from the queues. Here, so that who listens is known without Redis."""

    class Kind(models.TextChoices):
        RQ = "rq", _("RQ worker")
        LOCAL = "local", _("local worker")

    name = models.CharField(_("name"), max_length=200, primary_key=True)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    host = models.CharField(_("host"), max_length=200)
    pid = models.PositiveIntegerField(_("process number"))
    queues = models.JSONField(_("queues"), default=list)
    started_at = models.DateTimeField(_("started at"), db_default=Now())
    heartbeat_at = models.DateTimeField(_("heartbeat at"))

    objects = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
