"""Prompts for the chat model; their answers are checked, asked for once more where they are no use, and cached."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from modules.pipeline.types import ProviderError, ReportProgress

from .calls import Calls, Unusable
from .parallel import run_in_parallel

log = logging.getLogger(__name__)

M = TypeVar("M", bound=BaseModel)
AnswerCache = MutableMapping[str, str]
"""Answers that were paid for, as JSON by a key of ours; only ever used in the caller's own thread."""


def instructions(name: str) -> str:
    """A task for the model, with what it must know of data."""
    folder = Path(__file__).parent / "prompts"
    return f"{(folder / name).read_text(encoding='utf-8')}\n{(folder / 'data.txt').read_text(encoding='utf-8')}"


@dataclass(frozen=True)
class Prompt(Generic[M]):
    """What the model is asked. parts: the user's message; schema: of the answer.

    check: raises Unusable for an answer that fits the schema and not the data.
    spare: when no answer can be used, the others still can.
    """

    task: str
    parts: Sequence[dict[str, Any]]
    schema: type[M]
    check: Callable[[M], None]
    spare: bool = False

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [{"role": "system", "content": self.task}, {"role": "user", "content": list(self.parts)}]

    def key(self, model: str) -> str:
        text = json.dumps([model, self.schema.__name__, self.messages], ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def text_part(data: dict[str, Any]) -> dict[str, Any]:
    """Data as JSON, so that nothing in it can be taken for the end of the data."""
    return {"type": "text", "text": json.dumps(data, ensure_ascii=False).encode("utf-8", "replace").decode()}


def picture_parts(name: str, jpeg: bytes) -> list[dict[str, Any]]:
    url = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
    return [{"type": "text", "text": name}, {"type": "image_url", "image_url": {"url": url, "detail": "low"}}]


class PromptRunner:
    """Sends prompts to a model in parallel. cache: answers that need not be asked for again; new ones are put there."""

    def __init__(self, calls: Calls, model: str, at_once: int, cache: AnswerCache) -> None:
        self.calls, self.model, self.at_once, self.cache = calls, model, at_once, cache

    def run(self, stage: str, prompts: Sequence[Prompt[Any]], report_progress: ReportProgress) -> list[Any]:
        """The answer to each prompt, in their order; None where a spare one got none. Raises ProviderError."""
        given = {number: answer for number, one in enumerate(prompts) if (answer := self._cached(one)) is not None}
        missing = [(number, one) for number, one in enumerate(prompts) if number not in given]
        work = partial(self._ask, stage)
        silence = 2 * self.calls.budget + 60
        with closing(run_in_parallel(work, missing, at_once=self.at_once, silence=silence)) as coming:
            for number, answer in coming:
                given[number] = answer
                if answer is not None:
                    self.cache[prompts[number].key(self.model)] = answer.model_dump_json()
                report_progress(len(given) / len(prompts))
        return [given[number] for number in range(len(prompts))]

    def _cached(self, prompt: Prompt[M]) -> M | None:
        text = self.cache.get(prompt.key(self.model))
        if text is None:
            return None
        try:
            answer = prompt.schema.model_validate_json(text)
            prompt.check(answer)
        except (ValidationError, Unusable):
            log.warning("An answer of the cache does not fit any more; it is asked for again")
            return None
        return answer

    def _ask(self, stage: str, item: tuple[int, Prompt[M]], stop: threading.Event) -> tuple[int, M | None]:
        """One prompt, once more with the fault named when its answer cannot be used."""
        number, prompt = item
        messages = prompt.messages
        fault = ""
        for _ in range(2):
            try:
                answer = self.calls.chat(stage, self.model, messages, prompt.schema, stop)
                prompt.check(answer)
                return number, answer
            except Unusable as error:
                fault = str(error)
                log.info("%s: an answer that cannot be used: %s", stage, fault)
                again = f"Your last answer could not be used: {fault} Answer again, in the form that was asked for."
                messages = [*prompt.messages, {"role": "user", "content": again}]
        if prompt.spare:
            return number, None
        raise ProviderError("ai_unusable")


def cues_as_lines(cues: Sequence[Any]) -> Iterator[str]:
    """Cues as the model sees them: "[12] press the button"."""
    return (f"[{cue.number}] {' '.join(cue.text.split())}" for cue in cues)
