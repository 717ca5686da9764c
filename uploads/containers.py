"""Which video container a file is, by its first bytes. The content decides: never the name, never a header.

Only the five families named here come in. Whatever a demuxer would take for a playlist, a script, a picture or
a sound is None, and so is never opened by one.
"""

from __future__ import annotations

HEAD_SIZE = 16 * 1024
"""How many bytes `sniff` looks at, at most."""

ENDINGS = {"mp4": "mp4", "webm": "webm", "mkv": "mkv", "avi": "avi", "mpegts": "ts"}
"""Container → the ending of the stored file."""

# ISO/IEC 14496-12: brands of still pictures (HEIC, AVIF) and of sound alone, in the same boxes as MP4.
NO_VIDEO_BRANDS = {
    *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1", b"miaf"),
    *(b"avif", b"avis", b"jpeg", b"jpgs", b"jxl ", b"crx ", b"jp2 ", b"jpx "),
    *(b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ", b"aax ", b"aaxc"),
}
# QuickTime files from before brands begin with moov, mdat or one of these (QuickTime File Format, chapter 1).
FILLER_BOXES = {b"wide", b"free", b"skip", b"pnot"}
EBML_MAGIC = b"\x1aE\xdf\xa3"
EBML_DOC_TYPE = b"\x42\x82"
TS_SYNC = 0x47
TS_PACKETS_SEEN = 5


def sniff(head: bytes) -> str | None:
    """The container's name (a key of ENDINGS) of a file that begins with `head`, or None."""
    head = head[:HEAD_SIZE]
    if head[:4] == EBML_MAGIC:
        return _matroska(head)
    if head[:4] == b"RIFF":
        return "avi" if head[8:12] == b"AVI " else None
    if _is_iso_media(head):
        return "mp4"
    return "mpegts" if _is_transport_stream(head) else None


def _is_iso_media(head: bytes) -> bool:
    size, kind = int.from_bytes(head[:4], "big"), head[4:8]
    if kind == b"ftyp":
        return 16 <= size <= 1024 and head[8:12] not in NO_VIDEO_BRANDS
    if kind == b"moov":
        return head[12:16] in (b"mvhd", b"cmov", b"rmra")
    if kind == b"mdat":
        # A size of 1 says that 64 bits of size follow; 0 that the box goes on to the end of the file.
        return size in (0, 1) or size >= 8
    # "free" and "skip" are words too, but no text begins with a zero byte: such boxes are under 16 MB.
    return kind in FILLER_BOXES and head[0] == 0 and size >= 8


def _matroska(head: bytes) -> str | None:
    """EBML header (RFC 8794 §11.2.4): the document type is a short text behind its id and length."""
    at = head.find(EBML_DOC_TYPE, 4, 128)
    if at < 0 or at + 3 > len(head):
        return None
    length = head[at + 2] & 0x7F
    kind = head[at + 3 : at + 3 + length].rstrip(b"\0")
    return {b"webm": "webm", b"matroska": "mkv"}.get(kind)


def _is_transport_stream(head: bytes) -> bool:
    """ISO/IEC 13818-1 §2.4.3.2: a sync byte every 188 bytes; every 192, after 4 of time code, in Blu-ray files."""
    for packet, first in ((188, 0), (192, 4)):
        places = range(first, min(len(head) - 3, first + packet * TS_PACKETS_SEEN), packet)
        if len(places) == TS_PACKETS_SEEN and all(_is_packet(head, place) for place in places):
            return True
    return False


def _is_packet(head: bytes, at: int) -> bool:
    # Bits 4 and 5 of the fourth byte say what the packet holds; none at all is reserved.
    return head[at] == TS_SYNC and head[at + 3] & 0x30 != 0
