"""Modules in every state, with a real video and real pictures, to look at the pages.

python -m tests.browser.seed PASSWORD writes them into the site of this environment, and prints {name: id} as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import django
import numpy as np

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trainingsite.settings")
    django.setup()

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from modules.models import Cue, Module, Question, Rendition, StageRun, Step, Worker
from tests.videos import make_video, scene_picture
from trainingsite.accounts.models import ApiToken, User
from uploads.models import Upload

SIZE = (960, 540)
LONG_WORD = "Entkalkungsprogrammeinstellungsassistentenkonfigurationsdialog" * 3
STEPS = [
    ("intro", "What you need", "A new filter, a cloth and about two minutes. The machine has to be cold.", 0, 7),
    ("step", "Switch the machine off and unplug it", "Hold the power button until the light goes out.", 7, 16),
    ("step", "Lift out the water tank", "Pull it straight up by its handle.\nEmpty it into the sink.", 16, 25),
    ("warning", "Mind the seal at the bottom", "The rubber ring tears easily. Do not pry it with a tool.", 25, 31),
    ("step", "Turn the old filter to the left and pull it out", "", 31, 40),
    ("step", "Set the date ring on the new filter", "Turn the ring to the month you change it in.", 40, 48),
    ("tip", "Soak the filter for five minutes", "Air bubbles come out, and the first coffee tastes better.", 48, 54),
    ("wrap-up", "Fill the tank and rinse once", "Put the tank back, plug the machine in and press rinse.", 54, 60),
]
SAID = [
    "Hi, in this video I show you how to change the water filter.",
    "You need a new filter, a cloth, and about two minutes.",
    "First, switch the machine off. Hold the power button until the light goes out.",
    "Then unplug it, so that nothing can start while your hands are inside.",
    "Next, lift out the water tank. Pull it straight up by its handle.",
    "Empty it into the sink.",
    "Be careful with the seal here at the bottom. It tears easily.",
    "Now turn the old filter to the left, about a quarter turn, and pull it out.",
    "Take the new one and set the date ring to the month you change it in.",
    "If you have the time, let the filter soak in water for five minutes.",
    "Finally, put it in, fill the tank, and rinse once.",
    "That is it. See you next time.",
]
GOALS = [
    "Take the old filter out without harming the seal",
    "Set the date ring so that you know when to change the filter again",
    "Rinse the machine before the first coffee",
]
ASIDES = {
    2: ("warning", "Unplug it, so that nothing can start while your hands are inside.", 4),
    6: ("tip", "Write the month on the box as well: the ring is hard to read in the tank.", 9),
}
QUIZ = [
    (
        "What do you do right after “Switch the machine off and unplug it”?",
        ["Soak the filter for five minutes", "Lift out the water tank", "Set the date ring", "Rinse once"],
        1,
        "“Switch the machine off and unplug it” is followed by “Lift out the water tank”.",
        [4, 5],
    ),
    (
        "Which number is missing? “Let the filter soak in water for _____ minutes.”",
        ["two", "five", "ten", "fifteen"],
        1,
        "The video says: “If you have the time, let the filter soak in water for five minutes.”",
        [10],
    ),
    (
        "Why do you unplug the machine before you lift out the tank?",
        [
            "Because the tank is hot",
            "Because the light would stay on",
            "So that nothing can start while your hands are inside",
            "So that the filter keeps its date",
        ],
        2,
        "It is said right after the machine has been switched off.",
        [4],
    ),
]


def jpeg(picture: np.ndarray) -> bytes:
    """An RGB picture (height, width, 3) as a JPEG."""
    data = BytesIO()
    with av.open(data, "w", format="mjpeg") as out:
        stream = out.add_stream("mjpeg", rate=1, options={"q": "3"})
        stream.height, stream.width = picture.shape[:2]
        stream.pix_fmt = "yuvj420p"
        for packet in [*stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")), *stream.encode()]:
            out.mux(packet)
    return data.getvalue()


def picture(module: Module, name: str, number: int) -> str:
    """Store a picture; returns its name in the storage."""
    return default_storage.save(f"{module.folder}/{name}.jpg", ContentFile(jpeg(scene_picture(SIZE, number))))


def people(password: str) -> tuple[User, User]:
    """An administrator with modules, a newcomer without, and someone else; returns the first and the last."""
    ann = User.objects.create_superuser("ann.archer", password=password, first_name="Ann", last_name="Archer")
    User.objects.create_user("newcomer", password=password)
    ApiToken.objects.issue(ann, "Nightly import")
    return ann, User.objects.create_user("ben", password=password, first_name="Ben", last_name="Okoro")


def add(owner: User, title: str, video: bytes, **fields: Any) -> Module:
    """A module as `uploads.accept` leaves it, with these fields."""
    module = Module(owner=owner, title=title, container="mp4", **fields)
    module.video.save("video.mp4", ContentFile(video), save=False)
    module.save()
    Upload.objects.create(user=owner, module=module, name="filter.mp4", size=len(video), source="page")
    return module


def publish(module: Module, steps: list[tuple] = STEPS, said: list[str] = SAID, language: str = "en") -> None:
    """Give it a result."""
    transcript = module.transcripts.create(language=language, origin="speech")
    length = 60 / max(len(said), 1)
    cues = [
        Cue(transcript=transcript, number=n + 1, start=n * length, end=n * length + length - 0.4, text=text)
        for n, text in enumerate(said)
    ]
    Cue.objects.bulk_create(cues)
    for order, (kind, title, text, start, end) in enumerate(steps, start=1):
        still = default_storage.save(
            f"{module.folder}/stills/{order}.jpg", ContentFile(jpeg(scene_picture(SIZE, order)))
        )
        numbers = [cue.number for cue in cues if start <= cue.start < end]
        Step.objects.create(
            module=module,
            order=order,
            kind=kind,
            title=title,
            text=text,
            start=start,
            end=end,
            still=still,
            cues=numbers,
        )
    now = timezone.now()
    Module.objects.filter(pk=module.pk).update(
        status="ready",
        progress=100,
        stage="finalize",
        published_at=now,
        duration=60,
        language=language,
        poster=picture(module, "poster", len(module.title)),
        summary="How to change the water filter of the coffee machine, safely and without tools.",
        tags=["coffee machine", "maintenance"],
    )
    module.refresh_from_db()


def teach(module: Module) -> None:
    """Goals, tips and warnings, and a quiz."""
    Module.objects.filter(pk=module.pk).update(goals=GOALS)
    for order, (kind, text, cue) in ASIDES.items():
        module.steps.filter(order=order).update(asides=[{"kind": kind, "text": text, "cues": [cue]}])
    for order, (text, options, right, explanation, cues) in enumerate(QUIZ, start=1):
        Question.objects.create(
            module=module, order=order, text=text, options=options, right=right, explanation=explanation, cues=cues
        )


def at_work(module: Module) -> None:
    """Half way: some pictures and lines are there, one worker died."""
    now = timezone.now()
    Module.objects.filter(pk=module.pk).update(
        status="processing",
        stage="speech",
        progress=23,
        message={"code": "listening", "params": {"done": 14, "total": 40}},
        lease_token="run",
        heartbeat_at=now,
        claimed_at=now - timedelta(seconds=83),
        queued_at=now - timedelta(minutes=5),
        duration=612,
        poster=picture(module, "poster", 2),
    )
    now_at = {"module": module, "lease_token": "run", "outcome": "part"}
    runs = [StageRun(module=module, lease_token="old", stage="speech", outcome="died", code="worker_died")]
    for part, text in enumerate(SAID[2:6]):
        output = {"text": text, "start": 40 + 9 * part}
        runs.append(StageRun(**now_at, stage="speech", part=part, key="k", output=output))
    for part in range(6):
        output = {"time": 12.0 * part, "name": picture(module, f"live-{part}", part + 3)}
        runs.append(StageRun(**now_at, stage="stills", part=part, key="s", output=output))
    StageRun.objects.bulk_create(runs)


def history(module: Module) -> None:
    """Stage runs of a finished module, so that time left can be told."""
    for stage, seconds in {"probe": 1, "speech": 14, "steps": 1, "enhance": 1, "finalize": 2}.items():
        StageRun.objects.create(
            module=module, lease_token="h", stage=stage, outcome="done", seconds=seconds, media_seconds=60, key="h"
        )


def seed(password: str) -> dict[str, str]:
    """All the states; {name: id}."""
    ann, ben = people(password)
    with tempfile.TemporaryDirectory() as folder:
        scenes = [start for *_, start, _ in STEPS[1:]]
        path = make_video(
            Path(folder) / "v.mp4", seconds=60, size=(640, 360), fps=2, scenes=scenes, audio="tone", faststart=True
        )
        video = path.read_bytes()
    rtl = [("step", "افتح خزان الماء", "ارفع الخزان من مقبضه إلى الأعلى.", 0, 30), ("tip", "انقع المرشح", "", 30, 60)]
    made = {
        "ready": add(ann, "Change the water filter of the coffee machine", video),
        "rebuilt": add(ann, "Set up the label printer", video),
        "preparing": add(ann, "Old recording from the camcorder", video),
        "rtl": add(ben, "تغيير مرشح الماء", video, visibility="signed_in"),
        "long": add(ann, LONG_WORD[:200], video),
        "silent": add(ann, "Screen recording: new supplier", video),
    }
    for name, module in made.items():
        if name == "rtl":
            publish(module, rtl, ["مرحبا، سأريكم اليوم كيف نغيّر مرشح الماء.", "ارفعوا الخزان من مقبضه."], "ar")
        elif name == "silent":
            publish(module, said=[])
        elif name == "long":
            publish(module, [(kind, LONG_WORD[:200], text + " " + LONG_WORD, a, b) for kind, _, text, a, b in STEPS])
        else:
            publish(module)
    teach(made["ready"])
    history(made["ready"])
    Worker.objects.record_heartbeat("w1", kind="local", host="here", pid=1, queues=["default"])
    Module.objects.filter(pk=made["rebuilt"].pk).update(
        status="processing",
        stage="steps",
        progress=41,
        visibility="link",
        heartbeat_at=timezone.now(),
        claimed_at=timezone.now(),
    )
    Module.objects.filter(pk=made["silent"].pk).update(notices=[{"code": "no_speech", "params": {}}])
    Rendition.objects.create(module=made["preparing"], status="processing", progress=37)
    made["working"] = add(ann, "Descale the machine: the long version with every step", video)
    at_work(made["working"])
    made["queued"] = add(ann, "Clean the milk frother", video)
    error = {"code": "damaged_video", "params": {}}
    made["failed"] = add(ann, "IMG_2041", video, status="failed", stage="probe", progress=6, error=error)
    StageRun.objects.create(
        module=made["failed"],
        lease_token="f",
        stage="probe",
        outcome="failed",
        code="damaged_video",
        worker="w1",
        traceback="Traceback (most recent call last):\n  …\nMediaError: damaged_video",
    )
    made["cancelled"] = add(ann, "Wrong upload", video, status="cancelled", stage="speech", progress=18)
    return {name: str(module.pk) for name, module in made.items()}


if __name__ == "__main__":
    print(json.dumps(seed(sys.argv[1])))
