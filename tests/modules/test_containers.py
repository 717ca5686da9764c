"""What counts as a video, by the first bytes alone."""

from __future__ import annotations

import gzip
import io
import wave
import zipfile
import zlib
from pathlib import Path

import pytest

from modules.pipeline.containers import CONTAINERS, sniff
from tests.videos import make_video

ENDING_TO_CONTAINER = {
    "mp4": "mp4",
    "mov": "mp4",
    "m4v": "mp4",
    "webm": "webm",
    "mkv": "mkv",
    "avi": "avi",
    "ts": "mpegts",
}


@pytest.mark.parametrize(("ending", "container"), ENDING_TO_CONTAINER.items())
def test_real_videos_are_known_by_their_content(tmp_path: Path, ending: str, container: str):
    video = make_video(tmp_path / f"clip.{ending}", seconds=1, size=(160, 90), fps=5)
    assert sniff(video.read_bytes()) == container
    assert ending in CONTAINERS[container].endings


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


OLD_QUICKTIME = {
    "moov first": box(b"moov", box(b"mvhd", bytes(100))),
    "wide, then mdat": box(b"wide") + (0).to_bytes(4, "big") + b"mdat" + bytes(200),
    "mdat of 64 bits": (1).to_bytes(4, "big") + b"mdat" + (10**10).to_bytes(8, "big"),
    "free first": box(b"free", bytes(40)) + box(b"moov", box(b"mvhd", bytes(100))),
}


@pytest.mark.parametrize("head", OLD_QUICKTIME.values(), ids=OLD_QUICKTIME)
def test_quicktime_files_without_a_brand_are_videos(head: bytes):
    assert sniff(head) == "mp4"


def test_a_transport_stream_with_time_codes_is_one_too(tmp_path: Path):
    plain = make_video(tmp_path / "clip.ts", seconds=1, size=(160, 90), fps=5).read_bytes()
    packets = [plain[at : at + 188] for at in range(0, len(plain), 188)]
    assert sniff(b"".join(bytes(4) + packet for packet in packets)) == "mpegts"


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1000))
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("video.mp4", bytes(100))
    return out.getvalue()


NO_VIDEOS = {
    "nothing": b"",
    "one byte": b"\x47",
    "text": b"Dear all, this is not a video.\n" * 50,
    "a text of G": b"G" * 4000,
    "a text with a box in it": b"the free lunch is over" * 100,
    "a text with a skip in it": b"you skip this" * 100,
    "a playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "a concat script": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "a DASH manifest": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "a session description": b"v=0\no=- 0 0 IN IP4 127.0.0.1\n",
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "PDF": b"%PDF-1.7\n" + bytes(100),
    "PNG": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(100),
    "GIF": b"GIF89a" + bytes(100),
    "WebP": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(100),
    "EMF": b"\x01\0\0\0\x6c\0\0\0" + bytes(32) + b" EMF" + bytes(60),
    "HEIC": box(b"ftyp", b"heic" + bytes(4) + b"mif1heic") + bytes(100),
    "AVIF": box(b"ftyp", b"avif" + bytes(4) + b"avifmif1") + bytes(100),
    "M4A": box(b"ftyp", b"M4A " + bytes(4) + b"M4A mp42isom") + bytes(100),
    "audio book": box(b"ftyp", b"M4B " + bytes(4) + b"isom") + bytes(100),
    "MP3 with a tag": b"ID3\x04" + bytes(100),
    "MP3": b"\xff\xfb\x90\x64" + bytes(500),
    "WAV": sound(),
    "WAV whose length spells the name of a box": b"RIFFmdatWAVEfmt " + bytes(100),
    "Ogg": b"OggS\0\x02" + bytes(100),
    "FLAC": b"fLaC" + bytes(100),
    "zip": archive(),
    "gzip": gzip.compress(b"video"),
    "zlib": zlib.compress(b"video" * 10),
    "tar": b"video.mp4" + bytes(248) + b"ustar\x0000" + bytes(200),
    "an EBML file of another kind": b"\x1aE\xdf\xa3\x8b\x42\x82\x84blob" + bytes(100),
    "an EBML header that breaks off": b"\x1aE\xdf\xa3\x93\x42\x82",
    "a program": b"\x7fELF\x02\x01\x01" + bytes(100),
}


@pytest.mark.parametrize("head", NO_VIDEOS.values(), ids=NO_VIDEOS)
def test_everything_else_is_no_video(head: bytes):
    assert sniff(head) is None
