"""The status of a module as JSON, for programs."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET

from modules import messages
from modules.models import Module, Status, database_clock
from modules.processing import eta
from trainingsite.http import error_json

from .progress import queue_position


@require_GET
def status_json(request: HttpRequest, pk: str) -> HttpResponse:
    """How far the module is; its steps, once there are any. 401 signed out, 404 unknown or somebody else's."""
    if not request.user.is_authenticated:
        return error_json("signed_out", messages.message_for("signed_out"), 401)
    key = as_uuid(pk)
    module = Module.objects.visible_to(request.user).filter(pk=key).first() if key else None
    if module is None:
        return error_json("not_found", messages.message_for("not_found"), 404)
    facts = describe(module)
    # Weak: time left is not part of it, else every answer would be news.
    etag = f'W/"{module.version}-{_digest({**facts, "etaSeconds": None})}"'
    answer = JsonResponse(facts, headers={"ETag": etag, "Cache-Control": "private, no-cache"})
    return get_conditional_response(request, etag=etag, response=answer) or answer


def as_uuid(text: str) -> uuid.UUID | None:
    """The id, or None where the text is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def describe(module: Module) -> dict[str, Any]:
    """What the status JSON says. Times in seconds; steps and quiz only once there is a result."""
    queued = module.status == Status.QUEUED
    message = module.message or {"code": "queued" if queued else "preparing"}
    published = module.published_at is not None
    return {
        "moduleId": str(module.pk),
        "status": Status.PROCESSING if module.in_work else module.status,
        "stage": "queued" if queued else module.stage,
        "progress": module.progress,
        "message": "" if module.error else _say(message if module.in_work else {"code": module.status}),
        "etaSeconds": eta.seconds_left(module, database_clock()),
        "queuePosition": queue_position(module),
        "attempts": module.attempts,
        "notices": [{"code": notice["code"], "message": _say(notice)} for notice in module.notices],
        "error": _say(module.error) if module.error else None,
        "errorCode": module.error["code"] if module.error else None,
        "title": module.title,
        "description": module.description,
        "totalDuration": module.duration,
        "steps": _steps(module) if published else [],
        "summary": module.summary if published else "",
        "tags": module.tags if published else [],
        "goals": module.goals if published else [],
        "quiz": _quiz(module) if published else [],
        "trainingUrl": reverse("modules:training", args=[module.pk]),
        "version": module.version,
    }


def _steps(module: Module) -> list[dict[str, Any]]:
    return [
        {
            "id": str(step.pk),
            "order": order,
            "kind": step.kind,
            "title": step.title,
            "text": step.text,
            "start": step.start,
            "end": step.end,
            "screenshot": reverse("modules:still", args=[module.pk, step.pk]) if step.still else None,
            "cues": step.cues,
            "asides": step.asides,
        }
        for order, step in enumerate(module.steps.shown(), start=1)
    ]


def _quiz(module: Module) -> list[dict[str, Any]]:
    return [dict(one) for one in module.questions.values("text", "options", "right", "explanation", "cues")]


def _say(code: dict[str, Any]) -> str:
    return messages.message_for(code["code"], code.get("params"))


def _digest(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
