"""People and the tokens their programs use."""

from __future__ import annotations

import hashlib
import secrets

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Someone who signs in. Our own class from the first migration on, so that it can grow."""


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def issue(self, user: User, name: str = "") -> tuple[ApiToken, str]:
        """A new token for user: the row, and the secret, which is shown once and kept only as a hash."""
        secret = secrets.token_urlsafe(32)
        return self.create(user=user, name=name, digest=ApiToken.digest_of(secret), hint=secret[:6]), secret

    def for_secret(self, secret: str) -> ApiToken | None:
        """The token this secret belongs to, if its user may sign in."""
        return self.select_related("user").filter(digest=ApiToken.digest_of(secret), user__is_active=True).first()

    def touch(self, token: ApiToken) -> None:
        """Remember that the token was used, at most once a minute."""
        now = timezone.now()
        if token.last_used_at is None or (now - token.last_used_at).total_seconds() > 60:
            self.filter(pk=token.pk).update(last_used_at=now)


class ApiToken(models.Model):
    """A secret by which a program acts for a user: `Authorization: Bearer <secret>`."""

    user = models.ForeignKey(User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100, blank=True)
    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    hint = models.CharField(_("hint"), max_length=6, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        name = self.name or gettext("token")
        return f"{name} ({self.hint}…)"

    @staticmethod
    def digest_of(secret: str) -> str:
        # The secret has 256 random bits: a plain hash is enough, and it can be looked up.
        return hashlib.sha256(secret.encode()).hexdigest()
