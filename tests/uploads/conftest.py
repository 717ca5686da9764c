"""A real gunicorn of our site, with data of its own, and small real videos to send to it."""

from __future__ import annotations

import functools
import http.client
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.videos import make_video

ROOT = Path(__file__).resolve().parents[2]
SET_UP = """
import django; django.setup()
from django.core.management import call_command
from trainingsite.accounts.models import ApiToken, User
call_command("migrate", verbosity=0)
user = User.objects.create_user("anna", password="a-long-secret")
print(ApiToken.objects.issue(user)[1])
"""


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.text)


def multipart(*parts: tuple[str, str | None, bytes]) -> tuple[bytes, dict[str, str]]:
    """A form's body and its headers. parts: (field, file name or None, content)."""
    boundary = uuid.uuid4().hex
    body = b""
    for field, name, content in parts:
        named = f'; filename="{name}"' if name is not None else ""
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"{named}\r\n\r\n'.encode()
        body += content + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": str(len(body))}


class Site:
    """The site as a process of its own. env: settings beside those that every test site has."""

    def __init__(self, folder: Path, limit_file_size: int | None = None, **env: str) -> None:
        self.data = folder
        self.env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
            "DJANGO_SETTINGS_MODULE": "trainingsite.settings",
            "DEBUG": "true",
            "DATA_DIR": str(folder),
            "QUEUE": "local",
            "MAX_UPLOAD_MB": "8",
            "MAX_ACTIVE_PER_USER": "1000",
            "MIN_FREE_DISK_MB": "0",
            "UPLOAD_STALL_SECONDS": "1",
            **env,
        }
        self.token = self.run("-c", SET_UP).strip()
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "trainingsite.wsgi", "--workers=1", "--threads=12"]
        command += ["--worker-class=gthread", "--no-control-socket", f"--bind=fd://{listener.fileno()}"]
        # What a full disk says too: a write that has no room ends with an error.
        full_at = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit_file_size,) * 2)
        self.log = folder / "web.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                pass_fds=[listener.fileno()],
                preexec_fn=full_at if limit_file_size else None,
            )
        # It listens already: whoever connects waits until gunicorn is up.
        listener.close()

    def run(self, *args: str) -> str:
        """The output of a Python of this site."""
        done = subprocess.run([sys.executable, *args], cwd=ROOT, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Headers are written with underscores: Content_Type="text/plain"."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read().decode())
        connection.close()
        return answer

    def send(self, *parts: tuple[str, str | None, bytes], path: str = "/api/upload", **headers: str) -> Answer:
        """POST a form with the token."""
        body, form_headers = multipart(*parts)
        named = {name.replace("-", "_"): value for name, value in form_headers.items()}
        return self.request("POST", path, body, **{"Authorization": f"Bearer {self.token}"} | named | headers)

    def rows(self) -> int:
        """Modules and uploads in the database."""
        database = sqlite3.connect(self.data / "db.sqlite3", timeout=20)
        counted = "SELECT (SELECT count(*) FROM modules_module) + (SELECT count(*) FROM uploads_upload)"
        (count,) = database.execute(counted).fetchone()
        database.close()
        return count

    def files(self) -> list[str]:
        return files_in(self.data / "media")


def files_in(folder: Path) -> list[str]:
    """Every file and folder below, but the one where files arrive."""
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.name not in ("incoming", "modules")
    )


@pytest.fixture(scope="session")
def start_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Site]]:
    sites: list[Site] = []

    def start(**options: Any) -> Site:
        sites.append(Site(tmp_path_factory.mktemp("site"), **options))
        return sites[-1]

    yield start
    for site in sites:
        site.stop()


@pytest.fixture(scope="session")
def site(start_site: Callable[..., Site]) -> Site:
    """One for all tests that do not change it; what they leave in it is their own."""
    return start_site()


@pytest.fixture
def untouched(site: Site) -> Iterator[Site]:
    """The site, with a promise: no row and no file more than before, and it still answers."""
    before = (site.rows(), site.files())
    logged = len(site.log.read_text())
    yield site
    assert (site.rows(), site.files()) == before
    assert site.request("GET", "/healthz").status == 200
    assert "Traceback" not in site.log.read_text()[logged:]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A real MP4 of one second."""
    return make_video(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=1, size=(160, 90), fps=5).read_bytes()


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """A storage of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = settings.MEDIA_ROOT / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True)
    return settings.MEDIA_ROOT
