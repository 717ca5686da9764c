"""Uploads that succeed, at a real server."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from .conftest import Site


def column(site: Site, sql: str, *values: str) -> list[str]:
    database = sqlite3.connect(site.data / "db.sqlite3", timeout=20)
    found = [row[0] for row in database.execute(sql, values)]
    database.close()
    return found


def test_the_answer_says_where_to_look(site: Site, clip: bytes):
    answer = site.send(("file", "one.mp4", clip), ("title", None, b"Change a filter"))
    assert answer.status == 201
    module = answer.json["moduleId"]
    assert answer.json == {
        "success": True,
        "moduleId": module,
        "status": "processing",
        "message": "Your video has arrived and is being worked on.",
        "statusUrl": f"/api/upload/status/{module}",
        "processingUrl": f"/modules/{module}/processing/",
        "trainingUrl": f"/modules/{module}/",
    }


def test_the_address_works_with_a_final_slash(site: Site, clip: bytes):
    assert site.send(("file", "one.mp4", clip), path="/api/upload/").status == 201


def test_the_stored_file_is_what_was_sent(site: Site, clip: bytes):
    content = clip + bytes(range(256)) * 9000
    module = site.send(("file", "one.mp4", content)).json["moduleId"]
    (stored,) = [name for name in site.files() if name.startswith(f"modules/{module}/")]
    assert (site.data / "media" / stored).read_bytes() == content


def test_the_log_tells_of_the_beginning_and_the_end(site: Site, clip: bytes):
    module = site.send(("file", "one.mp4", clip)).json["moduleId"]
    log = site.log.read_text()
    assert log.index(f"🚀 [{module}] Upload started") < log.index(f"📤 [{module}] Upload complete: ")


def test_ten_uploads_at_once_are_all_found_afterwards(site: Site, clip: bytes):
    def upload(number: int) -> str:
        answer = site.send(("file", f"{number}.mp4", clip + bytes(3 * 1024 * 1024)))
        assert answer.status == 201
        return answer.json["moduleId"].replace("-", "")

    with ThreadPoolExecutor(10) as pool:
        answered = set(pool.map(upload, range(10)))
    assert len(answered) == 10
    assert answered <= set(column(site, "SELECT id FROM modules_module"))
    assert answered <= set(column(site, "SELECT module_id FROM uploads_upload"))


def test_a_repeated_upload_gets_the_first_answer_again(site: Site, clip: bytes):
    first = site.send(("file", "one.mp4", clip), Idempotency_Key="repeated")
    before = (site.rows(), site.files())
    second = site.send(("file", "one.mp4", clip), Idempotency_Key="repeated")
    assert (second.status, second.json) == (201, first.json)
    assert (site.rows(), site.files()) == before


def test_two_with_one_key_at_the_same_moment_make_one_module(site: Site, clip: bytes):
    rows = site.rows()
    with ThreadPoolExecutor(6) as pool:
        sent = [pool.submit(site.send, ("file", "one.mp4", clip), Idempotency_Key="at once") for _ in range(6)]
    assert len({answer.result().json["moduleId"] for answer in sent}) == 1
    assert site.rows() == rows + 2
    (module,) = {answer.result().json["moduleId"] for answer in sent}
    folders = set(column(site, "SELECT 'modules/' || substr(video, 9, 36) FROM modules_module"))
    assert {name for name in site.files() if name.count("/") == 1} == folders
    assert f"modules/{module}" in folders


NAMES = {
    "../../etc/passwd.mp4": ("passwd.mp4", "Passwd"),
    "..\\\\..\\\\windows\\\\evil.mp4": ("evil.mp4", "Evil"),
    "🎬 how_to-change a filter 🔧.mp4": ("🎬 how_to-change a filter 🔧.mp4", "🎬 how to change a filter 🔧"),
    ".mp4": (".mp4", "Untitled video"),
    "x" * 296 + ".mp4": ("x" * 296 + ".mp4", "X" + "x" * 199),
    "a." + "y" * 290: ("a." + "y" * 290, "A " + "y" * 198),
    "CON.mp4": ("CON.mp4", "CON"),
    "my.holiday.v1.2.mp4": ("my.holiday.v1.2.mp4", "My holiday v1.2"),
}


@pytest.mark.parametrize(("sent", "kept"), NAMES.items(), ids=range(len(NAMES)))
def test_a_strange_name_is_shown_as_it_was_and_never_used(site: Site, clip: bytes, sent: str, kept: tuple[str, str]):
    answer = site.send(("file", sent, clip))
    assert answer.status == 201
    module = answer.json["moduleId"]
    key = module.replace("-", "")
    assert column(site, "SELECT name FROM uploads_upload WHERE module_id = ?", key) == [kept[0]]
    assert column(site, "SELECT title FROM modules_module WHERE id = ?", key) == [kept[1]]
    (video,) = column(site, "SELECT video FROM modules_module WHERE id = ?", key)
    folder, _, name = video.rpartition("/")
    assert folder == f"modules/{module}"
    assert name.removesuffix(".mp4").isalnum()
