"""What was received, from whom, and how."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Upload(models.Model):
    """One file that somebody sent. name: as the sender's machine called it; size: bytes.

    sha256 is filled in by the worker, which reads the whole file anyway.
    """

    class Source(models.TextChoices):
        PAGE = "page", "upload page"
        API = "api", "API"
        COMMAND = "command", "command line"
        SAMPLE = "sample", "sample"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    module = models.OneToOneField("modules.Module", on_delete=models.CASCADE, related_name="upload")
    name = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    idempotency_key = models.CharField(max_length=100, blank=True)
    received_ms = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "idempotency_key"],
                condition=~models.Q(idempotency_key=""),
                name="one_upload_per_idempotency_key",
            )
        ]

    def __str__(self) -> str:
        return self.name
