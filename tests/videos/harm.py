"""Breaks files, and makes their headers lie."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np


def damage(path: Path, at: float = 0.5, length: int = 2000) -> Path:
    """Overwrite bytes in the file; at: where, as a share of its size."""
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * at))
        file.write(np.random.default_rng(1).bytes(length))
    return path


def truncate(path: Path, keep: float = 0.5) -> Path:
    """Cut the file off; keep: the share of it that stays."""
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * keep))
    return path


def claim_size(path: Path, width: int, height: int, *, decoder_only: bool = False) -> Path:
    """Make an MP4 with H.264 claim another size: in tkhd, in stsd, and in the decoder's own header (SPS).

    decoder_only: in the last alone. The moov must be at the file's end, as `make_video` puts it.
    """
    data = bytearray(path.read_bytes())
    tkhd = data.index(b"tkhd") + 4
    entry = data.index(b"avc1", data.index(b"stsd")) - 4
    if not decoder_only:
        data[tkhd + 76 : tkhd + 84] = struct.pack(">II", width << 16, height << 16)
        data[entry + 32 : entry + 36] = struct.pack(">HH", width, height)
    config = data.index(b"avcC", entry) + 4
    length = int.from_bytes(data[config + 6 : config + 8], "big")
    sps = _resized_sps(bytes(data[config + 8 : config + 8 + length]), width, height)
    data[config + 6 : config + 8 + length] = len(sps).to_bytes(2, "big") + sps
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1", b"avcC"):
        box = data.index(b"avc1", data.index(b"stsd")) if kind == b"avc1" else data.index(kind)
        grown = int.from_bytes(data[box - 4 : box], "big") + len(sps) - length
        data[box - 4 : box] = grown.to_bytes(4, "big")
    path.write_bytes(data)
    return path


def claim_duration(path: Path, hours: float) -> Path:
    """Make an MP4's headers (mvhd and every mdhd and tkhd) claim another length."""
    data = bytearray(path.read_bytes())
    movie = data.index(b"mvhd") + 4
    movie_scale = int.from_bytes(data[movie + 12 : movie + 16], "big")
    for kind, scale_at, duration_at in ((b"mvhd", 12, 16), (b"mdhd", 12, 16), (b"tkhd", None, 20)):
        box = data.find(kind)
        while box >= 0:
            body = box + 4
            scale = movie_scale if scale_at is None else int.from_bytes(data[body + scale_at : body + scale_at + 4])
            ticks = min(round(hours * 3600 * scale), 0xFFFFFFFE)
            data[body + duration_at : body + duration_at + 4] = ticks.to_bytes(4, "big")
            box = data.find(kind, body)
    path.write_bytes(data)
    return path


def _resized_sps(sps: bytes, width: int, height: int) -> bytes:
    """The H.264 sequence parameter set with another size in macroblocks (ITU-T H.264 §7.3.2.1.1)."""
    bits = "".join(f"{byte:08b}" for byte in sps.replace(b"\0\0\3", b"\0\0"))
    at = 32

    def number() -> int:
        nonlocal at
        zeros = bits.index("1", at) - at
        at += 2 * zeros + 1
        return int(bits[at - zeros - 1 : at], 2) - 1

    number()  # seq_parameter_set_id
    if sps[1] in (100, 110, 122, 244):
        number(), number(), number()  # chroma_format_idc and both bit depths
        at += 2
    number()  # log2_max_frame_num_minus4
    if number() == 0:  # pic_order_cnt_type
        number()
    number()  # max_num_ref_frames
    at += 1
    start = at
    number(), number()
    sides = "".join(_golomb(-(-side // 16) - 1) for side in (width, height))
    bits = bits[:start] + sides + bits[at:]
    bits += "0" * (-len(bits) % 8)
    plain = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
    return re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", plain)


def _golomb(value: int) -> str:
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits
