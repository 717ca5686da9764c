"""Rows for tests."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from modules.models import Module, database_clock
from modules.processing.attempt import Attempt
from trainingsite.accounts.models import User
from uploads.models import Upload


def make_user(name: str = "ann", **fields: Any) -> User:
    user, _ = User.objects.get_or_create(username=name, defaults=fields)
    return user


def make_module(owner: User | None = None, *, content: bytes = b"", **fields: Any) -> Module:
    """A module with its upload, as `uploads.accept` leaves it; content: of the video file."""
    module = Module(owner=owner or make_user(), **{"title": "Change the filter", "container": "mp4", **fields})
    module.video.save("video.mp4", ContentFile(content), save=False)
    module.save()
    Upload.objects.create(user=module.owner, module=module, name="filter.mp4", size=len(content), source="page")
    return module


def attempt_on(module: Module) -> Attempt:
    """A run that has just claimed the module, and that no heartbeat ends."""
    token = Module.objects.claim(module.pk, database_clock(), "w1")
    return Attempt(Module.objects.get(lease_token=token), token, worker="w1", disposable=False)
