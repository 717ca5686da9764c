"""Sensible answers of a chat model, made from what it was shown and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

OPENS = re.compile(r"(?:first|next|then|now|after that|finally|second|third|zuerst|dann|jetzt)\b", re.IGNORECASE)
WARNS = re.compile(r"\bnever\b|careful", re.IGNORECASE)
STEP = 6
"""Cues after which a step ends in any case."""
Cues = list[tuple[int, str]]


def answer(request: dict[str, Any], name: str, opens: Callable[[str], bool]) -> dict[str, Any]:
    """The answer to a request for the schema of this name. opens: whether a cue begins a step."""
    data, pictures = _shown(request)
    if name == "Steps":
        return {"steps": _steps(_cues(data["cues"]), opens)}
    if name == "SeenSteps":
        return {"steps": _seen(pictures)}
    steps = data["steps"]
    overview = {
        "summary": f"This shows how to {steps[0]['title'].lower()}.",
        "tags": list(dict.fromkeys(re.findall(r"[^\W\d_]{5,}", steps[0]["text"].lower())))[:5],
        "goals": [step["title"] for step in steps[:3]],
    }
    if name == "Overview":
        return overview
    section = {"steps": [_better(step) for step in steps], "questions": list(_questions(data))}
    return section | (overview if name == "Whole" else {})


def _shown(request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """The data of the user's message, and the numbers of the pictures that go with it."""
    parts = next(message["content"] for message in request["messages"] if message["role"] == "user")
    texts = [part["text"] for part in parts if part["type"] == "text"]
    pictures = [int(found[1]) for text in texts[1:] if (found := re.search(r"Picture (\d+)", text))]
    return json.loads(texts[0]), pictures


def _cues(lines: Sequence[str]) -> Cues:
    return [(int(found[1]), found[2]) for line in lines if (found := re.match(r"\[(\d+)\] ?(.*)", line))]


def _steps(cues: Cues, opens: Callable[[str], bool]) -> list[dict[str, Any]]:
    groups: list[Cues] = []
    for cue in cues:
        if not groups or opens(cue[1]) or len(groups[-1]) >= STEP:
            groups.append([])
        groups[-1].append(cue)
    return [
        {
            "title": _title(group[0][1]),
            "text": " ".join(text for _, text in group),
            "kind": "step",
            "first_cue": group[0][0],
            "last_cue": group[-1][0],
        }
        for group in groups
    ]


def _title(text: str) -> str:
    """What is said first, without "then" and without small words at its end."""
    words = re.sub(rf"^(?:{OPENS.pattern},?\s*)+", "", text, flags=re.IGNORECASE).strip(" .").split()[:6]
    while len(words) > 2 and len(words[-1]) < 4:
        words.pop()
    return " ".join(words)[:1].upper() + " ".join(words)[1:]


def _seen(pictures: Sequence[int]) -> list[dict[str, Any]]:
    groups = [pictures[at : at + 2] for at in range(0, len(pictures), 2)]
    return [
        {
            "title": "Look at the screen",
            "text": "A picture is shown.",
            "kind": "step",
            "first_picture": group[0],
            "last_picture": group[-1],
        }
        for group in groups
    ]


def _better(step: dict[str, Any]) -> dict[str, Any]:
    cues = _cues(step["cues"])
    warnings = [
        {"text": text, "cues": [number]} for number, text in cues if re.search(r"\bnever\b|careful", text, re.I)
    ]
    text = re.sub(r"\b(?:um|uh|you know),?\s*", "", step["text"])
    return {"id": step["id"], "title": step["title"], "text": text, "tips": [], "warnings": warnings}


def _questions(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    cues = {step["id"]: _cues(step["cues"]) for step in data["steps"]}
    for pair in data["pairs"]:
        number, text = max(cues[pair[0]], key=lambda cue: len(cue[1]))
        start = " ".join(text.split()[:3])
        yield {
            "steps": list(pair),
            "question": f"What is said: {start} …?",
            "options": [text, "Nothing of the kind", "Wait for somebody else", "Begin again from the start"],
            "right": 0,
            "explanation": text,
            "cues": [number],
        }
