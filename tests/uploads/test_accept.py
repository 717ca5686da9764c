"""accept: where every way in ends."""

from __future__ import annotations

import errno
import hashlib
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import IntegrityError, OperationalError, connection
from django.test import RequestFactory

from modules import jobs
from modules.models import Module
from trainingsite.accounts.models import User
from uploads.accept import CommitUnknown, accept, captions_ending, idempotency_key_of, title_from_file_name
from uploads.models import Upload
from uploads.rejection import Rejected

from .conftest import files_in


@pytest.fixture
def anna(db: None, media: Path) -> User:
    return User.objects.create_user("anna")


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


def test_a_database_that_fails_before_the_commit_takes_the_file_with_it_too(anna: User, clip: bytes, media: Path):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON uploads_upload BEGIN INSERT INTO nowhere VALUES (1); END"
        )
    with pytest.raises(OperationalError) as failed:
        accept(ContentFile(clip, "one.mp4"), user=anna, source=Upload.Source.API)
    assert not isinstance(failed.value, CommitUnknown)
    assert (files_in(media), Module.objects.count()) == ([], 0)


class NoRoomHalfWay(ContentFile):
    """A file whose copying ends because the disk is full."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield self.file.getvalue()[:1000]
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_is_full_half_way_is_told_and_leaves_no_half_of_a_file(clip: bytes, media: Path):
    with pytest.raises(Rejected) as refused:
        accept(NoRoomHalfWay(clip, "one.mp4"), user=User.objects.create_user("anna"), source=Upload.Source.COMMAND)
    assert refused.value.code == "disk_full"
    assert files_in(media) == []
    assert not (media / "modules").exists() or not list((media / "modules").iterdir())
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


def test_an_empty_file_is_called_empty(anna: User, media: Path):
    with pytest.raises(Rejected) as refused:
        accept(ContentFile(b"", "one.mp4"), user=anna, source=Upload.Source.API)
    assert refused.value.code == "empty_file"
    assert files_in(media) == []


def test_one_id_runs_through_module_and_upload(anna: User, clip: bytes):
    wanted = uuid.uuid4()
    named = accept(ContentFile(clip, "a.mp4"), user=anna, source=Upload.Source.API, upload_id=wanted)
    assert named.pk == named.upload.pk == wanted
    assert named.video.name.startswith(f"modules/{wanted}/")
    other = accept(ContentFile(clip, "a.mp4"), user=anna, source=Upload.Source.API)
    assert other.pk == other.upload.pk != wanted


def test_names_and_titles_are_kept_in_the_length_that_their_columns_have(anna: User, clip: bytes):
    title = "x" * 201
    module = accept(ContentFile(clip, "y" * 301), user=anna, title=title, source=Upload.Source.COMMAND)
    module.refresh_from_db()
    assert (module.title, module.upload.name) == (title[:200], "y" * 300)
    untitled = accept(ContentFile(clip, "z" * 301), user=anna, source=Upload.Source.COMMAND)
    assert untitled.title == "Z" + "z" * 199


def test_a_file_without_a_name_is_taken_too(anna: User, clip: bytes):
    module = accept(ContentFile(clip), user=anna, source=Upload.Source.COMMAND)
    assert (module.title, module.upload.name) == ("Untitled video", "")


class BesideAnother(ContentFile):
    """A file during whose storing another upload with the same key is accepted."""

    first: Module | None = None

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        content = self.file.getvalue()
        anna = User.objects.get()
        source = Upload.Source.API
        self.first = accept(ContentFile(content, "a.mp4"), user=anna, source=source, idempotency_key="one")
        yield content


@pytest.mark.django_db(transaction=True)
def test_of_two_uploads_with_one_key_that_arrive_together_the_first_is_kept_and_both_are_answered_with_it(
    clip: bytes, media: Path
):
    second = BesideAnother(clip, "a.mp4")
    anna = User.objects.create_user("anna")
    module = accept(second, user=anna, source=Upload.Source.API, idempotency_key="one")
    assert module == second.first == Module.objects.get()
    assert files_in(media) == [module.folder, module.video.name]


def test_how_long_it_took_to_receive_is_counted_from_before_the_body_was_read(anna: User, clip: bytes):
    began = time.monotonic() - 3600
    module = accept(ContentFile(clip, "a.mp4"), user=anna, source=Upload.Source.API, started=began)
    assert 3_600_000 <= Upload.objects.get(module=module).received_ms <= 1000 * (time.monotonic() - began)


def test_the_workers_are_told_once_it_is_certain(
    anna: User, clip: bytes, settings: Any, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
):
    sent: list[Module] = []
    monkeypatch.setattr(jobs, "enqueue", sent.append)
    with django_capture_on_commit_callbacks() as told:
        module = accept(ContentFile(clip, "a.mp4"), user=anna, source=Upload.Source.API)
    assert sent == [], "not before the commit"
    for tell in told:
        tell()
    assert sent == [module]
    settings.MAX_ACTIVE_PER_USER = 1
    with django_capture_on_commit_callbacks() as told, pytest.raises(Rejected):
        accept(ContentFile(clip, "b.mp4"), user=anna, source=Upload.Source.API)
    assert told == []


class Unmovable(ContentFile):
    """A received file that cannot be moved to its place: the disk says why."""

    number = errno.ENOSPC

    def temporary_file_path(self) -> str:
        raise OSError(self.number, "the disk")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_disk_that_is_full_when_the_file_is_stored_is_said(anna: User, clip: bytes, media: Path, number: int):
    file = Unmovable(clip, "a.mp4")
    file.number = number
    with pytest.raises(Rejected) as refused:
        accept(file, user=anna, source=Upload.Source.API)
    assert refused.value.code == "disk_full"
    assert (Module.objects.count(), files_in(media)) == (0, [])


def test_another_fault_of_the_disk_is_not_taken_for_a_full_one(anna: User, clip: bytes, media: Path):
    file = Unmovable(clip, "a.mp4")
    file.number = errno.EIO
    with pytest.raises(OSError, match="the disk"):
        accept(file, user=anna, source=Upload.Source.API)
    assert (Module.objects.count(), files_in(media)) == (0, [])


def test_captions_go_with_the_video_that_is_turned_away(anna: User, clip: bytes, media: Path, settings: Any):
    settings.MAX_ACTIVE_PER_USER = 0
    captions = ContentFile(b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", "a.vtt")
    with pytest.raises(Rejected):
        accept(ContentFile(clip, "a.mp4"), user=anna, captions=captions, source=Upload.Source.API)
    assert files_in(media) == []


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", "vtt"),
        (b"\xef\xbb\xbfWEBVTT - words\n", "vtt"),
        ("\ufeffWEBVTT\n".encode("utf-16-be"), "vtt"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nWEBVTT is a format\n", "srt"),
    ],
)
def test_captions_are_known_by_their_beginning_wherever_they_were_read_to(content: bytes, ending: str):
    captions = ContentFile(content)
    captions.read()
    assert captions_ending(captions) == ending
    assert captions.read() == content


KEYS = {
    "": "",
    "  ": "",
    " a key ": "a key",
    "k" * 100: "k" * 100,
    "k" * 101: hashlib.sha256(b"k" * 101).hexdigest(),
    "tab\tinside": hashlib.sha256(b"tab\tinside").hexdigest(),
}


@pytest.mark.parametrize(("sent", "kept"), KEYS.items(), ids=range(len(KEYS)))
def test_a_key_is_kept_as_it_is_or_as_its_hash_where_it_does_not_fit(sent: str, kept: str):
    assert idempotency_key_of(RequestFactory().post("/api/upload", headers={"idempotency-key": sent})) == kept


def test_without_a_key_there_is_none():
    assert idempotency_key_of(RequestFactory().post("/api/upload")) == ""


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
