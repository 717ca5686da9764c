"""The main job from end to end: real files, real processes, over HTTP."""

from __future__ import annotations

import hashlib
import itertools
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from .samples import HOW_TO, how_to, how_to_cues, vtt
from .servers import PostgresServer, RedisServer, Site, wait_for
from .tiny_whisper import write_tiny_whisper
from .videos import audio_only, claim_duration, claim_size, damage, make_video, narrated, truncate


def check_how_to(answer: dict) -> None:
    """Is this an honest module of the how-to? Nothing invented, and nothing out of the video."""
    steps = answer["steps"]
    assert len(steps) >= 4
    assert steps[0]["start"] >= 0
    assert steps[-1]["end"] <= answer["totalDuration"]
    assert all(a["end"] <= b["start"] for a, b in itertools.pairwise(steps))
    assert all(step["screenshot"] for step in steps)
    said = " ".join(HOW_TO).lower()
    for step in steps:
        assert step["cues"]
        for word in step["text"].lower().replace(".", " ").replace(",", " ").split():
            assert word in said, f"{word} was never said"


def test_without_redis_the_local_worker_makes_the_training(site: Site, tmp_path: Path):
    site.start("localworker")
    video = how_to(tmp_path / "how-to.mp4")
    uploaded = site.upload(video)
    assert uploaded["success"] and uploaded["status"] == "processing"
    answer = site.ready(uploaded["moduleId"])
    check_how_to(answer)
    assert answer["notices"] == []
    assert site.rows("SELECT sha256 FROM uploads_upload") == [(hashlib.sha256(video.read_bytes()).hexdigest(),)]
    status, page = site.get(uploaded["trainingUrl"])
    assert status == 200
    assert "red button" in page


def test_an_rq_worker_makes_the_training(new_site: Callable[..., Site], redis_server: RedisServer, tmp_path: Path):
    site = new_site(QUEUE="rq", REDIS_PORT=str(redis_server.port))
    site.serve()
    site.start("rqworker", "default")
    check_how_to(site.ready(site.upload(how_to(tmp_path / "how-to.mp4"))["moduleId"]))


def test_it_all_works_on_postgresql(
    new_site: Callable[..., Site], postgres: PostgresServer, redis_server: RedisServer, tmp_path: Path
):
    site = new_site(QUEUE="rq", REDIS_PORT=str(redis_server.port), DATABASE_URL=postgres.database())
    site.serve()
    site.start("rqworker", "default")
    video = how_to(tmp_path / "how-to.mp4")
    modules = [site.upload(video)["moduleId"] for _ in range(3)]
    for module in modules:
        check_how_to(site.ready(module))


def test_captions_beside_the_video_win(site: Site, tmp_path: Path):
    site.start("localworker")
    video = make_video(tmp_path / "v.webm", seconds=12, captions=[(0, 10, "Words in the file.")])
    beside = vtt(tmp_path / "v.vtt", how_to_cues(12))
    answer = site.ready(site.upload(video, captions=beside)["moduleId"])
    assert "red button" in " ".join(step["text"] for step in answer["steps"])


def test_a_silent_video_gets_steps_from_its_pictures_and_says_so(site: Site, tmp_path: Path):
    site.start("localworker")
    video = make_video(tmp_path / "v.mp4", seconds=16, scenes=[4, 8, 12])
    answer = site.ready(site.upload(video)["moduleId"])
    assert {"no_audio", "visual_steps"} <= {notice["code"] for notice in answer["notices"]}
    assert len(answer["steps"]) >= 3
    assert answer["steps"][0]["screenshot"]


def test_without_a_model_the_speech_is_not_made_up(new_site: Callable[..., Site], tmp_path: Path):
    site = new_site(WHISPER_MODEL="no-such-model")
    site.serve()
    site.start("localworker")
    video = make_video(tmp_path / "v.mp4", seconds=8, scenes=[4], audio="tone")
    answer = site.ready(site.upload(video)["moduleId"])
    assert {notice["code"] for notice in answer["notices"]} & {"speech_unavailable", "no_speech"}
    assert not any(step["cues"] for step in answer["steps"])


def test_what_browsers_cannot_play_is_made_ready_for_them_afterwards(site: Site, tmp_path: Path):
    site.start("localworker")
    module = site.upload(make_video(tmp_path / "v.avi", seconds=4))["moduleId"]
    site.ready(module)

    def rendition() -> list[tuple]:
        return site.rows("SELECT status FROM modules_rendition WHERE status = 'ready'")

    wait_for(rendition, "the rendition")
    status, headers, body = site.request("GET", f"/modules/{module}/video", headers={"Range": "bytes=0-99"})
    assert (status, headers["content-type"]) == (206, "video/mp4")
    assert body[4:8] == b"ftyp"


def test_process_video_does_the_main_job_in_the_foreground(new_site: Callable[..., Site], tmp_path: Path):
    site = new_site()
    printed = site.manage("process_video", str(how_to(tmp_path / "how-to.mp4")))
    assert printed.strip().splitlines()[-1].startswith("/modules/")
    (tmp_path / "broken.mp4").write_bytes((tmp_path / "how-to.mp4").read_bytes()[:3000])
    printed = site.manage("process_video", str(tmp_path / "broken.mp4"), check=False)
    assert "damaged" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("ending", ["mp4", "mov", "webm", "mkv", "ts"])
def test_every_container_we_name_is_taken(site: Site, tmp_path: Path, ending: str):
    site.start("localworker")
    answer = site.ready(site.upload(make_video(tmp_path / f"v.{ending}", seconds=3))["moduleId"])
    assert answer["totalDuration"] == pytest.approx(3, abs=0.3)


BROKEN = {
    "cut off before its index": ("damaged_video", lambda path: truncate(make_video(path, seconds=6), keep=0.5)),
    "sound alone": ("no_video", audio_only),
    "sixty thousand pixels wide": (
        "too_many_pixels",
        lambda path: claim_size(make_video(path, seconds=2), 60_000, 60_000),
    ),
    "a thousand hours": ("too_long", lambda path: claim_duration(make_video(path, seconds=2), 1000)),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_only_a_decoder_can_tell_is_told_at_the_first_attempt(site: Site, tmp_path: Path, fault: str):
    code, make = BROKEN[fault]
    path = tmp_path / "v.mp4"
    make(path)
    site.start("localworker")
    answer = site.settled(site.upload(path)["moduleId"])
    assert (answer["status"], answer["errorCode"], answer["attempts"]) == ("failed", code, 0)
    assert answer["error"].endswith(".")
    assert site.rows("SELECT count(*) FROM modules_stagerun WHERE outcome = 'failed'") == [(1,)]


def test_what_is_damaged_later_in_the_file_still_gives_a_module_with_a_notice(site: Site, tmp_path: Path):
    site.start("localworker")
    path = damage(make_video(tmp_path / "v.mp4", seconds=12, scenes=[4, 8], size=(1280, 720)), at=0.7)
    answer = site.ready(site.upload(path)["moduleId"])
    assert "damaged" in {notice["code"] for notice in answer["notices"]}


def test_speech_goes_through_a_real_whisper_window_by_window(new_site: Callable[..., Site], tmp_path: Path):
    """The weights are random, so the words mean nothing; that each window was heard and saved is what counts."""
    model = write_tiny_whisper(tmp_path / "tiny")
    site = new_site(WHISPER_MODEL=str(model))
    site.serve()
    site.start("localworker")
    video = tmp_path / "spoken.mp4"
    narrated(video, ["Open the lid of the machine.", "Press the red button.", "Close the lid again."])
    site.ready(site.upload(video)["moduleId"])
    saved = site.rows("SELECT outcome, provider FROM modules_stagerun WHERE stage = 'speech'")
    assert ("part", "local whisper tiny") in saved
    assert ("done", "local whisper tiny") in saved


def test_with_an_object_store_everything_lives_there(new_site: Callable[..., Site], tmp_path: Path, object_store: str):
    site = new_site(
        S3_BUCKET="trainings",
        S3_ENDPOINT_URL=object_store,
        S3_ACCESS_KEY="test",
        S3_SECRET_KEY="test",
        S3_REGION="us-east-1",
        S3_ADDRESSING_STYLE="path",
    )
    site.serve()
    site.start("localworker")
    module = site.upload(how_to(tmp_path / "how-to.mp4"))["moduleId"]
    answer = site.ready(module)
    assert site.media() == []
    for address in (f"/modules/{module}/video", answer["steps"][1]["screenshot"]):
        status, headers, _ = site.request("GET", address.removeprefix(site.url))
        assert status == 302
        with urllib.request.urlopen(headers["location"]) as stored:
            assert stored.status == 200
            assert len(stored.read()) > 1000
    assert not list((site.folder / "data" / "work").iterdir())
