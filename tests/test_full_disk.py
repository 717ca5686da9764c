"""The disk is full, at each stage that writes: nothing is lost, it is said, and it goes on when there is room."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .samples import how_to
from .servers import Site, multipart, wait_for
from .servers_storage import TinyDisk
from .videos import make_video

LATER = "SELECT count(*) FROM modules_stagerun WHERE outcome = 'failed' AND code = '{}' AND traceback != ''"
PUT_OFF = LATER.format("disk_full")

Disk = Callable[[Path, int], TinyDisk]


@pytest.fixture
def short(tmp_path: Path) -> Path:
    return how_to(tmp_path / "short.mp4", seconds=6)


@pytest.fixture
def tiny_disk() -> Iterator[Disk]:
    """Puts a file system of so many kilobytes over a folder."""
    disks: list[TinyDisk] = []

    def make(folder: Path, kilobytes: int) -> TinyDisk:
        disks.append(TinyDisk(folder, kilobytes))
        return disks[-1]

    yield make
    for disk in reversed(disks):
        disk.stop()


def put_off(site: Site, times: int = 1) -> bool:
    """Has an admin been told why it is tried again later, without blaming the video?"""
    return site.rows(PUT_OFF)[0][0] >= times and site.rows("SELECT attempts FROM modules_module") == [(0,)]


def tracebacks(site: Site) -> list[str]:
    return [row[0] for row in site.rows("SELECT traceback FROM modules_stagerun WHERE code = 'disk_full' ORDER BY id")]


def in_work(site: Site) -> list[Path]:
    return [path for path in (site.folder / "data" / "work").rglob("*") if path.name != "ballast"]


def test_a_disk_that_fills_up_while_an_upload_arrives_is_a_507_in_words_and_leaves_nothing(
    new_site: Callable[..., Site], tiny_disk: Disk, short: Path
):
    site = new_site(MIN_FREE_DISK_MB="0")
    disk = tiny_disk(site.folder / "data" / "media", 12_000)
    site.serve()
    video = short.read_bytes()
    body, content_type = multipart({}, [("file", "short.mp4", video + bytes(8_000_000))])
    headers = {"Authorization": f"Bearer {site.token}", "Content-Type": content_type}
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    connection.request("POST", "/api/upload", iter([body[:2_000_000]]), {**headers, "Content-Length": str(len(body))})
    wait_for(lambda: any(path.stat().st_size for path in site.media()), "the first part to arrive")
    disk.fill()
    connection.send(body[2_000_000:])
    answer = connection.getresponse()
    refusal = json.loads(answer.read())
    connection.close()
    assert (answer.status, refusal["success"], refusal["errorCode"]) == (507, False, "disk_full")
    assert refusal["error"].endswith(".")
    assert [path.name for path in site.media()] == ["ballast"]
    # A disk that is full already is told before the body is read.
    disk.fill()
    assert site.try_upload(short)[0] == 507
    disk.empty()
    assert site.try_upload(short)[0] == 201
    assert "Traceback" not in site.web.output()


def test_a_full_disk_at_the_copy_the_poster_and_the_pictures_puts_the_run_off_until_there_is_room(
    new_site: Callable[..., Site], tiny_disk: Disk, object_store: str, slow_video: Path
):
    """The scratch space, with a remote store: the video is copied there first."""
    store = {"S3_BUCKET": "trainings", "S3_ENDPOINT_URL": object_store, "S3_REGION": "us-east-1"}
    keys = {"S3_ACCESS_KEY": "test", "S3_SECRET_KEY": "test", "S3_ADDRESSING_STYLE": "path"}
    site = new_site(MIN_FREE_DISK_MB="0", **store, **keys)
    size = slow_video.stat().st_size // 1024
    disk = tiny_disk(site.folder / "data" / "work", size + 20_000)
    site.serve()
    module = site.upload(slow_video)["moduleId"]
    disk.fill()
    site.start("localworker")
    wait_for(lambda: put_off(site), "the copy to find no room")
    assert in_work(site) == []
    # Room for the copy, and none for the poster.
    disk.resize(disk.kilobytes + size + 4)
    wait_for(lambda: put_off(site, 2), "the poster to find no room")
    disk.empty()
    wait_for(lambda: site.status(module)["stage"] == "speech", "the analysis to begin")
    disk.fill()
    wait_for(lambda: put_off(site, 3), "the pictures to find no room")
    assert site.status(module)["status"] == "processing"
    copy, *posters, pictures = tracebacks(site)
    assert "local_copy" in copy and "in poster" in posters[-1]
    assert "local_copy" not in pictures and "in poster" not in pictures
    disk.empty()
    assert site.ready(module)["attempts"] == 0
    assert site.rows("SELECT count(*) FROM modules_module WHERE notices LIKE '%no_stills%'") == [(0,)]
    wait_for(lambda: in_work(site) == [], "the scratch space to go")


def test_a_full_media_folder_puts_the_run_off_and_keeps_no_half_picture(
    new_site: Callable[..., Site], tiny_disk: Disk, short: Path
):
    site = new_site(MIN_FREE_DISK_MB="0")
    disk = tiny_disk(site.folder / "data" / "media", 4000)
    site.serve()
    module = site.upload(short)["moduleId"]
    disk.fill()
    site.start("localworker")
    wait_for(lambda: put_off(site), "the run to be put off")
    assert {path.suffix for path in site.media()} == {"", ".mp4"}
    disk.empty()
    assert site.ready(module)["attempts"] == 0


def test_a_database_that_finds_no_room_loses_nothing_and_goes_on(
    new_site: Callable[..., Site], tiny_disk: Disk, slow_video: Path
):
    """SQLite: "database or disk is full". The page still answers, and the worker waits."""
    site = new_site(MIN_FREE_DISK_MB="0")
    data = site.folder / "data"
    disk = tiny_disk(data, 20_000)
    for name in ("media", "work"):
        tiny_disk(data / name, 100_000)
    site.serve()
    worker = site.start("localworker")
    module = site.upload(slow_video)["moduleId"]
    wait_for(lambda: site.status(module)["stage"] == "speech", "the analysis to begin")
    disk.fill()
    wait_for(lambda: "disk is full" in worker.output(), "the worker to notice")
    assert site.status(module)["status"] == "processing"
    status, answer = site.try_upload(slow_video)
    assert status in (503, 507) and answer["error"].endswith(".")
    disk.empty()
    assert site.ready(module)["attempts"] == 0
    assert worker.popen.poll() is None
    assert site.rows("SELECT count(*) FROM modules_module") == [(1,)]
    assert site.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_rendition_that_finds_no_room_is_made_when_there_is_some(
    new_site: Callable[..., Site], tiny_disk: Disk, tmp_path: Path
):
    site = new_site()
    disk = tiny_disk(site.folder / "data" / "work", 160)
    site.serve()
    site.start("localworker")
    site.ready(site.upload(make_video(tmp_path / "v.avi", seconds=20, scenes=range(1, 20)))["moduleId"])
    wait_for(lambda: site.rows(PUT_OFF + " AND stage = 'rendition'") > [(0,)], "a full disk")
    before = sorted(site.media())
    disk.resize(20_000)
    wait_for(lambda: site.rows("SELECT 1 FROM modules_rendition WHERE status = 'ready'"), "the rendition")
    assert site.rows("SELECT attempts FROM modules_rendition") == [(0,)]
    assert len(site.media()) == len(before) + 1
