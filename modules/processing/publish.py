"""What a run writes into the module's rows. Every transaction begins with the fence."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Sequence
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from modules import jobs
from modules.models import (
    Cue,
    LeaseLost,
    Module,
    Question,
    Rendition,
    SearchEntry,
    StageRun,
    Status,
    Step,
    Transcript,
    database_clock,
    stages,
)
from modules.pipeline.types import Draft, Enhanced, Material, Probe
from modules.pipeline.types import Question as QuizQuestion
from modules.storage.files import STORE_ERRORS, ask
from trainingsite.database_errors import DATABASE_ERRORS

from .attempt import Attempt
from .merge import merge

logger = logging.getLogger(__name__)

SHOWN_NOTICES = 20

TIDY_ERRORS: tuple[type[Exception], ...] = (OSError, *STORE_ERRORS, *DATABASE_ERRORS)

TIDY_SECONDS = 60  # that a worker spends on removing files after a module is ready


def save_probe(attempt: Attempt, found: Probe, poster: str) -> None:
    """Write what the probe found."""
    _update(
        attempt,
        duration=found.duration,
        width=found.width,
        height=found.height,
        video_codec=found.video_codec,
        audio_codec=found.audio_codec or "",
        poster=poster,
    )


def save_checksum(attempt: Attempt, sha256: str) -> None:
    """Write the hash of the whole file. Raises LeaseLost: the module may be deleted while a large file is read."""
    with transaction.atomic():
        Module.objects.fence(attempt.module.pk, attempt.lease_token)
        type(attempt.module.upload).objects.filter(module=attempt.module).update(sha256=sha256)


def set_language(attempt: Attempt, language: str) -> None:
    """Write the language that was found, unless one is known."""
    if language and not attempt.module.language:
        attempt.module.language = language
        _update(attempt, language=language)


def request_rendition(attempt: Attempt) -> None:
    """See to it that a copy that every browser plays is made, in a job of its own; one that failed, once more."""
    with transaction.atomic():
        Module.objects.fence(attempt.module.pk, attempt.lease_token)
        rendition, made = Rendition.objects.get_or_create(module=attempt.module)
        failed = Rendition.objects.filter(pk=rendition.pk, status=Status.FAILED)
        # A run of the same request that goes on where another died asks for nothing.
        again = attempt.module.attempts == 0 and failed.reset_to_queued(database_clock(), progress=0)
    if made or again:
        jobs.enqueue(rendition)


def _update(attempt: Attempt, **fields: object) -> None:
    if not Module.objects.held(attempt.module.pk, attempt.lease_token).update(**fields):
        raise LeaseLost


def publish(attempt: Attempt, material: Material, origin: str, better: Enhanced) -> None:
    """The result replaces the old one, and the module is ready: one transaction. Raises LeaseLost."""
    module = attempt.module
    with transaction.atomic():
        Module.objects.fence(module.pk, attempt.lease_token)
        same_cues = _write_transcript(module, material, origin)
        _write_steps(module, better, material, same_cues=same_cues)
        finish_module(attempt, better, material)


def finish_module(attempt: Attempt, better: Enhanced, material: Material) -> None:
    """The row's own part of the result."""
    notices = [{"code": one.code, "params": dict(one.params)} for one in (*attempt.notices, *better.notices)]
    fields = {
        "message": {"code": "ready"},
        "notices": notices[:SHOWN_NOTICES],
        "summary": better.summary,
        "tags": list(better.tags),
        "goals": list(better.goals),
        "published_at": timezone.now(),
    }
    SearchEntry.objects.refresh(attempt.module.pk)
    attempt.finish(stages.FINALIZE, fields=fields, media_seconds=material.duration)


def _write_transcript(module: Module, material: Material, origin: str) -> bool:
    """Keep the transcript that says the same, else write a new one. True: the cue numbers mean the same as before."""
    new = [(cue.number, cue.start, cue.end, cue.text) for cue in material.cues]
    current = module.transcripts.first()
    old = list(current.cues.values_list("number", "start", "end", "text")) if current else []
    if new == old:
        return True
    module.transcripts.all().delete()
    if new:
        transcript = Transcript.objects.create(module=module, language=material.language, origin=origin)
        Cue.objects.bulk_create(
            [Cue(transcript=transcript, number=n, start=start, end=end, text=text) for n, start, end, text in new],
            batch_size=500,
        )
    return False


def _write_steps(module: Module, better: Enhanced, material: Material, *, same_cues: bool) -> None:
    """The new steps, merged with what people did to the old ones, in order of time; and the quiz about them."""
    names = {still.time: still.path for still in material.stills}
    new = {draft.id: _step(module, draft, names) for draft in better.steps}
    for aside in better.asides:
        new[aside.step].asides.append({"kind": aside.kind, "text": aside.text, "cues": list(aside.cues)})
    # Locked: an edit that comes in meanwhile waits, and is made to the new steps.
    old = list(module.steps.select_for_update())
    steps, gone = merge(old, list(new.values()), material.cues, same_cues=same_cues)
    Step.objects.filter(pk__in=[step.pk for step in gone]).delete()
    for order, step in enumerate(steps, start=1):
        step.order = order
        step.save()
    _write_quiz(module, better.quiz)


def _step(module: Module, draft: Draft, names: dict[float, str]) -> Step:
    step = Step(
        id=uuid.uuid4(),
        module=module,
        kind=draft.kind,
        title=draft.title[:200],
        text=draft.text,
        start=round(draft.start, 3),
        end=round(draft.end, 3),
        still=names.get(draft.still, "") if draft.still is not None else "",
        cues=list(draft.cues),
    )
    step.machine = {name: getattr(step, name) for name in Step.EDITABLE}
    return step


def _write_quiz(module: Module, quiz: Sequence[QuizQuestion]) -> None:
    module.questions.all().delete()
    Question.objects.bulk_create(
        Question(
            module=module,
            order=order,
            text=one.text,
            options=list(one.options),
            right=one.right,
            explanation=one.explanation,
            cues=list(one.cues),
        )
        for order, one in enumerate(quiz, start=1)
    )


def delete_unused_stills(module: Module) -> None:
    """Pictures taken for an older result, under other names, are of no use now.

    The module is ready already: where the storage or the database fails, `prune_storage` removes them another day.
    """
    try:
        _delete_unused_stills(module, until=time.monotonic() + TIDY_SECONDS)
    except TIDY_ERRORS as error:
        logger.warning("[%s] Unused pictures are left for prune_storage: %s", module.pk, error)


def _delete_unused_stills(module: Module, until: float) -> None:
    folder = f"{module.folder}/stills"
    try:
        names = [f"{folder}/{name}" for name in ask(partial(default_storage.listdir, folder))[1]]
    except FileNotFoundError:
        return
    # Asked after the listing: what a new run stores is not in it.
    if not Module.objects.filter(pk=module.pk, status=Status.READY).exists():
        return
    used = StageRun.objects.forget_old_pictures(module)
    used.update(module.steps.values_list("still", flat=True))
    for name in names:
        if name not in used and time.monotonic() < until:
            ask(partial(default_storage.delete, name))
