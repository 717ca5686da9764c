"""Videos and captions that many tests use, made once for each run."""

from __future__ import annotations

from pathlib import Path

from .videos import make_video

HOW_TO = (
    "Hello, in this video you learn how to change the filter.",
    "First, open the lid of the machine.",
    "Then press the red button for 3 seconds.",
    "Next, take out the old filter.",
    "Finally, put in the new filter and close the lid.",
    "That's it, thanks for watching.",
)


def how_to_cues(seconds: float = 24) -> list[tuple[float, float, str]]:
    """HOW_TO spread over so many seconds: (start, end, text)."""
    each = seconds / len(HOW_TO)
    return [(each * n + 0.2, each * (n + 1) - 0.3, text) for n, text in enumerate(HOW_TO)]


def vtt(path: Path, cues: list[tuple[float, float, str]]) -> Path:
    """Write a WebVTT file."""
    stamp = "{:02.0f}:{:06.3f}".format
    lines = [f"{stamp(a // 60, a % 60)} --> {stamp(b // 60, b % 60)}\n{text}\n" for a, b, text in cues]
    path.write_text("WEBVTT\n\n" + "\n".join(lines))
    return path


def how_to(path: Path, seconds: float = 24) -> Path:
    """A captioned how-to: six scenes, the captions as a text track in the file."""
    cues = how_to_cues(seconds)
    return make_video(path, seconds=seconds, scenes=[start for start, _, _ in cues[1:]], captions=cues)
