"""★ All facts of each video container in one table: a new container is one entry here, and its test.

uploads, media, views and messages read it. A file's container is known by its first bytes: its content decides,
never its name or a header. Only what stands in the table comes in: whatever a demuxer would take for a playlist,
a script, a picture or a sound is None, and so is never opened by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

HEAD_SIZE = 16 * 1024
"""How many bytes `sniff` looks at, at most."""

BROWSER_PIXELS = frozenset({"yuv420p", "yuvj420p"})
"""The pixel formats that every browser shows, in whatever container."""


@dataclass(frozen=True, kw_only=True)
class Container:
    """One family of video files. Codecs go by ffmpeg's canonical names (h264, av1, opus)."""

    name: str
    """As in `Module.container`, which stays in the database: never renamed."""

    labels: tuple[str, ...]
    """What people call such files, as sentences and forms list them."""

    endings: tuple[str, ...]
    """Without a dot. The first is that of the stored file; file dialogs offer them all."""

    content_type: str
    """The media type that the file is served with."""

    sniff: Callable[[bytes], bool]
    """Whether a file that begins with these bytes, at most HEAD_SIZE, is one."""

    demuxer: str
    """ffmpeg's name for what opens it; no other demuxer is tried."""

    demuxer_options: Mapping[str, str] = field(default_factory=dict)

    starts_at_first_packet: bool = True
    """A player calls the time of the first packet 0. False: browsers show the file's own times as they are."""

    has_presentation_times: bool = True
    """Packets carry times of presentation. False: they must be decoded to know them, and are never copied."""

    claims_in_boxes: bool = False
    """Sizes and lengths stand in boxes (ISO/IEC 14496-12), of which the demuxer does not tell all."""

    length_counts_from_zero: bool = False
    """The length in the header is the file's own time of the end, however late the first packet comes."""

    states_file_size: bool = False
    """The header says how many bytes the file has (RIFF), so that one that was cut off can be told."""

    holes_mean_damage: bool = False
    """A lost part leaves all tracks without packets for the same time, which nothing else does."""

    browser_video: frozenset[str] = frozenset()
    """Codecs of pictures that every browser plays in this container; none: it is always converted."""

    browser_audio: frozenset[str] = frozenset()

    @property
    def ending(self) -> str:
        """The ending of the stored file."""
        return self.endings[0]

    @property
    def plays_in_browsers(self) -> bool:
        """Whether browsers know the container at all."""
        return bool(self.browser_video)

    def plays(self, video: str, audio: str | None, pixels: str) -> bool:
        """Whether browsers play a file with these codecs and this pixel format as it is. audio: None when silent."""
        sound = audio is None or audio in self.browser_audio
        return video in self.browser_video and sound and pixels in BROWSER_PIXELS


EBML_MAGIC = b"\x1aE\xdf\xa3"
EBML_DOC_TYPE = b"\x42\x82"
RIFF_MAGIC = b"RIFF"
# ISO/IEC 14496-12: brands of still pictures (HEIC, AVIF) and of sound alone, in the same boxes as MP4.
NO_VIDEO_BRANDS = {
    *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1", b"miaf"),
    *(b"avif", b"avis", b"jpeg", b"jpgs", b"jxl ", b"crx ", b"jp2 ", b"jpx "),
    *(b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ", b"aax ", b"aaxc"),
}
# QuickTime files from before brands begin with moov, mdat or one of these (QuickTime File Format, chapter 1).
FILLER_BOXES = {b"wide", b"free", b"skip", b"pnot"}
TS_SYNC = 0x47
TS_PACKETS_SEEN = 5


def _has_magic(head: bytes) -> bool:
    """Whether the first bytes are another format's own, as MP4 and MPEG-TS have none that never change."""
    return head.startswith((EBML_MAGIC, RIFF_MAGIC))


def _is_iso_media(head: bytes) -> bool:
    # A RIFF file whose length happens to spell "mdat" is still none.
    if _has_magic(head):
        return False
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


def _is_ebml(document_type: bytes, head: bytes) -> bool:
    """EBML header (RFC 8794 §11.2.4): the document type is a short text behind its id and length."""
    at = head.find(EBML_DOC_TYPE, 4, 128)
    if not head.startswith(EBML_MAGIC) or at < 0 or at + 3 > len(head):
        return False
    length = head[at + 2] & 0x7F
    return head[at + 3 : at + 3 + length].rstrip(b"\0") == document_type


def _is_avi(head: bytes) -> bool:
    return head.startswith(RIFF_MAGIC) and head[8:12] == b"AVI "


def _is_transport_stream(head: bytes) -> bool:
    """ISO/IEC 13818-1 §2.4.3.2: a sync byte every 188 bytes; every 192, after 4 of time code, in Blu-ray files."""
    if _has_magic(head):
        return False
    for packet, first in ((188, 0), (192, 4)):
        places = range(first, min(len(head) - 3, first + packet * TS_PACKETS_SEEN), packet)
        if len(places) == TS_PACKETS_SEEN and all(_is_packet(head, place) for place in places):
            return True
    return False


def _is_packet(head: bytes, at: int) -> bool:
    # Bits 4 and 5 of the fourth byte say what the packet holds; none at all is reserved.
    return head[at] == TS_SYNC and head[at + 3] & 0x30 != 0


_TABLE = (
    Container(
        name="mp4",
        labels=("MP4", "MOV"),
        endings=("mp4", "mov", "m4v"),
        content_type="video/mp4",
        sniff=_is_iso_media,
        demuxer="mov",
        # A file must not have another file read that it names.
        demuxer_options={"enable_drefs": "0", "use_absolute_path": "0"},
        starts_at_first_packet=False,
        claims_in_boxes=True,
        browser_video=frozenset({"h264"}),
        browser_audio=frozenset({"aac", "mp3"}),
    ),
    Container(
        name="webm",
        labels=("WebM",),
        endings=("webm",),
        content_type="video/webm",
        sniff=partial(_is_ebml, b"webm"),
        demuxer="matroska",
        starts_at_first_packet=False,
        holes_mean_damage=True,
        length_counts_from_zero=True,
        browser_video=frozenset({"vp8", "vp9", "av1"}),
        browser_audio=frozenset({"opus", "vorbis"}),
    ),
    Container(
        name="mkv",
        labels=("MKV",),
        endings=("mkv",),
        content_type="video/x-matroska",
        sniff=partial(_is_ebml, b"matroska"),
        demuxer="matroska",
        holes_mean_damage=True,
        length_counts_from_zero=True,
    ),
    Container(
        name="avi",
        labels=("AVI",),
        endings=("avi",),
        content_type="video/x-msvideo",
        sniff=_is_avi,
        demuxer="avi",
        has_presentation_times=False,
        states_file_size=True,
    ),
    Container(
        name="mpegts",
        labels=("TS",),
        endings=("ts", "m2ts", "mts"),
        content_type="video/mp2t",
        sniff=_is_transport_stream,
        demuxer="mpegts",
    ),
)

CONTAINERS: Mapping[str, Container] = {container.name: container for container in _TABLE}
"""By name, in the order in which people are told of them."""


def sniff(head: bytes) -> str | None:
    """The container's name (a key of CONTAINERS) of a file that begins with `head`, or None."""
    head = head[:HEAD_SIZE]
    return next((container.name for container in CONTAINERS.values() if container.sniff(head)), None)
