"""The quiz of the local writer: never wrong, never in the wrong language, the same every time."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.ai.rules import LocalWriter
from modules.ai.rules.gaps import GAP, number_of, salients
from modules.ai.rules.language import plain
from modules.ai.rules.languages import LANGUAGES
from modules.ai.rules.order import alike
from modules.ai.rules.quiz_generation import quiz_of
from modules.pipeline.types import Cue, Draft, Material, Scene
from tests.quality.proof import proved
from tests.quality.script import material, scripts
from tests.soak import soaked

ENGLISH = LANGUAGES["en"]
FILTER = [
    (
        "Switch the machine off",
        "First, switch the machine off. Hold the button for 5 seconds until the light goes out.",
    ),
    ("Lift out the tank", "Next, lift out the tank. Pull it up by the handle and empty it into the sink."),
    ("Turn the old filter", "Now turn the old filter to the left. You need about 3 turns with the wrench."),
    ("Soak the cartridge", "Then soak the cartridge for 10 minutes in a bowl of warm water."),
    ("Close the lid", "Finally, close the lid. It takes 15 seconds until the pump is full."),
    ("Wipe the tray", "At the end, wipe the tray with a cloth, and put it back on the shelf."),
]


def _shown(parts, language="en", kinds=()):
    cues = tuple(Cue(n, 10.0 * n, 10.0 * n + 9, text) for n, (_, text) in enumerate(parts, 1))
    drafts = [
        Draft(f"s{n}", kinds[n - 1] if kinds else "step", title, text, (n,), 10.0 * n, 10.0 * n + 10)
        for n, (title, text) in enumerate(parts, 1)
    ]
    return drafts, Material("", language, 10.0 * len(parts) + 20, cues)


def _quiz(parts, language="en", table=ENGLISH, kinds=()):
    drafts, shown = _shown(parts, language, kinds)
    quiz = quiz_of(drafts, shown, table)
    for question in quiz:
        proved(question, drafts, shown)
    return quiz


def _right(question):
    return question.options[question.right]


def test_there_is_one_question_for_each_two_steps_about_order_and_about_what_is_said():
    quiz = _quiz(FILTER)
    assert [question.id for question in quiz] == ["q1", "q2", "q3"]
    assert quiz[0].text == "Which step comes right after “Switch the machine off”?"
    assert _right(quiz[0]) == "Lift out the tank"
    assert quiz[0].steps == ("s1", "s2") and quiz[0].cues == (1, 2)
    assert GAP in quiz[1].text and quiz[1].explanation.startswith("The video says: “")


def test_a_missing_number_has_other_numbers_of_the_video_to_choose_from():
    parts = [(f"Thing {n}", text) for n, (_, text) in enumerate(FILTER)]
    question = _quiz(parts)[0]
    assert question.text == (
        "Step “Thing 0”: which number is missing? “Hold the button for _____ seconds until the light goes out.”"
    )
    assert sorted(question.options, key=int) == ["3", "5", "10", "15"]
    assert _right(question) == "5" and question.cues == (1,)


def test_an_answer_that_the_video_gives_elsewhere_in_the_same_words_is_no_wrong_answer():
    def offered(parts: list[tuple[str, str]]) -> list[tuple[str, ...]]:
        return [question.options for question in _quiz(parts) if "button for _____" in question.text]

    parts = [(f"Thing {n}", text) for n, (_, text) in enumerate(FILTER)]
    assert ["15" in options for options in offered(parts)] == [True]
    parts[4] = ("Thing 4", "Finally hold the button for 15 seconds until the light goes out. That is all for the pump.")
    assert not any("15" in options for options in offered(parts))
    assert len(_quiz(parts)) == 3


def test_steps_that_could_be_taken_for_one_another_are_not_asked_about():
    def gaps(title: str) -> list[bool]:
        parts = [*FILTER[:5], (title, "Then lift out the tanks again, and look at the shelf.")]
        return [GAP in question.text for question in _quiz(parts)]

    assert gaps("Look at the shelf") == [False, True, False]
    assert gaps("Lift out the tanks") == [True, True, True]
    same = [("Press the button", text) for _, text in FILTER]
    assert [GAP in question.text for question in _quiz(same)] == [True, True, True]


def test_what_is_done_inside_the_step_is_no_wrong_answer():
    parts = [("Switch the machine off", FILTER[0][1] + " You can also close the lid."), *FILTER[1:]]
    assert "Close the lid" not in _quiz(parts)[0].options


def test_a_tip_in_between_leaves_no_doubt_about_what_is_next():
    quiz = _quiz(FILTER, kinds=("step", "tip", "step", "step", "step", "step"))
    assert quiz and all("“Switch the machine off”?" not in question.text for question in quiz)


def test_silent_short_and_foreign_videos_have_no_quiz():
    silent = Material("", "", 30.0, (), (Scene(5.0, 0.5), Scene(12.0, 0.5)))
    writer = LocalWriter()
    assert writer.enhance(writer.draft_steps(silent), silent).quiz == ()
    assert _quiz(FILTER[:1]) == ()
    assert _quiz(FILTER, kinds=("step", *["intro"] * 5)) == ()
    japanese = [("設定を開く", "まず設定を開きます。"), ("保存を押す", "次に保存を押します。")] * 3
    assert _quiz(japanese) == (), "not in English words, whatever the file claims"


@pytest.mark.parametrize("language", ["", "pt", "ca"])
def test_a_language_that_looks_like_a_known_one_gets_no_question_in_that_one(language):
    said = (
        "Primeiro, desligue a máquina e retire o tanque. Depois, gire o filtro antigo para a esquerda e puxe.",
        "Não se esqueça de lavar o tanque com água e de secar com um pano. Espere 5 minutos e feche a tampa.",
    ) * 4
    cues = tuple(Cue(n, 10.0 * n, 10.0 * n + 9, text) for n, text in enumerate(said, 1))
    shown = Material("", language, 100.0, cues)
    assert LocalWriter().enhance(LocalWriter().draft_steps(shown), shown).quiz == ()


def test_every_question_of_the_scripted_how_tos_holds():
    writer, asked, could = LocalWriter(), 0, 0
    for script in scripts():
        shown = material(script, recognised=script.spoken)
        drafts = writer.draft_steps(shown)
        quiz = writer.enhance(drafts, shown).quiz
        for question in quiz:
            proved(question, drafts, shown)
            frames = LANGUAGES[script.language].frames
            assert question.text.startswith(tuple(frames[kind].split("{")[0] for kind in ("order", "word", "number")))
        asked += len(quiz)
        could += sum(draft.kind == "step" for draft in drafts) // 2
    assert asked >= 0.7 * could, "careful, but not silent"


def test_the_right_answer_is_not_always_in_the_same_place():
    writer, places = LocalWriter(), set()
    for script in scripts():
        shown = material(script, recognised=script.spoken)
        places |= {question.right for question in writer.enhance(writer.draft_steps(shown), shown).quiz}
    assert places == {0, 1, 2, 3}


def test_every_process_asks_the_same():
    code = (
        "from tests.quality.script import material, scripts; from modules.ai.rules import LocalWriter as W\n"
        "s = material(scripts()[5], False); print(W().enhance(W().draft_steps(s), s).quiz)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1 and "Question" in said.pop()


def test_numbers_and_nouns_are_told_from_other_words():
    said = "Press the green button, wait 2.5 minutes for the lamp and the very end"
    found = salients(said.split(), ENGLISH)
    assert [(one.shown, one.value) for one in found] == [("2.5", 2.5), ("lamp", None)]
    assert number_of("1,5", ENGLISH) == number_of("1.5", ENGLISH) == 1.5
    parts = "the same as nineteen twenty by ten eighty dots"
    assert salients(parts.split(), ENGLISH) == [], "a part of a number is none"
    assert number_of("Dreißig", LANGUAGES["de"]) == 30 and number_of("one", ENGLISH) is None
    assert number_of("Ten", ENGLISH) == 10 and number_of("192.168.1.1", ENGLISH) is None
    assert alike("filter", "filters") and not alike("tank", "tray") and not alike("10", "100")


WORDS = """the a machine lid tank sink bowl cloth filter button 5 10 15 three seven minutes seconds press open lift turn
    close wipe and then into for until with on it is 2.5 90% tanks you <b> “quote” don't {step} _____ 100 1,000"""
words = st.sampled_from(WORDS.split())
sentences = st.lists(words, min_size=1, max_size=14).map(lambda said: " ".join(said).capitalize() + ".")
spoken = st.lists(st.lists(sentences, min_size=1, max_size=3).map(" ".join), min_size=2, max_size=14)


@soaked(1500)
@given(spoken, st.sampled_from(sorted(LANGUAGES)), st.booleans())
def test_no_talk_however_odd_gets_a_question_that_does_not_hold(texts, language, bare):
    if bare:
        texts = [plain(text) or "so" for text in texts]
    cues = tuple(Cue(n, 4.0 * n, 4.0 * n + 3, text) for n, text in enumerate(texts, 1))
    shown = Material("", "en", 4.0 * len(cues) + 9, cues)
    drafts = LocalWriter().draft_steps(shown)
    for question in quiz_of(drafts, shown, LANGUAGES[language]):
        proved(question, drafts, shown)
    by_hand = [
        Draft(f"d{n}", "step", cue.text[:40], cue.text, (n,), cue.start, cue.end) for n, cue in enumerate(cues, 1)
    ]
    for question in quiz_of(by_hand, shown, ENGLISH):
        proved(question, by_hand, shown)
