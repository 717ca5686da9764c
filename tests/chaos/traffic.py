"""Uploads by clients that try again, and watchers that follow every module."""

from __future__ import annotations

import http.client
import json
import queue
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.servers import Site, multipart

from .videos import Video

GIVE_UP_AFTER = 120.0  # seconds
REPEATED = 0.25
"""The share of uploads that are sent once more after they were answered, as by a client that did not hear it."""


@dataclass
class Uploaded:
    """One upload. tries: how often it was sent; answers: the ids in all the 201s; refused: an answer that ended it."""

    number: int
    video: Video
    answers: list[str] = field(default_factory=list)
    tries: int = 0
    refused: str = ""
    seconds: float = 0.0


class Clients:
    """Upload the videos, a few at a time, spread over some seconds."""

    def __init__(self, site: Site, videos: list[Video], seconds: float, seed: int) -> None:
        self.site = site
        self.uploads = [Uploaded(number, video) for number, video in enumerate(videos)]
        self._gap = seconds / max(len(videos), 1)
        self._chance = random.Random(seed)
        self._waiting: queue.Queue[Uploaded] = queue.Queue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(4)]

    def start(self) -> None:
        threading.Thread(target=self._feed, daemon=True).start()
        for thread in self._threads:
            thread.start()

    @property
    def done(self) -> bool:
        return all(upload.answers or upload.refused for upload in self.uploads)

    def _feed(self) -> None:
        for upload in self.uploads:
            self._waiting.put(upload)
            time.sleep(self._gap)

    def _work(self) -> None:
        while True:
            upload = self._waiting.get()
            files = [("file", upload.video.path.name, upload.video.path.read_bytes())]
            if upload.video.captions:
                files.append(("captions", "captions.vtt", upload.video.captions.read_bytes()))
            form = multipart({"title": f"Video {upload.number}"}, files)
            self._send(upload, *form)
            if upload.answers and self._chance.random() < REPEATED:
                self._send(upload, *form)

    def _send(self, upload: Uploaded, body: bytes, content_type: str) -> None:
        """POST until there is an answer; the key says that it is the same upload."""
        headers = {"Content-Type": content_type, "Idempotency-Key": f"upload-{upload.number}"}
        began = time.monotonic()
        while time.monotonic() - began < GIVE_UP_AFTER:
            upload.tries += 1
            sent = time.monotonic()
            try:
                status, _, answer = self.site.request("POST", "/api/upload", body, headers)
            except (OSError, http.client.HTTPException):
                status, answer = 0, b""
            if status == 201:
                upload.seconds = max(upload.seconds, time.monotonic() - sent)
                upload.answers.append(json.loads(answer)["moduleId"])
                return
            if 0 < status < 500:
                break
            time.sleep(0.3)
        upload.refused = f"{status}: {answer[:200]!r}"


@dataclass
class Seen:
    """The last that was seen of a module, in the database or in its status JSON."""

    run: str = ""
    progress: int = 0
    version: int = 0


class Watcher:
    """Looks at every row four times a second, and at the status JSON of all that are in work."""

    def __init__(self, site: Site, clients: Clients) -> None:
        self.site = site
        self.clients = clients
        self.rows: dict[str, dict[str, Any]] = {}
        self.history: list[tuple[float, str, str, str]] = []  # time, module, run, status: when one of these changed
        self.broken: list[str] = []
        self.polls = 0
        self._rows: dict[str, Seen] = {}
        self._json: dict[str, Seen] = {}
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._watch, self._poll)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    @property
    def settled(self) -> bool:
        return bool(self.rows) and all(row["status"] not in ("queued", "processing") for row in self.rows.values())

    def look(self) -> None:
        names = ("id", "status", "lease_token", "progress", "version", "attempts", "worker", "error")
        found = self.site.rows(f"SELECT {', '.join(names)} FROM modules_module")
        at = time.monotonic()
        for values in found:
            row = dict(zip(names, values, strict=True))
            row["id"] = str(row["id"]).replace("-", "")
            self._compare("row", self._rows, row["id"], row["lease_token"], row["progress"], row["version"])
            old = self.rows.get(row["id"])
            if old is None or (old["lease_token"], old["status"]) != (row["lease_token"], row["status"]):
                self.history.append((at, row["id"], row["lease_token"], row["status"]))
            self.rows[row["id"]] = row

    def _watch(self) -> None:
        while not self._over.wait(0.25):
            self.look()

    def _poll(self) -> None:
        while not self._over.wait(0.5):
            for module in [pk for pk, row in self.rows.items() if row["status"] in ("queued", "processing")]:
                try:
                    status, answer = self.site.get(f"/api/upload/status/{module}")
                except (OSError, http.client.HTTPException):
                    continue
                if status != 200:
                    self.broken += [f"status JSON of {module}: {status}"] * (status != 503)
                    continue
                self.polls += 1
                self._compare("JSON", self._json, module, "", answer["progress"], answer["version"])

    def _compare(self, where: str, last: dict[str, Seen], pk: str, run: str, progress: int, version: int) -> None:
        """No person asks for a rerun here, so that neither may ever go back, whichever run is at it."""
        seen = last.setdefault(pk, Seen())
        if progress < seen.progress or version < seen.version:
            self.broken.append(
                f"{where} of {pk}: progress {seen.progress} → {progress}, version {seen.version} → {version}, run {run}"
            )
        last[pk] = Seen(run, progress, version)
