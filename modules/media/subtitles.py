"""The text tracks inside a file."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from av.container import InputContainer
from av.packet import Packet
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle

from modules.pipeline.languages import language_code
from modules.pipeline.types import Cue, MediaError, SubtitleTrack

from .reading import decode, open_video, origin, packets, read_only

TEXT_CODECS = {"mov_text", "subrip", "webvtt", "ass", "ssa", "text"}

OVERRIDES = re.compile(r"\{[^{}]*\}")
DRAWING = re.compile(r"\{[^{}]*\\p[1-9][^{}]*\}.*?(?:\{[^{}]*\\p0[^{}]*\}|$)", re.DOTALL)
TAGS = re.compile(r"</?[a-zA-Z][^<>]*>|<[\d:.]+>")
SHORTEST = 0.1
LONGEST_UNKNOWN = 5.0
"""How long a cue stands that has no end of its own, unless another one follows."""


def text_tracks(source: InputContainer) -> tuple[SubtitleTrack, ...]:
    """The tracks that hold text (those made of pictures are left out)."""
    tracks = []
    for stream in source.streams.subtitles:
        if stream.codec_context is not None and stream.codec.canonical_name in TEXT_CODECS:
            language = language_code(stream.metadata.get("language", ""))
            title = stream.metadata.get("title", "")
            tracks.append(SubtitleTrack(stream.index, stream.codec.canonical_name, language, title))
    return tuple(tracks)


def subtitles(path: Path, container: str, track: SubtitleTrack) -> tuple[Cue, ...]:
    """The cues of a text track: plain text in order of start, numbered from 1, none empty.

    Raises MediaError (captions_unreadable) when the file has no such track.
    """
    with open_video(path, container) as source:
        stream = next((one for one in source.streams.subtitles if one.index == track.index), None)
        if stream is None or track not in text_tracks(source):
            raise MediaError("captions_unreadable")
        read_only(source, stream)
        found = sorted(_timed_texts(source, stream, origin(source, container)))
    cues: list[Cue] = []
    for number, (start, end, text) in enumerate(found):
        if end <= start:
            following = (later for later, _, _ in found[number + 1 :] if later > start)
            end = min(next(following, start + LONGEST_UNKNOWN), start + LONGEST_UNKNOWN)
        cues.append(Cue(len(cues) + 1, start, max(end, start + SHORTEST), text))
    return tuple(cues)


def _timed_texts(source: InputContainer, stream: SubtitleStream, zero: float) -> Iterator[tuple[float, float, str]]:
    for packet in packets(source, stream):
        text = "\n".join(filter(None, map(plain_text, _events(packet))))
        if text and packet.pts is not None:
            start = max(float(packet.pts * packet.time_base) - zero, 0.0)
            yield start, start + float((packet.duration or 0) * packet.time_base), text


def _events(packet: Packet[SubtitleStream]) -> Iterator[str]:
    """The text fields of the packet's ASS events: ReadOrder, Layer, Style, Name, 3 margins, Effect, Text."""
    # Every codec of TEXT_CODECS is decoded to ASS; the other kind of event is a picture.
    for event in decode(packet):
        if isinstance(event, AssSubtitle):
            yield event.ass.decode("utf-8", "replace").split(",", 8)[-1]


def plain_text(text: str) -> str:
    """What a viewer reads: ASS overrides and drawings, HTML and WebVTT tags removed, entities as characters."""
    text = OVERRIDES.sub("", DRAWING.sub("", text))
    text = text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
    text = html.unescape(TAGS.sub("", text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
