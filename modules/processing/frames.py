"""The pictures of a video: some before the writing begins, the others while a model writes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from modules import media
from modules.models import stages
from modules.models.outputs import SavedPicture
from modules.pipeline.types import MediaError, ReportProgress, Still
from modules.storage.files import store

from .attempt import Attempt

logger = logging.getLogger(__name__)


class FrameGrabber:
    """One sharp picture for each time that calls for one, stored and saved as soon as it is there.

    path: the video. times: seconds, ascending; a picture's place is its time's position in them.
    A picture's own path is its name in the storage.
    """

    def __init__(self, attempt: Attempt, path: Path, times: Sequence[float]) -> None:
        self._attempt, self._path, self._times = attempt, path, times
        self._key = attempt.key("pictures", attempt.module.upload.sha256, times)
        self._complete = attempt.saved(stages.STILLS, self._key) is not None
        parts = attempt.saved_parts(stages.STILLS, self._key)
        self._taken = {place: still_of(SavedPicture.from_json(part)) for place, part in parts.items()}

    def take(
        self, places: Sequence[int], report_progress: ReportProgress, *, else_empty: bool = False
    ) -> tuple[Still, ...]:
        """The pictures at these places, in order, where there are any and they differ. Raises LeaseLost, OSError.

        else_empty: the best of those on which nothing is, where there are no others.
        """
        report_progress(0.0, "looking")
        missing = {place: self._times[place] for place in places if place not in self._taken}
        if missing and not self._complete:
            try:
                self._grab(missing, report_progress, else_empty and not self._taken)
            except MediaError:
                logger.info("No more pictures from [%s]", self._attempt.module.pk, exc_info=True)
        return tuple(media.distinct(self._taken[place] for place in sorted(places) if place in self._taken))

    def complete(self, report_progress: ReportProgress) -> tuple[Still, ...]:
        """The pictures at all places; what is there already is not taken again. Raises as `take` does."""
        stills = self.take(range(len(self._times)), report_progress, else_empty=True)
        if not self._complete:
            found = [replace(saved_picture(one), look="").to_json() for one in stills]
            self._attempt.save(stages.STILLS, self._key, found)
            self._complete = True
        if not stills:
            self._attempt.notice("no_stills")
        return stills

    def _grab(self, missing: dict[int, float], report_progress: ReportProgress, else_empty: bool) -> None:
        attempt = self._attempt
        container, folder = attempt.module.container, f"{attempt.module.folder}/stills"
        found = media.grab(self._path, container, missing, attempt.folder, report_progress, else_empty=else_empty)
        for place, still in found:
            name = store(Path(still.path), f"{folder}/{self._key[:8]}-{place:04d}.jpg")
            picture = replace(still, path=name)
            attempt.save_part(stages.STILLS, self._key, place, saved_picture(picture).to_json())
            self._taken[place] = picture


def saved_picture(still: Still) -> SavedPicture:
    return SavedPicture(still.time, still.path, still.width, still.height, still.sharpness, still.look)


def still_of(saved: SavedPicture) -> Still:
    """As `FrameGrabber` has it: its path is its name in the storage."""
    return Still(saved.time, saved.name, saved.width, saved.height, saved.sharpness, saved.look)
