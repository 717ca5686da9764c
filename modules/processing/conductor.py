"""★ Start here: carries one module through the stages.

`process(pk)` is what runs in an RQ work-horse, in a child of the local worker, and in `manage.py process_video`.
Each stage looks first for output saved under the hash of what it would be made from, and saves its own.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Sum
from pydantic import TypeAdapter

from modules import media
from modules.ai import providers
from modules.ai.providers import Providers
from modules.models import AICall, LeaseLost, Module, stages
from modules.pipeline import still_selection
from modules.pipeline.steps import normalize_steps
from modules.pipeline.types import (
    Draft,
    Enhanced,
    Material,
    Probe,
    ProviderError,
    ReportProgress,
    Scene,
    Still,
    Writer,
    progress_part,
)
from modules.storage.checksum import sha256
from modules.storage.files import local_copy, read, store

from . import publish
from .answer_cache import SavedAnswers
from .attempt import Attempt, MovedToOtherQueue, attempt_row
from .background import run_in_background
from .frames import FrameGrabber
from .transcribe import listen

logger = logging.getLogger(__name__)

PROBE = TypeAdapter(Probe)
SCENES = TypeAdapter(tuple[Scene, ...])
DRAFTS = TypeAdapter(tuple[Draft, ...])
ENHANCED = TypeAdapter(Enhanced)


def process(pk: str, *, worker: str = "", disposable: bool = True) -> bool:
    """Take a queued module through all stages; see `attempt_row`. True: this run made it ready."""
    rows = Module.objects.select_related("upload")
    attempt = attempt_row(rows, uuid.UUID(pk), make_ready, worker=worker, disposable=disposable)
    if attempt is None:
        return False
    # This waits for the run's end, because a finished run holds no lease, and its heartbeat would cut this short.
    publish.delete_unused_stills(attempt.module)
    return True


def make_ready(attempt: Attempt) -> None:
    """All stages of a claimed module, with the AI that settings choose."""
    logger.info("🧠 [%s] AI processing started", attempt.module.pk)
    with providers_for(attempt) as ai:
        run_stages(attempt, ai)
    logger.info("✅ [%s] Processing complete!", attempt.module.pk)


def providers_for(attempt: Attempt) -> AbstractContextManager[Providers]:
    """The AI that settings choose, with what this module has paid for before."""
    spent = AICall.objects.filter(module=attempt.module).aggregate(cost=Sum("cost"))["cost"] or 0.0
    answers = SavedAnswers(attempt)
    return providers.chosen(spent=spent, answers=answers, picture=_small_picture, encode=media.encode_audio)


def _small_picture(still: Still) -> bytes:
    return media.shrink_jpeg(read(still.path))


def run_stages(attempt: Attempt, ai: Providers) -> None:
    """The stages, one a line."""
    attempt.ledger = ai.ledger
    path = fetch(attempt)
    found = check(attempt, path)
    move_if_long(attempt, found)
    material, origin, frames = analyse(attempt, path, found, ai)
    with run_in_background(attempt, frames.complete) as pictures:
        drafts = extract(attempt, material, ai)
        better = enhance(attempt, drafts, material, ai)
        finalize(attempt, material, origin, better, pictures)


def fetch(attempt: Attempt) -> Path:
    """A path to read the video from, and its hash."""
    with attempt.stage(stages.FETCH) as report_progress:
        path = local_copy(attempt.module, attempt.folder, progress_part(report_progress, 0, 0.5))
        upload = attempt.module.upload
        if not upload.sha256:
            upload.sha256 = sha256(path, progress_part(report_progress, 0.5, 0.8))
            publish.save_checksum(attempt, upload.sha256)
    return path


def check(attempt: Attempt, path: Path) -> Probe:
    """What the file holds, and its poster. Raises MediaError: only here, and in finalize, can a module fail."""
    module = attempt.module
    key = attempt.key("probe", module.upload.sha256)
    with attempt.stage(stages.PROBE) as report_progress:
        saved = attempt.saved(stages.PROBE, key)
        if saved is None:
            limits: dict[str, Any] = settings.VIDEO_LIMITS
            found = media.probe(path, module.container, **limits)
            picture = media.poster(path, module.container, attempt.folder / "poster.jpg", found.duration)
            publish.save_probe(attempt, found, store(Path(picture.path), f"{module.folder}/poster.jpg"))
            attempt.save(stages.PROBE, key, PROBE.dump_python(found, mode="json"), bytes=found.size)
        else:
            found = PROBE.validate_python(saved)
        report_progress(1.0)
    if found.damaged:
        attempt.notice("damaged", seconds=round(found.duration))
    if not found.playable:
        publish.request_rendition(attempt)
    return found


def move_if_long(attempt: Attempt, found: Probe) -> None:
    """A long video goes on in its own queue, so that short ones do not wait behind it."""
    module = attempt.module
    if module.queue == settings.DEFAULT_QUEUE and found.duration > settings.LONG_VIDEO_MINUTES * 60:
        if not Module.objects.move(module.pk, attempt.lease_token, settings.LONG_QUEUE):
            raise LeaseLost
        raise MovedToOtherQueue


def analyse(attempt: Attempt, path: Path, found: Probe, ai: Providers) -> tuple[Material, str, FrameGrabber]:
    """What is said and where the picture changes, side by side; then the pictures that the writer wants to see.

    Gives with them the origin of the cues, and the frames from which the other pictures come.
    """
    module = attempt.module
    with attempt.stage(stages.SPEECH, found.duration) as report_progress:
        with run_in_background(attempt, partial(_scenes, attempt, path, found)) as seen:
            cues, origin = listen(attempt, path, found, ai, progress_part(report_progress, 0.05, 0.6))
            scenes = seen.result()
        times = still_selection.candidates(found.duration, cues, scenes)
        frames = FrameGrabber(attempt, path, times)
        wanted = still_selection.thinned(range(len(times)), ai.writers[0].pictures(cues))
        shown = frames.take(wanted, progress_part(report_progress, 0.6, 1.0))
    return Material(module.title, module.language, found.duration, cues, scenes, shown), origin, frames


def _scenes(attempt: Attempt, path: Path, found: Probe, report_progress: ReportProgress) -> tuple[Scene, ...]:
    """Changes of picture."""
    key = attempt.key("scenes", attempt.module.upload.sha256)
    saved = attempt.saved(stages.STILLS, key)
    if saved is not None:
        return SCENES.validate_python(saved)
    scenes = media.scenes(path, attempt.module.container, found.duration, report_progress)
    attempt.save(stages.STILLS, key, SCENES.dump_python(scenes, mode="json"), media_seconds=found.duration)
    return scenes


def extract(attempt: Attempt, material: Material, ai: Providers) -> tuple[Draft, ...]:
    """Draft steps, checked and mended: no step outside the video, none that overlap."""

    def draft(writer: Writer, report_progress: ReportProgress) -> list[dict[str, Any]]:
        return DRAFTS.dump_python(normalize_steps(writer.draft_steps(material, report_progress), material), mode="json")

    with attempt.stage(stages.STEPS) as report_progress:
        made_from = _made_from(material)
        covered = material.duration
        drafts, writer = first_that_can(attempt, stages.STEPS, ai.writers, made_from, draft, report_progress, covered)
    if not material.cues and writer is ai.writers[-1]:
        attempt.notice("visual_steps")
    return DRAFTS.validate_python(drafts)


def enhance(attempt: Attempt, drafts: tuple[Draft, ...], material: Material, ai: Providers) -> Enhanced:
    """The drafts in better words. Where that cannot be done, the local writer tidies them."""

    def improve(writer: Writer, report_progress: ReportProgress) -> dict[str, Any]:
        return ENHANCED.dump_python(writer.enhance(drafts, material, report_progress), mode="json")

    with attempt.stage(stages.ENHANCE) as report_progress:
        made_from = [DRAFTS.dump_python(drafts, mode="json"), _made_from(material)]
        covered = material.duration
        better, _ = first_that_can(attempt, stages.ENHANCE, ai.writers, made_from, improve, report_progress, covered)
    return ENHANCED.validate_python(better)


def first_that_can(
    attempt: Attempt,
    stage: stages.Stage,
    writers: Sequence[Writer],
    made_from: list[Any],
    work: Callable[[Writer, ReportProgress], Any],
    report_progress: ReportProgress,
    media_seconds: float,
) -> tuple[Any, Writer]:
    """What the first writer that can made, now or in an earlier run; and which it was. The last one always can.

    media_seconds: how much video it covers, without which the estimate of time left would leave this stage out.
    """
    for writer in writers:
        key = attempt.key(stage, made_from, writer.name, attempt.module.steps_round)
        output = attempt.saved(stage, key)
        if output is not None:
            return output, writer
        try:
            output = work(writer, report_progress)
        except ProviderError as error:
            attempt.handle_provider_error(error)
            continue
        attempt.save(stage, key, output, provider=writer.name, media_seconds=media_seconds)
        return output, writer
    raise AssertionError("the local writer needs nobody")


def finalize(
    attempt: Attempt, material: Material, origin: str, better: Enhanced, pictures: Future[tuple[Still, ...]]
) -> None:
    """Each step gets its picture; then everything into place, in one transaction with `ready` and 100 %."""
    with attempt.stage(stages.FINALIZE, material.duration) as report_progress:
        taken = pictures.result()
        report_progress(0.5)
        illustrated = replace(better, steps=still_selection.illustrate(better.steps, taken))
        publish.publish(attempt, replace(material, stills=taken), origin, illustrated)


def _made_from(material: Material) -> list:
    """What of the material a writer's result depends on."""
    return [
        material.title,
        material.language,
        [(cue.start, cue.end, cue.text) for cue in material.cues],
        [scene.time for scene in material.scenes],
        [still.time for still in material.stills],
    ]
