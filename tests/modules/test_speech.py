import random
import re
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.ai.vad import voiced_spans
from modules.pipeline.speech import LONGEST, cues_of, join, plausible, transcribe, windows
from modules.pipeline.types import (
    SAMPLE_RATE,
    AudioBlock,
    Cue,
    Hints,
    ProviderError,
    Segment,
    Span,
    Window,
    WindowTranscript,
)
from tests.narration import Narration, PerfectSpeech, narrate
from tests.soak import soaked

SCRIPT = """
Hello everyone, | and welcome to this short tutorial. First, | open the settings menu in the top right corner.
Then click on Accounts, | and choose Add a new account. So now, | um, | what you want to do | is scroll down
until you see the section called Advanced. Okay. Type in the address exactly as it was given to you, | including
the port number, | which is usually 8080. Press Enter. Great! Next, | we go over to the terminal. Type pip install
django | and wait for about 30 seconds. The old method copied every file by hand, | which was slow, | and it broke
whenever somebody renamed a folder. Now open settings.py and look for the line that says debug. Save the file.
Be careful here, | because a trailing comma changes the meaning of the whole line. Does it work? Yes, | it does.
Finally, | close all the windows you don't need anymore. That's it.
"""


def script(seconds: float) -> Iterator[tuple[str, float]]:
    """Phrases with pauses as people make them: short after a comma, mostly longer after a sentence."""
    chance = random.Random(7)
    phrases = re.split(r"\s*\|\s*|(?<=[.?!])\s+", SCRIPT.strip())
    for number in range(int(seconds / 2.4)):
        phrase = phrases[number % len(phrases)]
        ends = phrase[-1] in ".?!"
        yield phrase, chance.choice([0.25, 0.4, 0.7, 1.2, 2.0, 4.0]) if ends else chance.choice([0.05, 0.1, 0.3, 0.5])


@pytest.fixture(scope="module")
def narration() -> Narration:
    return narrate(script(320))


@pytest.fixture(scope="module")
def pieces(narration: Narration) -> list[Window]:
    return list(windows(narration.blocks(), voiced_spans))


def silence(seconds: float, block: float = 30.0) -> Iterator[AudioBlock]:
    for first in np.arange(0, seconds, block):
        yield AudioBlock(float(first), np.zeros(round(min(block, seconds - first) * SAMPLE_RATE), np.float32))


class Known:
    """A voice detector that knows where the voices are."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans = list(spans)

    def __call__(self, block: AudioBlock) -> Sequence[Span]:
        inside = (Span(max(span.start, block.start), min(span.end, block.end)) for span in self.spans)
        return [span for span in inside if span.duration > 0]


@st.composite
def spoken(draw: st.DrawFn) -> list[Span]:
    time, spans = draw(st.floats(0, 5)), []
    for _ in range(draw(st.integers(0, 25))):
        length = draw(st.floats(0.2, 12) | st.floats(12, 45))
        spans.append(Span(time, time + length))
        time += length + draw(st.floats(0.25, 2) | st.floats(2, 40))
    return spans


@soaked(300)
@given(spoken(), st.sampled_from([7.0, 30.0, 600.0]))
def test_windows_hold_every_moment_of_speech_once_and_are_cut_in_pauses(spans: list[Span], block: float) -> None:
    seconds = (spans[-1].end if spans else 0.0) + 1.0
    found = list(windows(silence(seconds, block), Known(spans)))
    assert [window.number for window in found] == list(range(len(found)))
    assert all(0 < window.end - window.start <= LONGEST + 1e-6 for window in found)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(found))
    inside = [span for window in found for span in window.voiced]
    assert sum(span.duration for span in inside) == pytest.approx(sum(span.duration for span in spans), abs=0.01)
    assert all(window.voiced and window.start <= window.voiced[0].start for window in found)
    assert all(window.voiced[-1].end <= window.end + 1e-9 for window in found)
    for cut in (window.end for window in found):
        assert not any(s.start + 1e-6 < cut < s.end - 1e-6 and s.duration <= LONGEST - 0.4 for s in spans)
    for window in found:
        assert abs(len(window.samples) - (window.end - window.start) * SAMPLE_RATE) <= 1
    again = list(windows(silence(seconds, 11.0), Known(spans)))
    assert again == found


def test_speech_without_a_pause_is_cut_at_its_quietest_moment() -> None:
    samples = np.random.default_rng(1).normal(0, 0.1, 20 * SAMPLE_RATE).astype(np.float32)
    samples[int(11.3 * SAMPLE_RATE) : int(11.5 * SAMPLE_RATE)] *= 0.05
    first, second = windows([AudioBlock(0.0, samples)], Known([Span(0.0, 20.0)]))
    assert 11.3 < first.end < 11.5
    assert second.start == first.end and second.end == 20.0


def test_silence_makes_no_windows() -> None:
    assert list(windows(silence(300), Known([]))) == []
    assert list(windows([], Known([]))) == []
    assert list(windows(silence(200), voiced_spans)) == []


def test_a_gap_in_the_audio_keeps_times_right() -> None:
    parts = [*silence(10.0, 10.0), *(replace(block, start=block.start + 100.0) for block in silence(10.0, 10.0))]
    found = list(windows(parts, Known([Span(8.0, 10.0), Span(100.0, 103.0)])))
    assert [(window.start, window.end) for window in found] == [(7.8, 10.0), (100.0, 103.2)]


def test_hours_of_audio_are_held_a_few_minutes_at_a_time() -> None:
    spans = [Span(second, second + 4.0) for second in range(0, 3600, 5)]
    tracemalloc.start()
    count = sum(1 for _ in windows(silence(3600.0, 60.0), Known(spans)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count >= 240
    assert peak < 40e6


def test_cues_begin_when_their_words_are_spoken(narration: Narration, pieces: list[Window]) -> None:
    """The times come from where the audio was cut: the recogniser here is perfect, but gives none."""
    speech = PerfectSpeech(narration)
    cues, language = transcribe(pieces, speech, Hints(), {}, lambda *_: None)
    words = [word for _, word in narration.words()]
    assert [word for cue in cues for word in cue.text.split()] == words
    # For each word, when it begins: known for the first of a phrase, else its share of the phrase.
    begins: list[float] = []
    times = [time for time, _ in narration.words()]
    for start, _, phrase in narration.phrases:
        begins += [start, *times[len(begins) + 1 : len(begins) + len(phrase.split())]]
    firsts = np.cumsum([0, *[len(cue.text.split()) for cue in cues[:-1]]])
    errors = [abs(cue.start - begins[first]) for cue, first in zip(cues, firsts, strict=True)]
    assert len(errors) > 60
    assert np.median(errors) < 0.4
    assert np.percentile(errors, 95) < 1.0
    assert language == "en"


def test_windows_do_not_depend_on_how_the_audio_comes(narration: Narration, pieces: list[Window]) -> None:
    assert list(windows(narration.blocks(77.7), voiced_spans)) == pieces


def test_saved_windows_are_not_sent_again(narration: Narration, pieces: list[Window]) -> None:
    first, saved = PerfectSpeech(narration), {}
    whole = transcribe(
        pieces,
        first,
        Hints(),
        {},
        lambda window, heard: saved.update({window.number: heard}),
    )
    assert sorted(saved) == first.sent
    kept = {number: saved[number] for number in list(saved)[:-3]}
    second = PerfectSpeech(narration)
    again = transcribe(pieces, second, Hints(), kept, lambda *_: None)
    assert second.sent == first.sent[-3:]
    assert again == whole
    assert second.hints[0].language == "en"


class Answers:
    """A Speech with answers of the test's own, in an order of its own."""

    name = "answers"

    def __init__(self, answers: dict[int, str], order: int = 1) -> None:
        self.answers, self.order = answers, order

    def transcribe(self, windows: Iterable[Window], hints: Hints) -> Iterator[WindowTranscript]:
        for window in list(windows)[:: self.order]:
            if window.number in self.answers:
                yield WindowTranscript(window.number, self.answers[window.number], "de" if window.number else "")


def window(number: int, *voiced: tuple[float, float]) -> Window:
    spans = tuple(Span(start, end) for start, end in voiced)
    return Window(number, spans[0].start - 0.2, spans[-1].end + 0.2, spans, np.zeros(0, np.float32))


def test_answers_in_any_order_make_cues_in_order_and_progress_never_goes_back() -> None:
    pieces = [window(number, (number * 10.0 + 1, number * 10.0 + 4)) for number in range(6)]
    said = {number: f"This is what was said in number {number}." for number in range(6)}
    ticks, saved = [], []
    cues, language = transcribe(
        iter(pieces),
        Answers(said, order=-1),
        Hints(),
        {},
        lambda piece, heard: saved.append((piece.number, heard.window)),
        lambda done, code=None, /, **params: ticks.append((done, code, params)),
        total=60.0,
    )
    assert [cue.text for cue in cues] == list(said.values())
    assert saved == [(number, number) for number in range(5, -1, -1)]
    assert [done for done, *_ in ticks] == sorted(done for done, *_ in ticks)
    assert ticks[-1] == (pytest.approx(54.2 / 60), "listening", {"done": "0:54", "total": "1:00"})
    assert language == "de"


def test_a_language_that_was_given_stays() -> None:
    assert (
        transcribe([window(1, (1, 4))], Answers({1: "Das ist ein Satz."}), Hints("fr"), {}, lambda *_: None)[1] == "fr"
    )


def test_a_window_without_an_answer_is_no_silent_loss() -> None:
    with pytest.raises(ProviderError) as raised:
        transcribe([window(0, (1, 4)), window(1, (5, 8))], Answers({0: "One of two."}), Hints(), {}, lambda *_: None)
    assert raised.value.transient


def test_text_invented_in_silence_is_dropped() -> None:
    pieces = [window(number, (number * 10.0 + 1, number * 10.0 + 4)) for number in range(12)]
    said = dict.fromkeys(range(10), "Thank you for watching!") | {10: "Open the door, please.", 11: "Then close it."}
    cues, _ = transcribe(pieces, Answers(said), Hints(), {}, lambda *_: None)
    assert [cue.text for cue in cues] == ["Open the door, please.", "Then close it."]


@pytest.mark.parametrize(
    ("text", "seconds", "real"),
    [
        ("Open the settings and click on Save.", 2.2, True),
        ("Thank you for watching!", 1.3, True),
        ("Thank you for watching!", 9.0, False),
        ("Thank you for watching!", 0.1, False),
        ("Thank you. Thank you. Thank you. Thank you. Thank you.", 4.0, False),
        ("Now press it. Now press it. Now press it.", 4.0, True),
        ("This sentence is far too long to have been said in less than half a second of voice, is it not?", 0.4, False),
        ("Untertitel der Amara.org-Community", 8.0, False),
        ("ご視聴ありがとうございました", 10.0, False),
        ("まず設定を開いて、保存をクリックします。", 3.5, True),
        ("ja " * 100, 14.0, False),
        ("♪ ♪ ♪", 3.0, False),
        ("...", 3.0, False),
        ("", 3.0, False),
        ("You", 0.3, True),
    ],
)
def test_what_nobody_can_have_said_is_recognised(text: str, seconds: float, real: bool) -> None:
    assert plausible(text, seconds) is real


def test_sentences_share_the_voiced_time_and_begin_after_pauses() -> None:
    piece = window(0, (10.0, 12.0), (13.0, 15.0), (15.4, 16.4))
    cues = cues_of(piece, WindowTranscript(0, "Open the main settings menu first. Then click on the button, and wait."))
    assert [(cue.start, cue.end) for cue in cues] == [(10.0, 12.0), (13.0, 16.4)]


def test_times_of_a_provider_are_used_within_the_window() -> None:
    piece = window(0, (10.0, 12.0), (13.0, 15.0))
    heard = WindowTranscript(
        0, "One here. Two there.", "en", (Segment(9.0, 11.1, "One here."), Segment(11.1, 99.0, "Two there."))
    )
    assert [(cue.start, cue.end, cue.text) for cue in cues_of(piece, heard)] == [
        (10.0, 11.1, "One here."),
        (11.1, 15.0, "Two there."),
    ]


def test_times_that_cannot_be_are_not_believed() -> None:
    piece = window(0, (10.0, 12.0), (13.0, 15.0))
    heard = WindowTranscript(
        0, "One is here. Two is there.", "en", (Segment(99.0, 99.0, "One is here."), Segment(0, 1, "Two is there."))
    )
    assert [(cue.start, cue.end) for cue in cues_of(piece, heard)] == [(10.0, 12.0), (13.0, 15.0)]


@pytest.mark.parametrize(
    "text",
    [
        "The old method copied every file by hand, which was slow, and it broke whenever somebody renamed a file.",
        "首先我们需要打开设置菜单，然后点击右上角的账户按钮，在弹出的窗口里选择添加一个新的账户并且输入服务器的地址和端口号码。",
        "เปิดเมนูการตั้งค่าที่มุมขวาบนแล้วคลิกที่บัญชีจากนั้นเลือกเพิ่มบัญชีใหม่และพิมพ์ที่อยู่ของเซิร์ฟเวอร์ตามที่ได้รับมาทุกประการ",
        "x" * 300,
    ],
)
def test_long_sentences_become_captions_that_fit(text: str) -> None:
    cues = cues_of(window(0, (0.2, 14.0)), WindowTranscript(0, text))
    assert len(cues) > 1
    assert "".join(cue.text for cue in cues).replace(" ", "") == text.replace(" ", "")
    assert all(len(cue.text) <= 84 or "เ" in text for cue in cues)
    assert all(a.end == pytest.approx(b.start) for a, b in pairwise(cues))


@soaked(1000)
@given(
    st.text(alphabet="aB. ,!。中ไ้\n"),
    st.lists(st.tuples(st.floats(-5, 40), st.floats(-5, 40), st.text(alphabet="aB. ")), max_size=4),
)
def test_whatever_is_heard_gives_cues_inside_the_window(text: str, segments: list[tuple[float, float, str]]) -> None:
    piece = window(0, (10.0, 12.0), (12.5, 13.0), (14.0, 20.0))
    cues = join([cues_of(piece, WindowTranscript(0, text, "", tuple(Segment(*segment) for segment in segments)))])
    assert all(piece.start <= cue.start < cue.end <= piece.end for cue in cues)
    assert all(a.end <= b.start for a, b in pairwise(cues))


def test_cues_are_joined_in_order_and_numbered() -> None:
    assert join([[Cue(0, 5.0, 6.0, "c")], [Cue(0, 1.0, 3.0, "a"), Cue(0, 2.0, 4.0, "b")]]) == (
        Cue(1, 1.0, 2.0, "a"),
        Cue(2, 2.0, 4.0, "b"),
        Cue(3, 5.0, 6.0, "c"),
    )
