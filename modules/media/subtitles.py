"""The text tracks inside a file."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from av.container import InputContainer
from av.packet import Packet
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle

from modules.pipeline.captions import MAX_CUE_CHARACTERS, MAX_CUES
from modules.pipeline.languages import language_code
from modules.pipeline.types import Cue, MediaError, SubtitleTrack

from .reading import decode, open_video, origin, packets, read_only

TEXT_CODECS = {"mov_text", "subrip", "webvtt", "ass", "ssa", "text"}

OVERRIDES = re.compile(r"\{[^{}]*\}")
DRAWING_MODE = re.compile(r"\\p(\d)")  # \p1 and higher: what follows are lines of a drawing; \p0: text again
ENTITY = re.compile(r"&[^\s&;<]{1,40};?")
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

    Text that is too long for a caption is left out. Raises MediaError (captions_unreadable) when the file has no such
    track, or one with more captions than anybody wrote.
    """
    with open_video(path, container) as source:
        stream = next((one for one in source.streams.subtitles if one.index == track.index), None)
        if stream is None or track not in text_tracks(source):
            raise MediaError("captions_unreadable")
        read_only(source, stream)
        texts = _timed_texts(source, stream, origin(source, container))
        found = sorted(islice(texts, MAX_CUES + 1))
    if len(found) > MAX_CUES:
        raise MediaError("captions_unreadable")
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
        if text and packet.pts is not None and len(text) <= MAX_CUE_CHARACTERS:
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
    text = _without_overrides(text)
    text = text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
    text = ENTITY.sub(lambda entity: html.unescape(entity[0]), TAGS.sub("", text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _without_overrides(text: str) -> str:
    """The text outside ASS override blocks, without drawings. One pass: what is hostile takes no longer."""
    parts, at, drawing = [], 0, False
    for block in OVERRIDES.finditer(text):
        parts += [] if drawing else [text[at : block.start()]]
        at = block.end()
        for mode in DRAWING_MODE.finditer(block[0]):
            drawing = mode[1] != "0"
    return "".join(parts) + ("" if drawing else text[at:])
