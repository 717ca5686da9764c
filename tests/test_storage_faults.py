"""The object store is down, hangs, answers a byte at a time, or fails every second call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .samples import how_to
from .servers import Site, wait_for
from .servers_storage import FlakyStore
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


def on_store(new_site: Callable[..., Site], address: str, **env: str) -> Site:
    site = new_site(
        S3_BUCKET="trainings",
        S3_ENDPOINT_URL=address,
        S3_ACCESS_KEY="test",
        S3_SECRET_KEY="test",
        S3_REGION="us-east-1",
        S3_ADDRESSING_STYLE="path",
        **env,
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


def faults(site: Site) -> int:
    return site.rows(LATER.format("storage_down"))[0][0]


def answers_at_once(site: Site, module: str) -> bool:
    """Do the pages answer that need nothing of the store? It would hold them for a minute."""
    began = time.monotonic()
    pages = ("/", "/upload/", f"/modules/{module}/processing/", f"/modules/{module}/status/", "/healthz")
    answers = [site.request("GET", page)[0] for page in (*pages, f"/api/upload/status/{module}")]
    return answers == [200] * 6 and time.monotonic() - began < 15


def test_an_object_store_that_hangs_or_trickles_holds_up_no_page_and_is_waited_for(
    new_site: Callable[..., Site], flaky: FlakyStore, short: Path
):
    site = on_store(new_site, flaky.url)
    module = site.upload(short)["moduleId"]
    for manner in ("hangs", "trickles"):
        before = faults(site), flaky.waiting
        flaky.manner = manner
        if manner == "hangs":
            site.start("localworker", S3_TIMEOUT="1")
        wait_for(lambda asked=before[1]: flaky.waiting > asked, "the worker to ask the store")
        assert answers_at_once(site, module)
        wait_for(lambda known=before[0]: faults(site) > known, f"a call to be given up while the store {manner}")
        assert site.status(module)["status"] == "processing"
    flaky.manner = ""
    assert site.ready(module)["attempts"] == 0


def test_an_upload_while_the_object_store_hangs_is_refused_in_words_and_leaves_nothing(
    new_site: Callable[..., Site], flaky: FlakyStore, short: Path
):
    site = on_store(new_site, flaky.url, S3_TIMEOUT="1")
    flaky.manner = "hangs"
    status, answer = site.try_upload(short)
    assert (status, answer["errorCode"]) == (503, "storage_down")
    flaky.manner = ""
    assert site.rows("SELECT count(*) FROM modules_module") == [(0,)]
    assert site.media() == []


def test_a_store_that_fails_after_the_module_is_ready_changes_nothing_about_that(
    new_site: Callable[..., Site], flaky: FlakyStore, tmp_path: Path
):
    site = on_store(new_site, flaky.url)
    flaky.meant = lambda method, path: "prefix=" in path
    flaky.share = 1.0
    worker = site.start("localworker")
    site.ready(site.upload(make_video(tmp_path / "v.avi", seconds=2))["moduleId"])
    wait_for(lambda: "are left for prune_storage" in worker.output(), "the failure to be told")
    assert "Processing complete!" in worker.output()
    assert site.rows("SELECT status, attempts FROM modules_module") == [("ready", 0)]
    wait_for(lambda: site.rows("SELECT 1 FROM modules_rendition WHERE status = 'ready'"), "the rendition")
    assert site.rows("SELECT count(*) FROM modules_stagerun WHERE outcome = 'failed'") == [(0,)]
