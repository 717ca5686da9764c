"""What the door asks before the body of an upload is read: the headers and the database are all it has."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.http import HttpRequest
from django.test import Client, RequestFactory

from modules.models import Module
from trainingsite.accounts.models import User
from uploads.accept import accept, over_active_limit
from uploads.admission import check, other_form, receive
from uploads.models import Upload
from uploads.rejection import Rejected

pytestmark = pytest.mark.django_db

MB = 1024 * 1024


@pytest.fixture
def anna() -> User:
    return User.objects.create_user("anna")


@pytest.fixture(autouse=True)
def limits(settings: Any, media: Path) -> Any:
    """Room for whatever comes, until a test says otherwise."""
    settings.MAX_UPLOAD_MB, settings.MAX_CAPTIONS_KB = 8, 2048
    settings.MIN_FREE_DISK_MB, settings.MAX_ACTIVE_PER_USER = 0, 10
    return settings


def upload_of(user: Any, length: str | None = "1000", **headers: str) -> HttpRequest:
    """A request whose body nobody has read: of it, only the length is known."""
    request = RequestFactory().post("/api/upload", headers=headers)
    request.META["CONTENT_LENGTH"] = length
    request.user = user
    return request


def refused(request: HttpRequest) -> str:
    """The code with which the door turns it away; '' when it lets it in."""
    try:
        check(request)
    except Rejected as refusal:
        return refusal.code
    return ""


def test_the_size_of_the_upload_is_part_of_what_the_disk_must_hold(anna: User, limits: Any, media: Path):
    free = shutil.disk_usage(media).free
    limits.MAX_UPLOAD_MB = free
    # A quarter of what is free lies between each of these and the limit: others write to this disk too.
    limits.MIN_FREE_DISK_MB = free * 3 / 4 / MB
    assert refused(upload_of(anna, str(free // 2))) == "disk_full"
    assert refused(upload_of(anna, "1000")) == ""
    limits.MIN_FREE_DISK_MB = free / 4 / MB
    assert refused(upload_of(anna, str(free // 2))) == ""


def test_a_full_disk_takes_no_upload_however_small(anna: User, limits: Any, media: Path):
    limits.MIN_FREE_DISK_MB = 2 * shutil.disk_usage(media).free / MB
    assert refused(upload_of(anna, "1")) == "disk_full"


def test_video_captions_and_the_form_around_them_may_be_as_large_as_is_allowed_and_no_byte_larger(anna: User):
    whole = (8 + 2 + 1) * MB  # the video, its captions, and the rest of the form
    assert refused(upload_of(anna, str(whole))) == ""
    assert refused(upload_of(anna, str(whole + 1))) == "too_big"


@pytest.mark.parametrize("length", ["", None, "-5", "1e3", "many"])
def test_a_length_that_is_none_is_asked_for(anna: User, length: str | None):
    assert refused(upload_of(anna, length)) == "no_length"


@pytest.mark.parametrize("length", ["9" * 5000, "٩" * 5000, "1" + "0" * 20])
def test_a_length_of_thousands_of_digits_is_too_big_and_no_error(anna: User, length: str):
    assert refused(upload_of(anna, length)) == "too_big"
    answer = other_form(upload_of(anna, length))
    assert answer is not None and answer.status_code == 413


def test_zeros_before_a_length_do_not_make_it_longer(anna: User):
    assert refused(upload_of(anna, "0" * 5000 + "1000")) == ""


def test_strangers_learn_of_no_limit(limits: Any):
    limits.MAX_UPLOAD_MB = 0
    assert refused(upload_of(AnonymousUser(), "")) == "signed_out"
    assert refused(upload_of(AnonymousUser(), str(10**12))) == "signed_out"


def in_work(owner: User, status: str = "queued", **fields: Any) -> Module:
    return Module.objects.create(owner=owner, title="A video", status=status, **fields)


@pytest.mark.parametrize("status", ["queued", "processing"])
def test_the_last_free_place_is_given_and_none_beyond_it(anna: User, limits: Any, status: str):
    limits.MAX_ACTIVE_PER_USER = 2
    in_work(anna, status)
    assert (over_active_limit(anna), refused(upload_of(anna))) == (False, "")
    in_work(anna, status)
    assert (over_active_limit(anna), refused(upload_of(anna))) == (True, "too_many")


def test_what_is_settled_and_what_others_sent_takes_no_place(anna: User, limits: Any):
    limits.MAX_ACTIVE_PER_USER = 1
    for status in ("ready", "failed", "cancelled"):
        in_work(anna, status)
    in_work(User.objects.create_user("ben"))
    assert refused(upload_of(anna)) == ""


def test_who_has_no_place_left_may_repeat_an_upload_of_their_own(anna: User, limits: Any, clip: bytes):
    limits.MAX_ACTIVE_PER_USER = 1
    ben = User.objects.create_user("ben")
    for user in (anna, ben):
        accept(ContentFile(clip, "a.mp4"), user=user, source=Upload.Source.API, idempotency_key=f"of {user.username}")
    assert refused(upload_of(anna, idempotency_key="of anna")) == ""
    assert refused(upload_of(anna, idempotency_key="of ben")) == "too_many"
    assert refused(upload_of(anna)) == "too_many"


@pytest.mark.parametrize(("length", "status"), [("", None), ("0", None), (str(2 * MB), None), (str(2 * MB + 1), 413)])
def test_a_form_that_is_no_upload_may_hold_two_megabytes(anna: User, length: str, status: int | None):
    answer = other_form(upload_of(anna, length))
    assert (answer.status_code if answer else None) == status


def test_the_door_asks_nothing_of_those_who_send_nothing(client: Client, anna: User):
    client.force_login(anna)
    assert client.head("/upload/").status_code == 200


def test_a_body_that_is_no_form_with_files_is_refused_before_it_is_read():
    request = RequestFactory().post("/api/upload", "title=none", content_type="application/x-www-form-urlencoded")
    with pytest.raises(Rejected) as refusal:
        receive(request)
    assert refusal.value.code == "bad_form"
    assert request.read() == b"title=none"


@pytest.mark.parametrize(
    ("length", "status"), [("0", None), ("", None), (str(2 * MB), None), (str(2 * MB + 1), 413), ("many", 413)]
)
def test_another_form_may_have_two_megabytes(anna: User, length: str, status: int | None):
    answer = other_form(upload_of(anna, length))
    assert (answer and answer.status_code) == status
