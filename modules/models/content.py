"""What a module is made of: transcript, cues and steps."""

from __future__ import annotations

import uuid

from django.db import models

from .module import Module


class Transcript(models.Model):
    """What is said in a video, in one language. The newest of a module is the one shown."""

    class Origin(models.TextChoices):
        UPLOADED = "uploaded", "captions that came with the video"
        EMBEDDED = "embedded", "captions inside the video"
        SPEECH = "speech", "recognised speech"

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="transcripts")
    language = models.CharField(max_length=20, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_origin_display()} ({self.language or 'language not known'})"


class Cue(models.Model):
    """One numbered caption; start, end in seconds."""

    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="cues")
    number = models.PositiveIntegerField()
    start = models.FloatField()
    end = models.FloatField()
    text = models.TextField()

    class Meta:
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
        INTRO = "intro", "introduction"
        STEP = "step", "step"
        TIP = "tip", "tip"
        WARNING = "warning", "warning"
        WRAP_UP = "wrap-up", "wrap-up"

    EDITABLE = ("kind", "title", "text", "start", "end")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.STEP)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    start = models.FloatField()
    end = models.FloatField()
    still = models.CharField(max_length=300, blank=True)
    cues = models.JSONField(default=list, blank=True)
    asides = models.JSONField(default=list, blank=True, help_text="Tips and warnings: kind, text, cues.")
    machine = models.JSONField(default=dict, blank=True, editable=False)
    deleted = models.BooleanField(default=False)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.title

    @property
    def edited(self) -> frozenset[str]:
        """The fields that a person has changed."""
        return frozenset(name for name in self.EDITABLE if self.machine.get(name, self) != getattr(self, name))


class Question(models.Model):
    """One question of the quiz. options: four texts; right: the position of the right one."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveIntegerField()
    text = models.TextField()
    options = models.JSONField()
    right = models.PositiveSmallIntegerField()
    explanation = models.TextField(blank=True)
    cues = models.JSONField(default=list, help_text="The numbers of the cues that prove the answer.")

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.text
