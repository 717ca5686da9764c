"""A deploy: the web server is stopped while uploads come in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .samples import how_to
from .servers import Site, wait_for


def test_a_warm_stop_of_the_web_server_loses_no_upload_that_was_answered(site: Site, tmp_path: Path):
    video = how_to(tmp_path / "v.mp4", seconds=6)

    def upload() -> str | None:
        """The id of a module that was answered for; None where the server no longer took it."""
        try:
            status, answer = site.try_upload(video)
        except (OSError, ValueError):
            return None
        return answer["moduleId"] if status == 201 else None

    with ThreadPoolExecutor(8) as pool:
        uploads = [pool.submit(upload) for _ in range(60)]
        wait_for(lambda: sum(one.done() for one in uploads) >= 4, "the first answers")
        assert site.web.stop() == 0
    answered = {one.result() for one in uploads} - {None}
    assert answered
    found = {str(pk).replace("-", "") for (pk,) in site.rows("SELECT id FROM modules_module")}
    assert {pk.replace("-", "") for pk in answered} <= found
    # Every row has its file, and no file is without its row.
    stored = {path.parent.name.replace("-", "") for path in site.media()}
    assert stored == found
