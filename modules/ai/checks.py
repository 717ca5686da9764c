"""System checks of the settings for AI: each names the mistake, and the cure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from .registry import PRICES, PROVIDERS, SETTING_FOR, Price, choices, provider_for


def check_providers(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """All of them; `modules.apps` registers it."""
    return [*unknown_choices(), *missing_keys(), *wrong_prices(), *unknown_prices()]


def unknown_choices() -> Iterator[CheckMessage]:
    for kind, name in SETTING_FOR.items():
        if (value := getattr(settings, name)) not in choices(kind):
            hint = f"Set it to one of: {', '.join(choices(kind))}."
            yield Error(f"{name} is “{value}”.", hint=hint, id="trainingsite.E001")


def missing_keys() -> Iterator[CheckMessage]:
    for kind, name in SETTING_FOR.items():
        provider = provider_for(kind)
        if not provider.is_configured:
            address = provider.address_setting if provider.address_setting in provider.configured_by else ""
            keyless = f" (or {address} of a server without keys)" if address else ""
            yield Error(
                f"{name} is “{provider.name}”, but there is no key.",
                hint=f"Set {provider.key_setting}{keyless}, or set it to “auto”.",
                id="trainingsite.E004",
            )


def wrong_prices() -> Iterator[CheckMessage]:
    """A worker could not read these, and would fail each module that calls for AI."""
    names = {one.name for one in fields(Price)}
    for model, price in settings.AI_PRICES.items():
        if not isinstance(price, dict) or not price.keys() <= names:
            yield Error(
                f"AI_PRICES has no price that can be read for “{model}”: {price}.",
                hint=f"A price names some of these, in US dollars: {', '.join(sorted(names))}.",
                id="trainingsite.E008",
            )


def unknown_prices() -> Iterator[CheckMessage]:
    """The limit on costs holds only for models whose price is known."""
    if not settings.AI_MAX_COST_PER_MODULE:
        return
    paid = [service for provider in PROVIDERS if provider.configured_by for service in provider.services.values()]
    for name in [service.model_setting for service in paid if service.model_setting]:
        model = getattr(settings, name)
        if not any(model.startswith(known) for known in (*PRICES, *settings.AI_PRICES)):
            yield Warning(
                f"AI_MAX_COST_PER_MODULE is set, but nobody knows what “{model}” ({name}) costs.",
                hint='Add it to AI_PRICES, as {"model": {"tokens_in": 0.1, "tokens_out": 0.5}}; it counts as free now.',
                id="trainingsite.W002",
            )
