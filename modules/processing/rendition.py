"""A copy that every browser plays, of a video that some do not. It never delays `ready`."""

from __future__ import annotations

import logging
import shutil
import time
import traceback
import uuid
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from modules import jobs, media
from modules.models import LeaseLost, Module, Rendition, StageRun, Status, database_clock, release_failed_run
from modules.pipeline.types import MediaError, share
from modules.storage.files import STORE_ERRORS, delete_folder, is_local, local_copy, store
from trainingsite.database_errors import DATABASE_ERRORS, retry_until_database_answers

from .attempt import END_REASONS, DeadlineExceeded, ShutdownRequested
from .heartbeat import Heartbeat
from .limits import ScratchLimitExceeded, limit_code, scratch_limit_exceeded
from .transient_errors import backoff, transient_error_code

logger = logging.getLogger(__name__)

FAULTS = (MemoryError, OSError, *STORE_ERRORS, *DATABASE_ERRORS)


def render(pk: str, *, worker: str = "", disposable: bool = True) -> bool:
    """Make the rendition of module `pk`, if it is there for the taking. True: this run made it."""
    worker = worker or jobs.worker_name()
    lease_token = Rendition.objects.claim(pk, database_clock(), worker)
    rendition = (
        Rendition.objects.select_related("module__upload").filter(pk=pk, lease_token=lease_token).first()
        if lease_token
        else None
    )
    if rendition is None:
        return False
    folder = Path(settings.WORK_DIR) / f"rendition-{lease_token}"

    def before_kill(reason: str) -> None:
        if reason != "superseded":
            _answer_for(rendition, END_REASONS[reason]())
        shutil.rmtree(folder, ignore_errors=True)

    try:
        beat, look = partial(Rendition.objects.renew_lease, pk, lease_token), partial(scratch_limit_exceeded, folder)
        with Heartbeat(beat, look, before_kill, disposable=disposable) as heart:
            heart.set_deadline(3600 + 10 * (rendition.module.duration or 0))
            folder.mkdir(parents=True)
            _make(rendition, lease_token, folder, heart)
        return True
    except (LeaseLost, ShutdownRequested, DeadlineExceeded, ScratchLimitExceeded, MediaError, *FAULTS) as error:
        retry_until_database_answers(partial(_answer_for, rendition, error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return False


def _answer_for(rendition: Rendition, error: BaseException) -> None:
    """Write down how a run ended: given back, to be tried again later, or failed."""
    logger.info("🎞️ [%s] No rendition: %s %s", rendition.pk, type(error).__name__, error)
    give_up = partial(release_failed_run, rendition, at=database_clock(), outcome=StageRun.Outcome.FAILED)
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, LeaseLost):
        if not Module.objects.filter(pk=rendition.pk).exists():
            delete_folder(rendition.module.folder)
    elif isinstance(error, ShutdownRequested):
        give_up(outcome=StageRun.Outcome.STOPPED, code="handed_back", blame=False)
    elif isinstance(error, DeadlineExceeded):
        give_up(code="too_slow")
    elif code := transient_error_code(error):
        faults = rendition.module.stage_runs.filter(stage=rendition.at_stage, code=code).count()
        give_up(code=code, blame=False, delay=backoff(faults), traceback=trace)
    elif isinstance(error, MediaError):
        Rendition.objects.fail(rendition.pk, rendition.lease_token, error.code, **error.params)
    else:
        give_up(code=limit_code(error) or "internal", delay=backoff(rendition.attempts + 1), traceback=trace)


def _make(rendition: Rendition, lease_token: str, folder: Path, heart: Heartbeat) -> None:
    module = rendition.module
    began = time.monotonic()
    reported = -1

    def tick(done: float, code: str | None = None, /, **params: object) -> None:
        nonlocal reported
        if heart.end_reason:
            raise END_REASONS[heart.end_reason]
        if (percent := int(done * 99)) > reported:
            reported = percent
            Rendition.objects.held(rendition.pk, lease_token).update(progress=percent)

    fetched = 0.0 if is_local() else 0.1
    source = local_copy(module, folder, share(tick, 0.0, fetched))
    made = folder / "rendition.mp4"
    media.make_rendition(source, module.container, made, share(tick, fetched, 1.0))
    size = made.stat().st_size
    name = store(made, f"{module.folder}/{uuid.uuid4().hex}.mp4")
    with transaction.atomic():
        Rendition.objects.fence(rendition.pk, lease_token)
        Rendition.objects.filter(pk=rendition.pk).update(
            status=Status.READY, lease_token="", worker="", heartbeat_at=None, progress=100, file=name, error=None
        )
        StageRun.objects.create(
            module=module,
            lease_token=lease_token,
            stage="rendition",
            outcome=StageRun.Outcome.DONE,
            seconds=time.monotonic() - began,
            media_seconds=module.duration or 0,
            bytes=size,
        )
    logger.info("🎞️ [%s] Rendition ready", module.pk)
