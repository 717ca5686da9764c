"""The services of an OpenAI-compatible server, made as settings say. The one file here that reads settings."""

from __future__ import annotations

from django.conf import settings

from modules.ai.resources import Resources

from .calls import Calls
from .openai_speech import OpenAISpeech
from .openai_writer import OpenAIWriter


def speech(resources: Resources) -> OpenAISpeech:
    return OpenAISpeech(
        resources.shared(calls),
        settings.OPENAI_TRANSCRIBE_MODEL,
        resources.encode,
        at_once=settings.AI_CONCURRENCY,
        segments=settings.OPENAI_TRANSCRIBE_SEGMENTS,
    )


def writer(resources: Resources) -> OpenAIWriter:
    return OpenAIWriter(
        resources.shared(calls),
        settings.OPENAI_MODEL,
        resources.picture,
        at_once=settings.AI_CONCURRENCY,
        answers=resources.answers,
    )


def calls(resources: Resources) -> Calls:
    """Speech and writer share it, because the time that it may lose to failed tries is bounded for both together."""
    key, address = settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL
    return Calls(key, address, ledger=resources.ledger, chat_seconds=settings.OPENAI_TIMEOUT)
