"""What the door says to a real client of a real server, and that nothing is left behind by it."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable

import pytest

from .conftest import Answer, Site, multipart

MB = 1024 * 1024


def refusal(answer: Answer) -> tuple[int, str]:
    assert set(answer.json) == {"success", "error", "errorCode"}
    assert answer.json["success"] is False
    assert "Traceback" not in answer.text
    assert answer.json["error"].endswith(".") and len(answer.json["error"]) < 140
    return answer.status, answer.json["errorCode"]


NO_VIDEOS = {
    "text": b"Dear all,\nthis is not a video.\n" * 100,
    "a playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "a playlist of the net": b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n",
    "a concat script": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "an image": b"\x89PNG\r\n\x1a\n" + bytes(5000),
    "an archive": b"PK\x03\x04" + bytes(5000),
}


@pytest.mark.parametrize("content", NO_VIDEOS.values(), ids=NO_VIDEOS)
def test_what_is_no_video_is_refused_whatever_its_name(untouched: Site, content: bytes):
    assert refusal(untouched.send(("file", "holiday.mp4", content))) == (415, "not_a_video")


def test_an_empty_file_is_called_empty(untouched: Site):
    assert refusal(untouched.send(("file", "holiday.mp4", b""))) == (400, "empty_file")


def test_a_form_without_a_file_is_asked_for_one(untouched: Site):
    assert refusal(untouched.send(("title", None, b"Holiday"))) == (400, "no_file")


def test_a_form_whose_file_was_not_chosen_is_asked_for_one(untouched: Site):
    assert refusal(untouched.send(("file", "", b""))) == (400, "no_file")


def test_two_videos_at_once_are_refused(untouched: Site, clip: bytes):
    answer = untouched.send(("file", "one.mp4", clip), ("file", "two.mp4", clip))
    assert refusal(answer) == (400, "two_files")
    assert answer.json["error"] == "Please send one video at a time."


def test_a_file_in_another_field_is_refused(untouched: Site, clip: bytes):
    assert refusal(untouched.send(("video", "one.mp4", clip))) == (400, "unexpected_file")


@pytest.mark.parametrize("captions", [b"Hello there.", b"", b"\x89PNG\0 --> ", b"1 --> 2\n" * 300_000])
def test_captions_that_are_none_are_refused(untouched: Site, clip: bytes, captions: bytes):
    answer = untouched.send(("file", "one.mp4", clip), ("captions", "one.vtt", captions))
    assert refusal(answer) == (400, "bad_captions")


def test_a_title_that_is_too_long_is_refused(untouched: Site, clip: bytes):
    answer = untouched.send(("title", None, b"x" * 201), ("file", "one.mp4", clip))
    assert refusal(answer) == (400, "bad_title")


def test_a_field_of_two_megabytes_is_refused(untouched: Site, clip: bytes):
    answer = untouched.send(("file", "one.mp4", clip), ("title", None, b"x" * 2 * MB))
    assert refusal(answer) == (400, "bad_form")


def test_a_file_over_the_limit_is_refused_before_it_is_read(untouched: Site):
    body, headers = multipart(("file", "big.mp4", bytes(12 * MB)))
    connection = socket.create_connection(("127.0.0.1", untouched.port), timeout=30)
    head = f"POST /api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {untouched.token}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    connection.sendall(head.encode() + b"\r\n" + body[:1000])
    # Not one byte more is sent: the answer comes all the same.
    assert connection.recv(100).startswith(b"HTTP/1.1 413")
    connection.close()


def test_a_client_that_sends_all_before_it_reads_sees_the_answer(untouched: Site):
    assert refusal(untouched.send(("file", "big.mp4", bytes(40 * MB)))) == (413, "too_big")


def test_a_file_just_over_the_limit_is_refused_when_it_has_arrived(untouched: Site, clip: bytes):
    answer = untouched.send(("file", "big.mp4", clip + bytes(8 * MB)))
    assert refusal(answer) == (413, "too_big")
    assert "8 MB" in answer.json["error"]


def test_a_body_that_is_no_form_is_refused(untouched: Site, clip: bytes):
    headers = {"Authorization": f"Bearer {untouched.token}", "Content_Type": "video/mp4"}
    assert refusal(untouched.request("POST", "/api/upload", clip, **headers)) == (400, "bad_form")


def test_a_form_without_a_boundary_is_refused(untouched: Site, clip: bytes):
    headers = {"Authorization": f"Bearer {untouched.token}", "Content_Type": "multipart/form-data"}
    assert refusal(untouched.request("POST", "/api/upload", clip, **headers)) == (400, "bad_form")


def test_a_body_of_unknown_length_is_refused(untouched: Site):
    headers = {"Authorization": f"Bearer {untouched.token}", "Transfer_Encoding": "chunked"}
    headers["Content_Type"] = "multipart/form-data; boundary=x"
    assert refusal(untouched.request("POST", "/api/upload", b"5\r\nhello\r\n0\r\n\r\n", **headers)) == (
        400,
        "no_length",
    )


def test_get_is_told_to_post(untouched: Site):
    answer = untouched.request("GET", "/api/upload", Authorization=f"Bearer {untouched.token}")
    assert refusal(answer) == (405, "not_allowed")
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer wrong", "Basic YW5uYTphLWxvbmctc2VjcmV0"])
def test_who_is_not_signed_in_is_told_so(untouched: Site, clip: bytes, token: str):
    answer = untouched.send(("file", "one.mp4", clip), Authorization=token)
    assert refusal(answer) == (401, "signed_out")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def begun(site: Site, clip: bytes) -> socket.socket:
    """A connection on which half of an upload has been sent."""
    body, headers = multipart(("file", "one.mp4", clip + bytes(2 * MB)))
    head = f"POST /api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {site.token}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    connection.sendall(head.encode() + b"\r\n" + body[: len(body) // 2])
    return connection


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def incoming(site: Site) -> int:
    return len(list((site.data / "media" / "incoming").iterdir()))


def test_a_connection_that_is_reset_leaves_nothing(untouched: Site, clip: bytes):
    connection = begun(untouched, clip)
    wait_until(lambda: incoming(untouched) == 1)
    # Closing with this set sends a reset, as a machine does that goes down.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    wait_until(lambda: incoming(untouched) == 0)


def test_a_sender_that_stops_half_way_is_told_so(untouched: Site, clip: bytes):
    connection = begun(untouched, clip)
    connection.shutdown(socket.SHUT_WR)
    answer = connection.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 400") and "broken_off" in answer
    assert incoming(untouched) == 0


def test_a_sender_that_falls_silent_is_not_waited_for(untouched: Site, clip: bytes):
    connection = begun(untouched, clip)
    # The site waits one second here (UPLOAD_STALL_SECONDS).
    answer = connection.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 400") and "broken_off" in answer
    connection.close()
    assert incoming(untouched) == 0


def test_a_disk_that_fills_up_half_way_is_said(start_site: Callable[..., Site], clip: bytes):
    site = start_site(limit_file_size=3 * MB)
    assert refusal(site.send(("file", "one.mp4", clip + bytes(5 * MB)))) == (507, "disk_full")
    assert (site.rows(), site.files(), incoming(site)) == (0, [], 0)
    assert site.send(("file", "one.mp4", clip)).status == 201
    assert "Traceback" not in site.log.read_text()


def test_a_file_sent_to_another_page_is_not_written(untouched: Site, clip: bytes):
    answer = untouched.send(("file", "one.mp4", clip), path="/login/")
    assert answer.status == 403
    assert incoming(untouched) == 0


def sign_in_begun(site: Site, length: int, body: bytes = b"") -> socket.socket:
    """A connection on which nobody in particular has begun to send a sign-in form of so many bytes."""
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    head = "POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    connection.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + body)
    return connection


def test_strangers_who_send_nothing_do_not_block_the_site(untouched: Site):
    # More than the site has threads.
    for length, status in ((10**12, b"413"), (1000, b"400")):
        silent = [sign_in_begun(untouched, length) for _ in range(16)]
        assert untouched.request("GET", "/login/").status == 200
        for connection in silent:
            assert connection.recv(100).startswith(b"HTTP/1.1 " + status)
            connection.close()


def test_a_stranger_who_sends_a_byte_now_and_then_is_not_waited_for_either(start_site: Callable[..., Site]):
    connection = sign_in_begun(start_site(UPLOAD_STALL_SECONDS="0.5"), 1000, b"username=a")
    connection.settimeout(0.2)
    began = time.monotonic()
    for _ in range(100):
        try:
            answer = connection.recv(100)
            break
        except TimeoutError:
            connection.sendall(b"a")
    # Each byte came in time, and the whole did not: four times as long, so two seconds here.
    assert answer.startswith(b"HTTP/1.1 400") and time.monotonic() - began < 6
    connection.close()


def test_a_form_that_is_too_big_is_said_to_be(untouched: Site):
    form = {"Content_Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    assert refusal(untouched.request("POST", "/login/", bytes(3 * MB), **form)) == (413, "form_too_big")
