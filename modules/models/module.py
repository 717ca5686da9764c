"""The module: one video on its way to a training, and what became of it."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import stages
from .lease import Lease, LeaseQuerySet, Status

if TYPE_CHECKING:
    from trainingsite.accounts.models import User


class Visibility(models.TextChoices):
    PRIVATE = "private", _("Only me")
    SIGNED_IN = "signed_in", _("Everyone who can sign in")
    LINK = "link", _("Anyone with the link")


def new_link_key() -> str:
    return secrets.token_urlsafe(16)


def video_path(module: Module, name: str) -> str:
    """Where the video is stored. Nothing of the sender's file name but a checked ending is used."""
    return f"{module.folder}/{uuid.uuid4().hex}.{name.rpartition('.')[2]}"


SENT_FIELDS = ("job_id", "queued_at", "claimed_at")
"""Columns of Lease that the queue needs to know."""


class ModuleQuerySet(LeaseQuerySet):
    def visible_to(self, user: User | Any, link_keys: tuple[str, ...] = ()) -> Self:
        """What this person may see; link_keys: the unguessable keys they came with."""
        seen = Q(visibility=Visibility.LINK, link_key__in=link_keys) if link_keys else Q(pk=None)
        if user.is_authenticated:
            seen |= Q(owner=user) | Q(visibility=Visibility.SIGNED_IN)
            if user.is_staff:
                return self
        return self.filter(seen)

    def editable_by(self, user: User | Any) -> Self:
        """What this person may change."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_staff else self.filter(owner=user)

    def in_queue(self, queue: str) -> Self:
        """Those that wait or are worked on in this queue."""
        return self.none() if queue == settings.RENDITIONS_QUEUE else self.filter(queue=queue)

    def to_send(self, at: datetime) -> Self:
        """Due rows that need a job, the oldest first, with no more columns than sending one takes."""
        return super().to_send(at).only(*SENT_FIELDS, "queue", "duration")

    def in_work(self) -> Self:
        return self.filter(status__in=[Status.QUEUED, Status.PROCESSING])

    def ahead_of(self, module: Module) -> int:
        """How many modules wait in front of this one, in its queue."""
        return self.filter(status=Status.QUEUED, queue=module.queue, queued_at__lt=module.queued_at).count()

    def report(self, pk: uuid.UUID, lease_token: str, stage: str, progress: int, message: dict[str, Any]) -> bool:
        """The one verb that writes a run's progress. It never goes back. False: no longer held."""
        return bool(
            self.held(pk, lease_token).update(
                stage=stage,
                progress=Greatest(F("progress"), progress),
                message=message,
                version=F("version") + 1,
            )
        )

    def move(self, pk: uuid.UUID, lease_token: str, queue: str) -> bool:
        """Back to waiting, in another queue; saved work and progress stay. False: no longer held."""
        return bool(self.held(pk, lease_token).update(queue=queue)) and self.release(pk, lease_token)

    def share(self, pk: uuid.UUID, visibility: str) -> bool:
        """Say who may see it. A link that is switched off stays off: a later one has a new key."""
        if visibility != Visibility.LINK:
            self.filter(pk=pk, visibility=Visibility.LINK).update(link_key=new_link_key())
        return bool(self.filter(pk=pk).update(visibility=visibility))

    def cancel(self, pk: uuid.UUID) -> bool:
        """Take it out of work. A run that holds it finds its token gone, and stops."""
        return bool(
            self.in_work()
            .filter(pk=pk)
            .update(status=Status.CANCELLED, lease_token="", worker="", heartbeat_at=None, version=F("version") + 1)
        )

    def requeue(self, pk: uuid.UUID, at: datetime, *, steps: bool = False, speech: bool = False) -> bool:
        """Process it again, because a person asks for it. Saved work is used again, except what they want replaced.

        steps: write the steps again, from the same transcript; speech: transcribe again, and so write the steps too.
        """
        settled = self.exclude(status__in=[Status.QUEUED, Status.PROCESSING]).filter(pk=pk)
        if speech:
            # What was recognised may be wrong, and is no hint; a language that a person chose is one.
            settled.filter(language=F("transcripts__language")).update(language="")
        return bool(
            settled.reset_to_queued(
                at,
                stage="",
                progress=0,
                message={},
                steps_round=F("steps_round") + int(steps or speech),
                speech_round=F("speech_round") + int(speech),
            )
        )


class Module(Lease):
    """One video and the training made of it. title, description: people's, when they wrote them."""

    Status = Status
    Visibility = Visibility

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), on_delete=models.CASCADE, related_name="modules"
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    language = models.CharField(
        _("language"), max_length=20, blank=True, help_text=_("BCP 47, as in de or pt-BR; empty: not known.")
    )
    visibility = models.CharField(
        _("visibility"), max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    link_key = models.CharField(_("link key"), max_length=32, default=new_link_key, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True, db_index=True)

    # The video, and what the probe found in it.
    video = models.FileField(_("video"), upload_to=video_path, max_length=300)
    captions_file = models.FileField(_("captions file"), upload_to=video_path, max_length=300, blank=True)
    poster = models.CharField(
        _("poster"), max_length=300, blank=True, editable=False, help_text=_("Name in the storage.")
    )
    container = models.CharField(_("container"), max_length=10, blank=True, editable=False)
    duration = models.FloatField(_("duration"), null=True, blank=True, editable=False, help_text=_("Seconds."))
    width = models.PositiveIntegerField(_("width"), null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True, editable=False)
    video_codec = models.CharField(_("video codec"), max_length=30, blank=True, editable=False)
    audio_codec = models.CharField(_("audio codec"), max_length=30, blank=True, editable=False)

    # The current run (with the columns of Lease).
    stage = models.CharField(_("stage"), max_length=10, blank=True, help_text=_("A name of the table in stages.py."))
    message = models.JSONField(_("message"), default=dict, blank=True, help_text=_("A code with parameters."))
    queue = models.CharField(_("queue"), max_length=10, default=settings.DEFAULT_QUEUE)
    speech_round = models.PositiveSmallIntegerField(_("speech round"), default=0, editable=False)
    steps_round = models.PositiveSmallIntegerField(_("steps round"), default=0, editable=False)

    # The result.
    published_at = models.DateTimeField(
        _("published at"), null=True, blank=True, help_text=_("A result exists since then.")
    )
    notices = models.JSONField(
        _("notices"), default=list, blank=True, help_text=_("What could not be done: codes with parameters.")
    )
    summary = models.TextField(_("summary"), blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    goals = models.JSONField(_("goals"), default=list, blank=True, help_text=_("What a learner can do afterwards."))

    objects = ModuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["status", "queue", "queued_at"], name="module_queue"),
            models.Index(fields=["status", "heartbeat_at"], name="module_heartbeat"),
            models.Index(fields=["owner", "-created_at"], name="module_owner"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("modules:training", args=[self.pk])

    @property
    def folder(self) -> str:
        """Where all files of this module are, in the storage."""
        return f"modules/{self.pk}"

    @property
    def subject(self) -> Module:
        """The module that stage runs are written for."""
        return self

    @property
    def at_stage(self) -> str:
        """Where its run is."""
        return self.stage or stages.PROBE.name

    def own_stage_runs(self) -> models.QuerySet[Any]:
        """What was done for the training itself, without its renditions."""
        return self.stage_runs.exclude(stage=stages.RENDITION.name)

    @property
    def in_work(self) -> bool:
        return self.status in (Status.QUEUED, Status.PROCESSING)


class RenditionQuerySet(LeaseQuerySet):
    def in_queue(self, queue: str) -> Self:
        """All of them wait in one queue."""
        return self.all() if queue == settings.RENDITIONS_QUEUE else self.none()

    def to_send(self, at: datetime) -> Self:
        """As a module's."""
        return super().to_send(at).select_related("module").only(*SENT_FIELDS, "module__duration")

    def report(self, pk: uuid.UUID, lease_token: str, stage: str, progress: int, message: dict[str, Any]) -> bool:
        """As a module's: the one verb that writes a run's progress. It has one stage, and says nothing.

        It begins at 0 in each run, because a run of a rendition has no saved work to go on from.
        """
        return bool(self.held(pk, lease_token).update(progress=progress))


class Rendition(Lease):
    """A copy of the video that every browser plays (H.264/AAC MP4), made where the original needs it."""

    module = models.OneToOneField(
        Module, verbose_name=_("module"), on_delete=models.CASCADE, primary_key=True, related_name="rendition"
    )
    file = models.CharField(_("file"), max_length=300, blank=True, editable=False, help_text=_("Name in the storage."))

    objects = RenditionQuerySet.as_manager()

    queue = settings.RENDITIONS_QUEUE
    at_stage = stages.RENDITION.name

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")

    def __str__(self) -> str:
        return gettext("rendition of {module}").format(module=self.module_id)

    @property
    def subject(self) -> Module:
        """The module that stage runs are written for."""
        return self.module

    def own_stage_runs(self) -> models.QuerySet[Any]:
        """What was done for it, without the work on the training itself."""
        return self.module.stage_runs.filter(stage=self.at_stage)
