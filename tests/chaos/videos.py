"""The videos that are uploaded: mixed in length and kind, each with what must become of it."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from tests.openai_server import Truth, decode
from tests.openai_server.truth import RATE
from tests.samples import how_to, how_to_cues, vtt
from tests.videos import audio_only, claim_size, make_video, narrated, truncate

SCRIPTS = (
    (
        "Hello, today I show you how to change the water filter.",
        "First, turn off the machine and pull the plug.",
        "Then open the lid and take out the old filter.",
        "Next, rinse the new filter under cold water.",
        "Now push the new filter in until it clicks.",
        "Finally, close the lid and start the machine again.",
    ),
    (
        "In this video we set up the printer.",
        "First, remove all the orange tape from the outside.",
        "Then lift the cover and put in the two cartridges.",
        "Next, load some paper into the lower tray.",
        "After that, connect the cable to your computer.",
        "Finally, print a test page to see that it works.",
    ),
)
SHARES = {"captioned": 8, "captions beside": 4, "silent": 3, "avi": 3, "slow": 3, "spoken": 6, "broken": 3}


@dataclass(frozen=True)
class Video:
    """A file to upload. fails: the error code that is true of it, or '' when it must become ready."""

    kind: str
    path: Path
    captions: Path | None = None
    fails: str = ""


def make_videos(folder: Path, count: int, seed: int) -> tuple[list[Video], Truth]:
    """So many videos in random order, and what is said in those in which somebody speaks."""
    spoken, truth = _spoken(folder)
    by_kind = {
        "captioned": [Video("captioned", how_to(folder / "captioned.mp4", seconds=18))],
        "captions beside": [_beside(folder)],
        "silent": [Video("silent", make_video(folder / "silent.mp4", seconds=12, scenes=[3, 6, 9]))],
        "avi": [Video("avi", make_video(folder / "old.avi", seconds=10, scenes=[4, 7], audio="tone"))],
        "slow": [Video("slow", _slow(folder / "slow.mp4", seconds)) for seconds in (40, 90)],
        "spoken": spoken,
        "broken": _broken(folder),
    }
    # Mixed before the cut, so that a few videos are of all kinds too; of each kind its files in turn.
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    random.Random(seed).shuffle(kinds)
    files = {kind: cycle(videos) for kind, videos in by_kind.items()}
    return [next(files[kind]) for kind in islice(cycle(kinds), count)], truth


def _beside(folder: Path) -> Video:
    path = make_video(folder / "beside.webm", seconds=12, scenes=[2, 4, 6, 8, 10])
    return Video("captions beside", path, captions=vtt(folder / "beside.vtt", how_to_cues(12)))


def _slow(path: Path, seconds: int) -> Path:
    """One keyframe: to find the scenes every picture must be decoded."""
    return make_video(path, seconds=seconds, size=(1280, 720), keyframe_interval=100_000, scenes=range(5, seconds, 5))


def _broken(folder: Path) -> list[Video]:
    cut = truncate(Path(shutil.copy(folder / "captioned.mp4", folder / "cut.mp4")))
    huge = claim_size(make_video(folder / "huge.mp4", seconds=2), 60_000, 60_000)
    return [
        Video("cut off", cut, fails="damaged_video"),
        Video("no pictures", audio_only(folder / "sound.mp4"), fails="no_video"),
        Video("absurd size", huge, fails="too_many_pixels"),
    ]


def _spoken(folder: Path) -> tuple[list[Video], Truth]:
    """One truth about all of them: their sounds one after the other."""
    videos, sounds, phrases, at = [], [], [], 0.0
    for number, script in enumerate(SCRIPTS):
        path = folder / f"spoken-{number}.mp4"
        said = narrated(path, script, size=(320, 180))
        sound = decode(path)
        videos.append(Video("spoken", path))
        sounds.append(sound)
        phrases += [(at + start, at + end, text) for start, end, text in said]
        at += len(sound) / RATE
    return videos, Truth(np.concatenate(sounds), phrases)
