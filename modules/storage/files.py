"""Files in the storage, local or remote, and the local copy that a worker reads."""

from __future__ import annotations

import errno
import logging
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from modules.models import Module
from modules.pipeline.types import MediaError, ReportProgress

from .time_limit import CallTimeout, call_with_timeout

if settings.S3_BUCKET:
    # They take half a second to load, so a site without an object store does not import them.
    from botocore.exceptions import BotoCoreError, ClientError
    from s3transfer.exceptions import RetriesExceededError
    from urllib3.exceptions import HTTPError

    STORE_ERRORS: tuple[type[Exception], ...] = (
        CallTimeout,
        BotoCoreError,
        ClientError,
        RetriesExceededError,
        HTTPError,
    )
else:
    STORE_ERRORS = ()
"""What is raised when the object store is away, does not answer in time, or answers with an error."""

logger = logging.getLogger(__name__)

NO_ROOM = {errno.ENOSPC, errno.EDQUOT}

CHUNK = 256 * 1024  # bytes that one read of the object store brings

SLOWEST = 64 * 1024  # bytes a second at which an object store must take what is sent to it

MOST_BREAKS = 20  # interruptions that one download survives

Answer = TypeVar("Answer")


def transient_storage_code(error: BaseException | None) -> str:
    """The code of an error of the storage that is transient, whatever the video is; '' for any other error."""
    if isinstance(error, STORE_ERRORS):
        return "storage_down"
    return "disk_full" if isinstance(error, OSError) and error.errno in NO_ROOM else ""


def is_local() -> bool:
    """Is the storage a folder on this machine?"""
    return not settings.S3_BUCKET


def ask(call: Callable[[], Answer], sent: int = 0) -> Answer:
    """Make a call to the storage, and return its answer. sent: bytes that it sends. Raises one of STORE_ERRORS.

    The client gives up after S3_TIMEOUT seconds without a byte. A store that sends a byte now and then would never
    come to that, so the whole call has a time limit too.
    """
    return call() if is_local() else call_with_timeout(call, 3 * settings.S3_TIMEOUT + sent / SLOWEST)


def local_copy(module: Module, folder: Path, report_progress: ReportProgress) -> Path:
    """A path to read the video from: the file itself, or a complete copy in `folder`.

    Raises MediaError (file_missing, file_changed), OSError where there is no room for it, one of STORE_ERRORS.
    """
    if not module.video.name:
        raise MediaError("file_missing")
    if is_local():
        path = Path(module.video.path)
        if not path.exists():
            raise MediaError("file_missing")
        return path
    path = folder / Path(module.video.name).name
    try:
        remote = ask(partial(default_storage.open, module.video.name))
    except FileNotFoundError as error:
        raise MediaError("file_missing") from error
    size = ask(lambda: remote.size)
    if size != module.upload.size:
        raise MediaError("file_changed")
    if shutil.disk_usage(folder).free < size:
        # Better now than after an hour of downloading.
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    with path.open("wb") as copy:
        _download(remote, size, copy, lambda done: report_progress(done / size, "preparing"))
    return path


def _download(remote: File, size: int, copy: BinaryIO, report_progress: Callable[[int], None]) -> None:
    """Write all `size` bytes of `remote` to `copy`. report_progress: called with the bytes that are there.

    A download that is interrupted continues where it stopped, at most MOST_BREAKS times. A try that brought nothing
    ends it at once.
    """
    done = breaks = 0
    while done < size:
        began = done
        try:
            read = ask(partial(_reader, remote, done))
            while piece := ask(read):
                copy.write(piece)
                done += len(piece)
                report_progress(done)
            if done < size:
                raise CallTimeout(f"the store ended after {done} of {size} bytes")
        except STORE_ERRORS as error:
            if done == began or breaks == MOST_BREAKS:
                raise
            logger.info("The download broke off after %d of %d bytes, and goes on: %s", done, size, error)
            time.sleep(random.uniform(0.5, 1.5) * min(8, 0.25 * 2**breaks))
            breaks += 1


def _reader(remote: File, start: int) -> Callable[[], bytes]:
    """A function that reads the next piece of an open file, beginning at byte `start`; it gives b"" at the end."""
    if s3 := getattr(remote, "obj", None):
        # The storage's own read() would fetch the whole object into memory first.
        body = s3.get(Range=f"bytes={start}-", IfMatch=s3.e_tag)["Body"]
        return partial(body.read, CHUNK)
    remote.seek(start)
    return partial(remote.read, CHUNK)


def read(name: str) -> bytes:
    """All bytes of a file in the storage, which must be small enough for the memory."""

    def whole() -> bytes:
        with default_storage.open(name) as file:
            return b"".join(iter(_reader(file, 0), b"")) if file.size else b""

    return ask(whole)


def store(path: Path, name: str) -> str:
    """Put a finished file into the storage under this name (replacing it). Returns the name stored under."""

    def put() -> str:
        if default_storage.exists(name):
            default_storage.delete(name)
        with path.open("rb") as file:
            return default_storage.save(name, File(file))

    try:
        return ask(put, path.stat().st_size)
    except OSError:
        # On a full disk, the half that was written would keep it full.
        if is_local():
            with suppress(OSError):
                default_storage.delete(name)
        raise


def delete_folder(name: str) -> None:
    """Delete a folder of the storage with all that is in it; one that is not there is no error."""
    if is_local():
        shutil.rmtree(default_storage.path(name), ignore_errors=True)
        return
    folders, files = ask(partial(default_storage.listdir, name))
    for file in files:
        ask(partial(default_storage.delete, f"{name}/{file}"))
    for folder in folders:
        delete_folder(f"{name}/{folder}")


def delete_folder_after_commit(name: str) -> None:
    """Delete a folder when nothing can bring its rows back. Raises nothing: what is left, `prune_storage` finds."""
    # A lambda and no partial, as in `jobs.enqueue_after_commit`.
    transaction.on_commit(lambda: delete_folder(name), robust=True)


@contextmanager
def deleting_files_of(modules: QuerySet[Module]) -> Iterator[None]:
    """Around the deletion of these modules. Their files go after the commit, when a rollback cannot bring rows back."""
    folders = [module.folder for module in modules.only("pk")]
    yield
    for folder in folders:
        delete_folder_after_commit(folder)


def deleting_files_of_owners(users: Sequence[int]) -> AbstractContextManager[None]:
    """A DeletionHook of `accounts.personal_data`: the database deletes a person's modules, and this their files."""
    return deleting_files_of(Module.objects.filter(owner__in=users))
