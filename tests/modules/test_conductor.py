"""One module through all stages in this process: what each stage keeps, and what a second run need not do again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from modules.ai.ledger import Ledger
from modules.ai.providers import Providers
from modules.ai.rules import LocalWriter
from modules.messages import message_for
from modules.models import Module, Rendition, SearchEntry, StageRun, Status, Transcript, database_clock, stages
from modules.pipeline.languages import text_direction
from modules.pipeline.types import Draft, Material, ProviderError, ReportProgress, Scene, ignore_progress
from modules.processing import conductor, eta, heartbeat
from modules.processing.attempt import Attempt
from modules.processing.conductor import process
from modules.storage import checksum
from tests.samples import HOW_TO, how_to_cues, vtt
from tests.videos import cached

from .factories import attempt_on, make_module

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")

CASES = Path(__file__).parent.parent / "cases"

SECONDS = 12
CUES = how_to_cues(SECONDS)
CHANGES = [start for start, _, _ in CUES[1:]]
SMALL = {"seconds": SECONDS, "size": (320, 180), "fps": 10, "scenes": CHANGES}


@contextmanager
def at_once(attempt: Attempt, work: Callable[[ReportProgress], T]) -> Iterator[Future[T]]:
    """`run_in_background` without its thread."""
    done: Future[T] = Future()
    done.set_result(work(ignore_progress))
    yield done


@pytest.fixture(autouse=True)
def one_thread(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite in memory waits for no lock of another thread, so there is none here; test_resume.py has them."""
    settings.WORK_DIR, settings.MEDIA_ROOT = tmp_path / "work", tmp_path / "media"
    monkeypatch.setattr(conductor, "run_in_background", at_once)
    monkeypatch.setattr(heartbeat, "RENEW_EVERY", 600.0)


def with_video(name: str = "how-to.mp4", *, beside: bytes = b"", **options: Any) -> Module:
    """A queued module of a small video; options as for `make_video`; beside: a captions file."""
    video = cached(name, **{**SMALL, **options})
    module = make_module(container=name.rpartition(".")[2], content=video.read_bytes())
    if beside:
        module.captions_file.save("captions.vtt", ContentFile(beside))
    return module


def processed(module: Module) -> Module:
    """The module after one more run, which made it ready."""
    assert process(str(module.pk), worker="w1", disposable=False)
    module.refresh_from_db()
    return module


def notices(module: Module) -> set[str]:
    return {notice["code"] for notice in module.notices}


def outcomes(after: int = 0) -> list[tuple[str, str]]:
    """(stage, outcome) of all whole stage runs with a higher key."""
    return sorted(StageRun.objects.whole().filter(pk__gt=after).values_list("stage", "outcome"))


def last() -> int:
    return StageRun.objects.latest("pk").pk


@pytest.fixture
def beside(tmp_path: Path) -> bytes:
    """Captions of all that HOW_TO says."""
    return vtt(tmp_path / "captions.vtt", CUES).read_bytes()


@pytest.fixture
def captioned(beside: bytes) -> Module:
    return with_video(beside=beside)


def test_a_video_with_captions_beside_it_becomes_a_training_that_quotes_them(captioned: Module):
    module = processed(captioned)
    assert (module.status, module.progress, module.stage, module.message["code"]) == ("ready", 100, "finalize", "ready")
    assert (module.width, module.height, module.video_codec, module.audio_codec) == (320, 180, "h264", "")
    assert module.duration == pytest.approx(SECONDS, abs=0.2) and module.published_at is not None
    assert notices(module) == set()
    transcript = module.transcripts.get()
    assert transcript.origin == Transcript.Origin.UPLOADED
    assert [cue.text for cue in transcript.cues.all()] == list(HOW_TO)
    steps = list(module.steps.all())
    assert len(steps) > 1 and [step.order for step in steps] == list(range(1, len(steps) + 1))
    assert {number for step in steps for number in step.cues} <= {cue.number for cue in transcript.cues.all()}
    assert not any(step.edited for step in steps), "the machine's own words are nobody's edit"
    assert "red button" in SearchEntry.objects.get().text


def test_poster_and_pictures_are_in_the_storage_under_the_names_in_the_rows(captioned: Module):
    module = processed(captioned)
    assert default_storage.exists(module.poster)
    stills = [step.still for step in module.steps.all()]
    assert all(stills) and all(default_storage.exists(name) for name in stills)


def test_the_upload_is_known_by_its_hash_afterwards(captioned: Module):
    upload = processed(captioned).upload
    upload.refresh_from_db()
    assert upload.sha256 == hashlib.sha256(cached("how-to.mp4", **SMALL).read_bytes()).hexdigest()


def test_a_hash_that_is_known_is_not_computed_again():
    module = make_module(content=b"a video")
    type(module.upload).objects.update(sha256="known")
    conductor.fetch(attempt_on(module))
    module.upload.refresh_from_db()
    assert module.upload.sha256 == "known"


def test_each_stage_leaves_one_row_that_says_what_it_covered(captioned: Module):
    processed(captioned)
    assert outcomes() == [
        ("enhance", "done"),
        ("finalize", "done"),
        ("probe", "done"),
        ("speech", "done"),
        ("steps", "done"),
        ("stills", "done"),  # where the picture changes
        ("stills", "done"),  # the pictures
    ]
    runs = {run.stage: run for run in StageRun.objects.whole()}
    assert runs["probe"].bytes > 0 and runs["finalize"].media_seconds == pytest.approx(SECONDS, abs=0.2)
    assert {picture["look"] for picture in runs["stills"].output} == {""}, "looks are kept with each picture alone"
    assert runs["speech"].provider == "uploaded" and runs["steps"].provider == runs["enhance"].provider != ""


def test_the_estimate_of_time_left_learns_from_a_run_what_every_stage_takes_that_follows_the_probe(captioned: Module):
    cache.clear()  # a rate is remembered for a minute
    processed(captioned)
    rates = eta.rates()
    cache.clear()
    assert rates.keys() == {stage.name for stage in stages.later_than(stages.PROBE)}
    steps = StageRun.objects.get(stage="steps")
    assert rates["steps"] == pytest.approx(steps.seconds / SECONDS, rel=0.1)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[float]]:
    """How far each stage says that it is, 0..1 of its band."""
    reported: dict[str, list[float]] = {}

    def report(self: Attempt, stage: stages.Stage, done: float, code: str | None = None, /, **params: Any) -> None:
        reported.setdefault(stage.name, []).append(round(done, 4))

    monkeypatch.setattr(Attempt, "report_progress", report)
    return reported


def test_each_part_of_a_stage_begins_on_the_bar_where_the_part_before_it_ends(
    captioned: Module, shown: dict[str, list[float]]
):
    processed(captioned)
    # A local file need not be fetched, so the first that is heard of is the end of its hash.
    assert (shown["fetch"], shown["probe"], shown["finalize"]) == ([0.0, 0.8], [0.0, 1.0], [0.0, 0.5])
    listening, looking = shown["speech"][:3], shown["speech"][3:]
    assert listening == [0.0, 0.105, 0.6], "captions are read at a tenth of what lies between 0.05 and 0.6"
    assert looking[0] == 0.6 and looking[-1] == 1.0 and looking == sorted(looking) and len(looking) > 4
    assert all(stage == sorted(stage) for stage in shown.values())


def test_a_video_in_an_object_store_is_fetched_in_the_first_half_of_its_stage_and_hashed_after_it(
    remote: None, shown: dict[str, list[float]]
):
    attempt = attempt_on(make_module(content=bytes(2 * checksum.CHUNK)))
    conductor.fetch(attempt)
    assert shown["fetch"] == [0.0, *(step / 16 for step in range(1, 9)), 0.65, 0.8]


def test_when_a_person_tries_again_nothing_is_made_that_is_there_already(captioned: Module):
    before = list(processed(captioned).steps.values_list("pk", "title", "text", "still"))
    transcript, seen = captioned.transcripts.get(), last()
    assert Module.objects.requeue(captioned.pk, database_clock())
    processed(captioned)
    reused = ["enhance", "probe", "speech", "steps", "stills", "stills"]
    assert outcomes(seen) == sorted([*((stage, "reused") for stage in reused), ("finalize", "done")])
    written = StageRun.objects.filter(pk__lte=seen, outcome="done").values_list("stage", "provider")
    taken_up = StageRun.objects.filter(pk__gt=seen, outcome="reused").values_list("stage", "provider")
    assert set(taken_up) == {one for one in written if one[0] != "finalize"}, "with the name of who made it"
    assert list(captioned.steps.values_list("pk", "title", "text", "still")) == before
    assert captioned.transcripts.get() == transcript


def test_steps_are_written_again_when_a_person_asks_for_that_and_nothing_else_is(captioned: Module):
    processed(captioned)
    seen = last()
    assert Module.objects.requeue(captioned.pk, database_clock(), steps=True)
    processed(captioned)
    again = {stage for stage, outcome in outcomes(seen) if outcome == "done"}
    assert again == {"steps", "enhance", "finalize"}


def test_a_silent_video_without_captions_gets_its_steps_from_the_pictures_and_says_so():
    module = processed(with_video())
    assert notices(module) == {"no_audio", "visual_steps"}
    places = StageRun.objects.filter(stage="stills", outcome="part").values_list("part", flat=True)
    assert sorted(places) == list(range(len(places))), "one picture for each place"
    assert not module.transcripts.exists()
    assert module.steps.count() >= 3 and not any(step.cues for step in module.steps.all())


def test_a_text_track_that_is_none_of_captions_is_said_and_the_module_becomes_ready(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_module("modules.media.subtitles"), "MAX_CUES", 2)
    module = processed(with_video("told.mkv", captions=CUES, language="en"))
    assert "captions_unreadable" in notices(module) and module.status == Status.READY
    assert module.steps.exists()


def test_captions_that_cannot_be_read_are_said_and_those_in_the_file_are_taken_with_their_language(
    shown: dict[str, list[float]],
):
    module = processed(with_video("told.mkv", beside=b"no captions", captions=CUES, language="en"))
    assert notices(module) == {"captions_unreadable"}
    assert shown["speech"][:4] == [0.0, 0.105, 0.16, 0.6], "a tenth and a fifth of what lies between 0.05 and 0.6"
    assert (module.language, module.transcripts.get().origin) == ("en", Transcript.Origin.EMBEDDED)
    assert [cue.text for cue in module.transcripts.get().cues.all()] == list(HOW_TO)


def test_captions_in_an_old_encoding_are_read_in_their_language_and_the_encoding_is_named():
    module = processed(with_video(beside=CASES.joinpath("cp1250.srt").read_bytes()))
    assert module.transcripts.get().cues.first().text == "Otevřete víčko a počkejte."
    assert (module.language, module.transcripts.get().language) == ("cs", "cs")
    (notice,) = [one for one in module.notices if one["code"] == "captions_encoding_assumed"]
    assert "Windows-1250" in message_for(notice["code"], notice["params"])


@pytest.mark.parametrize(
    ("said", "language", "direction"),
    [
        (["افتح الغطاء في البداية", "ثم اضغط على هذا الزر", "انتظر حتى ينطفئ المصباح"], "ar", "rtl"),
        (["פתחו את המכסה", "לחצו על הכפתור", "חכו עד שהנורה תכבה"], "he", "rtl"),
        (["打开盖子", "然后按绿色按钮", "等灯灭了再关上门"], "zh", "ltr"),
        (["Open the lid", "Then press the button", "Wait until the lamp is off"], "en", "ltr"),
    ],
)
def test_the_language_of_captions_is_found_from_their_text(said: list[str], language: str, direction: str):
    srt = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{text}\n\n" for n, text in enumerate(said, 1))
    module = processed(with_video(beside=srt.encode()))
    assert (module.language, module.transcripts.get().language) == (language, language)
    assert text_direction(module.language) == direction


def test_a_language_that_is_known_is_not_replaced_by_one_that_is_found(beside: bytes):
    module = with_video(beside=beside)
    Module.objects.filter(pk=module.pk).update(language="en-GB")
    assert processed(module).language == "en-GB"


def test_a_long_video_goes_on_in_its_own_queue(captioned: Module, settings: Any, caplog: pytest.LogCaptureFixture):
    settings.LONG_VIDEO_MINUTES = SECONDS / 60 - 0.01
    assert not process(str(captioned.pk), worker="w1", disposable=False)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == [], "that is no fault"
    captioned.refresh_from_db()
    assert (captioned.status, captioned.queue, captioned.attempts) == (Status.QUEUED, settings.LONG_QUEUE, 0)
    assert processed(captioned).status == Status.READY, "it is moved once"


def test_a_video_of_the_very_length_is_not_long_yet(captioned: Module, settings: Any):
    settings.LONG_VIDEO_MINUTES = SECONDS / 60 + 0.01
    assert processed(captioned).queue == settings.DEFAULT_QUEUE


@pytest.mark.parametrize(("name", "wanted"), [("how-to.mp4", False), ("how-to.avi", True)])
def test_a_copy_for_browsers_is_asked_for_where_they_need_one(name: str, wanted: bool):
    processed(with_video(name))
    assert Rendition.objects.filter(status=Status.QUEUED).exists() == wanted


def test_no_scratch_file_is_left_and_no_lease(captioned: Module, settings: Any):
    module = processed(captioned)
    assert (module.lease_token, module.worker, module.heartbeat_at) == ("", "", None)
    assert list(Path(settings.WORK_DIR).iterdir()) == []


def test_what_is_no_video_fails_with_the_sentence_for_it(tmp_path: Path):
    module = make_module(content=b"no video at all" * 100)
    assert not process(str(module.pk), worker="w1", disposable=False)
    module.refresh_from_db()
    assert (module.status, module.stage) == (Status.FAILED, "probe")
    assert StageRun.objects.get(outcome="failed").code == module.error["code"]


class Named(LocalWriter):
    """A writer of this name, which is down while `error` is set."""

    def __init__(self, name: str, error: ProviderError | None = None) -> None:
        super().__init__()
        self.name, self.error, self.asked = name, error, 0

    def draft_steps(self, material: Material, report_progress: ReportProgress = ignore_progress) -> list[Draft]:
        self.asked += 1
        if self.error:
            raise self.error
        return list(super().draft_steps(material, report_progress))


def drafted(module: Module, *writers: Named) -> tuple[tuple[Draft, ...], Attempt]:
    """What these writers make of a video in which nobody speaks, in a run of its own."""
    Module.objects.filter(pk=module.pk).update(status="queued")
    token = Module.objects.claim(module.pk, database_clock(), "w1")
    attempt = Attempt(Module.objects.get(pk=module.pk), token, worker="w1", disposable=False)
    material = Material("Title", "en", 12.0, (), tuple(Scene(time, 0.9) for time in (3.0, 6.0, 9.0)))
    return conductor.extract(attempt, material, Providers((), writers, Ledger())), attempt


def codes(attempt: Attempt) -> list[str]:
    return [notice.code for notice in attempt.notices]


def test_the_first_writer_sees_as_many_pictures_as_it_asks_for_before_it_writes(
    captioned: Module, monkeypatch: pytest.MonkeyPatch
):
    first, attempt, path = Named("one"), attempt_on(captioned), Path(captioned.video.path)
    monkeypatch.setattr(first, "pictures", lambda cues: 2)
    ai = Providers((), (first, Named("two")), Ledger())
    material, _, _ = conductor.analyse(attempt, path, conductor.check(attempt, path), ai)
    assert len(material.stills) == 2


def test_where_a_writer_is_down_the_next_one_writes_and_it_is_said():
    writers = Named("one", ProviderError("ai_key_rejected")), Named("two")
    drafts, attempt = drafted(make_module(), *writers)
    assert len(drafts) > 1 and codes(attempt) == ["ai_key_rejected", "visual_steps"]
    assert StageRun.objects.get(stage="steps", outcome="done").provider == "two"


def test_where_a_writer_has_looked_at_the_pictures_itself_nothing_is_said():
    writers = Named("one"), Named("two")
    _, attempt = drafted(make_module(), *writers)
    assert codes(attempt) == [] and writers[1].asked == 0


def test_what_one_writer_made_is_not_made_again_and_is_none_of_anothers():
    module, first, other = make_module(), Named("one"), Named("other")
    drafts, _ = drafted(module, first, other)
    again, _ = drafted(module, first, other)
    assert again == drafts and first.asked == 1
    drafted(module, other)
    assert other.asked == 1
