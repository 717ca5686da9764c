"""Real servers for tests, each on a free loopback port with a folder of its own: Redis, PostgreSQL, our site."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 60, every: float = 0.05) -> Any:
    """Ask again and again until the condition holds; returns its value. Fails the test after so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if value := condition():
            return value
        time.sleep(every)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


def program(*names: str, beside: str = "") -> str:
    """The path of an installed program. `tests/install.sh` sees to it that there is one."""
    for name in names:
        found = shutil.which(name) or shutil.which(name, path=str(BIN))
        found = (
            found or next((str(path) for path in sorted(Path("/").glob(f"{beside}/{name}"))), None) if beside else found
        )
        if found:
            return found
    raise AssertionError(f"{names[0]} is not installed: run `make test`, which sees to it")


class Process:
    """A process in a group of its own, with its output in a file."""

    def __init__(self, command: list[str], log: Path, env: dict[str, str] | None = None, **options: Any) -> None:
        self.log = log
        with log.open("ab") as out:
            self.popen = subprocess.Popen(
                command, stdout=out, stderr=out, env=env, cwd=ROOT, start_new_session=True, **options
            )

    @property
    def pid(self) -> int:
        return self.popen.pid

    def stop(self, sig: signal.Signals = signal.SIGTERM, seconds: float = 15) -> int:
        """Ask it to end, and wait; returns its exit status."""
        if self.popen.poll() is None:
            self.popen.send_signal(sig)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self.popen.wait()
            raise

    def kill(self) -> None:
        """SIGKILL to this process alone: what its children do then is what the test is about."""
        self.popen.kill()
        self.popen.wait()

    def output(self) -> str:
        return self.log.read_text(errors="replace")


class RedisServer:
    """A Redis of its own; nothing is kept on disk. options: for the server; client: for those who speak to it."""

    def __init__(self, folder: Path, *options: str, **client: Any) -> None:
        self.folder = folder
        self.options = options
        self.port = free_port()
        self.process: Process | None = None
        self._client = client

    def start(self) -> RedisServer:
        command = [
            program("redis-server"),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = Process([*command, *self.options], self.folder / "redis.log")
        wait_for(self.answers, "Redis")
        return self

    def answers(self) -> bool:
        with contextlib.suppress(redis.RedisError):
            return bool(self.client.ping())
        return False

    @property
    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=1, **self._client)

    def stop(self) -> None:
        if self.process:
            self.process.stop(signal.SIGKILL)
            self.process = None


class PostgresServer:
    """A PostgreSQL of its own. It refuses to run as root: then it runs as nobody. folder: for its log.

    Its data lie outside pytest's folders, because each session of pytest that begins takes the rights of others away
    from the folder in which all of them are, and nobody is such another.
    """

    def __init__(self, folder: Path) -> None:
        self.log = folder / "postgres.log"
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self.port = free_port()

    def start(self) -> PostgresServer:
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:
            shutil.chown(self.folder, "nobody")
            self._as = {"user": "nobody"}
        initdb = program("initdb", beside="usr/lib/postgresql/*/bin")
        quiet = {"stdout": subprocess.DEVNULL, "cwd": "/", "check": True, **self._as}
        subprocess.run([initdb, "-D", self.folder / "data", "-U", "test", "-A", "trust", "--no-sync"], **quiet)
        self.launch()
        return self

    def launch(self) -> None:
        postgres = program("postgres", beside="usr/lib/postgresql/*/bin")
        command = [postgres, "-D", str(self.folder / "data"), "-p", str(self.port), "-k", "", "-c", "fsync=off"]
        self.log.touch()
        self.process = Process(command, self.log, **self._as)
        wait_for(self.answers, "PostgreSQL")

    def answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url("postgres"), connect_timeout=1):
            return True
        return False

    def url(self, name: str) -> str:
        return f"postgres://test@127.0.0.1:{self.port}/{name}"

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"site_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def stop(self) -> None:
        self.process.stop(signal.SIGINT)

    def remove(self) -> None:
        """Stop it, if it runs, and remove its data."""
        self.stop()
        shutil.rmtree(self.folder)

    def hang(self) -> None:
        """Every process of it stands still: connections are taken in by the kernel, and nothing is answered."""
        self.hung = [self.process.pid, *children_of(self.process.pid)]
        for pid in self.hung:
            # A server process may be ending just now.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """After hang()."""
        for pid in self.hung:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def crash(self) -> None:
        """An immediate shutdown: connections are cut, and nothing is written in good order."""
        self.process.stop(signal.SIGQUIT)


class Site:
    """Our site as its users run it: gunicorn, workers, commands; each a process, all on one data folder."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in ("DJANGO_SETTINGS_MODULE", "DATA_DIR")},
            "DEBUG": "true",
            "DATA_DIR": str(folder / "data"),
            "QUEUE": "local",
            "HF_HUB_OFFLINE": "1",
            "PYTHONUNBUFFERED": "1",
            **env,
        }
        self.processes: list[Process] = []
        self.token = self.session = ""

    # --- Processes ------------------------------------------------------------------------------------------

    def setup(self, like: Site | None = None) -> Site:
        """Make the database and its users; with SQLite they are copied from a site that has them."""
        if like and "DATABASE_URL" not in self.env:
            (self.folder / "data").mkdir()
            shutil.copy(like.folder / "data" / "db.sqlite3", self.folder / "data")
            self.token, self.session = like.token, like.session
        else:
            self.manage("migrate", "--verbosity", "0")
            self.token, self.session = self.manage("shell", "-v", "0", "-c", NEW_USERS).split()
        return self

    def manage(self, *command: str, check: bool = True) -> str:
        """Run a management command to its end; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.env, capture_output=True, text=True
        )
        assert not check or done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr * (done.returncode != 0)

    def start(self, *command: str, **env: str) -> Process:
        """Start a management command that goes on: rqworker, localworker."""
        log = self.folder / f"{command[0]}-{len(self.processes)}.log"
        process = Process([sys.executable, "manage.py", *command], log, {**self.env, **env})
        self.processes.append(process)
        return process

    def serve(self, threads: int = 8, workers: int = 1) -> Process:
        command = [str(BIN / "gunicorn"), "trainingsite.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--workers", str(workers), "--threads", str(threads), "--timeout", "120", "--no-control-socket"]
        self.web = Process(command, self.folder / "web.log", self.env)
        self.processes.append(self.web)
        wait_for(self._answers, "the site")
        return self.web

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/healthz")[0] == 200
        return False

    def stop(self) -> None:
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.popen.wait()

    # --- HTTP -----------------------------------------------------------------------------------------------

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            identity = {"Authorization": f"Bearer {self.token}", "Cookie": f"sessionid={self.session}"}
            connection.request(method, path, body, {**identity, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def get(self, path: str) -> tuple[int, Any]:
        """(status, JSON or text)"""
        status, headers, body = self.request("GET", path)
        return status, json.loads(body) if "json" in headers.get("content-type", "") else body.decode()

    def upload(
        self, path: Path, *, name: str | None = None, captions: Path | None = None, **fields: str
    ) -> dict[str, Any]:
        """Upload by the API; returns the JSON of the 201."""
        status, answer = self.try_upload(path, name=name, captions=captions, **fields)
        assert status == 201, answer
        return answer

    def try_upload(
        self, path: Path, *, name: str | None = None, captions: Path | None = None, **fields: str
    ) -> tuple[int, dict[str, Any]]:
        files = [("file", name or path.name, path.read_bytes())]
        if captions:
            files.append(("captions", captions.name, captions.read_bytes()))
        body, content_type = multipart(fields, files)
        status, _, answer = self.request("POST", "/api/upload", body, {"Content-Type": content_type})
        return status, json.loads(answer)

    def status(self, module: str) -> dict[str, Any]:
        status, answer = self.get(f"/api/upload/status/{module}")
        assert status == 200, answer
        return answer

    def settled(self, module: str, seconds: float = 60) -> dict[str, Any]:
        """Wait until the module is no longer processed; returns its status JSON."""

        def look() -> dict[str, Any] | None:
            now = self.status(module)
            return now if now["status"] != "processing" else None

        return wait_for(look, f"module {module} to be settled; it is at {self.status(module)}", seconds, every=0.2)

    def ready(self, module: str, seconds: float = 60) -> dict[str, Any]:
        answer = self.settled(module, seconds)
        assert answer["status"] == "ready", answer
        return answer

    # --- What is really there -------------------------------------------------------------------------------

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the site's database, whichever it is."""
        url = self.env.get("DATABASE_URL", "")
        if url:
            with psycopg.connect(url) as connection:
                return connection.execute(sql).fetchall()
        with contextlib.closing(sqlite3.connect(self.folder / "data" / "db.sqlite3", timeout=20)) as connection:
            return connection.execute(sql).fetchall()

    def write(self, sql: str) -> None:
        """Change rows of the site's database, and keep that; `rows` only reads."""
        with (
            contextlib.closing(sqlite3.connect(self.folder / "data" / "db.sqlite3", timeout=20)) as connection,
            connection,
        ):
            connection.execute(sql)

    def media(self) -> list[Path]:
        """Every file in the media folder."""
        return [path for path in (self.folder / "data" / "media").rglob("*") if path.is_file()]


NEW_USERS = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from trainingsite.accounts.models import ApiToken, User

ann = User.objects.create_user("ann", password="correct horse battery")
User.objects.create_user("ben", password="correct horse battery")
User.objects.create_superuser("root", password="correct horse battery")
session = SessionStore()
session[SESSION_KEY] = str(ann.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = ann.get_session_auth_hash()
session.create()
print(ApiToken.objects.issue(ann)[1], session.session_key)
"""
"""Three people; prints an API token and a session of ann's."""


def multipart(fields: dict[str, str], files: list[tuple[str, str, bytes]]) -> tuple[bytes, str]:
    """A multipart/form-data body and its content type. RFC 7578."""
    boundary = uuid.uuid4().hex
    parts: list[bytes] = []
    for name, value in fields.items():
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, filename, data in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        parts += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", data, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def children_of(pid: int) -> Iterator[int]:
    """The pids of a process's children, and theirs (Linux)."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield int(child)
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            yield from children_of(int(child))
