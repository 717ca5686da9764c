"""Scripted how-tos with known truth, and the captions that a player would show of them.

A script (`scripts/*.txt`) begins with `# language, words a minute, written|spoken`. `== a b/c` marks where a person
would begin a step, with the words that its title must have (each or one of those between slashes; `*`: none asked).
`[1.2]` is a pause in seconds; every other line is said as it stands.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

from modules.pipeline.types import Cue, Material

SCRIPTS = Path(__file__).parent / "scripts"
CAPTION = 40
"""Characters of a caption, more or less: captions are cut by room, not by sense."""


@dataclass(frozen=True)
class Truth:
    """A step as a person marked it. words: each group must give one word to the title; empty: not asked."""

    start: float
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Script:
    """A how-to. held: not looked at while the rules were tuned. spoken: free talk without marks."""

    name: str
    language: str
    spoken: bool
    held: bool
    said: tuple[tuple[str, float, float], ...]
    """Each word with its start and end, in seconds."""
    truth: tuple[Truth, ...]

    @property
    def duration(self) -> float:
        return self.said[-1][2] + 2.0


def scripts() -> list[Script]:
    return [_read(path) for path in sorted(SCRIPTS.glob("*.txt"))]


def material(script: Script, recognised: bool) -> Material:
    """The script as captions; recognised: as a recogniser writes them, lower case without marks, without gaps."""
    cues, line = [], []
    for word in script.said:
        text = " ".join(part[0] for part in [*line, word])
        if line and (len(text) > CAPTION or word[1] - line[-1][2] > 1.2):
            cues.append(line)
            line = []
        line.append(word)
    cues.append(line)
    shown = []
    for number, line in enumerate(cues, 1):
        end = cues[number][0][1] if recognised and number < len(cues) else line[-1][2]
        text = " ".join(word[0] for word in line)
        text = re.sub(r"[^\w\s']", "", text.replace("-", " ")).lower() if recognised else text
        shown.append(Cue(number, round(line[0][1], 3), round(min(end, line[-1][2] + 3), 3), text))
    return Material("", script.language, script.duration, tuple(shown))


def _read(path: Path) -> Script:
    lines = path.read_text(encoding="utf-8").splitlines()
    language, speed, style = (part.strip() for part in lines[0].lstrip("# ").split(","))
    spoken = style == "spoken"
    uneven = random.Random(path.stem)
    letter = 60 / (float(speed.split()[0]) * (6.2 if language != "de" else 6.9))
    clock, said, truth = 0.6, [], []
    for line in filter(None, lines[1:]):
        if line.startswith("=="):
            groups = tuple(tuple(group.split("/")) for group in line[2:].split() if group != "*")
            truth.append((len(said), groups))
        elif line.startswith("["):
            clock += float(line.strip("[]"))
        else:
            for word in line.split():
                length = (len(word) + 1) * letter * uneven.uniform(0.85, 1.2)
                said.append((word, clock, clock + length * 0.94))
                clock += length + (0.35 if word[-1] in ".!?" else 0.15 if word[-1] == "," else 0.0)
            if spoken:
                # People also stop in the middle of a thought.
                clock += uneven.uniform(0.0, 0.35) + (uneven.uniform(0.3, 1.1) if uneven.random() < 0.2 else 0.0)
    marked = tuple(Truth(said[at][1], groups) for at, groups in truth)
    return Script(path.stem.removeprefix("held_"), language, spoken, path.stem.startswith("held_"), tuple(said), marked)
