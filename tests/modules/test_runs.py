"""What runs saved, and who takes it up; which workers there are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modules.models import Module, StageRun, Worker, database_clock

from .factories import make_module

pytestmark = pytest.mark.django_db


@pytest.fixture
def module() -> Module:
    return make_module()


def write(module: Module, **fields) -> StageRun:
    facts = {"lease_token": "r", "stage": "speech", "key": "k", "outcome": "done", "output": {"text": "Hello"}}
    return StageRun.objects.create(module=module, **facts | fields)


def test_the_newest_finished_stage_of_this_key_is_taken_up(module):
    write(module, output={"text": "older"})
    newest = write(module, output={"text": "newer"})
    assert StageRun.objects.saved(module, "speech", "k") == newest


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "part"},
        {"outcome": "reused"},
        {"outcome": "failed"},
        {"output": None},
        {"key": "another"},
        {"stage": "steps"},
    ],
)
def test_what_is_not_finished_or_was_made_from_something_else_is_not_taken_up(module, fields):
    write(module, **fields)
    assert StageRun.objects.saved(module, "speech", "k") is None


def test_an_empty_result_is_a_result(module):
    assert StageRun.objects.saved(module, "speech", "k") is None
    write(module, output=[])
    assert StageRun.objects.saved(module, "speech", "k").output == []


def test_saved_work_of_another_module_is_none_of_this_one(module):
    write(make_module())
    write(make_module(), outcome="part", part=0)
    assert StageRun.objects.saved(module, "speech", "k") is None
    assert StageRun.objects.saved_parts(module, "speech", "k") == {}


def test_pieces_are_taken_up_by_their_numbers(module):
    for number, text in ((3, "c"), (0, "a")):
        write(module, outcome="part", part=number, output={"text": text})
    for fields in ({"output": None}, {"key": "another"}, {"stage": "stills"}, {"outcome": "reused"}):
        write(module, **{"outcome": "part", "part": 7} | fields)
    assert StageRun.objects.saved_parts(module, "speech", "k") == {0: {"text": "a"}, 3: {"text": "c"}}


def test_only_the_pictures_of_the_album_used_last_are_kept(module):
    other = make_module()
    for key in ("old", "new"):
        write(module, stage="stills", key=key, outcome="part", part=0, output={"name": f"{key}.jpg"})
        write(module, stage="stills", key=key, outcome="done", output=[])
    write(module, stage="stills", key="scenes", output=[1.0])  # no frames: it has no pieces
    write(module, outcome="part", part=0)
    theirs = write(other, stage="stills", key="old", outcome="part", part=0, output={"name": "theirs.jpg"})
    assert StageRun.objects.forget_old_pictures(module) == {"new.jpg"}
    left = StageRun.objects.filter(module=module, output__isnull=False).values_list("stage", "key", "outcome")
    assert set(left) == {
        ("stills", "new", "part"),
        ("stills", "new", "done"),
        ("stills", "scenes", "done"),
        ("speech", "k", "part"),
    }
    theirs.refresh_from_db()
    assert theirs.output == {"name": "theirs.jpg"}
    assert StageRun.objects.filter(module=module).count() == 6, "the rows stay"


def test_an_album_that_was_taken_up_again_is_the_one_used_last(module):
    for key in ("first", "second"):
        write(module, stage="stills", key=key, outcome="part", part=0, output={"name": f"{key}.jpg"})
        write(module, stage="stills", key=key, outcome="done", output=[])
    write(module, stage="stills", key="first", outcome="reused", output=None)
    assert StageRun.objects.forget_old_pictures(module) == {"first.jpg"}


def test_pieces_are_not_for_people(module):
    whole = [write(module), write(module, outcome="failed")]
    write(module, outcome="part", part=0)
    assert list(StageRun.objects.whole()) == whole


def worker(name: str, *, seconds: float = 0, kind: str = "rq") -> Worker:
    """A worker that was heard of so many seconds ago."""
    heard = database_clock() - timedelta(seconds=seconds)
    return Worker.objects.create(name=name, kind=kind, host="h", pid=1, queues=["default"], heartbeat_at=heard)


def names(workers) -> list[str]:
    return [one.name for one in workers]


def test_a_worker_is_alive_for_half_a_minute_after_it_was_heard_of():
    at = worker("w").heartbeat_at
    assert names(Worker.objects.alive(at + timedelta(seconds=30))) == ["w"]
    assert names(Worker.objects.alive(at + timedelta(seconds=30, milliseconds=1))) == []


@pytest.mark.parametrize(("queue", "working"), [("auto", ["l", "r"]), ("rq", ["r"]), ("local", ["l"])])
def test_the_setting_says_which_kind_of_worker_works(settings, queue, working):
    settings.QUEUE = queue
    worker("l", kind="local"), worker("r", kind="rq"), worker("dead", kind=queue, seconds=60)
    assert names(Worker.objects.working(database_clock())) == working


def test_a_worker_that_is_heard_of_again_is_the_same_one_and_says_what_it_serves_now():
    old = worker("w", seconds=3000, kind="local")
    Worker.objects.record_heartbeat("w", kind="rq", host="there", pid=7, queues=["long"])
    seen = Worker.objects.get()
    assert (seen.kind, seen.host, seen.pid, seen.queues) == ("rq", "there", 7, ["long"])
    assert seen.heartbeat_at - old.heartbeat_at > timedelta(seconds=2900)
    assert seen.started_at == old.started_at


def test_a_worker_that_ends_takes_along_those_not_heard_of_for_an_hour():
    worker("mine"), worker("quiet", seconds=3500), worker("lost", seconds=3700)
    Worker.objects.forget("mine")
    assert names(Worker.objects.all()) == ["quiet"]
