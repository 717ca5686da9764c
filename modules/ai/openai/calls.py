"""Calls to an OpenAI-compatible server: time-outs, tries, and what each failure means."""

from __future__ import annotations

import json
import logging
import random
import re
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, TypeVar

import httpx2
import openai
from pydantic import BaseModel, ValidationError

from modules.ai.ledger import Call, Ledger
from modules.ai.registry import OPENAI
from modules.pipeline.types import ProviderError

from .connections import Connections

log = logging.getLogger(__name__)

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

OFFICIAL = "https://api.openai.com/v1"
TRIES = 6
QUOTA = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "quota_exceeded"}
PASSING = {408, 409, 425, 429}
MOST_TOKENS = 100_000_000
"""More than any model takes or gives at once."""
PICTURE_TOKENS = 300
"""What a small picture is expected to cost; what it did cost is in the answer."""


class Unusable(Exception):
    """The answer came, and cannot be used. The message names the fault, for the model's second try."""


class Calls:
    """The way to one server, for one module. Thread-safe; `close` gives its connections back.

    key: may be '' for a server that asks for none. base_url: '' for OpenAI's own. connect, speech_seconds,
    chat_seconds: time-outs. budget: seconds that one call may take with all its tries; trouble: seconds that
    all failed tries and waits of this object may take together, after which nothing is tried again.
    """

    def __init__(
        self,
        key: str,
        base_url: str = "",
        *,
        ledger: Ledger | None = None,
        connect: float = 5.0,
        speech_seconds: float = 60.0,
        chat_seconds: float = 120.0,
        budget: float = 240.0,
        trouble: float = 900.0,
        backoff: float = 0.5,
    ) -> None:
        self.ledger = ledger or Ledger()
        self.key, self.base_url = key, base_url
        self.connect, self.speech_seconds, self.chat_seconds = connect, speech_seconds, chat_seconds
        self.budget, self.trouble, self.backoff = budget, trouble, backoff
        self._lost = 0.0
        self._lock = threading.Lock()
        self._made: tuple[openai.OpenAI, Connections] | None = None

    def close(self) -> None:
        """Give connections back, those too on which threads still wait for an answer; a later call opens new ones."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            client, connections = made
            connections.break_off()
            client.close()

    def transcribe(
        self, stage: str, model: str, piece: bytes, name: str, seconds: float, stop: threading.Event, **hints: Any
    ) -> tuple[dict[str, Any], Call]:
        """The answer to one piece of audio as JSON, and what it cost. seconds: its length; see the API for hints."""

        def once(call: Call) -> dict[str, Any]:
            raw = self._client().audio.transcriptions.with_raw_response.create(
                file=(name, piece), model=model, timeout=self._timeout(self.speech_seconds), **hints
            )
            answer = _envelope(raw.http_response.text)
            if not isinstance(answer.get("text"), str):
                raise Unusable("The answer has no text.")
            call.audio_seconds = seconds
            return answer

        setting = OPENAI.services["speech"].model_setting
        return self._patiently(once, stage, model, stop, setting, audio_seconds=seconds)

    def chat(
        self, stage: str, model: str, messages: Sequence[Mapping[str, Any]], schema: type[M], stop: threading.Event
    ) -> M:
        """The answer to a chat, by the given schema. Raises Unusable (with the fault named) or ProviderError."""
        tokens, pictures = _size(messages)

        def once(call: Call) -> M:
            raw = self._client().chat.completions.with_raw_response.parse(
                # Plain mappings, as they are sent: the client's types have a class of its own for each role.
                messages=list(messages),  # type: ignore[arg-type]
                model=model,
                response_format=schema,
                timeout=self._timeout(self.chat_seconds),
            )
            answer = _envelope(raw.http_response.text)
            _count(answer, call)
            return _parsed(schema, _content(answer))

        setting = OPENAI.services["writer"].model_setting
        expected = {"tokens_in": tokens + PICTURE_TOKENS * pictures, "tokens_out": 1000 + tokens}
        return self._patiently(once, stage, model, stop, setting, **expected)[0]

    def _client(self) -> openai.OpenAI:
        """Made on first use, so in the process that uses it. Its own tries are off: those here are counted."""
        if not self.key.isascii():
            raise ProviderError("ai_key_refused", key_setting=OPENAI.key_setting)
        with self._lock:
            if self._made is None:
                connections = Connections()
                hooks = {"request": [connections.follow]}
                client = openai.OpenAI(
                    api_key=self.key or "none",
                    base_url=self.base_url or OFFICIAL,
                    max_retries=0,
                    http_client=openai.DefaultHttpxClient(verify=_trusted(), event_hooks=hooks),
                )
                self._made = client, connections
            return self._made[0]

    def _timeout(self, seconds: float) -> openai.Timeout:
        return openai.Timeout(seconds, connect=self.connect)

    def _patiently(
        self, once: Callable[[Call], T], stage: str, model: str, stop: threading.Event, setting: str, **expected: Any
    ) -> tuple[T, Call]:
        """Try until it works, or until trying is no use. stop: set when nobody waits for the answer any more."""
        began = time.monotonic()
        for tried in range(1, TRIES + 1):
            tried_at = time.monotonic()
            try:
                with self.ledger.call(stage, model, **expected) as call:
                    return self._once(once, call, setting), call
            except ProviderError as error:
                now = time.monotonic()
                delay = max(error.retry_after or 0.0, self.backoff * 2**tried * random.uniform(0.5, 1.0))
                with self._lock:
                    self._lost += now - tried_at + delay
                    in_vain = self._lost > self.trouble
                late = now + delay - began > self.budget
                if not error.transient or tried == TRIES or late or in_vain or stop.is_set():
                    raise
                log.info("%s of %s: %s; again in %.1f s", stage, model, error, delay)
                if stop.wait(delay):
                    raise
        raise AssertionError("the last try returns or raises")

    def _once(self, once: Callable[[Call], T], call: Call, setting: str) -> T:
        """One try. Everything that can go wrong with it comes out as a ProviderError or as Unusable."""
        try:
            return once(call)
        except Unusable:
            call.outcome = "ai_unusable"
            raise
        except openai.APIStatusError as error:
            raise _meaning(error, call.model, setting) from error
        except (openai.APIConnectionError, openai.APIResponseValidationError) as error:
            raise ProviderError("ai_unreachable", transient=True) from error


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are trusted, read once in each process: that takes a tenth of a second."""
    return httpx2.create_ssl_context()


def _meaning(error: openai.APIStatusError, model: str, setting: str) -> ProviderError:
    """What a refusal by status means for the person, and whether to try again."""
    # The client gives what stood in the JSON, whatever type that has.
    status, codes = error.status_code, {code for code in (error.code, error.type) if isinstance(code, str)}
    log.warning("%s: HTTP %s %s", model, status, error.message[:500])
    if codes & QUOTA:
        return ProviderError("ai_quota", key_setting=OPENAI.key_setting)
    if status in PASSING or status >= 500:
        busy = "ai_busy" if status == 429 else "ai_unreachable"
        return ProviderError(busy, transient=True, retry_after=_retry_after(error.response.headers))
    unknown = "model_not_found" in codes or (status in (400, 404) and error.param == "model")
    if unknown or (status == 404 and re.search(r"\bmodel\b", error.message, re.IGNORECASE)):
        return ProviderError("ai_model_unknown", model=model, setting=setting)
    if status == 401:
        return ProviderError("ai_key_refused", key_setting=OPENAI.key_setting)
    if status == 403:
        return ProviderError("ai_not_allowed", model=model, key_setting=OPENAI.key_setting)
    if status == 404:
        return ProviderError("ai_address_wrong", address_setting=OPENAI.address_setting)
    return ProviderError("ai_request_refused", model=model, setting=setting)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks us to wait (RFC 9110 §10.2.3, and OpenAI's own header in milliseconds)."""
    value, divisor = headers.get("retry-after-ms", ""), 1000.0
    if not value:
        value, divisor = headers.get("retry-after", ""), 1.0
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value.strip()):
        return float(value) / divisor
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _envelope(text: str) -> dict[str, Any]:
    """The JSON object around an answer. Raises Unusable."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:  # the second: brackets in brackets, ten thousand deep
        raise Unusable("The answer was not JSON.") from error
    if not isinstance(answer, dict):
        raise Unusable("The answer was not a JSON object.")
    return answer


def _count(answer: Mapping[str, Any], call: Call) -> None:
    """Write down the tokens that were paid for, also for an answer that cannot be used.

    A count that no request can have is left out: one below zero would give back what the module has spent.
    """
    usage = answer.get("usage")
    if isinstance(usage, dict):
        counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
        call.tokens_in, call.tokens_out = (
            count if type(count) is int and 0 <= count <= MOST_TOKENS else 0 for count in counts
        )


def _content(answer: Mapping[str, Any]) -> str:
    """The text of the one whole answer that is no refusal. Raises Unusable."""
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict) or not isinstance(message := choice.get("message"), dict):
        raise Unusable("There was no answer.")
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        raise Unusable("You refused, but the material is only to be described.")
    if choice.get("finish_reason") == "length":
        raise Unusable("The answer was cut off because it was too long. Be brief.")
    if not isinstance(message.get("content"), str):
        raise Unusable("The answer was empty.")
    # Some servers wrap JSON as a model would in a chat.
    return re.sub(r"^\s*```(?:json)?\s*|\s*```\s*$", "", message["content"])


def _parsed(schema: type[M], content: str) -> M:
    """The answer in the schema that was asked for. Raises Unusable."""
    try:
        return schema.model_validate_json(content)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:3])
        raise Unusable(f"The JSON did not fit the schema: {faults}") from error


def _size(messages: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """(tokens of text, more or less; number of pictures). A token is some 3 letters, or one ideograph."""
    texts, pictures = [], 0
    for message in messages:
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        texts += [part["text"] for part in parts if part["type"] == "text"]
        pictures += sum(part["type"] == "image_url" for part in parts)
    whole = "".join(texts)
    wide = sum(letter > "\u2e80" for letter in whole)
    return wide + (len(whole) - wide) // 3, pictures
