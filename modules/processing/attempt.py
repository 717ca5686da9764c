"""One run of one module: the lease it holds, what it reports, and the work it saves."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from modules import jobs
from modules.ai.ledger import Ledger
from modules.models import (
    MAX_ATTEMPTS,
    AICall,
    LeaseLost,
    LeaseQuerySet,
    Module,
    Rendition,
    StageRun,
    Status,
    database_clock,
    release_failed_run,
    stages,
)
from modules.pipeline.types import MediaError, Notice, ProviderError
from modules.storage.files import delete_folder
from trainingsite.database_errors import retry_until_database_answers

from .heartbeat import LEASE_LOST, Heartbeat
from .limits import ScratchLimitExceeded, limit_code, scratch_limit_exceeded
from .transient_errors import backoff, transient_error_code

logger = logging.getLogger(__name__)

PIPELINE_VERSION = 2
"""Part of every key: raise it when a stage's output changes for the same input."""

WHOLE_BAR = (0, 99)
"""The band of work that has a bar of its own. 100 is written when it is ready."""

REPORT_EVERY = 0.3  # seconds at least between two writes of progress

MAX_TRANSIENT_ERRORS = 50  # of one kind, in one module: with the pauses between them, hours


class ShutdownRequested(BaseException):
    """The worker must go (a deploy): give the module back, for another worker to go on with."""


class MovedToOtherQueue(BaseException):
    """The module goes on in another queue."""


class DeadlineExceeded(BaseException):
    """A stage went over its deadline."""


END_REASONS = {LEASE_LOST: LeaseLost, "too_slow": DeadlineExceeded, "too_much_scratch": ScratchLimitExceeded}
"""What a run raises for each reason that its heartbeat gives."""


class RetryLater(BaseException):
    """A provider is out of order for now: the module waits, and another run goes on."""

    def __init__(self, code: str, delay: timedelta) -> None:
        self.code = code
        self.delay = delay
        super().__init__(code)


class Attempt:
    """A claimed run, as a context: it ends in ready (by `finish`), failed, or back in the queue; never in limbo.

    row: a module or a rendition, as it was when claimed; lease_token: what proves that this run holds the row.
    """

    def __init__(self, row: Module | Rendition, lease_token: str, *, worker: str, disposable: bool) -> None:
        self.row = row
        self.rows = type(row).objects
        self.module = row.subject
        self.lease_token = lease_token
        self.worker = worker
        self.notices: list[Notice] = []
        self.ledger = Ledger()
        self._folder = Path(settings.WORK_DIR) / f"{row.pk}-{lease_token}"
        self._began = time.monotonic()
        self._reported: tuple[float, int, dict[str, Any]] = (0.0, -1, {})
        self._stage = stages.find(row.at_stage) or stages.PROBE
        self._heartbeat = Heartbeat(
            renew_lease=partial(self.rows.renew_lease, row.pk, lease_token),
            check_limits=partial(scratch_limit_exceeded, self._folder),
            before_kill=self._before_kill,
            disposable=disposable,
        )

    # --- As a context ---------------------------------------------------------------------------------------

    @cached_property
    def folder(self) -> Path:
        """Scratch space that goes when the run ends. Raises OSError, so made only where that is answered for."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def __enter__(self) -> Self:
        self._heartbeat.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> bool:
        """Every way out is written down. True: the exception has been answered for."""
        self._heartbeat.__exit__()
        shutil.rmtree(self._folder, ignore_errors=True)
        if error is None:
            return False
        # After a MemoryError its frames still hold pictures and decoders, which leave no memory to write the end down.
        traceback.clear_frames(tb)
        retry_until_database_answers(partial(self._answer_for, error))
        return True

    def _answer_for(self, error: BaseException) -> None:
        if isinstance(error, LeaseLost):
            self._log("⏹️", "Stopped: cancelled, deleted, or taken over by another run")
            self._clear_if_deleted()
        elif isinstance(error, ShutdownRequested):
            self._release("shut_down", StageRun.Outcome.STOPPED, blame=False)
        elif isinstance(error, DeadlineExceeded):
            self._release("too_slow", StageRun.Outcome.FAILED)
        elif code := transient_error_code(error):
            self._try_again_later(code, error)
        elif isinstance(error, RetryLater):
            self._release(error.code, StageRun.Outcome.FAILED, delay=error.delay)
        elif isinstance(error, MediaError):
            self._fail(error, "".join(traceback.format_exception(error)))
        elif not isinstance(error, MovedToOtherQueue):
            # A limit, or not foreseen: kept for the admin, tried again later, and shown to whoever runs the worker.
            text = "".join(traceback.format_exception(error))
            code, delay = limit_code(error) or "internal", backoff(self.row.attempts + 1)
            self._release(code, StageRun.Outcome.FAILED, delay=delay, traceback=text)
            logger.error("❌ [%s] %s: %s", self.module.pk, type(error).__name__, error, exc_info=error)

    def _try_again_later(self, code: str, error: BaseException) -> None:
        """A transient error does not count as an attempt; only one that lasts for hours fails the row."""
        trace = "".join(traceback.format_exception(error))
        earlier = self.row.own_stage_runs().filter(code=code, started_at__gte=self.row.queued_at).count()
        if earlier >= MAX_TRANSIENT_ERRORS:
            self._fail(MediaError(code), trace)
        else:
            self._release(code, StageRun.Outcome.FAILED, blame=False, delay=backoff(earlier), traceback=trace)
            logger.warning("[%s] %s: %s", self.module.pk, type(error).__name__, error)

    def _release(self, code: str, outcome: str, **more: Any) -> None:
        row = self.rows.held(self.row.pk, self.lease_token).first()
        if row:
            release_failed_run(row, at=database_clock(), code=code, outcome=outcome, **more)
            self._log("↩️", f"Back to the queue: {code}")

    def _fail(self, error: MediaError, trace: str) -> None:
        with transaction.atomic():
            if self.rows.fail(self.row.pk, self.lease_token, error.code, **error.params):
                self._record(self._stage, StageRun.Outcome.FAILED, code=error.code, traceback=trace)
                self._log("❌", str(error))

    def _before_kill(self, reason: str) -> None:
        """Called by the heartbeat's thread before it ends a process that is stuck in one call."""
        if reason != LEASE_LOST:
            self._release(reason, StageRun.Outcome.FAILED)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._clear_if_deleted()

    def _clear_if_deleted(self) -> None:
        """A picture may have been written after the module was deleted: no file stays behind."""
        if not Module.objects.filter(pk=self.module.pk).exists():
            delete_folder(self.module.folder)

    def _log(self, mark: str, text: str) -> None:
        what = "" if self.row is self.module else f"{self._stage.label}: "
        logger.info("%s [%s] %s%s", mark, self.module.pk, what, text)

    # --- What it reports ------------------------------------------------------------------------------------

    def check(self) -> None:
        """Raise when the run must end."""
        if self._heartbeat.end_reason:
            raise END_REASONS[self._heartbeat.end_reason]

    def report_progress(self, stage: stages.Stage, done: float, code: str | None = None, /, **params: Any) -> None:
        """Write how far the run is, at most three times a second; see `pipeline.types.ReportProgress`."""
        self.check()
        shown = stages.on_the_bar_for(stage.name) or stage
        low, high = shown.band or WHOLE_BAR
        progress = int(low + (high - low) * min(max(done, 0.0), 1.0))
        when, last, message = self._reported
        new = {"code": code, "params": params} if code else message
        now = time.monotonic()
        turned = new.get("code") != message.get("code")
        if (progress, new) == (last, message) or (now - when < REPORT_EVERY and not turned):
            return
        self._reported = (now, progress, new)
        if not self.rows.report(self.row.pk, self.lease_token, shown.name, progress, new):
            raise LeaseLost

    def finish(self, stage: stages.Stage, *, fields: dict[str, Any], **facts: Any) -> None:
        """The end of a run that made its result: 100 % and `ready` together, in the caller's transaction.

        fields: the row's own columns of the result. facts: of the last stage. Raises LeaseLost.
        """
        facts.setdefault("seconds", self.stage_seconds)
        if not self.rows.finish(self.row.pk, self.lease_token, **fields):
            raise LeaseLost
        self._record(stage, StageRun.Outcome.DONE, **facts)

    @property
    def stage_seconds(self) -> float:
        """How long the stage has been going on."""
        return time.monotonic() - self._began

    # --- The work it saves ----------------------------------------------------------------------------------

    def key(self, *made_from: Any) -> str:
        """The hash of what a stage's output is made from."""
        text = json.dumps([PIPELINE_VERSION, *made_from], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def saved(self, stage: stages.Stage, key: str) -> Any | None:
        """The output that an earlier run saved under this key. Taking it up is written down too."""
        found = StageRun.objects.saved(self.module, stage.name, key)
        if found is None:
            return None
        self._record(stage, StageRun.Outcome.REUSED, key=key, code=found.code, provider=found.provider)
        return found.output

    def saved_parts(self, stage: stages.Stage, key: str) -> dict[int, Any]:
        """The pieces that earlier runs saved of a stage they did not finish: {part: output}."""
        return StageRun.objects.saved_parts(self.module, stage.name, key)

    @contextmanager
    def stage(self, stage: stages.Stage, duration: float | None = None) -> Iterator[Callable[..., None]]:
        """Enter a stage, which has a deadline for a video of so many seconds; gives its ReportProgress."""
        self._stage = stage
        self._heartbeat.set_deadline(stage.deadline_for(duration))
        self._began = time.monotonic()
        self.report_progress(stage, 0.0, stage.message)
        try:
            yield lambda done, code=None, /, **params: self.report_progress(stage, done, code, **params)
        finally:
            self._write_calls()
        self._log("▫️", f"{stage.label}: {1000 * self.stage_seconds:.0f}ms")

    def save(self, stage: stages.Stage, key: str, output: Any, *, replaces_parts: bool = False, **facts: Any) -> None:
        """Keep a finished stage's output; it will not be made again. Raises LeaseLost.

        replaces_parts: all that its saved pieces hold is in it, so these are emptied.
        """
        facts.setdefault("seconds", self.stage_seconds)
        with transaction.atomic():
            self._save(stage, StageRun.Outcome.DONE, key=key, output=output, **facts)
            if replaces_parts:
                StageRun.objects.forget_parts(self.module, stage.name, key)

    def save_part(self, stage: stages.Stage, key: str, part: int, output: Any, **facts: Any) -> None:
        """Keep one piece of a stage (a window, a picture) as soon as it is there. Raises LeaseLost."""
        self._save(stage, StageRun.Outcome.PART, key=key, part=part, output=output, **facts)

    def _save(self, stage: stages.Stage, outcome: str, **facts: Any) -> None:
        self.check()
        with transaction.atomic():
            self.rows.fence(self.row.pk, self.lease_token)
            self._record(stage, outcome, **facts)
            self._write_calls()

    def _write_calls(self) -> None:
        """What was paid is written down whatever becomes of the run, unless the module itself is gone."""
        calls = [AICall(module=self.module, lease_token=self.lease_token, **vars(call)) for call in self.ledger.take()]
        if calls and Module.objects.filter(pk=self.module.pk).exists():
            AICall.objects.bulk_create(calls)

    def _record(self, stage: stages.Stage, outcome: str, **facts: Any) -> None:
        StageRun.objects.create(
            started_at=timezone.now() - timedelta(seconds=facts.get("seconds", 0)),
            module=self.module,
            lease_token=self.lease_token,
            attempt=self.row.attempts,
            stage=stage.name,
            outcome=outcome,
            worker=self.worker,
            **facts,
        )

    def notice(self, code: str, **params: Any) -> None:
        """Say honestly what could not be done, once."""
        if Notice(code, params) not in self.notices:
            self.notices.append(Notice(code, params))

    def handle_provider_error(self, error: ProviderError) -> None:
        """A provider could not do its part. What passes is waited for, as long as there are attempts left;
        what lasts, or has lasted too long, is a notice, and the caller goes on by local means.
        """
        if error.transient and self.row.attempts < MAX_ATTEMPTS - 1:
            asked = timedelta(seconds=error.retry_after or 0)
            raise RetryLater(error.code, max(backoff(self.row.attempts + 1), asked)) from error
        self.notice(error.code, **error.params)


def attempt_row(
    rows: LeaseQuerySet, pk: uuid.UUID, work: Callable[[Attempt], None], *, worker: str, disposable: bool
) -> Attempt | None:
    """Claim a row and do the work that finishes it. The attempt, when it did; else None.

    worker: the name written into the row; '' in a work-horse, which takes that of its RQ worker. disposable: this
    process may be killed when it hangs. A job may come twice or ten times: one run gets the row, the others return.
    """
    worker = worker or jobs.worker_name()
    lease_token = rows.claim(pk, database_clock(), worker)
    row = rows.filter(pk=pk, lease_token=lease_token).first() if lease_token else None
    if row is None or lease_token is None:
        return None
    finished = False
    with Attempt(row, lease_token, worker=worker, disposable=disposable) as attempt:
        work(attempt)
        finished = True
    if finished:
        return attempt
    # Released or moved: the next worker is told at once, unless there is a time to wait for.
    waiting = rows.filter(pk=pk, status=Status.QUEUED, job_id="", not_before=None).first()
    if waiting:
        jobs.enqueue(waiting)
    return None
