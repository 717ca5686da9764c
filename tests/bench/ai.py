"""A 10-minute narrated video to ready, with a stand-in AI that answers speech in 1 s and chat in 3 s."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from modules.pipeline.sentences import sentences
from tests.openai_server import OpenAIServer, Truth, decode
from tests.quality.script import scripts
from tests.servers import Site, wait_for
from tests.videos import narrated

from .tools import PeakMemory, table

WORDS = 1540  # ten minutes


def spoken(words: int) -> list[str]:
    """Different sentences from the English how-tos, with so many words in all."""
    found: list[str] = []
    for script in scripts():
        if script.language == "en" and not script.spoken:
            text = " ".join(word for word, _, _ in script.said)
            found += [one for one in sentences(text, "en") if len(one.split()) > 2 and one not in found]
    return until(found, words)


def until(found: list[str], words: int) -> list[str]:
    """From the beginning, again and again where they do not suffice, up to so many words."""
    out: list[str] = []
    while sum(len(one.split()) for one in out) < words:
        out.append(found[len(out) % len(found)])
    return out


def run(folder: Path) -> None:
    video = folder / "narrated.mp4"
    truth = narrated(video, spoken(WORDS), size=(1280, 720))
    server = OpenAIServer(said=Truth(decode(video), truth), speech_delay=1.0, chat_delay=3.0).start()
    site = Site(folder, OPENAI_BASE_URL=server.url, OPENAI_API_KEY="sk-test").setup()
    site.serve()
    worker = site.start("localworker")
    wait_for(lambda: "is ready" in worker.output(), "the worker to be ready", 30)
    module = site.upload(video)["moduleId"]
    began = time.monotonic()
    with PeakMemory(worker.pid, every=0.5) as memory:
        answer = site.ready(module, seconds=300)
    seconds = time.monotonic() - began
    cost = site.rows("SELECT sum(cost) FROM modules_aicall")[0][0]
    windows = site.rows("SELECT count(*) FROM modules_stagerun WHERE stage = 'speech' AND outcome = 'part'")[0][0]
    asked = {kind: len(server.asked(kind)) for kind in ("speech", "chat")}
    table(
        ["narrated", "ready after", "worker's memory", "windows", "speech calls", "chat calls", "steps", "cost"],
        [
            [
                f"{truth[-1][1] / 60:.1f} min",
                f"{seconds:.1f} s",
                f"{memory.mb:.0f} MB",
                windows,
                asked["speech"],
                asked["chat"],
                len(answer["steps"]),
                f"${cost:.4f}",
            ]
        ],
    )
    errors = start_errors(site, truth)
    p95 = sorted(errors)[int(len(errors) * 0.95)]
    table(
        ["sentences", "found as cues", "start error, median", "p95"],
        [[len(truth), len(errors), f"{statistics.median(errors):.2f} s", f"{p95:.2f} s"]],
    )
    site.stop()
    server.stop()


def start_errors(site: Site, truth: list[tuple[float, float, str]]) -> list[float]:
    """How far off each sentence's first cue begins, in seconds; sentences in order, each cue used once."""
    cues = site.rows("SELECT start, text FROM modules_cue ORDER BY number")
    errors, at = [], 0
    for start, _, text in truth:
        for number in range(at, len(cues)):
            if text.startswith(cues[number][1][:20]) or cues[number][1].startswith(text[:20]):
                errors.append(abs(cues[number][0] - start))
                at = number + 1
                break
    return errors
