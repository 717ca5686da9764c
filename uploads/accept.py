"""★ Every way in ends here: a received file becomes a Module and an Upload, and the workers are told."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import time
import uuid
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest

from modules import jobs
from modules.models import Module
from modules.pipeline.containers import CONTAINERS
from modules.storage.files import STORE_ERRORS, ask, delete_folder
from trainingsite.database_errors import DATABASE_ERRORS

from .forms import captions_ending, read_container
from .models import Upload
from .multipart import NO_ROOM_FOR_ARRIVAL
from .rejection import Rejected

logger = logging.getLogger(__name__)


class CommitUnknown(OperationalError):
    """The database went away while it was told to keep the rows: it may have kept them."""


def accept(
    upload_file: File,
    *,
    user: Any,
    title: str = "",
    captions: File | None = None,
    source: str,
    idempotency_key: str = "",
    upload_id: uuid.UUID | None = None,
    started: float | None = None,
) -> Module:
    """Store an open video file of `user` and put it to work. Returns its module, queued.

    captions: an open captions file. source: one of Upload.Source. idempotency_key: a second upload with the same
    key is not stored, and returns the module of the first. upload_id: becomes the id of module and upload, so
    that one id runs through all log lines. started: time.monotonic() when it began, before the body was read.
    Raises Rejected.
    """
    started = time.monotonic() if started is None else started
    if first := earlier_upload(user, idempotency_key):
        return first.module
    if not upload_file.size:
        raise Rejected("empty_file")
    container = read_container(upload_file)
    if container is None:
        raise Rejected("not_a_video")
    key = upload_id or uuid.uuid4()
    name = (getattr(upload_file, "sent_name", upload_file.name) or "").rpartition("/")[2]
    module = Module(id=key, owner=user, title=(title or title_from_file_name(name))[:200], container=container)
    upload = Upload(id=key, user=user, module=module, name=name[:300], size=upload_file.size, source=source)
    upload.idempotency_key = idempotency_key
    try:
        keep(module, upload, upload_file, captions, started)
    except IntegrityError:
        # Two uploads with one key arrived together. The other one was first, and this one's file has been removed.
        if first := earlier_upload(user, idempotency_key):
            return first.module
        raise
    logger.info("📤 [%s] Upload complete: %dms", module.pk, upload.received_ms)
    return module


def keep(module: Module, upload: Upload, video: File, captions: File | None, started: float) -> None:
    """Files and rows, or neither. Raises as `store` and `write_rows` do."""
    with contextlib.ExitStack() as undo:
        undo.callback(remove_files, module)
        store(module, video, captions)
        upload.received_ms = round((time.monotonic() - started) * 1000)
        try:
            write_rows(module, upload)
        except CommitUnknown:
            # Rows without a file would be worse than a file without rows, which prune_storage finds.
            undo.pop_all()
            raise
        undo.pop_all()


def store(module: Module, video: File, captions: File | None) -> None:
    """Put the files into the storage (a local one renames them). It may be slow, so it comes before any transaction."""
    try:
        name = f"video.{CONTAINERS[module.container].ending}"
        ask(partial(module.video.save, name, video, save=False), video.size)
        if captions:
            # What is no captions file is kept too (`process_video` takes any): the worker says that it cannot be read.
            name = f"captions.{captions_ending(captions) or 'txt'}"
            ask(partial(module.captions_file.save, name, captions, save=False), captions.size)
    except STORE_ERRORS as error:  # first: some of them are an OSError too
        logger.warning("The object store cannot be used: %s", error)
        raise Rejected("storage_down") from error
    except OSError as error:
        if error.errno in NO_ROOM_FOR_ARRIVAL:
            raise Rejected("disk_full") from error
        raise


def write_rows(module: Module, upload: Upload) -> None:
    """One short transaction; the workers hear of it after the commit, and never of what was rolled back.

    Raises CommitUnknown, and all that the database raises.
    """
    complete = False
    try:
        with transaction.atomic():
            # Admission counted before the body was read, and other uploads may have been accepted since.
            if upload.source != Upload.Source.COMMAND and over_active_limit(upload.user):
                raise Rejected("too_many", limit=settings.MAX_ACTIVE_PER_USER)
            module.save(force_insert=True)
            upload.save(force_insert=True)
            jobs.enqueue_after_commit(module)
            complete = True
    except DATABASE_ERRORS as error:
        if complete:
            raise CommitUnknown(*error.args) from error
        raise


def remove_files(module: Module) -> None:
    """Remove what `store` wrote, the half of a file included that found no room."""
    try:
        delete_folder(module.folder)
    except STORE_ERRORS as error:
        logger.warning("[%s] Files are left for prune_storage, the object store cannot be used: %s", module.pk, error)


def over_active_limit(user: Any) -> bool:
    """Has this person as many videos in progress as one may have?"""
    return Module.objects.in_work().filter(owner=user).count() >= settings.MAX_ACTIVE_PER_USER


def earlier_upload(user: Any, key: str) -> Upload | None:
    """What was uploaded with this idempotency key before."""
    return Upload.objects.select_related("module").filter(user=user, idempotency_key=key).first() if key else None


def idempotency_key_of(request: HttpRequest) -> str:
    """The `Idempotency-Key` header, in the length that the column has."""
    key = request.headers.get("Idempotency-Key", "").strip()
    return key if len(key) <= 100 and key.isprintable() else hashlib.sha256(key.encode()).hexdigest()


def title_from_file_name(name: str) -> str:
    """A title from a file's name: "how_to-change a filter.mp4" → "How to change a filter"."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name)
    # A dot between digits is a version; any other stands for a space.
    words = re.sub(r"[_\-\s]+|(?<!\d)\.|\.(?!\d)", " ", stem).split()
    title = " ".join(words)
    return title[:1].upper() + title[1:] or "Untitled video"
