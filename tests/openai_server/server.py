"""The stand-in server itself: HTTP/1.1 on loopback, faults on command, and a log of what it was asked."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import numpy as np

from .answers import OPENS, answer
from .checks import Refusal, check_audio, check_chat, multipart

SPEECH, CHAT = "speech", "chat"
REFUSALS = {
    "401": Refusal(401, "Incorrect API key provided", "invalid_api_key"),
    "403": Refusal(403, "Project does not have access to this model", None, type="permission_error"),
    "404": Refusal(404, "The model `x` does not exist or you do not have access to it.", "model_not_found"),
    "path": Refusal(404, "Not Found"),
    "400": Refusal(400, "This request makes no sense", "invalid_value"),
    "quota": Refusal(429, "You exceeded your current quota", "insufficient_quota", type="insufficient_quota"),
    "408": Refusal(408, "Request timeout"),
    "409": Refusal(409, "The request conflicts with another"),
    "429": Refusal(429, "Rate limit reached", "rate_limit_exceeded", type="requests"),
    "500": Refusal(500, "The server had an error", type="server_error"),
    "503": Refusal(503, "The engine is overloaded", type="server_error"),
}
SPOILT: dict[str, Callable[[dict[str, Any]], Any]] = {
    # What a chat answer becomes: its message and finish reason.
    "refusal": lambda good: ({"refusal": "I cannot help with that.", "content": None}, "stop"),
    "length": lambda good: ({"content": json.dumps(good)[:40]}, "length"),
    "content_filter": lambda good: ({"content": ""}, "content_filter"),
    "broken_json": lambda good: ({"content": json.dumps(good)[:-7]}, "stop"),
    "wrong_schema": lambda good: ({"content": json.dumps({"chapters": [1, 2]})}, "stop"),
    "empty": lambda good: ({"content": ""}, "stop"),
    "out_of_range": lambda good: ({"content": json.dumps(_far(good))}, "stop"),
    "fenced": lambda good: ({"content": f"```json\n{json.dumps(good)}\n```"}, "stop"),
}


@dataclass
class Fault:
    """What goes wrong with a request. kind: of REFUSALS, SPOILT, or drop, cut, hang, not_json, no_choices, raw.

    on: speech or chat; times: how often; headers: sent along (Retry-After); seconds: of a hang; status, body: what
    is sent in place of the answer (raw).
    """

    kind: str
    on: str = CHAT
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 3.0
    status: int = 200
    body: str = ""


@dataclass
class Logged:
    """One request. fields: the form, or the JSON; seconds: of audio; status: 0 when no answer was given."""

    kind: str
    fields: dict[str, Any]
    seconds: float = 0.0
    text: str = ""
    status: int = 0
    at: float = field(default_factory=time.monotonic)


class OpenAIServer:
    """said: the words in samples (16 kHz, mono). models: known names; those in `timed` give timestamps.

    opens: whether a cue begins a step. reply: changes a chat's answer (gets it and the schema's name).
    """

    def __init__(
        self,
        *,
        said: Callable[[np.ndarray], str] = lambda samples: "",
        key: str = "sk-test",
        models: tuple[str, ...] = ("gpt-transcribe", "gpt-6-luna", "whisper-large"),
        timed: tuple[str, ...] = ("whisper-large",),
        speech_delay: float = 0.0,
        chat_delay: float = 0.0,
        opens: Callable[[str], bool] = lambda text: bool(OPENS.match(text)),
        reply: Callable[[dict[str, Any], str], Any] = lambda good, name: good,
        language: str = "en",
        port: int = 0,
    ) -> None:
        self.said, self.key, self.models, self.timed = said, key, models, timed
        self.delays = {SPEECH: speech_delay, CHAT: chat_delay}
        self.opens, self.reply, self.language = opens, reply, language
        self.faults: list[Fault] = []
        self.log: list[Logged] = []
        self.busy = self.most_busy = 0
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.http = _Server(("127.0.0.1", port), _Handler)
        self.http.owner = self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}/v1"

    def start(self) -> Self:
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        self.over.set()
        self.http.shutdown()
        self.http.server_close()

    def fail(self, kind: str, on: str = CHAT, times: int = 1, **more: Any) -> None:
        self.faults.append(Fault(kind, on, times, **more))

    def asked(self, kind: str) -> list[Logged]:
        with self.lock:
            return [one for one in self.log if one.kind == kind]

    def next_fault(self, kind: str) -> Fault | None:
        with self.lock:
            found = next((fault for fault in self.faults if fault.on == kind and fault.times > 0), None)
            if found:
                found.times -= 1
            return found


def tokens(body: bytes) -> int:
    """What a request counts for: four letters of text make a token, a small picture some 300, whatever its bytes."""
    without_pictures = re.sub(rb"data:image/[^\"]+", b"", body)
    return len(without_pictures) // 4 + 300 * body.count(b"data:image/")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: OpenAIServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is none of our business; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer waits 40 ms for the client's acknowledgement
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen: the log is in memory."""

    def do_POST(self) -> None:
        owner = self.server.owner
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = {"/v1/audio/transcriptions": SPEECH, "/v1/chat/completions": CHAT}.get(self.path, "")
        with owner.lock:
            owner.busy += 1
            owner.most_busy = max(owner.most_busy, owner.busy)
        try:
            self._answer(owner, kind, body)
        finally:
            with owner.lock:
                owner.busy -= 1

    def _answer(self, owner: OpenAIServer, kind: str, body: bytes) -> None:
        entry = Logged(kind, {})
        with owner.lock:
            owner.log.append(entry)
        fault = owner.next_fault(kind)
        try:
            if self.headers["Authorization"] != f"Bearer {owner.key}":
                raise REFUSALS["401"]
            if not kind:
                raise REFUSALS["path"]
            if fault and fault.kind in REFUSALS:
                refusal = REFUSALS[fault.kind]
                raise Refusal(refusal.status, refusal.message, refusal.code, None, refusal.type, fault.headers)
            good = self._transcription(owner, entry, body) if kind == SPEECH else self._chat(owner, entry, body, fault)
            owner.over.wait(owner.delays[kind])
        except Refusal as refusal:
            self._send(entry, refusal.status, json.dumps(refusal.body).encode(), refusal.headers)
            return
        self._deliver(owner, entry, json.dumps(good).encode(), fault.kind if fault else "", fault)

    def _deliver(self, owner: OpenAIServer, entry: Logged, good: bytes, kind: str, fault: Fault | None) -> None:
        """Send the answer, unless the way is to be broken."""
        if kind == "hang" and fault:
            owner.over.wait(fault.seconds)
        if kind in ("drop", "hang"):
            self.close_connection = True
        elif kind == "cut":
            self._send(entry, 200, good, {}, missing=10)
            self.close_connection = True
        elif kind == "not_json":
            self._send(entry, 200, b"<html>A proxy's page</html>", {"Content-Type": "text/html"})
        elif kind == "no_choices":
            self._send(entry, 200, b'{"choices": []}', {})
        elif kind == "raw" and fault:
            self._send(entry, fault.status, fault.body.encode(), {})
        else:
            self._send(entry, 200, good, {})

    def _transcription(self, owner: OpenAIServer, entry: Logged, body: bytes) -> dict[str, Any]:
        fields, name, data = multipart(body, self.headers["Content-Type"])
        entry.fields = fields
        model = self._model(owner, (fields.get("model") or [""])[0])
        timed = model in owner.timed
        samples = check_audio(fields, name, data, times=timed)
        entry.seconds = len(samples) / 16_000
        entry.text = text = owner.said(samples)
        if timed and fields.get("response_format") == ["verbose_json"]:
            return {"text": text, "language": owner.language, "duration": entry.seconds} | _segments(
                text, entry.seconds
            )
        if timed:
            return {"text": text}
        usage = {"type": "duration", "seconds": entry.seconds}
        return {"text": text, "languages": [{"code": owner.language}] if text else [], "usage": usage}

    def _chat(self, owner: OpenAIServer, entry: Logged, body: bytes, fault: Fault | None) -> dict[str, Any]:
        entry.fields = request = json.loads(body)
        self._model(owner, request.get("model", ""))
        name = check_chat(request)["name"]
        good = owner.reply(answer(request, name, owner.opens), name)
        text = good if isinstance(good, str) else json.dumps(good, ensure_ascii=False)
        message, finish = {"content": text}, "stop"
        if fault and fault.kind in SPOILT:
            message, finish = SPOILT[fault.kind](good)
        asked = tokens(body)
        usage = {"prompt_tokens": asked, "completion_tokens": len(text) // 4, "total_tokens": asked + len(text) // 4}
        choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
        head = {"id": "c1", "object": "chat.completion", "created": 1, "model": request["model"]}
        return {**head, "choices": [choice], "usage": usage}

    def _model(self, owner: OpenAIServer, model: str) -> str:
        if model not in owner.models:
            raise Refusal(404, f"The model `{model}` does not exist or you do not have access.", "model_not_found")
        return model

    def _send(self, entry: Logged, status: int, body: bytes, headers: dict[str, str], missing: int = 0) -> None:
        entry.status = status
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) - missing])


def _segments(text: str, seconds: float) -> dict[str, Any]:
    """Two segments, as Whisper servers give them."""
    words = text.split()
    half = len(words) // 2
    parts = [words[:half], words[half:]]
    return {
        "segments": [
            {"id": at, "start": at * seconds / 2, "end": (at + 1) * seconds / 2, "text": " " + " ".join(part)}
            for at, part in enumerate(parts)
            if part
        ]
    }


def _far(good: Any) -> Any:
    """The answer with numbers of cues that nobody was shown."""
    if isinstance(good, dict):
        return {key: 9_999 if key.endswith(("_cue", "_picture")) else _far(value) for key, value in good.items()}
    return [_far(one) for one in good] if isinstance(good, list) else good
