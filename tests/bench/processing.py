"""A 10-minute captioned 720p video to ready, with the local providers."""

from __future__ import annotations

import time
from pathlib import Path

from tests.servers import Site
from tests.videos import make_video

from .tools import PeakMemory, table

MINUTES = 10


def run(folder: Path) -> None:
    scenes = list(range(0, MINUTES * 60, 12))
    video = make_video(folder / "v.mp4", seconds=MINUTES * 60, size=(1280, 720), scenes=scenes)
    captions = folder / "v.vtt"
    lines = [
        f"{n // 15:02d}:{n * 4 % 60:02d}.000 --> {n // 15:02d}:{n * 4 % 60 + 3:02d}.500\n"
        f"{'Next, ' * (n % 3 == 0)}open drawer number {n} and take out the part.\n"
        for n in range(MINUTES * 15)
    ]
    captions.write_text("WEBVTT\n\n" + "\n".join(lines))
    site = Site(folder).setup()
    site.serve()
    worker = site.start("localworker")
    module = site.upload(video, captions=captions)["moduleId"]
    began = time.monotonic()
    with PeakMemory(worker.pid, every=0.1) as memory:
        answer = site.ready(module, seconds=300)
    seconds = time.monotonic() - began
    row = [f"{video.stat().st_size / 1e6:.0f} MB", f"{seconds:.1f} s", f"{memory.mb:.0f} MB", len(answer["steps"])]
    table(["file", "upload to ready", "worker's memory", "steps"], [row])
    site.stop()
