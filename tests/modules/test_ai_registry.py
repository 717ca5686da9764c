"""Each provider's entry is whole, "auto" means one thing everywhere, and what is not chosen is not loaded."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils.module_loading import import_string

from modules.ai import registry
from modules.ai.checks import check_providers
from modules.ai.ledger import Ledger
from modules.ai.openai import OpenAISpeech, OpenAIWriter
from modules.ai.providers import Recogniser, chosen
from modules.ai.registry import LOCAL, OPENAI, PROVIDERS, SETTING_FOR, Price, Provider, Service, choices, provider_for
from modules.ai.resources import Resources
from modules.ai.rules import LocalWriter
from modules.ai.whisper import LocalWhisper
from modules.messages import message_for
from modules.pipeline.types import Speech, Writer
from trainingsite import settings as product

ROOT = Path(__file__).resolve().parents[2]
PROTOCOLS = {"speech": (Speech, Recogniser), "writer": (Writer,)}


def missing(provider: Provider) -> list[str]:
    """What a provider's entry lacks, as sentences."""
    return [*missing_settings(provider), *missing_prices(provider), *missing_services(provider)]


def missing_settings(provider: Provider) -> Iterator[str]:
    models = [service.model_setting for service in provider.services.values()]
    for name in (*provider.configured_by, provider.key_setting, provider.address_setting, *models):
        if name and not hasattr(product, name):
            yield f"trainingsite/settings.py has no {name}."
    if provider.configured_by and provider.key_setting not in provider.configured_by:
        yield "key_setting, which the checks tell people to set, is not in configured_by."


def missing_prices(provider: Provider) -> Iterator[str]:
    if not provider.configured_by:
        return  # It runs on this machine.
    for service in provider.services.values():
        model = getattr(product, service.model_setting, "")
        if model and not any(model.startswith(known) for known in provider.prices):
            yield f"There is no price for {model}, the default of {service.model_setting}."


def missing_services(provider: Provider) -> Iterator[str]:
    for kind, service in provider.services.items():
        if provider.name not in choices(kind):
            yield f"{SETTING_FOR[kind]} does not offer {provider.name}."
        try:
            make = import_string(service.factory)
        except ImportError as error:
            yield f"{service.factory} cannot be imported: {error}"
            continue
        with ExitStack() as stack:
            yield from missing_methods(make(resources(stack)), kind, service.factory)


def missing_methods(made: Any, kind: str, factory: str) -> Iterator[str]:
    for protocol in PROTOCOLS[kind]:
        for name in sorted({*vars(protocol), *inspect.get_annotations(protocol)}):
            if name.startswith("_") and name not in ("__enter__", "__exit__"):
                continue
            if not hasattr(made, name):
                yield f"What {factory} makes has no {name}."
            elif name in vars(protocol):
                lacking = parameters(vars(protocol)[name]) - parameters(getattr(type(made), name))
                yield from (f"{name} of what {factory} makes does not take {one}." for one in sorted(lacking))


def parameters(method: Any) -> set[str]:
    return set(inspect.signature(method).parameters) - {"self"}


def resources(stack: ExitStack) -> Resources:
    return Resources(Ledger(), {}, lambda still: b"", lambda samples: b"", stack)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_an_entry_is_whole(provider: Provider):
    assert missing(provider) == []


class Deaf:
    """A recogniser that somebody forgot to finish."""

    name = "deaf"

    def __init__(self, resources: Resources) -> None: ...

    def transcribe(self, windows: Any) -> None: ...


SPEECH = OPENAI.services["speech"]
DAMAGED = {
    "a factory that is not there": (
        {"services": {"speech": replace(SPEECH, factory="modules.ai.nowhere.speech")}},
        "modules.ai.nowhere.speech cannot be imported",
    ),
    "a class that lacks a method": (
        {"services": {"speech": replace(SPEECH, factory=f"{__name__}.Deaf")}},
        "has no __enter__",
    ),
    "a method that takes too little": (
        {"services": {"speech": replace(SPEECH, factory=f"{__name__}.Deaf")}},
        "does not take hints",
    ),
    "a key that settings lack": ({"configured_by": ("NO_KEY",), "key_setting": "NO_KEY"}, "has no NO_KEY"),
    "a model that settings lack": ({"services": {"speech": replace(SPEECH, model_setting="NO_MODEL")}}, "NO_MODEL"),
    "a key that does not switch it on": ({"configured_by": ("OPENAI_BASE_URL",)}, "not in configured_by"),
    "a price that is not there": ({"prices": {"gpt-6-luna": Price(tokens_in=1)}}, "no price for gpt-transcribe"),
    "a name that is not in the table": ({"name": "typo"}, "SPEECH_PROVIDER does not offer typo"),
}


@pytest.mark.parametrize(("damage", "said"), DAMAGED.values(), ids=DAMAGED)
def test_what_an_entry_lacks_is_said(damage: dict[str, Any], said: str):
    assert said in " ".join(missing(replace(OPENAI, **damage)))


def test_no_two_providers_share_a_name_or_a_model():
    names = [provider.name for provider in PROVIDERS]
    models = [model for provider in PROVIDERS for model in provider.prices]
    assert len(set(names)) == len(names) and len(set(models)) == len(models)
    assert PROVIDERS[-1] is LOCAL and LOCAL.services.keys() == SETTING_FOR.keys()


CHOSEN = [
    ("auto", {}, LOCAL),
    ("auto", {"OPENAI_API_KEY": "sk"}, OPENAI),
    ("auto", {"OPENAI_BASE_URL": "http://localhost:1/v1"}, OPENAI),
    ("local", {"OPENAI_API_KEY": "sk"}, LOCAL),
    ("openai", {}, OPENAI),
    ("nobody", {"OPENAI_API_KEY": "sk"}, LOCAL),
]


@pytest.mark.parametrize("kind", SETTING_FOR)
@pytest.mark.parametrize(("choice", "given", "provider"), CHOSEN)
def test_who_is_chosen(settings: Any, kind: Any, choice: str, given: dict[str, str], provider: Provider):
    for name, value in ({"OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""} | given | {SETTING_FOR[kind]: choice}).items():
        setattr(settings, name, value)
    assert provider_for(kind) is provider


@pytest.fixture
def speech_only(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """A provider that has a key, comes first, and does nothing but speech."""
    service = Service("modules.ai.local.speech", "WHISPER_MODEL")
    provider = Provider("ears", "Ears", {"speech": service}, ("EARS_API_KEY",), "EARS_API_KEY")
    monkeypatch.setattr(registry, "PROVIDERS", (provider, OPENAI, LOCAL))
    settings.EARS_API_KEY, settings.OPENAI_API_KEY = "key", "sk-test"
    return provider


def test_a_provider_is_chosen_only_for_what_it_does(speech_only: Provider, settings: Any):
    assert (provider_for("speech"), provider_for("writer")) == (speech_only, OPENAI)
    settings.EARS_API_KEY = ""
    assert provider_for("speech") is OPENAI


def test_the_checks_offer_each_provider_where_it_works_and_ask_for_its_key(speech_only: Provider, settings: Any):
    settings.SPEECH_PROVIDER, settings.WRITER_PROVIDER, settings.EARS_API_KEY = "ears", "ears", ""
    writer, key = check_providers()
    assert (writer.id, writer.hint) == ("trainingsite.E001", "Set it to one of: auto, openai, local.")
    assert (key.id, key.hint) == ("trainingsite.E004", "Set EARS_API_KEY, or set it to “auto”.")


@pytest.mark.parametrize(("choice", "first"), [("openai", [OpenAISpeech, OpenAIWriter]), ("local", [])])
def test_the_local_means_stand_behind_the_chosen(settings: Any, choice: str, first: list[type]):
    settings.SPEECH_PROVIDER = settings.WRITER_PROVIDER = choice
    settings.AI_MAX_COST_PER_MODULE, settings.AI_PRICES = 2.0, {"gpt-transcribe": {"minute": 1.0}}
    with chosen(spent=0.5, answers={}, picture=lambda still: b"", encode=lambda samples: b"") as ai:
        used = [type(one) for one in (*ai.recognisers, *ai.writers)]
    assert used == [*first[:1], LocalWhisper, *first[1:], LocalWriter]
    assert (ai.ledger.limit, ai.ledger.spent, ai.ledger.price("gpt-transcribe").minute) == (2.0, 0.5, 1.0)
    assert ai.ledger.price("gpt-6-luna").tokens_out > 0


def test_what_services_share_is_made_once_and_closed_with_the_attempt():
    class Connection:
        closed = False

        def __init__(self, resources: Resources) -> None: ...

        def close(self) -> None:
            self.closed = True

    with ExitStack() as stack:
        given = resources(stack)
        connection = given.shared(Connection)
        assert given.shared(Connection) is connection and not connection.closed
    assert connection.closed


KEY = {"OPENAI_API_KEY": "sk-test"}
LOADED = [
    ({}, False),
    (KEY, True),
    (KEY | {"SPEECH_PROVIDER": "local"}, True),
    (KEY | {"SPEECH_PROVIDER": "local", "WRITER_PROVIDER": "local"}, False),
]


def loaded(code: str, tmp_path: Path, env: dict[str, str]) -> set[str]:
    """The libraries for AI that a process of the product has loaded after this code."""
    heavy = ("av", "openai", "faster_whisper", "ctranslate2", "onnxruntime", "numpy")
    code = f"import sys, django; django.setup(); {code}; print(*(name for name in {heavy} if name in sys.modules))"
    product = {"DJANGO_SETTINGS_MODULE": "trainingsite.settings", "DEBUG": "true", "DATA_DIR": str(tmp_path)}
    own = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=own | product | env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize(("env", "expected"), LOADED)
def test_a_worker_loads_openai_only_where_settings_call_for_it(tmp_path: Path, env: dict[str, str], expected: bool):
    found = loaded("import modules.ai.providers", tmp_path, env)
    assert ("openai" in found) is expected
    assert "faster_whisper" in found  # before it forks


def test_to_check_the_settings_and_choose_a_provider_loads_no_library_for_ai(tmp_path: Path):
    code = (
        "from django.core.checks import run_checks; from trainingsite import health, urls; "
        "assert run_checks() == [] and health.ai().message == 'Speech: openai. Steps: openai.'"
    )
    assert loaded(code, tmp_path, KEY) == set()


SENTENCES = {
    "ai_key_refused": (
        {},
        {"key_setting": "OPENAI_API_KEY"},
        "The AI service refused our key, so this was made without it. "
        "Please ask your administrator to check OPENAI_API_KEY.",
    ),
    "ai_not_allowed": (
        {"model": "gpt-9"},
        {"key_setting": "OPENAI_API_KEY"},
        "Our key may not use the AI model gpt-9, so this was made without it. "
        "Please ask your administrator to check the rights of OPENAI_API_KEY.",
    ),
    "ai_quota": (
        {},
        {"key_setting": "OPENAI_API_KEY"},
        "The credit at the AI service is used up, so this was made without it. "
        "Please ask your administrator to top up the account of OPENAI_API_KEY.",
    ),
    "ai_address_wrong": (
        {},
        {"address_setting": "OPENAI_BASE_URL"},
        "There is no AI service at the address we have, so this was made without it. "
        "Please ask your administrator to check OPENAI_BASE_URL.",
    ),
}


@pytest.mark.parametrize(("code", "older", "added", "sentence"), [(code, *rest) for code, rest in SENTENCES.items()])
def test_a_sentence_names_the_setting_and_reads_as_before_in_rows_of_older_versions(
    code: str, older: dict[str, str], added: dict[str, str], sentence: str
):
    assert message_for(code, older) == message_for(code, older | added) == sentence
    assert "EARS" in message_for(code, older | dict.fromkeys(added, "EARS"))
