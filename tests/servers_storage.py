"""Storage as it fails: an object store that answers half of its calls with an error, and a disk that is full."""

from __future__ import annotations

import http.client
import random
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit


class FlakyStore:
    """An HTTP proxy before an object store, which answers `share` (0..1) of all requests itself, with a 500."""

    def __init__(self, store: str, seed: int = 1) -> None:
        self.share = 0.0
        self.refused = self.passed = 0
        chance = random.Random(seed)
        address = urlsplit(store)
        flaky = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if chance.random() < flaky.share:
                    flaky.refused += 1
                    return self.answer(500, [], b"")
                flaky.passed += 1
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
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Nothing: the counts tell."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class TinyDisk:
    """A file system of so many kilobytes over a folder. It takes root to mount one."""

    def __init__(self, folder: Path, kilobytes: int) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder))

    def _mount(self, *arguments: str) -> None:
        subprocess.run(["mount", *arguments], check=True, capture_output=True)

    def resize(self, kilobytes: int) -> None:
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
