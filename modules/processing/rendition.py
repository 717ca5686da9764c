"""A copy that every browser plays, of a video that some do not. It never delays `ready`."""

from __future__ import annotations

import logging
import uuid

from django.db import transaction

from modules import media
from modules.models import Rendition, stages
from modules.pipeline.types import progress_part
from modules.storage.files import is_local, local_copy, store

from .attempt import Attempt, attempt_row

logger = logging.getLogger(__name__)


def render(pk: str, *, worker: str = "", disposable: bool = True) -> bool:
    """Make the queued rendition of module `pk`; see `attempt_row`. True: this run made it."""
    rows = Rendition.objects.select_related("module__upload")
    return attempt_row(rows, uuid.UUID(pk), make, worker=worker, disposable=disposable) is not None


def make(attempt: Attempt) -> None:
    """Copy what suits, encode what does not, and name the result in the row."""
    module = attempt.module
    with attempt.stage(stages.RENDITION, module.duration) as report_progress:
        # With a local storage there is nothing to fetch.
        fetched = 0.0 if is_local() else 0.1
        source = local_copy(module, attempt.folder, progress_part(report_progress, 0.0, fetched))
        made = attempt.folder / "rendition.mp4"
        media.make_rendition(source, module.container, made, progress_part(report_progress, fetched, 1.0))
        name = store(made, f"{module.folder}/{uuid.uuid4().hex}.mp4")
        size = made.stat().st_size
        with transaction.atomic():
            attempt.finish(stages.RENDITION, fields={"file": name}, media_seconds=module.duration or 0, bytes=size)
    logger.info("🎞️ [%s] Rendition ready", module.pk)
