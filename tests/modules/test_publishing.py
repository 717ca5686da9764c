"""What a run writes into the module's rows, and what of an older result it leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from modules import jobs
from modules.models import AICall, LeaseLost, Module, Rendition, SearchEntry, StageRun, Status, database_clock
from modules.pipeline.types import Aside, Cue, Draft, Enhanced, Material, Notice, Probe, Question, Still
from modules.processing import publish
from modules.processing.attempt import Attempt
from modules.processing.conductor import providers_for

from .factories import make_module

pytestmark = pytest.mark.django_db

CUES = (Cue(1, 0.0, 4.0, "Open the lid."), Cue(2, 5.0, 9.0, "Press the button."))
STEPS = (
    Draft("a", "step", "Open the lid", "Open the lid.", (1,), 0.0, 4.0, still=1.5),
    Draft("b", "step", "Press the button", "Press it.", (2,), 5.0, 9.0),
)
FOUND = Probe("mp4", 12.5, 640, 360, 25.0, "h264", "aac", 1000)


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.WORK_DIR, settings.MEDIA_ROOT = tmp_path / "work", tmp_path / "media"


@pytest.fixture
def module() -> Module:
    return make_module()


def run_of(module: Module) -> Attempt:
    """The next run of a module, whose last one is over."""
    Module.objects.filter(pk=module.pk).update(status="queued")
    token = Module.objects.claim(module.pk, database_clock(), "w1")
    return Attempt(Module.objects.get(pk=module.pk), token, worker="w1", disposable=False)


def published(module: Module, *, cues: tuple[Cue, ...] = CUES, origin: str = "speech", **better: Any) -> Module:
    """The module after a run that ended with this."""
    stills = (Still(1.5, "modules/x/stills/a.jpg", 1, 1, 1.0),)
    material = Material("Title", "en", 12.5, cues, stills=stills)
    publish.publish(run_of(module), material, origin, Enhanced(**{"steps": STEPS, **better}))
    module.refresh_from_db()
    return module


def question(text: str) -> Question:
    return Question("q", ("a",), text, ("1", "2", "3", "4"), 2, "Because.", (1,))


def test_all_that_the_run_made_is_in_the_rows(module: Module):
    published(
        module,
        summary="About a lid",
        tags=("lid",),
        goals=("open a lid",),
        asides=(Aside("b", "warning", "It is hot.", (2,)),),
        quiz=(question("Which?"), question("Where?")),
        notices=(Notice("no_speech", {"a": 1}),),
    )
    assert (module.status, module.message, module.summary) == ("ready", {"code": "ready"}, "About a lid")
    assert (module.tags, module.goals) == (["lid"], ["open a lid"])
    assert module.notices == [{"code": "no_speech", "params": {"a": 1}}]
    first, second = module.steps.all()
    assert (first.order, first.title, first.still, first.asides) == (1, "Open the lid", "modules/x/stills/a.jpg", [])
    assert (second.order, second.cues, second.still) == (2, [2], "")
    assert second.asides == [{"kind": "warning", "text": "It is hot.", "cues": [2]}]
    assert list(module.questions.values_list("order", "text", "right", "cues")) == [
        (1, "Which?", 2, [1]),
        (2, "Where?", 2, [1]),
    ]
    assert "open the lid" in SearchEntry.objects.get().text


def test_a_search_finds_a_module_by_its_own_words_alone(module: Module):
    published(make_module(title="Another"), steps=(Draft("c", "step", "Secret", "Secret words", (), 0.0, 4.0),))
    published(module)
    module.steps.filter(order=2).update(deleted=True)
    SearchEntry.objects.refresh(module.pk)
    words = SearchEntry.objects.get(module=module).text.split("\n")
    assert words == ["change the filter", "", "open the lid open the lid.", "open the lid.", "press the button."]


def test_a_new_run_takes_the_place_of_the_quiz_and_of_steps_that_nobody_touched(module: Module):
    published(module, quiz=(question("Old?"),))
    published(module, steps=STEPS[:1], quiz=(question("New?"),))
    assert [one.text for one in module.questions.all()] == ["New?"]
    assert [step.title for step in module.steps.all()] == ["Open the lid"]


def test_a_transcript_that_says_the_same_stays_and_one_that_does_not_is_replaced(module: Module):
    first = published(module).transcripts.get()
    assert published(module).transcripts.get() == first
    second = published(module, cues=(*CUES[:1], Cue(2, 5.0, 9.0, "Press the red button.")), origin="embedded")
    transcript = second.transcripts.get()
    assert (transcript.origin, transcript.language) == ("embedded", "en") and transcript != first
    assert [cue.text for cue in transcript.cues.all()] == ["Open the lid.", "Press the red button."]
    assert not published(module, cues=()).transcripts.exists()


@pytest.mark.parametrize(("cues", "title"), [(CUES, "In my words"), (CUES[:1], "Open")])
def test_a_step_is_known_again_by_what_was_said_as_long_as_the_transcript_is_the_same(
    module: Module, cues: tuple[Cue, ...], title: str
):
    published(module).steps.filter(title="Open the lid").update(title="In my words")
    published(module, cues=cues, steps=(Draft("c", "step", "Open", "Open it.", (1,), 9.0, 12.0),))
    assert module.steps.get(start=9.0).title == title


def test_no_more_notices_than_can_be_read_are_kept(module: Module):
    published(module, notices=tuple(Notice(f"code {n}") for n in range(30)))
    assert [one["code"] for one in module.notices] == [f"code {n}" for n in range(publish.SHOWN_NOTICES)]


def test_a_run_that_lost_its_module_publishes_nothing_and_writes_no_facts(module: Module):
    attempt = run_of(module)
    Module.objects.cancel(module.pk)
    with pytest.raises(LeaseLost):
        publish.publish(attempt, Material("Title", "en", 12.5, CUES), "speech", Enhanced(STEPS))
    with pytest.raises(LeaseLost):
        publish.save_probe(attempt, FOUND, "poster.jpg")
    with pytest.raises(LeaseLost):
        publish.set_language(attempt, "en")
    with pytest.raises(LeaseLost):
        publish.request_rendition(attempt)
    module.refresh_from_db()
    assert (module.status, module.duration, module.language) == ("cancelled", None, "")
    assert not module.steps.exists() and not module.transcripts.exists() and not Rendition.objects.exists()


def test_what_the_probe_found_is_in_the_row(module: Module):
    publish.save_probe(run_of(module), FOUND, "poster.jpg")
    module.refresh_from_db()
    assert (module.duration, module.width, module.height) == (12.5, 640, 360)
    assert (module.video_codec, module.audio_codec, module.poster) == ("h264", "aac", "poster.jpg")


def test_a_language_is_written_once_and_never_emptied(module: Module):
    attempt = run_of(module)
    for language, known in (("", ""), ("de", "de"), ("", "de"), ("en", "de")):
        publish.set_language(attempt, language)
        assert (attempt.module.language, Module.objects.get(pk=module.pk).language) == (known, known)


def test_the_copies_of_other_videos_are_not_made_once_more(module: Module):
    others = [make_module(status="ready") for _ in range(2)]
    Rendition.objects.create(module=others[0], status="failed", attempts=3)
    Rendition.objects.create(module=others[1], status="ready", progress=100)
    before = list(Rendition.objects.values())
    publish.request_rendition(run_of(module))
    publish.request_rendition(run_of(module))
    assert list(Rendition.objects.exclude(module=module).values()) == before
    assert Rendition.objects.get(module=module).status == Status.QUEUED


@pytest.mark.parametrize(
    ("status", "sent"), [(None, True), ("failed", True), ("queued", False), ("processing", False), ("ready", False)]
)
def test_only_a_copy_that_is_new_or_has_failed_is_made_and_the_workers_are_told_of_it(
    module: Module, monkeypatch: pytest.MonkeyPatch, status: str | None, sent: bool
):
    told: list[Rendition] = []
    monkeypatch.setattr(jobs, "enqueue", told.append)
    if status:
        Rendition.objects.create(module=module, status=status, progress=40)
    publish.request_rendition(run_of(module))
    rendition = Rendition.objects.get()
    assert told == [rendition] * sent
    assert (rendition.status, rendition.progress) == (("queued", 0) if sent else (status, 40))


def stored(module: Module, *names: str) -> None:
    for name in names:
        default_storage.save(f"{module.folder}/stills/{name}", ContentFile(b"picture"))


def left(module: Module) -> set[str]:
    return set(default_storage.listdir(f"{module.folder}/stills")[1])


def test_only_pictures_that_nothing_names_are_removed_and_only_from_a_module_that_is_ready(module: Module):
    stored(module, "of-a-step.jpg", "saved.jpg", "unused.jpg")
    module.steps.create(order=1, title="Open", start=0, end=1, still=f"{module.folder}/stills/of-a-step.jpg")
    picture = {"module": module, "lease_token": "r", "stage": "stills", "key": "k"}
    StageRun.objects.create(
        **picture, outcome="part", part=0, output={"time": 0.0, "name": f"{module.folder}/stills/saved.jpg"}
    )
    StageRun.objects.create(**picture, outcome="done", output=[])
    for status in ("queued", "processing", "failed"):
        Module.objects.update(status=status)
        publish.delete_unused_stills(module)
        assert len(left(module)) == 3
    Module.objects.update(status="ready")
    publish.delete_unused_stills(module)
    assert left(module) == {"of-a-step.jpg", "saved.jpg"}


def test_a_worker_does_not_tidy_for_ever(module: Module, monkeypatch: pytest.MonkeyPatch):
    stored(module, "unused.jpg")
    Module.objects.update(status="ready")
    monkeypatch.setattr(publish, "TIDY_SECONDS", -1)
    publish.delete_unused_stills(module)
    assert left(module) == {"unused.jpg"}


def test_where_no_picture_was_taken_there_is_nothing_to_remove(module: Module, caplog: pytest.LogCaptureFixture):
    Module.objects.update(status="ready")
    publish.delete_unused_stills(module)
    assert caplog.records == []


def test_a_run_begins_with_what_its_module_has_cost_before_and_no_other(module: Module):
    with providers_for(run_of(module)) as ai:
        assert ai.ledger.spent == 0.0
    for of, cost in ((module, 0.5), (module, 0.25), (make_module(), 7.0)):
        AICall.objects.create(module=of, lease_token="r", stage="steps", model="m", cost=cost)
    with providers_for(run_of(module)) as ai:
        assert ai.ledger.spent == 0.75
