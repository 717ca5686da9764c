"""What a training says as text files, for players and for people: one function and one row of the table each."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from modules.models import Cue
from modules.pipeline import captions, types

from .access import visible_or_404
from .serve_files import guarded


@require_GET
def captions_vtt(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The newest transcript as WebVTT."""
    transcript = visible_or_404(request, pk).transcripts.first()
    cues = _cues(transcript.cues.all() if transcript else Cue.objects.none())
    return _text(captions.to_vtt(cues, transcript.language if transcript else ""), "text/vtt")


@require_GET
def chapters_vtt(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The steps as WebVTT chapters."""
    steps = visible_or_404(request, pk).steps.shown().values_list("start", "end", "title")
    return _text(captions.chapters_vtt(list(steps)), "text/vtt")


@require_GET
def transcript_txt(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The newest transcript as plain text."""
    module = visible_or_404(request, pk)
    transcript = module.transcripts.first()
    response = _text(captions.to_text(_cues(transcript.cues.all() if transcript else Cue.objects.none())), "text/plain")
    response["Content-Disposition"] = f'inline; filename="{slugify(module.title) or "transcript"}.txt"'
    return response


TEXT_FILES = (
    ("captions.vtt", captions_vtt, "captions"),
    ("chapters.vtt", chapters_vtt, "chapters"),
    ("transcript.txt", transcript_txt, "transcript"),
)
"""Each file: its name in the address, below the module's own; its view; and the name by which pages link to it."""

urlpatterns = [path(f"modules/<uuid:pk>/{file}", view, name=name) for file, view, name in TEXT_FILES]


def _cues(rows: QuerySet[Cue]) -> list[types.Cue]:
    return [types.Cue(*row) for row in rows.values_list("number", "start", "end", "text")]


def _text(body: str, content_type: str) -> HttpResponseBase:
    return guarded(HttpResponse(body, content_type=f"{content_type}; charset=utf-8"), "private, no-cache")
