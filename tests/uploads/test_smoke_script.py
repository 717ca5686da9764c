"""tests/async_upload.py, against a real site with a real worker."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.videos import make_video

from .conftest import ROOT, Site


def run(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tests/async_upload.py", *args]
    return subprocess.run(command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True)


@pytest.fixture(scope="module")
def working_site(start_site: Callable[..., Site]) -> Iterator[Site]:
    site = start_site()
    log = (site.data / "worker.log").open("w")
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "localworker"], cwd=ROOT, env=site.env, stdout=log, stderr=log
    )
    yield site
    worker.terminate()
    worker.wait(20)
    log.close()


def test_it_follows_an_upload_to_the_end_and_prints_the_timeline(working_site: Site, tmp_path: Path):
    captions = [(0, 1, "First open the door."), (1, 2, "Then take the filter out.")]
    clip = make_video(tmp_path / "Tür.mp4", seconds=2, size=(160, 90), fps=5, captions=captions)
    address = f"http://127.0.0.1:{working_site.port}"
    done = run(f"{address}/", str(clip), "--user", "anna", "--password", "a-long-secret")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Answered: " in done.stdout and "100 %  " in done.stdout
    assert f"steps: {address}/modules/" in done.stdout


def test_it_fails_when_the_upload_is_refused(site: Site, tmp_path: Path):
    (tmp_path / "text.mp4").write_text("no video")
    done = run(f"http://127.0.0.1:{site.port}", str(tmp_path / "text.mp4"), TRAININGSITE_TOKEN=site.token)
    assert done.returncode == 1
    assert "refused (415): This file is not a video we can read." in done.stderr


def test_it_fails_when_the_module_fails(working_site: Site, clip: bytes, tmp_path: Path):
    (tmp_path / "cut.mp4").write_bytes(clip[:400])
    done = run(f"http://127.0.0.1:{working_site.port}", str(tmp_path / "cut.mp4"), "--token", working_site.token)
    assert done.returncode == 1
    assert "damaged" in done.stderr


def test_it_fails_for_a_wrong_password_and_for_a_site_that_is_not_there(site: Site, tmp_path: Path):
    (tmp_path / "text.mp4").write_text("no video")
    wrong = ("--user", "anna", "--password", "wrong")
    done = run(f"http://127.0.0.1:{site.port}", str(tmp_path / "text.mp4"), *wrong)
    assert (done.returncode, "does not know this user" in done.stderr) == (1, True)
    done = run("http://127.0.0.1:9", str(tmp_path / "text.mp4"), "--token", "x")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
