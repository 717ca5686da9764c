"""The stages of the work on a module: one row each, in their order, with all that is said and known of them.

It stands with the models because `Module.stage` and `StageRun.stage` hold these names. A new stage is a row here, and
a line in `processing/conductor.py` that does its work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Stage:
    """One stage.

    name: in the rows, at most 10 letters. label: for people. message: the code of what is said when it begins.
    band: the part of the progress bar it moves in, in per cent; None for work that is not on the bar.
    within: the name of the stage on the bar beside which such work is done ('': beside none).
    usual_share: of the whole time, where no earlier run tells better; the bands are for the eye.
    deadline, deadline_per_second: seconds that it may take, and more for each second of video.
    """

    name: str
    label: str | _StrPromise
    message: str = ""
    band: tuple[int, int] | None = None
    within: str = ""
    usual_share: float = 0.0
    deadline: float = 900.0
    deadline_per_second: float = 0.0

    def __str__(self) -> str:
        return self.name

    def deadline_for(self, duration: float | None) -> float:
        """Seconds that this stage may take for a video of so many seconds."""
        return self.deadline + self.deadline_per_second * (duration or 0.0)


FETCH = Stage("fetch", _("Fetching the video"), "checking", within="probe", deadline=3600)
PROBE = Stage("probe", _("Upload & validation"), "checking", (0, 10), usual_share=0.04, deadline=180)
SPEECH = Stage("speech", _("AI video analysis"), "starting_analysis", (10, 30), usual_share=0.7, deadline_per_second=10)
STILLS = Stage("stills", _("Pictures"), within="speech")
STEPS = Stage("steps", _("Step extraction"), "extracting", (30, 60), usual_share=0.08)
ENHANCE = Stage("enhance", _("AI enhancement"), "enhancing", (60, 90), usual_share=0.08)
# 100 is written with `ready`, in one transaction.
FINALIZE = Stage("finalize", _("Finalizing module"), "finalizing", (90, 99), usual_share=0.1, deadline_per_second=1)
RENDITION = Stage("rendition", _("Rendition"), deadline=3600, deadline_per_second=10)

STAGES: tuple[Stage, ...] = (FETCH, PROBE, SPEECH, STILLS, STEPS, ENHANCE, FINALIZE, RENDITION)


def on_the_bar() -> list[Stage]:
    """The stages that a person sees, in their order."""
    return [stage for stage in STAGES if stage.band]


def find(name: str) -> Stage | None:
    """The stage of this name; None for '' and for one that another version of the site knows."""
    return next((stage for stage in STAGES if stage.name == name), None)


def on_the_bar_for(name: str) -> Stage | None:
    """Where a person sees this work: the stage itself, or the one beside which it is done; None for neither."""
    stage = find(name)
    return stage if stage is None or stage.band else find(stage.within)


def label_of(name: str) -> str:
    """The words for a stage's name; the name itself where this version does not know it."""
    stage = find(name)
    return str(stage.label) if stage else name


def later_than(stage: Stage) -> list[Stage]:
    """The stages on the bar that come after this one, which is on it too."""
    seen = on_the_bar()
    return seen[seen.index(stage) + 1 :]
