"""Finds and removes files that no row owns: left over where a process was killed between a file and its row.

Nothing is removed that is younger than an age, nor anything of a module that is being worked on.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from modules.models import LEASE_TIMEOUT, Module, Rendition, StageRun, Status, Step, stages

from .files import is_local

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
INCOMING = timedelta(hours=24)
"""An upload that has wholly arrived is not written to while it is copied to a slow storage."""

ROOT = "modules"
BATCH = 500
IN_WORK = (Status.QUEUED, Status.PROCESSING)


@dataclass(frozen=True)
class Orphan:
    """A file that nothing owns. where: storage, scratch or incoming; name: in that place; size: bytes."""

    where: str
    name: str
    size: int


def prune(at: datetime, *, older_than: timedelta | None = None, dry_run: bool = False) -> Iterator[Orphan]:
    """Remove what no row owns, and yield each file that went (dry_run: that would go).

    older_than: the age to have; by default an hour, and a day for uploads that were being received.
    """
    yield from _storage(at - (HOUR if older_than is None else older_than), dry_run)
    yield from _scratch(at - (HOUR if older_than is None else older_than), dry_run)
    yield from _incoming(at - (INCOMING if older_than is None else older_than), dry_run)


def remove_stale_scratch(at: datetime) -> None:
    """Remove the scratch folders, on this machine, of runs that are held no more and wrote nothing lately.

    at: by this machine's clock, as the times of its files are.
    """
    for _ in _scratch(at - LEASE_TIMEOUT, dry_run=False):
        pass


def remove_scratch(lease_token: str) -> None:
    """Remove what a run that died on this machine had in its scratch folder; at once, by whoever saw it die."""
    for folder in Path(settings.WORK_DIR).glob(f"*-{lease_token}"):
        shutil.rmtree(folder, ignore_errors=True)


def prune_if_due(every: float) -> None:
    """Prune, unless another process of this machine is at it, or began to within the last so many seconds."""
    with (Path(settings.DATA_DIR) / "prune.lock").open("a+") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        lock.seek(0)
        began = time.time()
        if began - float(lock.read() or 0) < every:
            return
        lock.truncate(0)
        lock.write(str(began))
        lock.flush()
        prune_and_log()


def prune_and_log() -> int:
    """What a worker does once a day, in a process of its own (a large store takes minutes). Returns how many went."""
    gone = list(prune(timezone.now()))
    for orphan in gone:
        logger.info("🧹 No row owns this file, removed: %s %s (%d bytes)", orphan.where, orphan.name, orphan.size)
    return len(gone)


# --- The storage --------------------------------------------------------------------------------------------------


def _storage(before: datetime, dry_run: bool) -> Iterator[Orphan]:
    """Folders of modules that are gone, and files in the others that are named nowhere."""
    for folders in _batches(_module_folders()):
        # Listed before the rows are read: a file that has its row by now is no orphan.
        listed = {pk: list(_files(f"{ROOT}/{folder}")) for pk, folder in folders.items()}
        there = dict(Module.objects.filter(pk__in=listed).values_list("pk", "status"))
        busy = set(Rendition.objects.filter(pk__in=listed, status__in=IN_WORK).values_list("pk", flat=True))
        owned = _owned(listed)
        for pk, names in listed.items():
            if there.get(pk) in IN_WORK or pk in busy:
                continue  # a run stores a picture first and names it then
            for name in names:
                if name not in owned:
                    yield from _remove_stored(name, before, dry_run)
            if pk not in there and not dry_run and is_local():
                _remove_empty(Path(default_storage.path(f"{ROOT}/{folders[pk]}")))


def _module_folders() -> Iterator[tuple[uuid.UUID, str]]:
    """The folders of modules: (the module's key, the folder's name). What else lies there is not ours."""
    try:
        folders, _ = default_storage.listdir(ROOT)
    except FileNotFoundError:
        return
    for folder in folders:
        try:
            yield uuid.UUID(folder), folder
        except ValueError:
            continue


def _batches(pairs: Iterable[tuple[uuid.UUID, str]]) -> Iterator[dict[uuid.UUID, str]]:
    pairs = iter(pairs)
    while batch := dict(islice(pairs, BATCH)):
        yield batch


def _files(folder: str) -> Iterator[str]:
    """Every file below a folder of the storage."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return  # deleted meanwhile
    yield from (f"{folder}/{file}" for file in files if file)
    for inner in folders:
        yield from _files(f"{folder}/{inner}")


def _owned(modules: Iterable[uuid.UUID]) -> set[str]:
    """Every name in the storage that a row of these modules holds."""
    modules = list(modules)
    names: set[str] = set()
    for fields in Module.objects.filter(pk__in=modules).values_list("video", "captions_file", "poster"):
        names.update(fields)
    names.update(Rendition.objects.filter(pk__in=modules).values_list("file", flat=True))
    names.update(Step.objects.filter(module__in=modules).values_list("still", flat=True))
    saved = StageRun.objects.filter(module__in=modules, stage=stages.STILLS.name, output__isnull=False)
    for output in saved.values_list("output", flat=True).iterator():
        # A piece is one picture with its name; the whole is a list of pictures (or of scenes, which have none).
        for picture in [output] if isinstance(output, dict) else output or ():
            names.update({picture.get("name", ""), picture.get("path", "")})
    return names


def _remove_stored(name: str, before: datetime, dry_run: bool) -> Iterator[Orphan]:
    try:
        # Asked right before it goes: a new run may have written the same name again.
        if default_storage.get_modified_time(name) > before:
            return
        size = default_storage.size(name)
    except FileNotFoundError:
        return
    if not dry_run:
        default_storage.delete(name)
    yield Orphan("storage", name, size)


def _remove_empty(folder: Path) -> None:
    """Remove a folder of a module that is gone, where no (young) file is left in it."""
    for path, _, _ in os.walk(folder, topdown=False):
        if not any(Path(path).iterdir()):
            Path(path).rmdir()


# --- This machine -------------------------------------------------------------------------------------------------


def _scratch(before: datetime, dry_run: bool) -> Iterator[Orphan]:
    """Scratch folders of runs that are not held any more; their names end in the run's token."""
    # Listed before the rows are read: a run has its row before its folder.
    folders = [path for path in Path(settings.WORK_DIR).iterdir() if path.is_dir()]
    if not folders:
        return
    held = {
        lease_token
        for model in (Module, Rendition)
        for lease_token in model.objects.filter(status=Status.PROCESSING).values_list("lease_token", flat=True)
    }
    for folder in folders:
        if folder.name.rpartition("-")[2] in held:
            continue
        try:
            if _newest(folder) > before:
                continue
            sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
        except FileNotFoundError:
            continue  # its run, or another worker, is removing it
        if not dry_run:
            shutil.rmtree(folder, ignore_errors=True)
        yield from (Orphan("scratch", str(path.relative_to(settings.WORK_DIR)), size) for path, size in sizes.items())


def _newest(folder: Path) -> datetime:
    """When anything in it was last written."""
    return max(_written(path) for path in [folder, *folder.rglob("*")])


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _incoming(before: datetime, dry_run: bool) -> Iterator[Orphan]:
    """What a web process was receiving when it was killed."""
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload"):
        try:
            if _written(path) > before:
                continue
            size = path.stat().st_size
            if not dry_run:
                path.unlink()
        except FileNotFoundError:
            continue  # another process was quicker, or has moved a finished one to its place
        yield Orphan("incoming", path.name, size)
