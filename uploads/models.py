"""What was received, from whom, and how."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """One file that somebody sent. name: as the sender's machine called it; size: bytes.

    sha256 is filled in by the worker, which reads the whole file anyway.
    """

    class Source(models.TextChoices):
        PAGE = "page", _("upload page")
        API = "api", _("API")
        COMMAND = "command", _("command line")
        SAMPLE = "sample", _("sample")

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="uploads"
    )
    module = models.OneToOneField(
        "modules.Module", verbose_name=_("module"), on_delete=models.CASCADE, related_name="upload"
    )
    name = models.CharField(_("name"), max_length=300)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    idempotency_key = models.CharField(_("idempotency key"), max_length=100, blank=True)
    received_ms = models.PositiveIntegerField(_("milliseconds to receive"), default=0)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
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
