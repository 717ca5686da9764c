"""The storage fails: an object store that is down or answers every second call with an error, a disk that is full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .samples import how_to
from .servers import Site, wait_for
from .servers_storage import FlakyStore, TinyDisk
from .videos import make_video

LATER = "SELECT count(*) FROM modules_stagerun WHERE outcome = 'failed' AND code = '{}' AND traceback != ''"


@pytest.fixture
def flaky(object_store: str) -> Iterator[FlakyStore]:
    proxy = FlakyStore(object_store)
    yield proxy
    proxy.stop()


@pytest.fixture
def short(tmp_path: Path) -> Path:
    return how_to(tmp_path / "short.mp4", seconds=6)


@pytest.fixture
def tiny_disk() -> Iterator[Callable[[Path, int], TinyDisk]]:
    """Puts a file system of so many kilobytes over a folder."""
    disks: list[TinyDisk] = []

    def make(folder: Path, kilobytes: int) -> TinyDisk:
        disks.append(TinyDisk(folder, kilobytes))
        return disks[-1]

    yield make
    for disk in disks:
        disk.stop()


def on_store(new_site: Callable[..., Site], address: str) -> Site:
    site = new_site(
        S3_BUCKET="trainings",
        S3_ENDPOINT_URL=address,
        S3_ACCESS_KEY="test",
        S3_SECRET_KEY="test",
        S3_REGION="us-east-1",
        S3_ADDRESSING_STYLE="path",
    )
    site.serve()
    return site


def seen(site: Site, code: str, attempts: int = 0) -> bool:
    """Has an admin been told why it is tried again later, without blaming the video?"""
    return site.rows(LATER.format(code)) > [(0,)] and site.rows("SELECT attempts FROM modules_module") == [(attempts,)]


def test_an_upload_while_the_object_store_is_down_is_refused_in_words_and_leaves_nothing(
    new_site: Callable[..., Site], flaky: FlakyStore, short: Path
):
    site = on_store(new_site, flaky.url)
    flaky.share = 1.0
    status, answer = site.try_upload(short)
    assert (status, answer["success"], answer["errorCode"]) == (503, False, "storage_down")
    assert answer["error"].endswith(".")
    assert site.rows("SELECT count(*) FROM modules_module") == [(0,)]
    assert site.media() == []
    # Nobody listens at all.
    flaky.stop()
    assert site.try_upload(short)[0] == 503
    assert "Traceback" not in site.web.output()


def test_an_object_store_that_goes_down_while_a_module_is_processed_is_waited_for(
    new_site: Callable[..., Site], flaky: FlakyStore, short: Path
):
    site = on_store(new_site, flaky.url)
    module = site.upload(short)["moduleId"]
    flaky.share = 1.0
    site.start("localworker")
    wait_for(lambda: seen(site, "storage_down"), "the run to be put off")
    assert site.status(module)["status"] == "processing"
    flaky.share = 0.0
    assert site.ready(module)["attempts"] == 0


def test_with_an_object_store_that_fails_half_of_its_calls_the_module_becomes_ready(
    new_site: Callable[..., Site], flaky: FlakyStore, tmp_path: Path
):
    site = on_store(new_site, flaky.url)
    module = site.upload(make_video(tmp_path / "v.mp4", seconds=2))["moduleId"]
    flaky.share = 0.5
    site.start("localworker")
    assert site.ready(module)["attempts"] == 0
    assert flaky.refused > 3
    wait_for(lambda: not list((site.folder / "data" / "work").iterdir()), "the scratch space to go")


@pytest.mark.parametrize("place", ["work", "media"])
def test_with_a_full_disk_the_run_is_put_off_with_a_reason_and_done_when_there_is_room(
    new_site: Callable[..., Site], tiny_disk: Callable[[Path, int], TinyDisk], short: Path, place: str
):
    site = new_site(MIN_FREE_DISK_MB="0")
    disk = tiny_disk(site.folder / "data" / place, 4000)
    site.serve()
    module = site.upload(short)["moduleId"]
    disk.fill()
    site.start("localworker")
    wait_for(lambda: seen(site, "disk_full"), "the run to be put off")
    assert site.status(module)["status"] == "processing"
    disk.empty()
    assert site.ready(module)["attempts"] == 0


def test_a_rendition_that_finds_no_room_is_made_when_there_is_some(
    new_site: Callable[..., Site], tiny_disk: Callable[[Path, int], TinyDisk], tmp_path: Path
):
    site = new_site()
    disk = tiny_disk(site.folder / "data" / "work", 160)
    site.serve()
    site.start("localworker")
    site.ready(site.upload(make_video(tmp_path / "v.avi", seconds=20, scenes=range(1, 20)))["moduleId"])
    wait_for(lambda: site.rows(LATER.format("disk_full") + " AND stage = 'rendition'") > [(0,)], "a full disk")
    disk.resize(20_000)
    wait_for(lambda: site.rows("SELECT 1 FROM modules_rendition WHERE status = 'ready'"), "the rendition")
    assert site.rows("SELECT attempts FROM modules_rendition") == [(0,)]
