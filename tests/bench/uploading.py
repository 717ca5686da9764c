"""Uploads of 50 MB at 1, 4 and 10 at once: our site, and a bare Django view that only saves the file."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.servers import BIN, ROOT, Process, Site, free_port, wait_for
from tests.videos import make_video

from .tools import PeakMemory, table

MB = 1024 * 1024
ROUNDS = 5
GUNICORN = ["--workers", "2", "--threads", "8", "--timeout", "120", "--no-control-socket"]  # as in the Dockerfile


def padded(path: Path, size: int) -> Path:
    """A real video, made larger with a `free` box. ISO/IEC 14496-12 §8.1.2."""
    make_video(path, seconds=2)
    room = size - path.stat().st_size
    with path.open("ab") as file:
        file.write(room.to_bytes(4, "big") + b"free" + os.urandom(MB))
        file.truncate(size)
    return path


def send(port: int, path: Path, token: str) -> tuple[float, int, bytes]:
    """Upload by HTTP as curl does, streaming the file; returns (seconds, status, body)."""
    head = b'--boundary-of-the-benchmark\r\nContent-Disposition: form-data; name="file"; filename="v.mp4"\r\n\r\n'
    tail = b"\r\n--boundary-of-the-benchmark--\r\n"
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.putrequest("POST", "/api/upload")
    connection.putheader("Content-Type", "multipart/form-data; boundary=boundary-of-the-benchmark")
    connection.putheader("Content-Length", str(len(head) + path.stat().st_size + len(tail)))
    connection.putheader("Authorization", f"Bearer {token}")
    connection.endheaders()
    connection.send(head)
    with path.open("rb") as file:
        while chunk := file.read(MB):
            connection.send(chunk)
    connection.send(tail)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return time.monotonic() - began, answer.status, body


def start(command: list[str], port: int, log: Path, env: dict[str, str]) -> Process:
    process = Process([str(BIN / "gunicorn"), *command, "--bind", f"127.0.0.1:{port}", *GUNICORN], log, env)

    def up() -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False

    wait_for(up, "gunicorn")
    return process


def run(folder: Path) -> None:
    video = padded(folder / "50.mp4", 50 * MB)
    site = Site(folder, MAX_ACTIVE_PER_USER="1000", MALLOC_ARENA_MAX="1").setup()
    bare_media = folder / "bare"
    bare_media.mkdir()
    env = {**os.environ, "BARE_MEDIA": str(bare_media), "PYTHONPATH": str(ROOT)}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    bare_port = free_port()
    servers = {
        "ours": (start(["trainingsite.wsgi"], site.port, folder / "web.log", site.env), site.port),
        "bare view": (start(["tests.bench.bare:application"], bare_port, folder / "bare.log", env), bare_port),
    }
    rows, answered = [], []
    for at_once in (1, 4, 10):
        slowest: dict[str, list[float]] = {name: [] for name in servers}
        grown: dict[str, float] = dict.fromkeys(servers, 0.0)
        for _ in range(ROUNDS):
            for name, (process, port) in servers.items():
                with PeakMemory(process.pid) as memory, ThreadPoolExecutor(at_once) as pool:
                    answers = list(pool.map(lambda _: send(port, video, site.token), range(at_once)))  # noqa: B023
                assert all(status == 201 for _, status, _ in answers), answers
                slowest[name].append(max(seconds for seconds, _, _ in answers))
                grown[name] = max(grown[name], memory.mb - memory.before)
                if name == "ours":
                    answered += [json.loads(body)["moduleId"] for _, _, body in answers]
            for left in bare_media.iterdir():
                left.unlink()
        ratios = [ours / bare for ours, bare in zip(slowest["ours"], slowest["bare view"], strict=True)]
        for name in servers:
            times = slowest[name]
            ratio = f"{statistics.median(ratios):.2f} ×" if name == "ours" else ""
            rows.append(
                [
                    at_once,
                    name,
                    f"{statistics.median(times):.2f} s",
                    f"{max(times):.2f} s",
                    f"+{grown[name]:.0f} MB",
                    ratio,
                ]
            )
    table(["at once", "server", "slowest answer, median", "worst", "memory", "ours / bare"], rows)
    kept = {str(row[0]).replace("-", "") for row in site.rows("SELECT id FROM modules_module")}
    found = sum(one.replace("-", "") in kept for one in answered)
    print(f"  {found} of {len(answered)} modules that were answered with 201 are found afterwards")
    for process, _ in servers.values():
        process.stop()
