"""Where the bytes of an upload go while they arrive: to a temporary file beside its last place, never to memory."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler

from modules.storage.files import NO_ROOM
from trainingsite.http import SiteRequest

FIELDS = {"file", "captions"}
ABANDONED_AFTER = 24 * 3600  # seconds without a write: longer than any storage takes to copy a file away
# What arrives may also be larger than any file can be here; a finished file that is moved cannot.
NO_ROOM_FOR_ARRIVAL = NO_ROOM | {errno.EFBIG}


class StreamToDisk(TemporaryFileUploadHandler):
    """Writes one video and one captions file to FILE_UPLOAD_TEMP_DIR, so that saving them is a rename.

    What else is sent ends the upload: `request.upload_problem` then says why, as a code of `modules.messages`.
    Files posted to other pages are not even written.
    """

    # Measured: ten uploads of 50 MB at once are answered four times sooner than with Django's 64 KB.
    chunk_size = 512 * 1024

    request: SiteRequest

    def __init__(self, request: SiteRequest) -> None:
        super().__init__(request)
        self.seen: set[str] = set()

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        if not hasattr(self.request, "upload_id"):
            raise SkipFile
        if field_name not in FIELDS:
            self.stop("unexpected_file")
        if field_name in self.seen:
            self.stop("two_files")
        self.seen.add(field_name)
        # The sender's name stays out of the temporary name: a long ending would be no name for a file.
        with self.room():
            super().new_file(field_name, "upload", *args, **kwargs)
        self.file.name = file_name
        # Django keeps 255 letters of a name and has no place for more; `accept` makes a title of the whole of it.
        self.file.sent_name = file_name  # type: ignore[attr-defined]

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        with self.room():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        with self.room():
            return super().file_complete(file_size)

    def upload_interrupted(self) -> None:
        self.request.upload_problem = "broken_off"
        self.discard()

    @contextlib.contextmanager
    def room(self) -> Iterator[None]:
        """Turn "no space left on the device" into an answer."""
        try:
            yield
        except OSError as error:
            if error.errno not in NO_ROOM_FOR_ARRIVAL:
                raise
            self.discard()
            self.stop("disk_full")

    def discard(self) -> None:
        """Remove the file that is being written."""
        if hasattr(self, "file"):
            # Closing writes what is still buffered, for which there may be no room; the file goes all the same.
            with contextlib.suppress(OSError):
                self.file.close()

    def stop(self, code: str) -> NoReturn:
        self.request.upload_problem = code
        # True: Django does not read the rest. `reject` reads it, for a few seconds.
        raise StopUpload(connection_reset=True)


def remove_abandoned() -> None:
    """Remove what a web process was receiving when it was killed; one that ends by itself leaves nothing."""
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload"):
        # Another process may be removing the same file, or moving a finished one.
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - ABANDONED_AFTER:
                path.unlink()
