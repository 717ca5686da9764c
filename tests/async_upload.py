"""Smoke script: uploads a video to a running site by its API, and follows it to the end.

    python tests/async_upload.py http://localhost:8000 video.mp4 --token TOKEN
    python tests/async_upload.py http://localhost:8000 video.mp4 --user demo --password PASSWORD

Exit code 1 when the answer to the upload takes 2 s or more, when the upload is refused, and when the module fails.
The token may be in TRAININGSITE_TOKEN. Only the standard library is needed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

ANSWER_WITHIN = 2.0  # seconds
POLL_EVERY = 0.5  # seconds
CHUNK = 1024 * 1024


class Failed(Exception):
    """Why the run is no success, in one sentence."""


def main() -> int:
    options = arguments()
    try:
        headers = (
            {"Authorization": f"Bearer {options.token}"}
            if options.token
            else sign_in(options.url, options.user, options.password)
        )
        started = time.monotonic()
        answer, took = upload(options.url, options.file, headers)
        show(took, 0, f"Answered: {answer['moduleId']}")
        last = follow(options.url + answer["statusUrl"], headers, started, options.timeout)
    except (Failed, OSError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    print(f"{len(last.get('steps', []))} steps: {options.url}{last['trainingUrl']}")
    if took >= ANSWER_WITHIN:
        print(f"FAILED: The answer took {took:.2f} s; it must take less than {ANSWER_WITHIN:.0f} s.", file=sys.stderr)
        return 1
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Upload a video to a running site and follow it to the end.")
    parser.add_argument("url", type=lambda url: url.rstrip("/"), help="the site, as in http://localhost:8000")
    parser.add_argument("file", type=Path)
    parser.add_argument("--token", default=os.environ.get("TRAININGSITE_TOKEN", ""))
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds to wait for the module (default: 3600)")
    options = parser.parse_args()
    if not options.token and not (options.user and options.password):
        parser.error("give --token (or set TRAININGSITE_TOKEN), or --user and --password")
    if not options.file.is_file():
        parser.error(f"there is no file {options.file}")
    return options


def sign_in(url: str, user: str, password: str) -> dict[str, str]:
    """The headers of a signed-in session."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    browser.open(f"{url}/login/", timeout=30).close()
    cookies = {cookie.name: cookie.value for cookie in jar}
    form = {"username": user, "password": password, "csrfmiddlewaretoken": cookies["csrftoken"], "next": "/account/"}
    request = urllib.request.Request(
        f"{url}/login/", urllib.parse.urlencode(form).encode(), {"Referer": f"{url}/login/"}
    )
    browser.open(request, timeout=30).close()
    cookies = {cookie.name: cookie.value for cookie in jar}
    if "sessionid" not in cookies:
        raise Failed("The site does not know this user and password.")
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrftoken"],
        "Referer": f"{url}/upload/",
    }


def upload(url: str, file: Path, headers: dict[str, str]) -> tuple[dict[str, Any], float]:
    """POST the file, read from the disk while it is sent. Returns the answer, and the seconds until it came."""
    boundary = uuid.uuid4().hex
    name = file.name.replace('"', "%22")  # as browsers do
    before = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    after = f"\r\n--{boundary}--\r\n".encode()
    headers = headers | {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(before) + file.stat().st_size + len(after)),
        "Idempotency-Key": uuid.uuid4().hex,
        "Accept": "application/json",
    }
    started = time.monotonic()
    status, answer = request("POST", f"{url}/api/upload", headers, body(before, file, after))
    took = time.monotonic() - started
    if status != 201:
        raise Failed(f"The upload was refused ({status}): {answer.get('error', answer)}")
    return answer, took


def body(before: bytes, file: Path, after: bytes) -> Iterator[bytes]:
    yield before
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            yield chunk
    yield after


def follow(url: str, headers: dict[str, str], started: float, timeout: float) -> dict[str, Any]:
    """Print each change until the module is settled. Returns its last status; raises Failed unless it is ready."""
    seen = None
    while True:
        status, now = request("GET", url, headers)
        if status != 200:
            raise Failed(f"The status cannot be read ({status}): {now.get('error', now)}")
        if seen != (now["status"], now["stage"], now["progress"], now["message"]):
            seen = (now["status"], now["stage"], now["progress"], now["message"])
            show(time.monotonic() - started, now["progress"], f"{now['stage'] or now['status']}: {now['message']}")
        if now["status"] == "ready":
            return now
        if now["status"] != "processing":
            raise Failed(now["error"] or f"The module is {now['status']}.")
        if time.monotonic() - started > timeout:
            raise Failed(f"The module is not ready after {timeout:.0f} s.")
        time.sleep(POLL_EVERY)


def request(method: str, url: str, headers: dict[str, str], content: Iterator[bytes] | None = None) -> tuple[int, Any]:
    """Status and JSON of the answer."""
    parts = urllib.parse.urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=60)
    connection.request(method, parts.path, content, headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    try:
        return response.status, json.loads(text)
    except ValueError as error:
        raise Failed(f"{url} answered {response.status}, and not in JSON.") from error


def show(seconds: float, progress: int, words: str) -> None:
    print(f"{seconds:8.2f} s  {progress:3d} %  {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
