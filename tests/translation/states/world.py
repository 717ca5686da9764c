"""Pages in every state, with rows in Greek: a Latin letter on them is a word of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from modules.models import (
    Module,
    Question,
    Step,
    Transcript,
    Worker,
    database_clock,
)
from modules.models.content import Cue
from tests.modules.factories import make_user
from trainingsite.accounts.models import User

TITLE = "Αλλαγή φίλτρου"
FAILURE = {"code": "damaged_video", "params": {}}


class World:
    """One person, with all that they may see. staff: they administrate, too."""

    def __init__(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client = client
        self.monkeypatch = monkeypatch
        self.user = self.person("άννα")
        client.force_login(self.user)
        client.raise_request_exception = False

    def person(self, name: str, **fields: Any) -> User:
        return make_user(name, first_name="Άννα", last_name="Δέλτα", **fields)

    def staff(self) -> World:
        self.user = self.person("ρίζα", is_staff=True, is_superuser=True)
        self.client.force_login(self.user)
        return self

    def module(self, **fields: Any) -> Module:
        given = {"owner": self.user, "title": TITLE, "queue": "ουρά", "container": "", **fields}
        return Module.objects.create(**given)

    def listen(self) -> World:
        worker = {"kind": "local", "host": "κόμβος", "pid": 1, "queues": ["ουρά"]}
        Worker.objects.record_heartbeat("ε1", **worker)
        return self

    def at_work(self, **fields: Any) -> Module:
        now = database_clock()
        started = {"status": "processing", "lease_token": "τ", "claimed_at": now, "heartbeat_at": now, "progress": 31}
        return self.module(**started | fields)

    def published(self, **fields: Any) -> Module:
        ready = {
            "status": "ready",
            "published_at": database_clock(),
            "duration": 60.0,
            "summary": "Όλα.",
            "goals": ["Α"],
        }
        module = self.module(**ready | {"tags": ["φ"], "description": "", "poster": "π.jpg"} | fields)
        transcript = Transcript.objects.create(module=module, language="", origin="speech")
        Cue.objects.create(transcript=transcript, number=1, start=0, end=9, text="Γεια σας.")
        for order, kind in enumerate(Step.Kind.values, start=1):
            asides = [{"kind": aside, "text": "Προσοχή.", "cues": [1]} for aside in ("tip", "warning")]
            times = {"start": 10.0 * order - 10, "end": 10.0 * order}
            Step.objects.create(
                module=module,
                order=order,
                kind=kind,
                title="Βήμα",
                cues=[1],
                asides=asides,
                text="Κ",
                still="σ",
                **times,
            )
        return module

    def quiz(self, module: Module) -> Module:
        Question.objects.create(
            module=module, order=1, text="Τι;", options=["α", "β"], right=1, explanation="Ω", cues=[1]
        )
        return module

    def get(self, name: str, *args: Any, query: str = "", **headers: str) -> HttpResponseBase:
        return self.client.get(reverse(name, args=args) + query, headers=headers)

    def processing(self, module: Module) -> HttpResponseBase:
        return self.get("modules:processing", module.pk)

    def training(self, module: Module) -> HttpResponseBase:
        return self.get("modules:training", module.pk)


State = Callable[[World], HttpResponseBase]
STATES: dict[str, State] = {}
"""Every page in every state that changes what it says; each makes its rows and returns the answer."""


def state(view: State) -> State:
    STATES[view.__name__.replace("_", " ")] = view
    return view
