"""What is said in a video: captions that came with it, or speech that is recognised."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from modules import media
from modules.ai.providers import Providers, Recogniser
from modules.models import Transcript, stages
from modules.models.outputs import SavedTranscript, SavedWindow
from modules.pipeline import captions
from modules.pipeline.speech import transcribe
from modules.pipeline.types import (
    Cue,
    Hints,
    MediaError,
    PipelineError,
    Probe,
    ProviderError,
    ReportProgress,
    Window,
    WindowTranscript,
)
from modules.storage.files import read

from . import publish, sound
from .attempt import Attempt

CUES = TypeAdapter(tuple[Cue, ...])
HEARD = TypeAdapter(WindowTranscript)


def listen(
    attempt: Attempt, path: Path, found: Probe, ai: Providers, report_progress: ReportProgress
) -> tuple[tuple[Cue, ...], str]:
    """The cues and their origin (see `Transcript.Origin`); () and '' with a notice where there are none."""
    cues, origin = _given(attempt, path, found, report_progress)
    if cues:
        _keep(attempt, cues, origin, report_progress)
        return cues, origin
    if found.audio_codec is None:
        attempt.notice("no_audio")
        return (), ""
    cues = _hear(attempt, path, found, ai, report_progress)
    return cues, Transcript.Origin.SPEECH if cues else ""


def _given(attempt: Attempt, path: Path, found: Probe, report_progress: ReportProgress) -> tuple[tuple[Cue, ...], str]:
    """Captions beside the video, or a text track in it."""
    module = attempt.module
    if module.captions_file.name:
        report_progress(0.1, "reading_captions")
        cues = _beside(attempt, found.duration)
        if cues:
            return cues, Transcript.Origin.UPLOADED
        attempt.notice("captions_unreadable")
    for track in found.subtitles:
        report_progress(0.2, "reading_captions")
        try:
            cues = captions.clip(media.subtitles(path, module.container, track), found.duration)
        except MediaError as error:
            if error.code != "captions_unreadable":
                raise
            attempt.notice(error.code)
            continue
        if cues:
            publish.set_language(attempt, track.language)
            return cues, Transcript.Origin.EMBEDDED
    return (), ""


def _beside(attempt: Attempt, duration: float) -> tuple[Cue, ...]:
    """The cues of the captions file, its language written to the module; () where it has none within the video."""
    module = attempt.module
    try:
        given = captions.read(read(str(module.captions_file.name)), module.language)
    except PipelineError:
        return ()
    cues = captions.clip(given.cues, duration)
    if cues:
        publish.set_language(attempt, given.language)
        for notice in given.notices:
            attempt.notice(notice.code, **notice.params)
    return cues


def _keep(attempt: Attempt, cues: tuple[Cue, ...], origin: str, report_progress: ReportProgress) -> None:
    """Save captions as the stage's output, so that the processing page can show them."""
    key = attempt.key("captions", attempt.module.upload.sha256, CUES.dump_python(cues, mode="json"))
    if attempt.saved(stages.SPEECH, key) is None:
        saved = SavedTranscript.of(CUES.dump_python(cues, mode="json"), attempt.module.language)
        attempt.save(stages.SPEECH, key, saved.to_json(), provider=origin)
    report_progress(1.0)


def _hear(
    attempt: Attempt, path: Path, found: Probe, ai: Providers, report_progress: ReportProgress
) -> tuple[Cue, ...]:
    """Recognise speech with the first recogniser that can. What one has heard, the next need not hear again."""
    heard: dict[int, WindowTranscript] = {}
    for recogniser in ai.recognisers:
        key = attempt.key("speech", attempt.module.upload.sha256, recogniser.name, attempt.module.speech_round)
        output = attempt.saved(stages.SPEECH, key)
        saved = SavedTranscript.from_json(output) if output else None
        if saved is None:
            parts = attempt.saved_parts(stages.SPEECH, key)
            heard |= {
                number: HEARD.validate_python(SavedWindow.from_json(part).heard) for number, part in parts.items()
            }
            try:
                saved = _recognise(attempt, path, found, recogniser, key, heard, report_progress)
            except ProviderError as error:
                attempt.handle_provider_error(error)
                continue
        publish.set_language(attempt, saved.language)
        cues = CUES.validate_python(saved.cues)
        if not cues:
            attempt.notice("no_speech")
        return cues
    return ()


def _recognise(
    attempt: Attempt,
    path: Path,
    found: Probe,
    recogniser: Recogniser,
    key: str,
    heard: dict[int, WindowTranscript],
    report_progress: ReportProgress,
) -> SavedTranscript:
    """Window by window; each is saved as soon as it is there, and put into `heard`. Raises ProviderError."""

    def save(window: Window, new: WindowTranscript) -> None:
        heard[new.window] = new
        output = SavedWindow(new.text, window.start, HEARD.dump_python(new, mode="json")).to_json()
        facts = {"provider": recogniser.name, "calls": new.calls, "cost": new.cost}
        attempt.save_part(stages.SPEECH, key, window.number, output, media_seconds=window.end - window.start, **facts)

    report_progress(0.0, "listening_start")
    hints = Hints(language=attempt.module.language, title=attempt.module.title)
    pieces = sound.spoken(path, attempt.module.container, report_progress)
    with recogniser:
        cues, language = transcribe(pieces, recogniser, hints, dict(heard), save, report_progress, total=found.duration)
    saved = SavedTranscript.of(CUES.dump_python(cues, mode="json"), language)
    facts = {"provider": recogniser.name, "media_seconds": found.duration}
    attempt.save(stages.SPEECH, key, saved.to_json(), replaces_parts=True, **facts)
    return saved
