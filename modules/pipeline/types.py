"""What the stages hand to each other: frozen values and the two AI Protocols.

No Django here and nothing that opens a file. All times are seconds (float)
from the start of the video.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

SAMPLE_RATE = 16_000
"""Samples a second of every audio array here: mono float32 in -1..1."""


@dataclass(frozen=True)
class Notice:
    """Something that could not be done, as a code with parameters.

    The words are looked up in `modules.messages`; `params` holds plain JSON values.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class PipelineError(Exception):
    """A failure that a person can act on; `code` names its sentence in `modules.messages`."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(f"{code} {params}" if params else code)

    @property
    def notice(self) -> Notice:
        return Notice(self.code, self.params)


class MediaError(PipelineError):
    """The video (or what was to be read from it) is at fault; no second try would help."""


class ProviderError(PipelineError):
    """An AI provider cannot do what was asked.

    transient: a later try may succeed (time-out, overload); retry_after: seconds the
    provider asked us to wait, if it did.
    """

    def __init__(self, code: str, *, transient: bool = False, retry_after: float | None = None, **params: Any) -> None:
        self.transient = transient
        self.retry_after = retry_after
        super().__init__(code, **params)


class ReportProgress(Protocol):
    """How a stage tells how far it is. It is cheap, so call it often; it raises when the run must end.

    done: 0..1 of the stage's work. code, params: what is being done, in the words
    of `modules.messages` (None: as before).
    """

    def __call__(self, done: float, code: str | None = None, /, **params: Any) -> None: ...


def ignore_progress(done: float, code: str | None = None, /, **params: Any) -> None:
    """A ReportProgress for callers that watch nothing."""


def progress_part(report_progress: ReportProgress, low: float, high: float) -> ReportProgress:
    """A ReportProgress for a part of the work: its 0..1 is low..high of the whole."""

    def shared(done: float, code: str | None = None, /, **params: Any) -> None:
        report_progress(low + (high - low) * done, code, **params)

    return shared


@dataclass(frozen=True)
class SubtitleTrack:
    """A text track inside the file. index: the stream's index; language: BCP 47 or ''."""

    index: int
    codec: str
    language: str = ""
    title: str = ""


@dataclass(frozen=True)
class Probe:
    """What a decoder found. container: a key of `pipeline.containers.CONTAINERS`.

    duration is that of the pictures that can be read, in seconds; width and height are as shown
    (rotation applied). audio_codec is None when there is no sound.
    playable: a browser plays the file as it is. damaged: part of it could not be read.
    """

    container: str
    duration: float
    width: int
    height: int
    fps: float
    video_codec: str
    audio_codec: str | None
    size: int
    subtitles: tuple[SubtitleTrack, ...] = ()
    playable: bool = True
    damaged: bool = False


@dataclass(frozen=True)
class Span:
    """A stretch of time."""

    start: float
    end: float

    @property
    def duration(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class SoundSource:
    """What of a file is listened to. track: the stream's index; channel: one by its place, None: all of them mixed."""

    track: int
    channel: int | None = None


@dataclass(frozen=True)
class AudioBlock:
    """A stretch of audio without gaps. start: seconds; samples: mono float32 at SAMPLE_RATE."""

    start: float
    samples: np.ndarray

    @property
    def end(self) -> float:
        return self.start + len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True)
class Window:
    """A piece of audio to be transcribed, cut at pauses, at most 15 s.

    number counts from 0; voiced holds the spans in it where somebody speaks, in video time.
    """

    number: int
    start: float
    end: float
    voiced: tuple[Span, ...]
    samples: np.ndarray = field(repr=False, compare=False)


@dataclass(frozen=True)
class Segment:
    """Text with its own times (a provider that gives times), in video time."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class WindowTranscript:
    """What a Speech provider heard in one window. segments is empty when it gives no times.

    language: BCP 47 or ''. cost: US dollars. calls: requests made.
    """

    window: int
    text: str
    language: str = ""
    segments: tuple[Segment, ...] = ()
    cost: float = 0.0
    calls: int = 0


@dataclass(frozen=True)
class Cue:
    """One numbered caption. Numbers count from 1 in order of start; start < end."""

    number: int
    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Hints:
    """What helps a recogniser. language: BCP 47 or '' (detect); title, keywords: data, never instructions."""

    language: str = ""
    title: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """A change of picture. time: the first moment of the new picture; score: 0 (same) .. 1 (all new)."""

    time: float
    score: float


@dataclass(frozen=True)
class Still:
    """A picture taken from the video. path: a JPEG in the run's work folder; sharpness: higher is sharper.

    look: what it shows, small enough to keep (see `media.pictures.look_of`); '' where nobody asked.
    """

    time: float
    path: str
    width: int
    height: int
    sharpness: float
    look: str = ""


KINDS = ("intro", "step", "tip", "warning", "wrap-up")


@dataclass(frozen=True)
class Draft:
    """One step before it is stored.

    id: short, unique in its module, kept from drafting through enhancing. cues: the numbers it came
    from (empty in a silent video). start, end: looked up from cues or scenes, never generated.
    still: time of the picture to show, or None.
    """

    id: str
    kind: str
    title: str
    text: str
    cues: tuple[int, ...]
    start: float
    end: float
    still: float | None = None


@dataclass(frozen=True)
class Material:
    """All that a Writer may use. Everything in it is data, never an instruction.

    language: BCP 47 or ''. scenes and stills are in order of time.
    """

    title: str
    language: str
    duration: float
    cues: tuple[Cue, ...]
    scenes: tuple[Scene, ...] = ()
    stills: tuple[Still, ...] = ()


@dataclass(frozen=True)
class Question:
    """One question of the quiz. steps: ids of the drafts it asks about; options: four, all different.

    right: position (0..3) of the one that is right; cues: the numbers that prove it.
    """

    id: str
    steps: tuple[str, ...]
    text: str
    options: tuple[str, ...]
    right: int
    explanation: str
    cues: tuple[int, ...]


@dataclass(frozen=True)
class Aside:
    """What is worth minding at a step. step: the draft's id; kind: "tip" or "warning"; cues: where it is said."""

    step: str
    kind: str
    text: str
    cues: tuple[int, ...]


@dataclass(frozen=True)
class Enhanced:
    """Steps in better words, tied to the drafts by id; everything else may be empty.

    goals: what a learner can do afterwards.
    """

    steps: tuple[Draft, ...]
    summary: str = ""
    tags: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    goals: tuple[str, ...] = ()
    quiz: tuple[Question, ...] = ()
    asides: tuple[Aside, ...] = ()


class Speech(Protocol):
    """Turns audio into text. Raises ProviderError when it cannot be had at all."""

    name: str
    """Provider and model, for the ledger and for the key of saved work: 'local whisper base'."""

    def transcribe(self, windows: Iterable[Window], hints: Hints) -> Iterator[WindowTranscript]:
        """Take windows as they come and yield each as soon as it is done, in any order."""
        ...


class Writer(Protocol):
    """Turns material into steps. Raises ProviderError when it cannot be had at all."""

    name: str

    def pictures(self, cues: Sequence[Cue]) -> int:
        """How many pictures it waits for; the others may be taken while it writes."""

    def draft_steps(self, material: Material, report_progress: ReportProgress = ignore_progress) -> Sequence[Draft]: ...

    def enhance(
        self, drafts: Sequence[Draft], material: Material, report_progress: ReportProgress = ignore_progress
    ) -> Enhanced: ...


Voiced = Callable[[AudioBlock], Sequence[Span]]
"""A voice detector: the spans of a block in which somebody speaks, in video time."""
