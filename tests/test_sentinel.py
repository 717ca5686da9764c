"""Redis watched by Sentinels: the primary is killed, or hangs, while uploads come in and are worked on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .samples import how_to
from .servers import Site, wait_for
from .servers_redis import Watched


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    group = Watched(tmp_path).start()
    yield group
    group.stop()


@pytest.mark.parametrize("fault", ["kill", "hang"])
def test_no_upload_is_refused_and_none_is_lost_when_the_primary_goes(
    new_site: Callable[..., Site], watched: Watched, tmp_path: Path, fault: str
):
    site = new_site(QUEUE="rq", REDIS_SENTINELS=watched.addresses, REDIS_SENTINEL_SERVICE=watched.SERVICE)
    site.serve()
    worker = site.start("rqworker")
    video = how_to(tmp_path / "v.mp4", seconds=6)
    site.ready(site.upload(video)["moduleId"])
    modules = [site.upload(video)["moduleId"]]
    began = time.monotonic()
    getattr(watched, fault)()
    modules += [site.upload(video)["moduleId"] for _ in range(6)]
    after = wait_for(lambda: sum(site.status(one)["status"] == "ready" for one in modules) == 7, "all seven", 60)
    print(f"{fault}: all 7 ready {time.monotonic() - began:.1f} s after")
    assert after
    assert worker.popen.poll() is None
    assert site.rows("SELECT count(*) FROM modules_stagerun WHERE stage = 'finalize'") == [(8,)]
