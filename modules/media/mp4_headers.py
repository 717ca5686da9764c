"""What an MP4's headers claim, read without a decoder, so that absurd claims cost nothing. ISO/IEC 14496-12."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"}
MOST_BOXES = 10_000
DEEPEST = 8
UNKNOWN = {0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}


@dataclass
class Claims:
    """The largest picture (pixels) and the longest time (seconds) that any header claims."""

    width: int = 0
    height: int = 0
    duration: float = 0.0


def mp4_claims(path: Path) -> Claims:
    """Read mvhd, mdhd, tkhd and stsd; a broken box ends the reading quietly, for the demuxer to judge."""
    claims = Claims()
    with path.open("rb") as file:
        size = file.seek(0, 2)
        for count, (kind, start, end) in enumerate(_boxes(file, 0, size)):
            if count > MOST_BOXES:
                break
            file.seek(start)
            _take(claims, kind, file.read(min(end - start, 4096)))
    return claims


def avi_is_cut_off(path: Path) -> bool:
    """Whether the RIFF header claims more bytes than there are (AVI's own times are then made up to fit)."""
    with path.open("rb") as file:
        head = file.read(8)
        return file.seek(0, 2) < int.from_bytes(head[4:8], "little") + 8


def _boxes(file: BinaryIO, at: int, end: int, depth: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """(type, start and end of its content) of each box, and of those inside boxes that hold others."""
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind, start = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if size == 1:
            size, start = int.from_bytes(head[8:16], "big"), at + 16
        stop = end if size == 0 else at + size
        if stop < start:
            return
        yield kind, start, min(stop, end)
        if kind in PARENTS and depth < DEEPEST:
            yield from _boxes(file, start, min(stop, end), depth + 1)
        at = stop


def _take(claims: Claims, kind: bytes, body: bytes) -> None:
    try:
        if kind in (b"mvhd", b"mdhd"):
            layout = ">20xIQ" if body[:1] == b"\1" else ">12xII"
            scale, duration = struct.unpack_from(layout, body)
            if scale and duration not in UNKNOWN:
                claims.duration = max(claims.duration, duration / scale)
        elif kind == b"tkhd":
            width, height = struct.unpack_from(">II", body, 88 if body[:1] == b"\1" else 76)
            _larger(claims, width >> 16, height >> 16)
        elif kind == b"stsd" and body[12:16] in VISUAL:
            _larger(claims, *struct.unpack_from(">HH", body, 8 + 8 + 24))
    except struct.error:
        return


VISUAL = {b"avc1", b"avc3", b"hvc1", b"hev1", b"mp4v", b"av01", b"vp09", b"vp08", b"apcn", b"apch", b"apcs", b"jpeg"}


def _larger(claims: Claims, width: int, height: int) -> None:
    if width * height > claims.width * claims.height:
        claims.width, claims.height = width, height
