"""The yardstick of WebVTT: files of the standard's syntax and its usual violations give the cues of Chromium's parser.

Each piece of a file is drawn as a pair: as it is written, and in the standard form that means the same to us. Where
the two are alike, our parser and Chromium's read the same; where they differ, the pair is one of the leniencies that
`modules/pipeline/captions/timed_lines.py` lists with their reasons, and Chromium reads the standard form.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from modules.pipeline.captions.encodings import decode
from modules.pipeline.captions.markup import one_line
from modules.pipeline.captions.timed_lines import is_webvtt, read_webvtt

FILES = 400

READ = """async (text) => {
  const video = document.createElement("video"), track = document.createElement("track");
  track.src = URL.createObjectURL(new Blob([text], { type: "text/vtt" }));
  const loaded = new Promise((done) => { track.onload = track.onerror = done; });
  video.append(track);
  document.body.append(video);
  track.track.mode = "hidden";
  await loaded;
  const cues = [...(track.track.cues ?? [])].map((cue) =>
    [cue.startTime, cue.endTime, cue.getCueAsHTML().textContent]);
  URL.revokeObjectURL(track.src);
  video.remove();
  return cues;
}"""

Pair = tuple[str, str]
"""As written, and in the standard form that means the same to us."""


def alike(*texts: str) -> st.SearchStrategy[Pair]:
    """Pieces that are read as browsers read them."""
    return st.sampled_from([(text, text) for text in texts])


def lenient(*pairs: Pair) -> st.SearchStrategy[Pair]:
    return st.sampled_from(pairs)


def written(*parts: Pair) -> Pair:
    return "".join(part[0] for part in parts), "".join(part[1] for part in parts)


HEADERS = alike(
    "WEBVTT\n\n",
    "\ufeffWEBVTT\n\n",
    "WEBVTT - a title\n\n\n",
    "WEBVTT\tx\nKind: captions\nLanguage: en\n\n",
    "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n",
    "WEBVTT\n",
    "WEBVTT FILE\nheader\n",
    "WEBVTT\nNOTE in the header\n",
    "WEBVTT\nno --> times\n\n",
) | lenient(
    ("webvtt\n\n", "WEBVTT\n\n"),
    ("WEBVTT:\n\n", "WEBVTT\n\n"),
    ("\n\n WEBVTT\n\n", "WEBVTT\n\n"),
    ("WEBVTT-en\nKind: captions\n\n", "WEBVTT\n\n"),
)
BETWEEN = alike(
    "NOTE a comment\n\n",
    "NOTE\nof two\nlines\n\n",
    "NOTE\n\n",
    "STYLE\n::cue { color: red }\n\n",
    "REGION\nid:a\nwidth:40%\n\n",
    "STYLE\n::cue(b) {\n}\n",
    "just words\n\n",
    "00:01.000 -> 00:02.000\nan arrow too short\n\n",
    "words --> words\nlost\n\n",
    "00:00:01:000 --> 00:00:02:000\nlost\n\n",
    "--> 00:02.000\nlost\n\n",
    "1\n\n2\n\n",
    "an identifier\nand a line\n00:59.000 --> 01:00.000\nafter two lines\n\n",
    "\n\n",
    " \n",
    "WEBVTT\n\n",
) | lenient(
    ("NOTE\n00:09.000 --> 00:10.000\ncommented out\n\n", ""),
    ("NOTE not now\nintro\n00:09.000 --> 00:10.000\ncommented out\n\n", "NOTE\n\n"),
    ("\x01words\x7f\n\n", "\n\n"),
)
WORDS = st.text("abz éß打開ب 😀.,;-'\"\\/=1", min_size=1, max_size=12).map(lambda text: (text, text))
PIECES = (
    WORDS
    | WORDS
    | alike(
        *(
            "<b>bold</b>",
            "<i>",
            "</i>",
            "<u>un</u>der",
            "<c.yellow.bg_blue>class</c>",
            "<c>",
            "<v Bob>",
            "<v.loud A B>",
        ),
        *("</v>", "<lang en>", "</lang>", "<ruby>base<rt>above</rt></ruby>", "<rt>alone</rt>", "<00:01.500>", "<c\n>"),
        *("<01:00:01.500>", "<b.x\ty>", "<v Bob\nSmith>", "<c <i>", "<i a='&gt'>", "</c >", "<b/>", "<v\tBob>"),
        *(
            "&amp;",
            "&lt;",
            "&gt;",
            "&nbsp;x",
            "&lrm;",
            "&rlm;",
            "&amp",
            "&lt ",
            "&copy;",
            "&copy ",
            "&eacute;",
            "&#128512;",
        ),
        *(
            "&#x41;",
            "&#65 ",
            "&#x20AC",
            "&notit;",
            "&unknown;",
            "&",
            "& ",
            "&&amp;",
            "&#;",
            "&#x;",
            "&#0;",
            "&;",
            "&#128;",
        ),
        *(
            "\n",
            "\n",
            "\n \n",
            "\nNOTE no comment\n",
            "\nSTYLE\n",
            "\n350\n",
            "\n- ",
            ">",
            " > ",
            "-- >",
            "\u2028",
            "\ufeff",
        ),
        *("\t", "  ", "\u200f", "\u00ad"),
    )
    | lenient(
        ("press <Enter> now", "press &lt;Enter&gt; now"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("a <> b </> c", "a &lt;&gt; b &lt;/&gt; c"),
        ("x <5 and y> 3", "x &lt;5 and y&gt; 3"),
        ("<.a>", "&lt;.a&gt;"),
        ("<font color=red>f</font>", "f"),
        ("one<br>two<br/>three<BR />", "one two three "),
        ("\\N{\\an8}", "\\N"),
        ("{\\i1}", ""),
        ("\nFile --> Save\n", "\nFile --&gt; Save\n"),
        ("?a=1&copy=2", "?a=1&amp;copy=2"),
        ("\x07", ""),
    )
)
UNCLOSED = alike("", "", "\n") | lenient(("if a <b", "if a &lt;b"), (" <", " &lt;"), ("<v Bob says", "&lt;v Bob says"))
IDENTIFIERS = alike("", "", "intro\n", "7\n", "NOTEs\n", "2 of 3\n", "-- >\n", "\u200b\n", "STYLES\n")
SETTINGS = alike(
    "", "", " line:0 position:20%,line-left align:start", "\tsize:5%", " nonsense", " ", "\talign:middle :", "x"
)
ARROWS = alike(" --> ", " --> ", "-->", "\t-->\t", "  -->  ", "--> ", "\f-->")
TIMES = (
    "{h:02}:{m:02}:{s:02}.{f:03}",
    "{h}:{m:02}:{s:02}.{f:03}",
    "{h:03}:{m:02}:{s:02}.{f:03}",
)
LENIENT_TIMES = (
    "{h:02}:{m:02}:{s:02},{f:03}",
    "{h:02}:{m}:{s}.{f:03}",
    "{h:02}:{m:02}:{s:02}.{f:03}000",
)


@st.composite
def times(draw: st.DrawFn, least: int) -> tuple[int, Pair]:
    """A time in milliseconds, and how it is written."""
    at = least + draw(st.integers(0, 5_000) | st.integers(0, 4_000_000))
    form = draw(st.sampled_from(TIMES * 3 + LENIENT_TIMES))
    seconds, fraction = divmod(at, 1000)
    parts = {"h": seconds // 3600, "m": seconds // 60 % 60, "s": seconds % 60, "f": fraction}
    standard = TIMES[0].format(**parts)
    if not parts["h"] and draw(st.booleans()):
        return at, (standard[3:], standard[3:])
    if fraction % 100 == 0 and draw(st.booleans()):
        return at, (standard[:-2], standard)
    return at, (form.format(**parts), form.format(**parts) if form in TIMES else standard)


@st.composite
def timings(draw: st.DrawFn, least: int) -> tuple[int, Pair]:
    start, first = draw(times(least))
    # Some end when they begin, or before: browsers keep them, and never show them.
    _, last = draw(times(start + 1) if draw(st.integers(0, 9)) else times(0))
    return start, written(first, draw(ARROWS), last, draw(SETTINGS), ("\n", "\n"))


@st.composite
def cues(draw: st.DrawFn, least: int) -> tuple[int, Pair]:
    start, timing = draw(timings(least))
    payload = written(*draw(st.lists(PIECES, max_size=6)), draw(UNCLOSED))
    # A line of its own within the text is part of it only when no empty line comes before it.
    payload = tuple(one.strip("\n").replace("\n\n", "\n") for one in payload)
    while any("\n\n" in one for one in payload):
        payload = tuple(one.replace("\n\n", "\n") for one in payload)
    return start, written(timing, payload)


@st.composite
def files(draw: st.DrawFn) -> Pair:
    parts, least = [draw(HEADERS)], 0
    for _ in range(draw(st.integers(1, 5))):
        if draw(st.integers(0, 3)) == 0:
            parts.append(("\n", "\n"))
            parts.append(draw(BETWEEN))
        least, cue = draw(cues(least))
        identifier = draw(IDENTIFIERS)
        ends_header = len(parts) == 1 and parts[0][1].endswith("\n\n")
        parts += [
            identifier if len(parts) > 1 or ends_header else ("", ""),
            cue,
            draw(alike("\n\n", "\n\n\n", "\n \n\n")),
        ]
    return written(*parts)


@st.composite
def files_without_empty_lines(draw: st.DrawFn) -> Pair:
    """Numbered or not, each caption follows the one before it at once."""
    numbered, least, parts = draw(st.booleans()), 0, [("WEBVTT\n\n", "WEBVTT\n\n")]
    for number in range(1, draw(st.integers(2, 5))):
        least, timing = draw(timings(least))
        name = (f"{number}\n", f"\n{number}\n") if numbered else ("", "")
        parts += [name, timing, draw(alike("Set the oven to\n350\n", "Wait.\n", "2\n", "<b>So</b>\n", "9 \n7\n"))]
    return written(*parts)


@st.composite
def corpus(draw: st.DrawFn, pairs: st.SearchStrategy[Pair]) -> Pair:
    pair, end = draw(pairs), draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    # Half of the files hold no leniency at all.
    if draw(st.booleans()):
        pair = (pair[1], pair[1])
    return pair[0].replace("\n", end), pair[1].replace("\n", end)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page of an origin, since a track is read only from its own."""
    opened = browser.new_page()
    opened.route("**/*", lambda route: route.fulfill(body="<!doctype html><title>t</title>", content_type="text/html"))
    opened.goto("http://captions.test/")
    yield opened
    opened.close()


def of_chromium(page: Page, text: str) -> list[tuple[float, float, str]]:
    """What Chromium shows: cues with text that last, their white space as we write it."""
    found = [(round(start, 3), round(end, 3), shown(text)) for start, end, text in page.evaluate(READ, text)]
    return sorted((cue for cue in found if cue[0] < cue[1] and cue[2]), key=lambda cue: cue[:2])


def shown(text: str) -> str:
    return " ".join(line for line in map(one_line, text.split("\n")) if line.strip())


def ours(text: str) -> list[tuple[float, float, str]]:
    """As `captions.read` has it before what overlaps is put in order."""
    text = decode(text.encode()).text
    assert is_webvtt(text)
    found = read_webvtt(text).shown
    return sorted(((one.start, one.end, " ".join(one.lines)) for one in found), key=lambda cue: cue[:2])


@settings(
    max_examples=FILES,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)
@given(corpus(files() | files() | files() | files_without_empty_lines()))
def test_the_cues_are_those_of_chromium_but_for_the_listed_leniencies(page: Page, pair: Pair) -> None:
    as_written, standard = pair
    assert ours(as_written) == of_chromium(page, standard)


def test_chromium_reads_the_corpus_at_all(page: Page) -> None:
    """An empty list on both sides would prove nothing."""
    assert of_chromium(page, "WEBVTT\n00:01.000 --> 00:02.000\n<v Bob>Salt &amp pepper</v>\n") == [
        (1.0, 2.0, "Salt & pepper")
    ]
