"""From the 201 to the claim: with RQ, and with the local worker."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tests.servers import RedisServer, Site
from tests.videos import make_video

from .tools import median_ms, table

ROUNDS = 20


def waits(site: Site) -> list[float]:
    """Seconds from the row to its first claim, by the database's own stamps."""
    rows = site.rows("SELECT created_at, claimed_at FROM modules_module WHERE claimed_at IS NOT NULL")
    return [
        (datetime.fromisoformat(str(claimed)) - datetime.fromisoformat(str(created))).total_seconds()
        for created, claimed in rows
    ]


def measure(site: Site, video: Path, captions: Path) -> list[float]:
    for _ in range(ROUNDS):
        site.ready(site.upload(video, captions=captions)["moduleId"])
    return waits(site)


def run(folder: Path) -> None:
    video = make_video(folder / "v.mp4", seconds=4)
    captions = folder / "v.vtt"
    captions.write_text("WEBVTT\n\n00:00.500 --> 00:02.000\nOpen the lid.\n\n00:02.200 --> 00:03.500\nClose it.\n")
    rows = []
    for name, command in (("RQ", ("rqworker", "default")), ("local worker", ("localworker",))):
        here = folder / name.replace(" ", "-")
        here.mkdir()
        env = {"QUEUE": "local"}
        if name == "RQ":
            redis = RedisServer(here).start()
            env = {"QUEUE": "rq", "REDIS_PORT": str(redis.port)}
        site = Site(here, **env).setup()
        site.serve()
        worker = site.start(*command)
        site.ready(site.upload(video, captions=captions)["moduleId"])
        times = sorted(measure(site, video, captions))
        rows.append([name, len(times), median_ms(times), f"{1000 * times[int(len(times) * 0.95) - 1]:.0f} ms"])
        worker.stop()
        site.stop()
        if name == "RQ":
            redis.stop()
    table(["queue", "modules", "row to claim, median", "p95"], rows)
