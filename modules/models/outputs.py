"""What stages keep in `StageRun.output`, for whoever reads it: a type for each, so that nobody agrees on keys.

What only the stage itself reads again (what the probe found, scenes, drafts) are the values of `pipeline.types`.
Rows of older versions have keys that are gone; these are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

LATEST = 4
"""Lines of a transcript that are shown while a module is worked on."""


@dataclass(frozen=True)
class Output:
    """Something that is kept as JSON."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Raises TypeError when something is missing that has no default."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


@dataclass(frozen=True)
class SavedWindow(Output):
    """One window of sound that was recognised. start: seconds; heard: a `WindowTranscript` as JSON."""

    text: str
    start: float
    heard: dict[str, Any]


@dataclass(frozen=True)
class SavedTranscript(Output):
    """All that is said. cues: `Cue`s as JSON; language: BCP 47 or ''; latest: the last LATEST cues once more,

    so that a page that shows them reads these alone, and not hours of talk.
    """

    cues: list[dict[str, Any]]
    language: str = ""
    latest: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, cues: Sequence[dict[str, Any]], language: str) -> Self:
        return cls(list(cues), language, list(cues[-LATEST:]))


@dataclass(frozen=True)
class SavedPicture(Output):
    """One picture. time: seconds; name: in the storage; look: what it shows (see `media.pictures.look_of`)."""

    time: float
    name: str
    width: int = 0
    height: int = 0
    sharpness: float = 0.0
    look: str = ""


@dataclass(frozen=True)
class SavedAnswer(Output):
    """The answer of a model, as JSON text, under the key of its question."""

    key: str
    answer: str


def picture_names(output: Any) -> set[str]:
    """The names in the storage that the output of the stage "stills" holds: of one picture, or of a list of them.

    A list may hold changes of picture instead, which have no names.
    """
    pictures = output if isinstance(output, list) else [output]
    # Version 0.1 kept the name of a picture in a list as its path.
    names = {picture.get("name") or picture.get("path") for picture in pictures if picture}
    return {name for name in names if name}
