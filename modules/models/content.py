"""What a module is made of: transcript, cues and steps."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .module import Module


class Transcript(models.Model):
    """What is said in a video, in one language. The newest of a module is the one shown."""

    class Origin(models.TextChoices):
        UPLOADED = "uploaded", _("captions that came with the video")
        EMBEDDED = "embedded", _("captions inside the video")
        SPEECH = "speech", _("recognised speech")

    module = models.ForeignKey(Module, verbose_name=_("module"), on_delete=models.CASCADE, related_name="transcripts")
    language = models.CharField(_("language"), max_length=20, blank=True)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        # Not inside the f-string, where no extractor of texts looks.
        language = self.language or gettext("language not known")
        return f"{self.get_origin_display()} ({language})"


class Cue(models.Model):
    """One numbered caption; start, end in seconds."""

    transcript = models.ForeignKey(
        Transcript, verbose_name=_("transcript"), on_delete=models.CASCADE, related_name="cues"
    )
    number = models.PositiveIntegerField(_("number"))
    start = models.FloatField(_("start"))
    end = models.FloatField(_("end"))
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("cue")
        verbose_name_plural = _("cues")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["transcript", "number"], name="one_cue_per_number")]

    def __str__(self) -> str:
        return f"[{self.number}] {self.text}"


class StepQuerySet(models.QuerySet["Step"]):
    def shown(self) -> StepQuerySet:
        """Steps that nobody has deleted."""
        return self.filter(deleted=False)


class Step(models.Model):
    """One step. `machine` holds what the machine last wrote: a field that differs was edited by a person.

    A step with no `machine` was added by a person; `deleted` keeps a person's deletion through rewrites.
    start, end: seconds; still: name in the storage; cues: numbers in the module's transcript.
    """

    class Kind(models.TextChoices):
        INTRO = "intro", _("introduction")
        STEP = "step", _("step")
        TIP = "tip", _("tip")
        WARNING = "warning", _("warning")
        WRAP_UP = "wrap-up", _("wrap-up")

    EDITABLE = ("kind", "title", "text", "start", "end")

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    module = models.ForeignKey(Module, verbose_name=_("module"), on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.STEP)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    start = models.FloatField(_("start"))
    end = models.FloatField(_("end"))
    still = models.CharField(_("still"), max_length=300, blank=True)
    cues = models.JSONField(_("cues"), default=list, blank=True)
    asides = models.JSONField(
        _("asides"), default=list, blank=True, help_text=_("Tips and warnings: kind, text, cues.")
    )
    machine = models.JSONField(_("machine"), default=dict, blank=True, editable=False)
    deleted = models.BooleanField(_("deleted"), default=False)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.title

    @property
    def edited(self) -> frozenset[str]:
        """The fields that a person has changed."""
        return frozenset(name for name in self.EDITABLE if self.machine.get(name, self) != getattr(self, name))


class Question(models.Model):
    """One question of the quiz. options: four texts; right: the position of the right one."""

    module = models.ForeignKey(Module, verbose_name=_("module"), on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveIntegerField(_("order"))
    text = models.TextField(_("text"))
    options = models.JSONField(_("options"))
    right = models.PositiveSmallIntegerField(_("right"))
    explanation = models.TextField(_("explanation"), blank=True)
    cues = models.JSONField(_("cues"), default=list, help_text=_("The numbers of the cues that prove the answer."))

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.text
