"""Speech by faster-whisper, on this machine."""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self

import ctranslate2
from faster_whisper import WhisperModel
from faster_whisper.utils import available_models, download_model
from httpx2 import HTTPError
from huggingface_hub import constants, get_session
from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

from modules.pipeline.types import Hints, ProviderError, Segment, Window, WindowTranscript

log = logging.getLogger(__name__)

RENAMED = {"jv": "jw"}
"""BCP 47 code → the one that Whisper has kept from before it was changed."""

_SURE = 1.5  # the sum of the odds of a language over windows, at which we stop asking
_ASKED = 4  # windows after which we take the likeliest language


class LocalWhisper:
    """A Speech. model: a folder with a CTranslate2 Whisper model, or a name ("base", "small", "owner/name").

    A name is fetched on first use, where there is a network; no call goes out when it is there. The model is
    loaded when the first window comes, so in the process that uses it, and let go by `close` (or `with`).
    patience: seconds in which the place to fetch it from must answer. Raises ProviderError("speech_unavailable")
    when it cannot be had.
    """

    def __init__(self, model: str, patience: float = 5.0) -> None:
        self.model = model
        self.patience = patience
        self.name = f"local whisper {Path(model).name}"
        self._loaded: WhisperModel | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the model's memory back; a later window loads it again."""
        if self._loaded is not None:
            self._loaded.model.unload_model()
            self._loaded = None
            gc.collect()

    def transcribe(self, windows: Iterable[Window], hints: Hints) -> Iterator[WindowTranscript]:
        """One window after the other, in order; its segments have times."""
        language = None
        odds: defaultdict[str, float] = defaultdict(float)
        for asked, window in enumerate(windows):
            model = self._loaded or self._load()
            if not asked:
                language = _known(hints.language, model)
            heard, probability = _hear(model, window, language, hints)
            if language is None:
                odds[heard.language] += probability
                likeliest, certainty = max(odds.items(), key=itemgetter(1))
                language = likeliest if certainty >= _SURE or asked + 1 >= _ASKED else None
            yield heard

    def _load(self) -> WhisperModel:
        folder = _folder(self.model, self.patience)
        on_gpu = ctranslate2.get_cuda_device_count() > 0
        try:
            self._loaded = WhisperModel(
                folder,
                device="cuda" if on_gpu else "cpu",
                compute_type="auto" if on_gpu else "int8",
                cpu_threads=os.cpu_count() or 1,
            )
        except (RuntimeError, ValueError, OSError) as error:
            log.warning("The Whisper model in %s could not be loaded: %s", folder, error)
            raise ProviderError("speech_unavailable") from error
        return self._loaded


def _hear(model: WhisperModel, window: Window, language: str | None, hints: Hints) -> tuple[WindowTranscript, float]:
    """What is said in one window, and how sure the language is (0..1)."""
    found, info = model.transcribe(
        window.samples,
        language=language,
        beam_size=2,
        temperature=(0.0, 0.4, 0.8),  # each further try costs as much as the first
        condition_on_previous_text=False,  # else one invented sentence breeds the next
        max_new_tokens=224,  # more than anyone says in a window; a loop ends here
        hotwords=", ".join(hints.keywords)[:200] or None,
    )
    segments = tuple(
        Segment(
            min(window.start + segment.start, window.end),
            min(window.start + segment.end, window.end),
            segment.text.strip(),
        )
        for segment in found
    )
    text = " ".join(segment.text for segment in segments)
    return WindowTranscript(window.number, text, info.language, segments), float(info.language_probability)


def _known(language: str, model: WhisperModel) -> str | None:
    """The recogniser's name for a language (BCP 47), or None to find out."""
    code = language.partition("-")[0].lower()
    code = RENAMED.get(code, code)
    return code if code in model.supported_languages else None


def _folder(model: str, patience: float) -> str:
    """Where the model's files are; fetches them when they are not there."""
    if os.path.isdir(model):
        if missing := _missing(model):
            log.warning("The Whisper model in %s lacks %s", model, ", ".join(missing))
            raise ProviderError("speech_unavailable")
        return model
    if "/" not in model and model not in available_models():
        log.warning("WHISPER_MODEL=%s is neither a folder nor one of %s", model, ", ".join(available_models()))
        raise ProviderError("speech_unavailable")
    try:
        folder = download_model(model, local_files_only=True)
    except (LocalEntryNotFoundError, HFValidationError):
        return _fetch(model, patience)
    # Fetching that was interrupted leaves a folder with a part of the files.
    return _fetch(model, patience) if _missing(folder) else folder


def _missing(folder: str) -> list[str]:
    """What faster-whisper needs and a folder lacks; it would ask the network for a tokenizer."""
    return [name for name in ("model.bin", "config.json", "tokenizer.json") if not Path(folder, name).is_file()]


def _fetch(model: str, patience: float) -> str:
    """Fetch a model from the hub, if that answers at once: its own client has no bound on the time of all its tries."""
    answered = threading.Event()

    def knock() -> None:
        try:
            get_session().head(constants.ENDPOINT, timeout=patience)
        except HTTPError as error:
            log.info("No answer from %s: %s", constants.ENDPOINT, error)
        else:
            answered.set()

    # In a thread, because looking up a name has no time-out of its own.
    knocking = threading.Thread(target=knock, daemon=True)
    knocking.start()
    knocking.join(patience)
    if not answered.is_set():
        log.warning("The Whisper model %s is not on this machine, and %s cannot be reached", model, constants.ENDPOINT)
        raise ProviderError("speech_unavailable")
    try:
        return download_model(model)
    except (OSError, HTTPError, HFValidationError) as error:
        log.warning("The Whisper model %s could not be fetched: %s", model, error)
        raise ProviderError("speech_unavailable") from error
