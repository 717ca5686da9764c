"""The upload page, for people: with and without its script, signed in and out."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from modules.models import Module, Status
from trainingsite.accounts.models import User
from uploads.models import Upload

from .conftest import files_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def anna() -> User:
    return User.objects.create_user("anna", password="a-long-secret")


@pytest.fixture
def page(anna: User) -> Client:
    """A browser in which Anna is signed in."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    return client


def form_of(client: Client) -> dict[str, str]:
    """The form as the page gives it out."""
    response = client.get("/upload/")
    assert response.status_code == 200
    return {
        "csrfmiddlewaretoken": str(response.context["csrf_token"]),
        "idempotency_key": response.context["form"]["idempotency_key"].value(),
    }


def video(clip: bytes, name: str = "how_to-change a filter.mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, clip, "video/mp4")


def test_a_plain_form_leads_to_the_processing_page(page: Client, anna: User, clip: bytes):
    response = page.post("/upload/", form_of(page) | {"file": video(clip)})
    module = Module.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/modules/{module.pk}/processing/"
    assert (module.owner, module.title, module.container) == (anna, "How to change a filter", "mp4")
    assert module.status == Status.QUEUED
    assert module.upload.name == "how_to-change a filter.mp4"
    assert (module.upload.size, module.upload.source) == (len(clip), Upload.Source.PAGE)
    assert module.video.read() == clip


def test_the_script_of_the_page_gets_json(page: Client, clip: bytes):
    response = page.post("/upload/", form_of(page) | {"file": video(clip)}, HTTP_ACCEPT="application/json")
    assert response.status_code == 201
    assert response.json()["moduleId"] == str(Module.objects.get().pk)


def test_title_and_captions_are_kept(page: Client, clip: bytes):
    captions = SimpleUploadedFile("words.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    page.post("/upload/", form_of(page) | {"file": video(clip), "title": "Filters", "captions": captions})
    module = Module.objects.get()
    assert module.title == "Filters"
    assert module.captions_file.name.endswith(".srt")
    assert module.captions_file.read().endswith(b"Hello\n")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_captions_that_the_worker_can_read_come_in_whatever_their_encoding(page: Client, clip: bytes, encoding: str):
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\nGrüß Gott\n".encode(encoding)
    page.post("/upload/", form_of(page) | {"file": video(clip), "captions": SimpleUploadedFile("words.txt", text)})
    assert Module.objects.get().captions_file.name.endswith(".vtt")


def test_a_second_click_does_not_upload_twice(page: Client, clip: bytes):
    form = form_of(page)
    first = page.post("/upload/", form | {"file": video(clip)})
    second = page.post("/upload/", form | {"file": video(clip)})
    assert first["Location"] == second["Location"]
    assert Module.objects.count() == 1


def test_back_and_another_file_is_another_upload(page: Client, clip: bytes):
    form = form_of(page)
    page.post("/upload/", form | {"file": video(clip)})
    page.post("/upload/", form | {"file": video(clip, "another.mp4")})
    assert Module.objects.count() == 2


def test_without_the_form_s_secret_nothing_is_uploaded(page: Client, clip: bytes, media: Path):
    response = page.post("/upload/", {"file": video(clip)})
    assert response.status_code == 403
    assert (Module.objects.count(), files_in(media)) == (0, [])
    assert list((media / "incoming").iterdir()) == []


def test_a_program_in_a_signed_in_session_needs_the_secret_too(page: Client, clip: bytes):
    response = page.post("/api/upload", {"file": video(clip)})
    assert (response.status_code, response.json()["errorCode"]) == (403, "csrf")
    form = form_of(page)
    assert page.post("/api/upload", form | {"file": video(clip)}).status_code == 201


def test_who_is_signed_out_is_led_to_sign_in_and_back(clip: bytes):
    response = Client().post("/upload/", {"file": video(clip)})
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/upload/")
    assert Client().get("/upload/")["Location"] == "/login/?next=/upload/"


def test_the_script_is_told_when_the_session_has_ended(clip: bytes):
    response = Client().post("/upload/", {"file": video(clip)}, HTTP_ACCEPT="application/json")
    assert (response.status_code, response.json()["errorCode"]) == (401, "signed_out")


REFUSED = {
    "not a video": ({}, {"file": SimpleUploadedFile("one.mp4", b"text")}, 415, "not a video we can read"),
    "no file": ({}, {}, 400, "Please choose a video"),
    "too big": ({"MAX_UPLOAD_MB": 0, "MAX_CAPTIONS_KB": -1000}, {"title": "x" * 100_000}, 413, "larger than 0 MB"),
    "disk full": ({"MIN_FREE_DISK_MB": 10**12}, {}, 507, "not enough room"),
    "too many": ({"MAX_ACTIVE_PER_USER": 0}, {}, 429, "You already have 0 videos in progress"),
}


@pytest.mark.parametrize(("limits", "fields", "status", "words"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_said_on_a_page_that_can_be_used_again(
    page: Client, settings: Any, clip: bytes, limits: dict, fields: dict, status: int, words: str
):
    form = form_of(page)
    was = {name: getattr(settings, name) for name in limits}
    for name, value in limits.items():
        setattr(settings, name, value)
    response = page.post("/upload/", form | fields)
    assert response.status_code == status
    assert words in response.content.decode()
    assert Module.objects.count() == 0
    for name, value in was.items():
        setattr(settings, name, value)
    again = {"csrfmiddlewaretoken": str(response.context["csrf_token"]), "file": video(clip)}
    assert page.post("/upload/", again).status_code == 302


def test_more_in_work_than_allowed_is_refused_until_one_is_ready(page: Client, settings: Any, clip: bytes):
    settings.MAX_ACTIVE_PER_USER = 1
    assert page.post("/upload/", form_of(page) | {"file": video(clip)}).status_code == 302
    assert page.post("/upload/", form_of(page) | {"file": video(clip, "two.mp4")}).status_code == 429
    Module.objects.update(status=Status.READY)
    assert page.post("/upload/", form_of(page) | {"file": video(clip, "two.mp4")}).status_code == 302


def test_a_repeated_upload_is_answered_even_when_no_more_may_be_in_work(page: Client, settings: Any, clip: bytes):
    settings.MAX_ACTIVE_PER_USER = 1
    headers = {"HTTP_IDEMPOTENCY_KEY": "k", "HTTP_ACCEPT": "application/json"}
    first = page.post("/upload/", form_of(page) | {"file": video(clip)}, **headers)
    assert page.post("/upload/", form_of(page) | {"file": video(clip)}, **headers).json() == first.json()


def test_the_sample_is_uploaded_for_whoever_asks(page: Client, anna: User, clip: bytes, settings: Any, tmp_path: Path):
    form = form_of(page)
    settings.SAMPLE_VIDEO = sample = tmp_path / "sample.mp4"
    assert page.post("/upload/sample/", form).status_code == 404
    sample.write_bytes(clip)
    response = page.post("/upload/sample/", form)
    module = Module.objects.get()
    assert response["Location"] == f"/modules/{module.pk}/processing/"
    assert (module.owner, module.upload.source) == (anna, Upload.Source.SAMPLE)
    assert sample.read_bytes() == clip
    assert b'name="idempotency_key"' in page.get("/upload/").content.split(b'id="sample"')[1]
    again = [page.post("/upload/sample/", form | {"idempotency_key": "k"})["Location"] for _ in range(2)]
    assert again[0] == again[1] != response["Location"]
    assert page.get("/upload/sample/").status_code == 405


def test_what_a_killed_web_process_left_is_removed_when_the_next_one_starts(page: Client, media: Path):
    old, fresh = media / "incoming" / "old.upload", media / "incoming" / "fresh.upload"
    for path in (old, fresh):
        path.write_bytes(b"half a video")
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (two_days_ago, two_days_ago))
    page.get("/upload/")
    assert (old.exists(), fresh.exists()) == (False, True)
