import contextlib
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.pipeline import captions
from modules.pipeline.types import Cue, PipelineError

SRT = "1\n00:00:01,000 --> 00:00:02,500\nOpen the door.\n\n2\n00:00:03,000 --> 00:00:04,000\nGrüße, naïve café\n"
# As YouTube writes it: a line with one space in it is no empty line.
YOUTUBE = "\n".join(
    [
        "WEBVTT\nKind: captions\nLanguage: en\n",
        "00:00:00.000 --> 00:00:02.000 align:start position:0%",
        " \nopen<00:00:00.500><c> the</c><00:00:01.000><c> door</c>\n",
        "00:00:02.000 --> 00:00:02.010 align:start position:0%",
        "open the door\n \n",
        "00:00:02.010 --> 00:00:04.000 align:start position:0%",
        "open the door\nthen<00:00:02.500><c> close</c><00:00:03.000><c> it</c>\n",
        "00:00:04.000 --> 00:00:04.010 align:start position:0%",
        "then close it\n \n",
    ]
)


def texts(data: str | bytes) -> list[str]:
    return [cue.text for cue in captions.parse(data.encode() if isinstance(data, str) else data)]


def vtt(*payloads: str) -> str:
    return "WEBVTT\n\n" + "\n\n".join(f"00:{n:02}.000 --> 00:{n:02}.900\n{text}" for n, text in enumerate(payloads, 1))


def test_srt_gives_cues_in_seconds() -> None:
    assert captions.parse(SRT.encode()) == (
        Cue(1, 1.0, 2.5, "Open the door."),
        Cue(2, 3.0, 4.0, "Grüße, naïve café"),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_usual_encoding_and_line_end_is_read(encoding: str, newline: str) -> None:
    assert captions.parse(SRT.replace("\n", newline).encode(encoding)) == captions.parse(SRT.encode())


def test_settings_identifiers_comments_and_styles_are_not_text() -> None:
    data = (
        "\ufeffWEBVTT - a title\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\nSTYLE\n::cue { color: red }\n\n"
        "REGION\nid:a\n\nNOTE\n00:09.000 --> 00:10.000\nnot shown\n\n"
        "intro\n00:01.000 --> 00:02.000 line:0 position:20%\nFirst\nline\n\nNOTE one line\n\n"
        "1:00:03.5 --> 1:00:04\n7\n"
    )
    assert captions.parse(data.encode()) == (Cue(1, 1.0, 2.0, "First line"), Cue(2, 3603.5, 3604.0, "7"))


def test_tags_styles_and_entities_become_plain_text() -> None:
    assert texts(
        vtt(
            "<v Bob>Hello <c.yellow.bg_blue>big</c> <00:00:01.500><i>world</i></v>",
            '{\\an8}<font color="#fff">up</font>',
            "a &lt;b&gt; &amp; c&nbsp;d &#128512; AT&T ?a=1&copy=2",
            "press <Enter>, then <script>alert(1)</script>",
            "one<br>two",
        )
    ) == [
        "Hello big world",
        "up",
        "a <b> & c\xa0d 😀 AT&T ?a=1&copy=2",
        "press <Enter>, then <script>alert(1)</script>",
        "one two",
    ]


def test_cues_out_of_order_overlapping_empty_or_backwards_come_out_one_after_the_other() -> None:
    data = (
        "3\n00:00:08,000 --> 00:00:09,000\nlast\n\n1\n00:00:01,000 --> 00:00:05,000\nfirst\n\n"
        "2\n00:00:04,000 --> 00:00:06,000\nsecond\n\n4\n00:00:07,000 --> 00:00:07,000\nno time\n\n"
        "5\n00:00:07,500 --> 00:00:07,000\nbackwards\n\n6\n00:00:07,600 --> 00:00:07,700\n\n"
        "7\n00:00:08,000 --> 00:00:08,500\nat once\n"
    )
    assert captions.parse(data.encode()) == (
        Cue(1, 1.0, 4.0, "first"),
        Cue(2, 4.0, 6.0, "second"),
        Cue(3, 8.0, 9.0, "last at once"),
    )


def test_srt_without_blank_lines_between_cues_or_with_one_inside() -> None:
    data = "1\n00:00:01,000 --> 00:00:02,000\nfirst\n2\n00:00:03,000 --> 00:00:04,000\nsecond\n\nmore of it\n3\n"
    assert texts(data + "00:00:05,000 --> 00:00:06,000\nthird") == ["first", "second more of it", "third"]


def test_captions_that_roll_up_are_not_doubled() -> None:
    assert [(cue.start, cue.end, cue.text) for cue in captions.parse(YOUTUBE.encode())] == [
        (0.0, 2.01, "open the door"),
        (2.01, 4.01, "then close it"),
    ]


def test_a_sentence_said_twice_with_a_pause_stays_twice() -> None:
    assert texts(vtt("Click Next.", "Click Next.").replace("01.900", "01.500")) == ["Click Next.", "Click Next."]


def test_lines_of_chinese_are_joined_without_a_space() -> None:
    assert texts(vtt("打开\n设置", "افتح\nالباب")) == ["打开设置", "افتح الباب"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(range(256)) * 50,
        b"\x00\x00\x00\x20ftypisom" + b"\n00:01.000 --> 00:02.000\nhello\n" + bytes(range(256)) * 50,
        b"Dear all,\n\nplease find the captions attached.\n",
        b"WEBVTT\n\nNOTE nothing here\n",
        b"1\n00:00:05,000 --> 00:00:01,000\nbackwards\n",
        b"1\n00:00:01,000 --> 00:00:02,000\n" + b"far too long a caption " * 1000,
        b"1\n00:00:01,000 --> 00:00:02,000\nhi\n" * 400_000,
    ],
)
def test_what_is_no_captions_file_is_refused(data: bytes) -> None:
    with pytest.raises(PipelineError) as refused:
        captions.parse(data)
    assert refused.value.code == "captions_unreadable"


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.lists(
        st.sampled_from(
            [
                "WEBVTT",
                "\n",
                "\n\n",
                "1",
                "00:01.000 --> 00:02.000",
                "00:00:01,5 --> 9:9:9",
                "NOTE",
                "<",
                "<c",
                "&",
                "é",
            ]
        )
    ).map(lambda parts: "".join(parts).encode("cp1252"))
)
def test_any_bytes_give_cues_in_order_or_a_refusal(data: bytes) -> None:
    try:
        cues = captions.parse(data)
    except PipelineError as error:
        assert error.code == "captions_unreadable"
        return
    assert [cue.number for cue in cues] == list(range(1, len(cues) + 1))
    assert all(cue.start < cue.end and cue.text for cue in cues)
    assert all(a.end <= b.start for a, b in pairwise(cues))


HOSTILE = {
    "unclosed tags": lambda size: vtt("<v a" * size),
    "closed in the end": lambda size: vtt("<" * size + ">"),
    "breaks": lambda size: vtt("<br " * size),
    "ampersands and letters": lambda size: vtt("&a" * size),
    "numbers before times": lambda size: "1\n00:01.000 --> 00:02.000\n" * (size // 8),
    "words that roll": lambda size: (
        "WEBVTT\n\n"
        + "00:01.000 --> 00:01.040\n"
        + "a " * (size // 2)
        + "b\n\n"
        + "00:01.040 --> 00:01.080\n"
        + "a " * (size // 2)
        + "\n\n"
    ),
    "an old encoding": lambda size: vtt("Žluťoučký kůň " * (size // 8)),
    "a declaration that never ends": lambda size: "<?xml encoding=" + " " * size,
    "tags": lambda size: vtt("<c" * size),
    "classes": lambda size: vtt("<c." * size),
    "spaces in a tag": lambda size: vtt("<v " + " " * size),
    "entities": lambda size: vtt("&" * size),
    "overrides": lambda size: vtt("{\\" * size),
    "digits": lambda size: vtt("0" * size),
    "arrows": lambda size: vtt("[-->" * size),
    "spaces": lambda size: vtt(" " * size + "a"),
    "cues at one time": lambda size: "WEBVTT\n\n" + "00:01.000 --> 00:02.000\na\n\n" * (size // 8),
    "lines that nearly roll up": lambda size: (
        "WEBVTT\n\n00:01.000 --> 00:02.000"
        + "\na" * (size // 8)
        + "\nb\n\n00:02.000 --> 00:03.000"
        + "\na" * (size // 8)
    ),
}
"""What has brought parsers down: by its length in characters, more or less, a file of it."""


def cost(data: bytes) -> float:
    """Seconds of this process that it takes to read the file, or to refuse it."""
    began = time.process_time()
    with contextlib.suppress(PipelineError):
        captions.parse(data)
    return time.process_time() - began


def check_cost(made: Callable[[int], str]) -> None:
    """A file costs no more than its size. made: gives one of so many characters, more or less."""
    small, large = (made(size).encode() for size in (20_000, 160_000))
    # Eight times the size costs some eight times as much; what grows by the square would cost 64 times as much.
    # The least of three, since the collector of garbage and other processes cost time too.
    assert min(cost(large) for _ in range(3)) < 24 * min(cost(small) for _ in range(3)) + 0.05


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_cost_no_more_than_their_size(kind: str) -> None:
    check_cost(HOSTILE[kind])


words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="\ufeff\ufffd"), min_size=1
)
lines = st.lists(words, min_size=1, max_size=6).map(" ".join)


@st.composite
def cue_lists(draw: st.DrawFn) -> tuple[Cue, ...]:
    time, cues = draw(st.integers(0, 10_000_000)), []
    for number, text in enumerate(draw(st.lists(lines, min_size=1, max_size=8)), start=1):
        start = time + draw(st.integers(200, 5_000))
        time = start + draw(st.integers(1, 20_000))
        cues.append(Cue(number, start / 1000, time / 1000, text))
    return tuple(cues)


@given(cue_lists())
def test_what_is_written_is_read_again(cues: tuple[Cue, ...]) -> None:
    assert captions.parse(captions.to_vtt(cues, "en").encode()) == cues


def test_no_text_can_break_out_of_its_cue() -> None:
    cues = [
        Cue(1, 0.0, 1.0, "a --> b\n\n00:05.000 --> 00:06.000\n<script>\x00 \ud800 & NOTE"),
        Cue(2, 2.0, 3.0, "{\\an8}"),
    ]
    written = captions.to_vtt(cues, "x\n\nNOTE")
    assert written.encode().count(b"-->") == 2
    assert "<" not in written and "\nNOTE" not in written
    assert texts(written) == ["a --> b 00:05.000 --> 00:06.000 <script> & NOTE", "{\\an8}"]


def test_chapters_are_webvtt_with_the_titles() -> None:
    written = captions.chapters_vtt([(0, 61.5, "Open & close"), (61.5, 61.5, "حفظ"), (3700, 3800, "")])
    assert written == (
        "WEBVTT\n\n00:00:00.000 --> 00:01:01.500\nOpen &amp; close\n\n00:01:01.500 --> 00:01:01.501\nحفظ\n"
    )


def test_running_text_has_a_paragraph_for_each_pause() -> None:
    cues = [Cue(1, 0, 1, "Open it."), Cue(2, 1.5, 2, "Look."), Cue(3, 9, 10, "打开。"), Cue(4, 10, 11, "关上。")]
    assert captions.to_text(cues) == "Open it. Look.\n\n打开。关上。\n"
    assert captions.to_text([]) == ""


def test_cues_are_clipped_to_the_video() -> None:
    cues = [Cue(1, -1.0, 1.0, "a"), Cue(2, 2.0, 9.0, "b"), Cue(3, 5.0, 6.0, "c"), Cue(4, 1.0, 1.0, "d")]
    assert captions.clip(cues, 5.0) == (Cue(1, 0.0, 1.0, "a"), Cue(2, 2.0, 5.0, "b"))
