"""Storage as it fails: an object store that answers with errors, slowly or never, and a disk that is full."""

from __future__ import annotations

import contextlib
import http.client
import random
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit


class Trickle:
    """A file to write to, which passes on one byte at a time for as long as the store is said to trickle."""

    def __init__(self, file: BinaryIO, store: FlakyStore) -> None:
        self._file = file
        self._store = store

    def write(self, data: bytes) -> None:
        for place in range(len(data)):
            if self._store.manner != "trickles":
                self._file.write(data[place:])
                return
            self._file.write(data[place : place + 1])
            time.sleep(0.5)

    def flush(self) -> None:
        self._file.flush()

    @property
    def closed(self) -> bool:
        return self._file.closed

    def close(self) -> None:
        self._file.close()


class FlakyStore:
    """An HTTP proxy before an object store.

    It answers `share` (0..1) of the requests that are `meant` (all, unless told) itself, with a 500.
    manner: "hangs" (takes every request and never answers), "trickles" (answers two bytes a second), or "".
    breaks: so many answers to a GET break off after `break_after` bytes. asked: the Range of every GET.
    """

    def __init__(self, store: str, seed: int = 1) -> None:
        self.share = 0.0
        self.meant: Callable[[str, str], bool] = lambda method, path: True
        self.manner = ""
        self.breaks = self.break_after = 0
        self.asked: list[str] = []
        self.refused = self.passed = self.waiting = 0
        chance = random.Random(seed)
        address = urlsplit(store)
        flaky = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                self.wfile = Trickle(self.wfile, flaky)

            def handle(self) -> None:
                # Who waited in vain has gone.
                with contextlib.suppress(ConnectionError):
                    super().handle()

            def finish(self) -> None:
                with contextlib.suppress(ConnectionError):
                    super().finish()

            def do_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if flaky.manner:
                    flaky.waiting += 1
                while flaky.manner == "hangs":
                    time.sleep(0.05)
                if flaky.meant(self.command, self.path) and chance.random() < flaky.share:
                    flaky.refused += 1
                    return self.answer(500, [], b"")
                flaky.passed += 1
                if self.command == "GET":
                    flaky.asked.append(self.headers.get("Range", ""))
                connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
                connection.request(self.command, self.path, body, dict(self.headers))
                reply = connection.getresponse()
                self.answer(reply.status, reply.getheaders(), reply.read())
                connection.close()

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_any

            def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
                self.send_response(status)
                lengths = {name.lower(): value for name, value in headers}
                for name, value in headers:
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                # What a HEAD says of the length is that of the object.
                self.send_header("Content-Length", lengths.get("content-length", str(len(body))))
                self.end_headers()
                if self.command == "GET" and flaky.breaks and len(body) > flaky.break_after:
                    flaky.breaks -= 1
                    body = body[: flaky.break_after]
                    self.close_connection = True
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Nothing: the counts tell."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.manner = ""
        self._server.shutdown()
        self._server.server_close()


class TinyDisk:
    """A file system of so many kilobytes over a folder; what lies in the folder is copied there.

    It takes root to mount one. Without: `unshare -rm .venv/bin/python -m pytest tests/test_full_disk.py`.
    """

    def __init__(self, folder: Path, kilobytes: int) -> None:
        self.folder = folder
        self.kilobytes = kilobytes
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as before:
            shutil.copytree(folder, before, dirs_exist_ok=True)
            self._mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder))
            shutil.copytree(before, folder, dirs_exist_ok=True)

    def _mount(self, *arguments: str) -> None:
        done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
        # A failure, not a skip: what is not tested is not known to work.
        assert done.returncode == 0, f"{done.stderr.strip()} Only root may mount a small disk; see TinyDisk for a way."

    def resize(self, kilobytes: int) -> None:
        self.kilobytes = kilobytes
        self._mount("-o", f"remount,size={kilobytes}k", str(self.folder))

    def fill(self) -> None:
        """Write one file until there is no room for another byte."""
        try:
            with (self.folder / "ballast").open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
        except OSError:
            """That was the aim."""

    def empty(self) -> None:
        (self.folder / "ballast").unlink()

    def stop(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)
