"""What one run may take of its machine: memory, room on the disk, and its share of the processor.

A limit is met as an exception in the run (MemoryError, OSError, ScratchLimitExceeded) or as the end of its process, and
never by others. `limit_code` names it: what one worker refuses another may allow, so it is tried again like a death.
"""

from __future__ import annotations

import errno
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

from django.conf import settings

MB = 1024 * 1024
DATABASE_GROWTH_MB = 4096


class ScratchLimitExceeded(BaseException):
    """The files in a run's scratch folder take more room than RUN_DISK_MB allows."""


def limit_code(error: BaseException) -> str:
    """The code of the limit that an error is about; '' when it is about none."""
    number = error.errno if isinstance(error, OSError) else 0
    if isinstance(error, MemoryError) or number == errno.ENOMEM:
        return "too_heavy"
    return "too_much_scratch" if isinstance(error, ScratchLimitExceeded) or number == errno.EFBIG else ""


def scratch_limit_exceeded(folder: Path) -> str:
    """Have the files in this folder grown over RUN_DISK_MB, all together? "too_much_scratch" then; else ''."""
    limit = settings.RUN_DISK_MB * MB
    return "too_much_scratch" if limit and _size(folder) > limit else ""


def _size(folder: Path) -> int:
    """Bytes of the files in a folder. It, or they, may go while it is counted."""
    total = 0
    with suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            with suppress(FileNotFoundError):
                total += entry.stat(follow_symlinks=False).st_size
    return total


def limit_run(queue: str, *, memory_mb: int, disk_mb: int) -> None:
    """Limit this process, which does one run and ends; for good, and for what it starts. 0: no limit.

    memory_mb: of private memory that can be written to (what is mapped but only read does not count). A run of the
    usual kind takes 0.3 to 0.7 GB. disk_mb: of any file it writes; `scratch_limit_exceeded` is about all of them.
    queue: one of settings.QUEUES.
    """
    os.nice(settings.QUEUES.get(queue, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Linux alone counts private mappings as data, and Python's and the decoders' memory is made of those.
    if memory_mb and sys.platform == "linux":
        _lower(resource.RLIMIT_DATA, memory_mb * MB)
    if disk_mb:
        # Python ignores SIGXFSZ, so that writing on is an OSError (EFBIG) and not the end.
        _lower(resource.RLIMIT_FSIZE, max(disk_mb * MB, _database_size() + DATABASE_GROWTH_MB * MB))


def limit_child(queue: str) -> None:
    """What a work-horse, or a child of the local worker, begins with: the limits that settings say."""
    limit_run(queue, memory_mb=settings.RUN_MEMORY_MB, disk_mb=settings.RUN_DISK_MB)


def _lower(kind: int, limit: int) -> None:
    """A limit that is lower already (the operator's own) stays."""
    hard = resource.getrlimit(kind)[1]
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (limit, limit))


def _database_size() -> int:
    """Bytes of an SQLite database, which the run writes to as well; 0 where there is a server."""
    path = Path(str(settings.DATABASES["default"]["NAME"]))
    return path.stat().st_size if path.is_file() else 0
