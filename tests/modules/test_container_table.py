"""Each entry of the table of containers is whole: what is known of it fits ffmpeg, real files, browsers and people."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import av
import pytest

from modules import media
from modules.messages import format_names, message_for
from modules.models import Module
from modules.pipeline.containers import CONTAINERS, Container, sniff
from modules.pipeline.types import MediaError
from tests.videos import cached
from tests.videos.making import USUAL
from uploads.forms import UploadForm, form_context

LIMITS = {"max_pixels": 10**6, "max_hours": 1}
CONTAINER_COLUMN = Module._meta.get_field("container").max_length


def missing(entry: Container) -> list[str]:
    """What keeps an entry from being whole, in sentences that say what to add."""
    others = [other for other in CONTAINERS.values() if other is not entry]
    found = [*missing_in_names(entry, others), *missing_for_people(entry), *missing_in_ffmpeg(entry)]
    # What stands above is what is to be mended first: nothing can be opened with a demuxer that there is not.
    return found or [*missing_in_sample(entry, others)]


def missing_in_names(entry: Container, others: list[Container]) -> Iterator[str]:
    if len(entry.name) > CONTAINER_COLUMN:
        yield f"a name of at most {CONTAINER_COLUMN} characters, for the column Module.container"
    if not entry.endings:
        yield "an ending, for the stored file"
    for ending in entry.endings:
        if not re.fullmatch("[a-z0-9]+", ending):
            yield f"an ending in small letters and without a dot, unlike {ending!r}"
        yield from (f"an ending of its own: {other.name} has {ending!r}" for other in others if ending in other.endings)
    if not entry.content_type.startswith("video/"):
        yield "a content type that begins with video/"
    yield from (
        f"a content type of its own: {other.name} has {entry.content_type!r}"
        for other in others
        if entry.content_type == other.content_type
    )


def missing_for_people(entry: Container) -> Iterator[str]:
    if not entry.labels:
        yield "a label, for people"
    sentences = [message_for("not_a_video"), form_context(UploadForm())["formats"]]
    if entry.plays_in_browsers:
        sentences.append(message_for("no_video"))
    for label in entry.labels:
        unnamed = [sentence for sentence in sentences if not re.search(rf"\b{re.escape(label)}\b", sentence)]
        yield from (f"{label} in the sentence {sentence!r}" for sentence in unnamed)
    offered = UploadForm().fields["file"].widget.attrs["accept"].split(",")
    yield from (f".{ending} in the file dialog" for ending in entry.endings if f".{ending}" not in offered)


def missing_in_ffmpeg(entry: Container) -> Iterator[str]:
    try:
        if not av.format.ContainerFormat(entry.demuxer, mode="r").is_input:
            yield f"a demuxer: {entry.demuxer!r} of PyAV only writes"
    except ValueError:
        yield f"a demuxer that PyAV has, unlike {entry.demuxer!r}"
    codecs = [("video", name) for name in sorted(entry.browser_video)]
    codecs += [("audio", name) for name in sorted(entry.browser_audio)]
    yield from (
        f"a codec for {kind} that PyAV calls so, unlike {name!r}" for kind, name in codecs if not known(kind, name)
    )


def known(kind: str, name: str) -> bool:
    """Whether a decoder of that kind exists, and the probe will report its files by that name."""
    try:
        codec = av.Codec(name, "r")
    except av.codec.codec.UnknownCodecError:
        return False
    # "avc" is no video codec for ffmpeg, but a sound codec that nobody means.
    return (codec.type, codec.canonical_name) == (kind, name)


def missing_in_sample(entry: Container, others: list[Container]) -> Iterator[str]:
    """Whether a real file comes through: sniffed as itself, opened, and played or converted."""
    if entry.ending not in USUAL:
        yield f"a sample: tests/videos/making.py has no {entry.ending!r} in USUAL"
        return
    path = cached(f"sample.{entry.ending}", seconds=1, size=(160, 90), fps=10, audio="tone")
    head = path.read_bytes()
    if sniff(head) != entry.name:
        yield f"a sniffer that knows a sample: it was taken for {sniff(head)}"
    yield from (f"a sniffer for it alone: {other.name} claims its sample too" for other in others if other.sniff(head))
    try:
        found = media.probe(path, entry.name, **LIMITS)
    except MediaError as error:
        yield f"a demuxer that opens a sample: with {entry.demuxer!r} it is {error.code}"
        return
    if found.damaged:
        yield "checks of damage that pass a whole sample"
    if found.playable != entry.plays_in_browsers:
        codecs = f"{found.video_codec} and {found.audio_codec}"
        yield f"the same in browser_video, browser_audio and USUAL of tests/videos/making.py, which has {codecs}"
    copy = path.with_suffix(".converted.mp4")
    media.make_rendition(path, entry.name, copy)
    if not media.probe(copy, "mp4", **LIMITS).playable:
        yield "a copy that browsers play"


@pytest.mark.parametrize("name", CONTAINERS)
def test_each_entry_is_whole(name: str):
    assert CONTAINERS[name].name == name
    assert missing(CONTAINERS[name]) == []


BROKEN = {
    "a name that the column does not hold": ({"name": "matroska-3d"}, "a name of at most 10"),
    "no ending": ({"endings": ()}, "an ending, for the stored file"),
    "an ending with a dot": ({"endings": (".mk3d",)}, "an ending in small letters and without a dot"),
    "another's ending": ({"endings": ("mkv", "mov")}, "mp4 has 'mov'"),
    "no content type": ({"content_type": ""}, "a content type that begins with video/"),
    "another's content type": ({"content_type": "video/webm"}, "webm has 'video/webm'"),
    "no label": ({"labels": ()}, "a label, for people"),
    "no such demuxer": ({"demuxer": "mkv3"}, "a demuxer that PyAV has, unlike 'mkv3'"),
    "another's demuxer": ({"demuxer": "avi"}, "a demuxer that opens a sample"),
    "a codec by another name": ({"browser_video": frozenset({"avc"})}, "unlike 'avc'"),
    "an encoder in place of a codec": ({"browser_audio": frozenset({"libopus"})}, "unlike 'libopus'"),
    "codecs that the sample does not have": ({"browser_video": frozenset({"vp9"})}, "which has h264 and aac"),
    "a sniffer that knows nothing": ({"sniff": lambda head: False}, "it was taken for None"),
    "no sample": ({"endings": ("mk3d",)}, "tests/videos/making.py has no 'mk3d'"),
}


@pytest.mark.parametrize(("change", "sentence"), BROKEN.values(), ids=BROKEN)
def test_an_entry_that_is_not_whole_is_told_what_it_lacks(monkeypatch, change: dict[str, Any], sentence: str):
    entry = dataclasses.replace(CONTAINERS["mkv"], **change)
    monkeypatch.setitem(CONTAINERS, "mkv", entry)
    told = missing(entry)
    assert [one for one in told if sentence in one], told


def test_a_sniffer_that_claims_the_files_of_others_is_told_so(monkeypatch):
    greedy = dataclasses.replace(CONTAINERS["avi"], sniff=lambda head: True)
    monkeypatch.setitem(CONTAINERS, "avi", greedy)
    assert missing(CONTAINERS["webm"]) == ["a sniffer for it alone: avi claims its sample too"]


def test_an_entry_that_no_sentence_names_is_told_so():
    unnamed = dataclasses.replace(CONTAINERS["mkv"], labels=("3GP",), endings=("3gp",))
    told = list(missing_for_people(unnamed))
    assert [sentence.partition(" in ")[0] for sentence in told] == ["3GP", "3GP", ".3gp"]


def test_people_are_told_what_to_choose_as_a_sentence_lists_it():
    assert format_names(CONTAINERS[name] for name in ("mp4", "webm", "mkv")) == "MP4, MOV, WebM or MKV"
    assert "Please choose an MP4, MOV, WebM," in message_for("not_a_video")
    assert "Please choose an MP4, MOV" in message_for("no_video")
    assert "AVI" not in message_for("no_video"), "who is to export again is told of what browsers play"
