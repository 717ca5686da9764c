"""Which AI does what: chosen by settings, speech and writing apart."""

from __future__ import annotations

from django.conf import settings

from modules.pipeline.types import Writer

from .rules import LocalWriter
from .vad import voiced_spans
from .whisper import LocalWhisper

voiced = voiced_spans


def speech() -> LocalWhisper:
    """The recogniser, as a context: what it loads is given back at the end."""
    return LocalWhisper(settings.WHISPER_MODEL)


def writer() -> Writer:
    """The writer that drafts and words the steps."""
    return LocalWriter()


def local_writer() -> Writer:
    """The writer that needs nothing but the text: what is done when the other cannot be had."""
    return LocalWriter()
