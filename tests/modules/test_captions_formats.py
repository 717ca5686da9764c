"""Captions files other than WebVTT and SRT: each known by its content, read into the same cues, or refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from modules.messages import message_for
from modules.pipeline import captions
from modules.pipeline.captions.formats import FORMATS, format_of
from modules.pipeline.types import Cue, PipelineError
from uploads.forms import UploadForm

from .test_captions import check_cost

CUES = (Cue(1, 1.0, 2.5, "Open the lid & wait"), Cue(2, 3.0, 4.0, "Größe prüfen"))
NAMESPACES = 'xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"'
TT = f"<tt {NAMESPACES} {{}}><body><div>{{}}</div></body></tt>"

SAMPLES = {
    "WebVTT": "WEBVTT\n\n00:01.000 --> 00:02.500\nOpen the lid &amp; wait\n\n00:03.000 --> 00:04.000\nGröße prüfen\n",
    "SubRip": (
        "1\n00:00:01,000 --> 00:00:02,500\nOpen the lid\n& wait\n\n2\n00:00:03,000 --> 00:00:04,000\nGröße prüfen\n"
    ),
    "SubStation": (
        "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,not shown\n"
        "Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\fad(1,1)}Größe {not shown}prüfen\n"
        "Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\an8}Open the lid\\N& wait{\\p1}m 0 0 l 1{\\p0}\n"
    ),
    "TTML": (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"><head><metadata>'
        "<title>not shown</title></metadata></head><body><div>\n"
        '<p begin="00:00:01.000" end="00:00:02.500"><span tts:color="red">Open\n the lid</span><br/>&amp; wait</p>\n'
        '<p begin="3s" dur="1000ms">Größe <metadata>not shown</metadata>prüfen</p></div></body></tt>'
    ),
    "SAMI": (
        '<SAMI><HEAD><STYLE TYPE="text/css"><!-- P { color: white } .ENCC { lang: en-US; } --></STYLE></HEAD>'
        "<BODY>\n<SYNC Start=1000><P Class=ENCC>Open\nthe <b>lid</b><br>&amp; wait\n"
        "<SYNC Start=2500><P Class=ENCC>&nbsp;\n"
        '<SYNC Start="3000"><P Class=ENCC>Größe prüfen\n<SYNC Start=4000><P Class=ENCC>&nbsp;\n</BODY></SAMI>'
    ),
    "SBV": "0:00:01.000,0:00:02.500\nOpen the lid\n& wait\n\n0:00:03.000,0:00:04.000\nGröße[br]prüfen\n",
}


def texts(data: str) -> list[str]:
    return [cue.text for cue in captions.parse(data.encode())]


def spans(data: str) -> list[tuple[float, float]]:
    return [(cue.start, cue.end) for cue in captions.parse(data.encode())]


def p(begin: str, end: str, text: str = "a") -> str:
    return f'<p begin="{begin}" end="{end}">{text}</p>'


@pytest.mark.parametrize("label", [one.label for one in FORMATS])
def test_each_format_is_whole(label: str) -> None:
    """Known by its content, read into the same cues, named in the sentence and the form."""
    (entry,) = [one for one in FORMATS if one.label == label]
    sample = SAMPLES[label]
    assert format_of(sample) == entry
    assert captions.parse(sample.encode()) == CUES
    assert f".{entry.endings[0]}" in message_for("bad_captions")
    offered = UploadForm().fields["captions"].widget.attrs["accept"].split(",")
    assert all(f".{ending}" in offered for ending in entry.endings)


@pytest.mark.parametrize("label", SAMPLES)
@pytest.mark.parametrize("change", [
    lambda text: text.encode("utf-16-le"),
    lambda text: text.replace('"UTF-8"', '"utf-16"').encode("utf-16"),
    lambda text: text.replace('"UTF-8"', '"ISO-8859-1"').encode("latin-1"),
    lambda text: ("\ufeff\n" + text.replace("\n", "\r\n")).encode(),
    lambda text: text.replace("\n", "\r").encode(),
])  # fmt: skip
def test_every_format_is_read_in_every_encoding(label: str, change: Callable[[str], bytes]) -> None:
    assert captions.parse(change(SAMPLES[label])) == CUES


def test_substation_follows_the_order_of_fields_that_the_file_names() -> None:
    file = "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,one, two\n"
    assert texts(file) == ["one, two"]
    old = "[Script Info]\n[V4 Styles]\nStyle: odd,&Hxyz\n[Events]\n"
    assert texts(old + "Dialogue: Marked=0,0:00:01.00,0:00:02.00,odd,,0,0,0,,one\\hand {two\n") == ["one and {two"]


def test_one_broken_line_of_substation_costs_no_other() -> None:
    file = (
        SAMPLES["SubStation"] + "Dialogue: 0,never,0:00:09.00,Default,,0,0,0,,lost\nDialogue:\nDialogue: 0,0:00:05.00\n"
    )
    assert captions.parse(file.encode()) == CUES


@pytest.mark.parametrize(
    ("parameters", "begin", "end", "seconds"),
    [
        ("", "00:00:01.5", "00:00:02.25", (1.5, 2.25)),
        ("", "01:00:00", "01:00:01", (3600.0, 3601.0)),
        ("", "0.5h", "31m", (1800.0, 1860.0)),
        ("", "1500ms", "2.5s", (1.5, 2.5)),
        ("", "00:00:01:15", "00:00:02:00", (1.5, 2.0)),  # 30 frames a second where nothing is said
        ('ttp:frameRate="25"', "00:00:01:05", "30f", (1.2, 1.2)),
        ('ttp:frameRate="25"', "00:00:01:05", "50f", (1.2, 2.0)),
        ('ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"', "30f", "60f", (1.001, 2.002)),
        ('ttp:frameRate="30" ttp:frameRateMultiplier="1000:1001"', "00:00:10:15", "00:00:11:00", (10.501, 11.0)),
        ('ttp:frameRate="24" ttp:subFrameRate="2"', "00:00:01:12.1", "00:00:02:00", (1.521, 2.0)),
        ('ttp:tickRate="10000000"', "10000000t", "25000000t", (1.0, 2.5)),
        ("", "1t", "2t", (1.0, 2.0)),
        ('ttp:frameRate="25"', "25t", "50t", (1.0, 2.0)),
        # SMPTE counts frames: an hour of 30 000/1001 frames a second lasts longer, unless numbers are dropped.
        ('ttp:timeBase="smpte" ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"',
         "01:00:00:00", "01:00:01:00", (3603.6, 3604.601)),
        ('ttp:timeBase="smpte" ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" ttp:dropMode="dropNTSC"',
         "01:00:00:00", "01:00:01:00", (3599.996, 3600.997)),
    ],
)  # fmt: skip
def test_the_times_of_ttml(parameters: str, begin: str, end: str, seconds: tuple[float, float]) -> None:
    file = TT.format(parameters, p(begin, end) + p("02:00:00", "02:00:01"))
    expected = [seconds, spans(file)[-1]] if seconds[0] < seconds[1] else [spans(file)[-1]]
    assert spans(file) == expected


def test_times_of_ttml_count_from_what_is_around_them() -> None:
    around = '<div begin="10s" end="20s"><p begin="1s" end="2s">a</p><p begin="5s" end="30s">b</p></div>'
    assert spans(TT.format("", around)) == [(11.0, 12.0), (15.0, 20.0)]
    in_row = '<div timeContainer="seq"><p dur="1s">a</p><p begin="1s" dur="2s">b</p><p dur="1s">c</p></div>'
    assert spans(TT.format("", in_row)) == [(0.0, 1.0), (2.0, 4.0), (4.0, 5.0)]
    by_words = '<p begin="10s" end="14s"><span begin="0s" end="1s">a</span> <span begin="1s" end="4s">b</span></p>'
    assert spans(TT.format("", by_words)) == [(10.0, 11.0), (11.0, 14.0)]
    assert spans(TT.format("", '<p begin="1s">a</p><p begin="3s">b</p>')) == [(1.0, 3.0), (3.0, 8.0)]


def test_older_namespaces_and_prefixes_of_ttml_are_read() -> None:
    old = TT.format("", p("1s", "2s")).replace("http://www.w3.org/ns/ttml", "http://www.w3.org/2006/10/ttaf1")
    assert texts(old) == ["a"]
    prefixed = '<x:tt xmlns:x="http://www.w3.org/ns/ttml"><x:body><x:p begin="1s" end="2s">a</x:p></x:body></x:tt>'
    assert texts(prefixed) == ["a"]


def test_of_several_languages_one_is_read_and_named() -> None:
    both = (
        "<SAMI><STYLE><!-- .KRCC { lang: ko-KR; } .ENCC { lang:en-US; } --></STYLE><BODY>"
        "<SYNC Start=1000><P Class=KRCC>뚜껑을 여세요<P Class=ENCC>Open it\n<SYNC Start=2000><P Class=KRCC>&nbsp;"
        "<SYNC Start=3000><P Class=KRCC>닫으세요"
    )
    found = captions.read(both.encode())
    assert ([cue.text for cue in found.cues], found.language) == (["뚜껑을 여세요", "닫으세요"], "ko-KR")
    div = '</div><div xml:lang="{}">'.format
    file = TT.format(
        'xml:lang="en"', div("fr") + p("1s", "2s", "Un") + p("3s", "4s", "Deux") + div("de") + p("1s", "2s", "Eins")
    )
    found = captions.read(file.encode())
    assert ([cue.text for cue in found.cues], found.language) == (["Un", "Deux"], "fr")


BOMB = '<!DOCTYPE tt [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "data",
    [
        BOMB + TT.format("", p("1s", "2s", "&b;")),
        '<!DOCTYPE tt [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + TT.format("", p("1s", "2s", "&a;")),
        TT.format("", p("1s", "2s", "<span>" * 10_000)),
        TT.format("", "<div>" * 1000 + p("1s", "2s") + "</div>" * 1000),
        TT.format("", p("1s", "2s"))[:-5],
        TT.format('ttp:frameRate="0"', p("1s", "2s")),
        TT.format('ttp:frameRate="nan"', p("1f", "2f")),
        TT.format('ttp:frameRate="25" ttp:frameRateMultiplier="1 0"', p("1f", "2f")),
        TT.format("", p("soon", "later")),
        TT.format("", p("1s", "2s", "")),
        TT.format("", "<p>no time</p>"),
        TT.format('ttp:frameRate="inf"', p("1f", "2f")),
        "<html><body><p>Dear all</p></body></html>",
        "<SAMI><BODY><SYNC Start=soon><P>lost</BODY></SAMI>",
        "<SAMI></SAMI>",
        "[Script Info]\nTitle: none\n[Events]\nFormat: Text\n\nDialogue: lost\n",
        "[Events]\nDialogue: 0,0:00:02.00,0:00:01.00,Default,,0,0,0,,backwards\n\nDialogue:\n",
        "0:00:02.000,0:00:01.000\nbackwards\n",
        "{1}{25}MicroDVD counts frames of a video that it does not know",
    ],
)
def test_what_cannot_be_read_is_refused(data: str) -> None:
    with pytest.raises(PipelineError) as refused:
        captions.parse(data.encode())
    assert refused.value.code == "captions_unreadable"


def ass(*said: str) -> str:
    return "[Events]\n" + "".join(f"Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{text}\n" for text in said)


HOSTILE = {
    "drawings that never end": lambda size: ass("Hello {" + "\\p1" * (size // 3)),
    "drawings": lambda size: ass("{\\p1}" * (size // 5)),
    "open braces": lambda size: ass("{" * size),
    "events": lambda size: ass(*["a"] * (size // 60)),
    "fields": lambda size: "[Events]\nFormat: Start, End, Text" + ", a" * (size // 3) + "\n" + ass("a"),
    "sections": lambda size: "[" * size + "\nDialogue:",
    "begun tags": lambda size: "<SAMI><SYNC Start=1>" + "<p class=" * (size // 9),
    "spaces in tags": lambda size: "<SAMI>" + ("<SYNC Start" + " " * 280 + ">") * (size // 292),
    "syncs": lambda size: "<SAMI>" + "<SYNC Start=1><P>a" * (size // 18),
    "comments": lambda size: "<SAMI><SYNC Start=1>" + "<!--" * (size // 4),
    "styles": lambda size: "<SAMI>" + ".a{" * (size // 3),
    "paragraphs": lambda size: TT.format("", p("1s", "2s") * (size // 30)),
    "paragraphs without ends": lambda size: TT.format("", '<p begin="1s">a</p>' * (size // 19)),
    "spans": lambda size: TT.format("", p("1s", "2s", "<span>a</span>" * (size // 14))),
    "attributes": lambda size: TT.format("", "<p " + "".join(f'a{n}="" ' for n in range(size // 12)) + ">a</p>"),
    "digits of a time": lambda size: TT.format("", p("1" * size, "2s")),
    "entities": lambda size: TT.format("", p("1s", "2s", "&amp;" * (size // 5))),
    "roots that are none": lambda size: "<" + "a:" * (size // 2) + "tt ",
    "lines of SBV": lambda size: "0:00:01.000,0:00:02.000\n" * (size // 24),
    "breaks of SBV": lambda size: "0:00:01.000,0:00:02.000\n" + "[br]" * (size // 4),
}  # fmt: skip
"""What has brought parsers down: by its length in characters, more or less, a file of it."""


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_cost_no_more_than_their_size(kind: str) -> None:
    check_cost(HOSTILE[kind])
