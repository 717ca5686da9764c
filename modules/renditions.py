"""A copy that every browser plays, of a video that some do not. It never delays `ready`."""

from __future__ import annotations

import logging
import shutil
import time
import traceback
import uuid
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from . import jobs, media
from .heartbeat import Heartbeat
from .models import Module, Rendition, StageRun, Status, Superseded, bury, database_clock
from .pipeline.types import MediaError, no_tick
from .storage import delete_folder, local_copy, store

logger = logging.getLogger(__name__)


def render(pk: str, *, worker: str = "", disposable: bool = True) -> bool:
    """Make the rendition of module `pk`, if it is there for the taking. True: this run made it."""
    worker = worker or jobs.worker_name()
    run = Rendition.objects.claim(pk, database_clock(), worker)
    rendition = Rendition.objects.select_related("module").filter(pk=pk, run=run).first() if run else None
    if rendition is None:
        return False
    folder = Path(settings.WORK_DIR) / f"rendition-{run}"
    folder.mkdir(parents=True)

    def last_words(reason: str) -> None:
        shutil.rmtree(folder, ignore_errors=True)

    try:
        with Heartbeat(lambda: Rendition.objects.beat(pk, run), last_words, disposable=disposable) as heart:
            heart.give(3600 + 10 * (rendition.module.duration or 0))
            _make(rendition, run, folder, heart)
        return True
    except Superseded:
        logger.info("⏹️ [%s] Rendition stopped", pk)
        if not Module.objects.filter(pk=pk).exists():
            delete_folder(rendition.module.folder)
    except MediaError as error:
        Rendition.objects.fail(rendition.pk, run, error.code, **error.params)
        logger.info("❌ [%s] Rendition: %s", pk, error)
    except OSError as error:
        # A full disk or a storage that is away: again later.
        bury(
            rendition,
            at=database_clock(),
            outcome=StageRun.Outcome.FAILED,
            code="internal",
            delay=timedelta(seconds=30),
            traceback="".join(traceback.format_exception(error)),
        )
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return False


def _make(rendition: Rendition, run: str, folder: Path, heart: Heartbeat) -> None:
    module = rendition.module
    began = time.monotonic()
    reported = -1

    def tick(done: float, code: str | None = None, /, **params: object) -> None:
        nonlocal reported
        if heart.over:
            raise Superseded
        if (percent := int(done * 99)) > reported:
            reported = percent
            Rendition.objects.held(rendition.pk, run).update(progress=percent)

    source = local_copy(module, folder, no_tick)
    made = folder / "rendition.mp4"
    media.make_rendition(source, module.container, made, tick)
    size = made.stat().st_size
    name = store(made, f"{module.folder}/{uuid.uuid4().hex}.mp4")
    with transaction.atomic():
        Rendition.objects.fence(rendition.pk, run)
        Rendition.objects.filter(pk=rendition.pk).update(
            status=Status.READY, run="", worker="", heartbeat_at=None, progress=100, file=name, error=None
        )
        StageRun.objects.create(
            module=module,
            run=run,
            stage="rendition",
            outcome=StageRun.Outcome.DONE,
            seconds=time.monotonic() - began,
            media_seconds=module.duration or 0,
            bytes=size,
        )
    logger.info("🎞️ [%s] Rendition ready", module.pk)
