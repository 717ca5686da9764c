"""The training page, and sharing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from modules.models import Cue, Module, Question, Rendition, Status, Step, Visibility
from modules.pipeline.languages import text_direction

from .access import for_editors, for_viewers, may_edit


@dataclass(frozen=True)
class Shown:
    """A step on the page. number: from 1; cues: what was said in it; time: where it starts, as ?t= takes it."""

    number: int
    step: Step
    cues: list[Cue]


@dataclass(frozen=True)
class Asked:
    """A question on the page. number: from 1; cue: the first that proves the answer, None where it is gone."""

    number: int
    question: Question
    cue: Cue | None

    @property
    def answer(self) -> str:
        return self.question.options[self.question.right]


@require_GET
@never_cache
@for_viewers()
def training(request: HttpRequest, module: Module) -> HttpResponse:
    """The training. Without a result there is only the processing page. ?t=: seconds to start at."""
    if module.published_at is None:
        return redirect("modules:processing", module.pk)
    return render(request, "modules/training.html", training_context(request, module))


def training_context(request: HttpRequest, module: Module) -> dict[str, Any]:
    """What the page shows, in a fixed number of queries."""
    transcript = module.transcripts.first()
    cues = list(transcript.cues.all()) if transcript else []
    by_number = {cue.number: cue for cue in cues}
    steps = [
        Shown(number, step, [by_number[cue] for cue in step.cues if cue in by_number])
        for number, step in enumerate(module.steps.shown(), start=1)
    ]
    quiz = [
        Asked(number, question, next((by_number[cue] for cue in question.cues if cue in by_number), None))
        for number, question in enumerate(module.questions.all(), start=1)
    ]
    language = (transcript.language if transcript else "") or module.language
    rendition = Rendition.objects.filter(module=module).first()
    return {
        "module": module,
        "steps": steps,
        "cues": cues,
        "quiz": quiz,
        "transcript": transcript,
        "language": language,
        "direction": text_direction(language) if language else "",
        "playable": rendition is None or rendition.status == Status.READY,
        "rendition": rendition,
        "start_at": start_at(request, module),
        "can_edit": may_edit(request, module),
        "link": request.build_absolute_uri(f"{module.get_absolute_url()}?key={module.link_key}"),
        "visibilities": Visibility.choices,
    }


def start_at(request: HttpRequest, module: Module) -> float | None:
    """Seconds asked for with ?t=, if the video has them."""
    try:
        seconds = float(request.GET.get("t", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < (module.duration or 0) else None


@require_POST
@for_editors(back_to="modules:training")
def share(request: HttpRequest, module: Module) -> HttpResponse:
    """Who may see it. A link that is switched off stays off: a later one has a new key."""
    visibility = request.POST.get("visibility", "")
    if visibility in Visibility.values:
        Module.objects.share(module.pk, visibility)
        messages.success(request, _("Sharing saved: {who}.").format(who=Visibility(visibility).label))
    return redirect("modules:training", module.pk)
