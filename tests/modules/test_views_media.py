"""Media: for whom, and in which pieces."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from modules.models import Cue, Rendition, StageRun, Step
from modules.views import serve_files

from .factories import make_module, make_user

pytestmark = pytest.mark.django_db
BYTES = bytes(range(256)) * 4


@pytest.fixture
def module(client: Client):
    made = make_module(content=BYTES)
    client.force_login(made.owner)
    return made


def get(client: Client, module, **headers: str):
    return client.get(reverse("modules:video", args=[module.pk]), headers=headers)


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_the_whole_file(client: Client, module) -> None:
    response = get(client, module)
    assert (response.status_code, body(response)) == (200, BYTES)
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Length"] == "1024"
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("0-99", 0, 99),
        ("1000-", 1000, 1023),
        ("-24", 1000, 1023),
        ("5-5", 5, 5),
        ("1000-9999", 1000, 1023),
        ("-5000", 0, 1023),
    ],
)
def test_a_piece_of_it(client: Client, module, asked: str, first: int, last: int) -> None:
    response = get(client, module, Range=f"bytes={asked}")
    assert (response.status_code, response["Content-Range"]) == (206, f"bytes {first}-{last}/1024")
    assert body(response) == BYTES[first : last + 1]
    assert response["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["1024-", "5000-6000", "-0"])
def test_a_piece_that_there_is_not(client: Client, module, asked: str) -> None:
    response = get(client, module, Range=f"bytes={asked}")
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */1024")


NO_RANGES = ["bytes=-", "bytes=9-3", "bytes=0-1,5-6", "seconds=1-2", "bytes=a-b", f"bytes=0-{'9' * 5000}"]


@pytest.mark.parametrize("asked", NO_RANGES, ids=range(len(NO_RANGES)))
def test_what_is_not_a_range_gets_the_whole_file(client: Client, module, asked: str) -> None:
    response = get(client, module, Range=asked)
    assert (response.status_code, len(body(response))) == (200, 1024)


def test_if_range_of_another_version_gets_the_whole_file(client: Client, module) -> None:
    tag, date = (response := get(client, module))["ETag"], response["Last-Modified"]
    body(response)
    for same in (tag, date):
        assert get(client, module, **{"Range": "bytes=0-1", "If-Range": same}).status_code == 206
    assert get(client, module, **{"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200


def test_what_the_browser_has_is_not_sent_again(client: Client, module) -> None:
    tag = get(client, module)["ETag"]
    response = get(client, module, **{"If-None-Match": tag})
    assert (response.status_code, response["ETag"]) == (304, tag)


def test_head_tells_the_size_and_sends_nothing(client: Client, module) -> None:
    response = client.head(reverse("modules:video", args=[module.pk]))
    assert (response.status_code, response["Content-Length"]) == (200, "1024")
    assert b"".join(response) == b""


def test_behind_nginx_the_file_is_handed_over(client: Client, module, settings) -> None:
    settings.MEDIA_ACCEL_PREFIX = "/protected/"
    response = get(client, module)
    assert response["X-Accel-Redirect"] == f"/protected/{module.video.name}"
    assert response.content == b""


def test_the_copy_that_browsers_play_comes_in_place_of_the_original(client: Client, module) -> None:
    name = default_storage.save(f"{module.folder}/r.mp4", ContentFile(b"copy"))
    type(module).objects.filter(pk=module.pk).update(container="avi")
    Rendition.objects.create(module=module, status="ready", file=name)
    assert body(get(client, module)) == b"copy"
    original = client.get(reverse("modules:video", args=[module.pk]) + "?original=1")
    assert body(original) == BYTES
    assert original["Content-Type"] == "video/x-msvideo"
    assert original["Content-Disposition"].startswith("attachment")


def test_what_a_browser_has_already_is_not_sent_again_whatever_part_of_it_is_asked_for(client: Client, module) -> None:
    """Preconditions come before the range: RFC 9110 §13.2.2."""
    first = get(client, module)
    beyond = f"bytes={first['Content-Length']}-"
    assert get(client, module, Range=beyond).status_code == 416
    known = get(client, module, **{"If-None-Match": first["ETag"], "Range": beyond})
    assert (known.status_code, known["ETag"]) == (304, first["ETag"])
    changed = get(client, module, **{"If-Match": '"another"'})
    assert (changed.status_code, changed["Cache-Control"]) == (412, "private, no-store")


def test_strangers_get_nothing(client: Client, module) -> None:
    step = Step.objects.create(module=module, order=1, title="s", start=0, end=1, still="x.jpg")
    run = StageRun.objects.create(
        module=module, lease_token="r", stage="stills", outcome="part", output={"name": "x.jpg"}
    )
    names = [
        ("video",),
        ("poster",),
        ("captions",),
        ("chapters",),
        ("transcript",),
        ("still", step.pk),
        ("live_still", run.pk),
    ]
    for name, *more in names:
        address = reverse(f"modules:{name}", args=[module.pk, *more])
        assert Client().get(address).status_code == 404, name
        client.force_login(make_user("ben"))
        assert client.get(address).status_code == 404, name


def test_pictures_of_steps_and_of_a_run_at_work(client: Client, module) -> None:
    name = default_storage.save(f"{module.folder}/1.jpg", ContentFile(b"jpeg"))
    step = Step.objects.create(module=module, order=1, title="s", start=0, end=1, still=name)
    run = StageRun.objects.create(module=module, lease_token="r", stage="stills", outcome="part", output={"name": name})
    other = StageRun.objects.create(
        module=module, lease_token="r", stage="speech", outcome="part", output={"name": name}
    )
    done = StageRun.objects.create(
        module=module, lease_token="r", stage="stills", outcome="done", output=[{"time": 1.0}]
    )
    for address in (
        reverse("modules:still", args=[module.pk, step.pk]),
        reverse("modules:live_still", args=[module.pk, run.pk]),
    ):
        response = client.get(address)
        assert (response["Content-Type"], body(response)) == ("image/jpeg", b"jpeg")
    for run in (other, done):
        assert client.get(reverse("modules:live_still", args=[module.pk, run.pk])).status_code == 404


def test_a_file_that_is_gone_is_a_404(client: Client, module) -> None:
    default_storage.delete(module.video.name)
    assert get(client, module).status_code == 404
    assert client.get(reverse("modules:poster", args=[module.pk])).status_code == 404


def test_captions_chapters_and_transcript(client: Client, module) -> None:
    transcript = module.transcripts.create(language="en", origin="speech")
    Cue.objects.create(transcript=transcript, number=1, start=1.5, end=3, text="Lift --> the <b>tank</b>")
    Step.objects.create(module=module, order=1, title="Lift the tank", start=1.5, end=3)
    vtt = client.get(reverse("modules:captions", args=[module.pk]))
    assert vtt["Content-Type"] == "text/vtt; charset=utf-8"
    assert vtt.content.decode().startswith("WEBVTT")
    assert "00:00:01.500 --> 00:00:03.000" in vtt.content.decode()
    assert "<b>" not in vtt.content.decode()
    assert "Lift the tank" in client.get(reverse("modules:chapters", args=[module.pk])).content.decode()
    assert "Lift" in client.get(reverse("modules:transcript", args=[module.pk])).content.decode()


def test_a_player_that_asks_for_all_the_rest_gets_it_piece_by_piece(client: Client, module, monkeypatch) -> None:
    monkeypatch.setattr(serve_files, "PIECE", 1000)
    response = get(client, module, Range="bytes=0-")
    assert (response.status_code, response["Content-Range"]) == (206, "bytes 0-999/1024")
    assert (body(response), response["Cache-Control"]) == (BYTES[:1000], "private, no-store")
    response = get(client, module, Range="bytes=1000-")
    assert (response["Content-Range"], body(response)) == ("bytes 1000-1023/1024", BYTES[1000:])


def test_who_downloads_the_file_gets_all_that_was_asked_for(client: Client, module, monkeypatch) -> None:
    monkeypatch.setattr(serve_files, "PIECE", 100)
    assert len(body(get(client, module))) == len(body(get(client, module, Range="bytes=0-1023"))) == 1024
    address = reverse("modules:video", args=[module.pk]) + "?original=1"
    assert len(body(client.get(address, headers={"Range": "bytes=24-"}))) == 1000


def test_a_transcript_is_not_read_to_serve_a_picture_or_to_tell_the_status(client: Client, module) -> None:
    names = ("video", "poster", "captions", "processing", "status_fragment", "status_json", "edit")
    with CaptureQueriesContext(connection) as queries:
        for name in names:
            client.get(reverse(f"modules:{name}", args=[module.pk]))
    assert queries.captured_queries
    assert [query["sql"] for query in queries.captured_queries if "searchentry" in query["sql"]] == []
