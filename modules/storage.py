"""Files in the storage, local or remote, and the local copy that a worker reads."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from .models import Module
from .pipeline.types import MediaError, Tick

if settings.S3_BUCKET:
    # Only where they are needed: they take half a second to load.
    from botocore.exceptions import BotoCoreError, ClientError
    from s3transfer.exceptions import RetriesExceededError

    REMOTE_FAULTS: tuple[type[Exception], ...] = (BotoCoreError, ClientError, RetriesExceededError)
else:
    REMOTE_FAULTS = ()
"""What is raised when the object store is away, or answers with an error."""

NO_ROOM = {errno.ENOSPC, errno.EDQUOT}

CHUNK = 1024 * 1024


def passing_fault(error: BaseException | None) -> str:
    """The code of a fault of the storage that passes, whatever the video is; '' when it is none."""
    if isinstance(error, REMOTE_FAULTS):
        return "storage_down"
    return "disk_full" if isinstance(error, OSError) and error.errno in NO_ROOM else ""


def is_local() -> bool:
    """Is the storage a folder on this machine?"""
    return not settings.S3_BUCKET


def local_copy(module: Module, folder: Path, tick: Tick) -> Path:
    """A path to read the video from: the file itself, or a copy in `folder`. Raises MediaError("file_missing")."""
    if is_local():
        path = Path(module.video.path)
        if not path.exists():
            raise MediaError("file_missing")
        return path
    path = folder / Path(module.video.name).name
    try:
        with module.video.open("rb") as remote, path.open("wb") as copy:
            total, done = module.video.size or 1, 0
            while chunk := remote.read(CHUNK):
                copy.write(chunk)
                done += len(chunk)
                tick(done / total, "preparing")
    except FileNotFoundError as error:
        raise MediaError("file_missing") from error
    return path


def store(path: Path, name: str) -> str:
    """Put a finished file into the storage under this name (replacing it). Returns the name stored under."""
    if default_storage.exists(name):
        default_storage.delete(name)
    with path.open("rb") as file:
        return default_storage.save(name, File(file))


def delete_folder(name: str) -> None:
    """Delete a folder of the storage with all that is in it; one that is not there is no error."""
    if is_local():
        shutil.rmtree(default_storage.path(name), ignore_errors=True)
        return
    folders, files = default_storage.listdir(name)
    for file in files:
        default_storage.delete(f"{name}/{file}")
    for folder in folders:
        delete_folder(f"{name}/{folder}")
