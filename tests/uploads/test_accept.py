"""accept: where every way in ends."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import IntegrityError

from modules import jobs
from modules.models import Module
from trainingsite.accounts.models import User
from uploads.accept import accept, title_from_file_name
from uploads.models import Upload
from uploads.rejection import Rejected

from .conftest import files_in

TITLES = {
    "how_to-change a filter.mp4": "How to change a filter",
    "VID_20251123.MOV": "VID 20251123",
    "my.video.final.webm": "My video final",
    "release v1.2.mkv": "Release v1.2",
    "no ending": "No ending",
    "ärger.mp4": "Ärger",
    ".mp4": "Untitled video",
    "___.avi": "Untitled video",
    "": "Untitled video",
}


@pytest.mark.parametrize(("name", "title"), TITLES.items())
def test_a_title_is_made_from_the_file_s_name(name: str, title: str):
    assert title_from_file_name(name) == title


@pytest.mark.django_db(transaction=True)
def test_rows_that_cannot_be_written_take_the_file_with_them(clip: bytes, media: Path):
    stranger = User(pk=12345, username="deleted meanwhile")
    with pytest.raises(IntegrityError):
        accept(ContentFile(clip, "one.mp4"), user=stranger, source=Upload.Source.API)
    assert files_in(media) == []
    assert Module.objects.count() == 0


@pytest.mark.django_db
def test_a_file_on_the_disk_is_copied_and_stays(clip: bytes, media: Path, tmp_path: Path):
    path = tmp_path / "one.mp4"
    path.write_bytes(clip)
    anna = User.objects.create_user("anna")
    with path.open("rb") as file:
        module = accept(File(file, name=str(path)), user=anna, source=Upload.Source.COMMAND)
    assert path.read_bytes() == module.video.read() == clip
    assert module.upload.name == "one.mp4"


@pytest.mark.django_db
def test_what_is_no_video_is_refused_on_every_way_in(media: Path):
    anna = User.objects.create_user("anna")
    with pytest.raises(Rejected, match="not a video we can read"):
        accept(ContentFile(b"text", "one.mp4"), user=anna, source=Upload.Source.COMMAND)
    assert files_in(media) == []


@pytest.mark.django_db
def test_the_count_of_those_in_work_is_taken_again_when_the_rows_are_written(clip: bytes, media: Path, settings: Any):
    settings.MAX_ACTIVE_PER_USER = 0
    anna = User.objects.create_user("anna")
    with pytest.raises(Rejected, match="You already have 0 videos in progress"):
        accept(ContentFile(clip, "one.mp4"), user=anna, source=Upload.Source.API)
    assert files_in(media) == []
    accept(ContentFile(clip, "one.mp4"), user=anna, source=Upload.Source.COMMAND)


@pytest.mark.django_db
def test_a_key_of_one_person_says_nothing_about_another(clip: bytes, media: Path):
    anna, ben = User.objects.create_user("anna"), User.objects.create_user("ben")
    modules = [
        accept(ContentFile(clip, "one.mp4"), user=user, source=Upload.Source.API, idempotency_key="same")
        for user in (anna, ben)
    ]
    assert modules[0] != modules[1]


@pytest.mark.django_db
def test_the_time_that_receiving_took_is_counted_from_its_beginning(clip: bytes, media: Path):
    anna = User.objects.create_user("anna")
    module = accept(ContentFile(clip, "one.mp4"), user=anna, source=Upload.Source.API, started=time.monotonic() - 5)
    assert 5_000 <= module.upload.received_ms < 65_000


@pytest.mark.xfail(
    raises=AttributeError,
    strict=True,
    reason="Django logs the __qualname__ of what failed after the commit, and the partial in write_rows has none.",
)
@pytest.mark.django_db(transaction=True)
def test_an_upload_is_accepted_even_where_nobody_can_be_told_of_it(
    clip: bytes, media: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(module: Module) -> None:
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr(jobs, "enqueue", broken)
    anna = User.objects.create_user("anna")
    module = accept(ContentFile(clip, "one.mp4"), user=anna, source=Upload.Source.API)
    assert Module.objects.get() == module
    assert module.video.read() == clip
