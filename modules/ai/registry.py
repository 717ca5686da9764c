"""Which AI providers there are, and which of them the settings choose. A web process reads it too, so it is light.

A new provider is a file beside this one, an entry in PROVIDERS, and its settings in trainingsite/settings.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.conf import settings

Kind = Literal["speech", "writer"]
SETTING_FOR: Mapping[Kind, str] = {"speech": "SPEECH_PROVIDER", "writer": "WRITER_PROVIDER"}
"""The setting that chooses who does each kind of work."""
AUTO = "auto"


@dataclass(frozen=True)
class Price:
    """US dollars. minute: of audio; tokens_in, tokens_out: a million tokens."""

    minute: float = 0.0
    tokens_in: float = 0.0
    tokens_out: float = 0.0


@dataclass(frozen=True)
class Service:
    """One kind of work that a provider does.

    factory: dotted path of what is called with `Resources` and gives a Recogniser (for speech) or a Writer. Only a
    worker whose settings choose it imports it, because clients and models take seconds to load.
    model_setting: the setting that names the model; '' where there is none to choose.
    """

    factory: str
    model_setting: str = ""


@dataclass(frozen=True)
class Provider:
    """name: as SPEECH_PROVIDER and WRITER_PROVIDER say it; label: as people know it.

    services: the kinds of work it does. configured_by: the settings any of which makes "auto" choose it; without
    them it needs nothing and costs nothing. key_setting, address_setting: what messages ask an administrator to
    check. prices: of models, by the beginning of their names.
    """

    name: str
    label: str
    services: Mapping[Kind, Service]
    configured_by: tuple[str, ...] = ()
    key_setting: str = ""
    address_setting: str = ""
    prices: Mapping[str, Price] = field(default_factory=dict)

    @property
    def is_configured(self) -> bool:
        """Do the settings hold what it needs?"""
        return not self.configured_by or any(getattr(settings, name) for name in self.configured_by)


OPENAI = Provider(
    name="openai",
    label="OpenAI",
    services={
        "speech": Service("modules.ai.openai.factories.speech", "OPENAI_TRANSCRIBE_MODEL"),
        "writer": Service("modules.ai.openai.factories.writer", "OPENAI_MODEL"),
    },
    configured_by=("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    key_setting="OPENAI_API_KEY",
    address_setting="OPENAI_BASE_URL",
    # November 2026. A model that is not listed (your own server's) counts as free.
    prices={"gpt-transcribe": Price(minute=0.0045), "gpt-6-luna": Price(tokens_in=0.10, tokens_out=0.50)},
)
LOCAL = Provider(
    name="local",
    label="This machine",
    services={
        "speech": Service("modules.ai.local.speech", "WHISPER_MODEL"),
        "writer": Service("modules.ai.local.writer"),
    },
)
PROVIDERS = (OPENAI, LOCAL)
"""In the order in which "auto" looks at them. LOCAL is the last, because it needs nothing and would hide the others."""
PRICES = {model: price for provider in PROVIDERS for model, price in provider.prices.items()}


def provider_for(kind: Kind) -> Provider:
    """Who does this kind of work: the one that the setting names; for "auto", the first that is configured.

    A name that no provider of this kind has means the local one; the system check names it.
    """
    choice = getattr(settings, SETTING_FOR[kind])
    for provider in PROVIDERS:
        if kind in provider.services and (choice == provider.name or (choice == AUTO and provider.is_configured)):
            return provider
    return LOCAL


def choices(kind: Kind) -> tuple[str, ...]:
    """What the setting for this kind of work may say."""
    return (AUTO, *(provider.name for provider in PROVIDERS if kind in provider.services))


def known_prices() -> dict[str, Price]:
    """Those of the table, and those of AI_PRICES, which win."""
    return PRICES | {model: Price(**price) for model, price in settings.AI_PRICES.items()}
