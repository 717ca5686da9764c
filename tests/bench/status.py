"""The status JSON: its cost with 1 module and with 10,000."""

from __future__ import annotations

import http.client
import statistics
import time
from pathlib import Path

from tests.servers import Site
from tests.videos import make_video

from .tools import table

REQUESTS = 300

FILL = """
import uuid
from modules.models import Module
from trainingsite.accounts.models import User
ann = User.objects.get(username="ann")
Module.objects.bulk_create(
    [Module(owner=ann, title=f"Module {n}", video="v.mp4", status="ready") for n in range(9999)], batch_size=500
)
"""


def measure(site: Site, module: str) -> float:
    """Median milliseconds of a request on a kept-alive connection."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port)
    times = []
    for _ in range(REQUESTS):
        began = time.perf_counter()
        connection.request("GET", f"/api/upload/status/{module}", headers={"Authorization": f"Bearer {site.token}"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def run(folder: Path) -> None:
    site = Site(folder).setup()
    site.serve()
    module = site.upload(make_video(folder / "v.mp4", seconds=1))["moduleId"]
    one = measure(site, module)
    site.manage("shell", "-v", "0", "-c", FILL)
    many = measure(site, module)
    table(["modules", "status JSON, median"], [[1, f"{one:.1f} ms"], ["10,000", f"{many:.1f} ms"]])
    site.stop()
