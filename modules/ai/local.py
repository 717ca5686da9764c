"""The services of this machine, made as settings say."""

from __future__ import annotations

from django.conf import settings

from .resources import Resources
from .rules import LocalWriter
from .whisper import LocalWhisper


def speech(resources: Resources) -> LocalWhisper:
    return LocalWhisper(settings.WHISPER_MODEL)


def writer(resources: Resources) -> LocalWriter:
    return LocalWriter()
