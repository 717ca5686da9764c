"""What stage runs and workers say of themselves: pieces, latest lines, pictures in use, and who is heard of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from modules.models import Module, StageRun, Worker, database_clock
from modules.models.outputs import SavedPicture, SavedTranscript, SavedWindow, picture_names

from .factories import make_module

pytestmark = pytest.mark.django_db


@pytest.fixture
def module() -> Module:
    return make_module()


def ran(module: Module, stage: str, outcome: str = "done", **fields: Any) -> StageRun:
    return StageRun.objects.create(
        **{"module": module, "lease_token": "r", "stage": stage, "outcome": outcome, "key": "key", **fields}
    )


def heard(module: Module, number: int, text: str) -> StageRun:
    return ran(module, "speech", "part", part=number, output=SavedWindow(text, 15.0 * number, {}).to_json())


def picture(module: Module, part: int, name: str, key: str = "key") -> StageRun:
    return ran(module, "stills", "part", part=part, key=key, output=SavedPicture(float(part), name).to_json())


def lines(module: Module) -> list[str]:
    return [text for text, _ in StageRun.objects.latest_lines(module)]


def test_pieces_of_the_same_video_in_another_module_are_not_forgotten(module: Module):
    other = make_module()
    heard(module, 0, "Hello"), heard(other, 0, "Hello")
    StageRun.objects.forget_parts(module, "speech", "key")
    assert StageRun.objects.saved_parts(module, "speech", "key") == {}
    assert list(StageRun.objects.saved_parts(other, "speech", "key")) == [0]


def test_what_another_module_saved_is_not_taken_up(module: Module):
    ran(make_module(), "probe", output={"of": "another"})
    assert StageRun.objects.saved(module, "probe", "key") is None


def test_only_a_finished_stage_with_its_output_is_taken_up_and_the_newest_of_them(module: Module):
    ran(module, "steps", output=["older"]), ran(module, "steps", output=["newer"])
    ran(module, "steps", output=None)
    ran(module, "steps", "failed", output=["failed"])
    ran(module, "enhance", output=["another stage"]), ran(module, "steps", key="other", output=["another key"])
    assert StageRun.objects.saved(module, "steps", "key").output == ["newer"]


def test_a_window_in_which_nobody_spoke_is_no_line(module: Module):
    for number, text in enumerate(("First", "", "Then")):
        heard(module, number, text)
    assert lines(module) == ["First", "Then"]


def test_no_more_than_the_last_four_windows_are_shown(module: Module):
    for number in range(6):
        heard(module, number, f"line {number}")
    assert lines(module) == [f"line {number}" for number in range(2, 6)]


def test_lines_stay_while_a_run_takes_up_the_transcript_or_breaks_off_after_it(module: Module):
    cues = [{"number": n, "start": float(n), "end": n + 1.0, "text": f"cue {n}"} for n in range(6)]
    ran(module, "speech", output=SavedTranscript.of(cues, "en").to_json())
    ran(module, "speech", "reused"), ran(module, "speech", "failed", key="")
    assert lines(module) == [f"cue {n}" for n in range(2, 6)]


def test_pictures_of_an_older_set_are_forgotten_and_those_used_last_are_not(module: Module):
    picture(module, 0, "old.jpg", "old"), ran(module, "stills", key="old", output=[])
    ran(module, "stills", key="scenes", output=[{"time": 1.0, "score": 0.5}])
    picture(module, 0, "new.jpg", "new"), picture(module, 1, "newer.jpg", "new")
    ran(module, "stills", key="new", output=[{"name": "new.jpg"}])
    assert StageRun.objects.forget_old_pictures(module) == {"new.jpg", "newer.jpg"}
    assert StageRun.objects.saved_parts(module, "stills", "old") == {}
    assert StageRun.objects.saved(module, "stills", "old") is None
    assert StageRun.objects.saved(module, "stills", "scenes") is not None, "where the picture changes is still true"


def test_the_newest_pictures_are_shown_in_order_of_time(module: Module):
    for part in (5, 1, 3):
        picture(module, part, f"{part}.jpg")
    assert [time for _, time in StageRun.objects.latest_pictures(module, 2)] == [1.0, 3.0]
    assert StageRun.objects.latest_pictures(make_module(), 2) == []


def test_a_worker_that_ends_forgets_itself_and_the_long_silent_and_nobody_else():
    now = database_clock()
    for name, silent in (("me", 0), ("silent", 3700), ("busy", 3500), ("other", 0)):
        Worker.objects.create(name=name, kind="rq", host="h", pid=1, heartbeat_at=now - timedelta(seconds=silent))
    Worker.objects.forget("me")
    assert {worker.name for worker in Worker.objects.all()} == {"busy", "other"}


def test_a_worker_is_alive_for_half_a_minute_and_works_where_the_queue_is_its_own(settings: Any):
    now = database_clock()
    for kind, silent in (("rq", 29), ("local", 29), ("rq", 31)):
        Worker.objects.create(
            name=f"{kind} {silent}", kind=kind, host="h", pid=1, heartbeat_at=now - timedelta(seconds=silent)
        )
    assert {worker.name for worker in Worker.objects.alive(now)} == {"rq 29", "local 29"}
    for queue, names in {"auto": {"rq 29", "local 29"}, "rq": {"rq 29"}, "local": {"local 29"}}.items():
        settings.QUEUE = queue
        assert {worker.name for worker in Worker.objects.working(now)} == names


def test_a_heartbeat_is_written_over_the_last_one_of_the_same_worker():
    for pid in (1, 2):
        Worker.objects.record_heartbeat("w1", kind="rq", host="h", pid=pid, queues=["default"])
    worker = Worker.objects.get()
    assert (worker.kind, worker.host, worker.pid, worker.queues) == ("rq", "h", 2, ["default"])
    assert abs(worker.heartbeat_at - database_clock()) < timedelta(seconds=30)


def test_what_older_versions_saved_is_read_with_nothing_made_up():
    assert SavedTranscript.from_json({"cues": []}).to_json() == {"cues": [], "language": "", "latest": []}
    old = SavedPicture.from_json({"time": 1.0, "name": "a.jpg", "a key that is gone": 1})
    assert old.to_json() == {"time": 1.0, "name": "a.jpg", "width": 0, "height": 0, "sharpness": 0.0, "look": ""}
    with pytest.raises(TypeError):
        SavedPicture.from_json({"time": 1.0})


@pytest.mark.parametrize(
    ("output", "names"),
    [
        ({"name": "a.jpg"}, {"a.jpg"}),
        ([{"name": "a.jpg"}, {"path": "of version 0.1.jpg"}], {"a.jpg", "of version 0.1.jpg"}),
        ([{"time": 1.0, "score": 0.5}], set()),
        (None, set()),
        ([], set()),
    ],
)
def test_the_pictures_that_saved_work_names_are_known_so_that_none_of_them_is_removed(output: Any, names: set[str]):
    assert picture_names(output) == names
