"""The local writer on talk as it comes: lower case, no marks, cut anywhere, with detours, warnings and good-byes."""

from dataclasses import replace

import pytest

from modules.ai.rules import LocalWriter
from modules.ai.rules.boundaries import usual_length
from modules.ai.rules.languages import LANGUAGES
from modules.ai.rules.titles import title_of
from modules.ai.rules.units import units_of
from modules.pipeline.types import Cue, Material, Scene
from tests.quality.script import material, scripts

ENGLISH = LANGUAGES["en"]
WRITER = LocalWriter()


def _cues(*texts, seconds=3.0):
    return tuple(Cue(n, (n - 1) * seconds, n * seconds, text) for n, text in enumerate(texts, 1))


def _enhanced(language, *texts):
    cues = _cues(*texts)
    shown = Material("", language, cues[-1].end, cues)
    drafts = WRITER.draft_steps(shown)
    return drafts, WRITER.enhance(drafts, shown)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("so what you want to do is go over to the file menu and then hit export", "Go over to the file menu"),
        ("i'm going to click on insert and it opens up a panel", "Click on insert"),
        ("you'll notice it's in the way so just drag it down", "Drag it down"),
        ("and then we're gonna make a tiny table here on the side", "Make a tiny table here on the side"),
        ("so i always cancel out of that wizard because it picks strange things", "Cancel out of that wizard"),
        ("the idea is you want to stop the program somewhere", "Stop the program somewhere"),
        ("the last step is to share the file with your team", "Share the file with your team"),
        ("okay so to run it with the debugger you can go here", "Run it with the debugger"),
        ("we're going to have a circle so grab the circle tool", "Grab the circle tool"),
        ("now audio your desktop audio is there so open the mixer", "Open the mixer"),
        ("enter a few of your expenses it does not matter which", "Enter a few of your expenses"),
    ],
)
def test_the_title_of_free_talk_is_what_is_to_be_done(said, title):
    assert title_of([said], ENGLISH) == title


def test_a_key_to_press_is_no_title_where_something_better_is_said():
    said = ["so you hit enter", "and then we want to change the name"]
    assert title_of(said, ENGLISH) == "Change the name"


def test_speakers_who_think_in_the_middle_of_a_clause_do_not_end_it():
    cues = (Cue(1, 0.0, 4.0, "so down here i am going to click on the"), Cue(2, 4.9, 8.0, "blue button in the corner"))
    assert [unit.text for unit in units_of(cues, ENGLISH)] == [" ".join(cue.text for cue in cues)]


def test_a_command_begins_a_clause_where_no_mark_tells():
    said = "put the plug into the wall but do not switch it on open the cover by pressing the two green buttons"
    assert [unit.text.split()[0] for unit in units_of(_cues(said), ENGLISH)] == ["put", "but", "open"]


@pytest.mark.parametrize("minutes", [5, 10])
def test_a_video_of_five_to_ten_minutes_is_expected_to_have_about_ten_steps(minutes):
    assert 5 <= minutes * 60 / usual_length(minutes * 60) <= 12


def test_pictures_that_change_all_the_time_do_not_cut_the_talk_to_pieces():
    for script in scripts():
        if script.spoken and script.language == "en":
            shown = material(script, recognised=True)
            busy = replace(shown, scenes=tuple(Scene(second + 0.5, 0.4) for second in range(1, int(shown.duration), 2)))
            assert len(WRITER.draft_steps(busy)) <= 1.3 * len(WRITER.draft_steps(shown)) + 1, script.name


def test_a_long_good_bye_is_one_step():
    steps = WRITER.draft_steps(
        Material(
            "",
            "en",
            48.0,
            _cues(
                "okay so first open the settings and",
                "go to the network page on the left",
                "and wait until all of it is loaded",
                "now let's change the name of the network",
                "so click on the pencil and type a new one",
                "and it has to be a name that nobody uses",
                "next choose a good password for the guests",
                "i would use four words that you can remember",
                "and then write them down somewhere safe",
                "and save it with the button at the top",
                "so yeah that's pretty much it for today",
                "if you have any questions leave a comment",
                "and next time we'll look at the speed",
                "so don't forget to subscribe to the channel",
                "thanks for watching and take care",
                "i'll see you in the next one bye",
            ),
        )
    )
    assert [step.kind for step in steps].count("wrap-up") == 1
    assert steps[-1].kind == "wrap-up" and steps[-1].start == 30.0


@pytest.mark.parametrize(
    ("language", "texts", "kind", "aside"),
    [
        (
            "en",
            [
                "First, unplug the machine and",
                "wait for five minutes. Be careful,",
                "the blade is very sharp. Then lift",
            ],
            "warning",
            "Be careful, the blade is very sharp.",
        ),
        (
            "en",
            ["Next, paint the first coat on", "the door. A quick tip: start at", "the top. Let it dry for an hour."],
            "tip",
            "A quick tip: start at the top.",
        ),
        (
            "de",
            [
                "Zuerst lösen wir die vier Schrauben",
                "am Deckel. Achtung, das Blech ist",
                "heiß. Dann heben wir ihn ab.",
            ],
            "warning",
            "Achtung, das Blech ist heiß.",
        ),
        (
            "fr",
            ["D'abord, ouvrez le capot de", "l'appareil. Ne touchez jamais les", "lames. Puis retirez le filtre."],
            "warning",
            "Ne touchez jamais les lames.",
        ),
        (
            "es",
            ["Primero abrimos la tapa de la", "máquina. Un consejo: usa guantes", "finos. Luego quitamos el filtro."],
            "tip",
            "Un consejo: usa guantes finos.",
        ),
    ],
)
def test_a_sentence_that_warns_or_gives_a_tip_stands_beside_its_step(language, texts, kind, aside):
    drafts, better = _enhanced(language, *texts)
    (found,) = better.asides
    step = next(step for step in better.steps if step.id == found.step)
    draft = next(step for step in drafts if step.id == found.step)
    assert (found.kind, found.text) == (kind, aside)
    assert aside in draft.text and aside not in step.text and step.text
    assert sorted([*step.text.split(), *aside.split()]) == sorted(draft.text.split())
    assert set(found.cues) <= set(draft.cues) and aside.split()[0] in " ".join(texts[n - 1] for n in found.cues)


@pytest.mark.parametrize(
    "texts",
    [
        ["so open the lid and be careful here", "because it is hot and then you take", "the cake out of the tin"],
        ["Open the lid of the machine first.", "Don't worry, it cannot break at all.", "Then take out the filter."],
        ["Open the lid, and be careful with it.", "Then take out the filter."],
        ["Never open the lid of the machine."],
    ],
    ids=["words without marks", "no warning", "half a sentence", "a step that only warns"],
)
def test_where_it_is_not_sure_a_text_stays_whole(texts):
    drafts, better = _enhanced("en", *texts)
    assert better.asides == ()
    assert [step.text for step in better.steps] == [step.text for step in drafts]


def test_asides_of_every_script_are_said_in_the_cues_that_they_cite():
    found = 0
    for script in scripts():
        shown = material(script, recognised=False)
        drafts = WRITER.draft_steps(shown)
        better = WRITER.enhance(drafts, shown)
        texts = {cue.number: cue.text for cue in shown.cues}
        found += len(better.asides)
        for aside in better.asides:
            draft = next(step for step in drafts if step.id == aside.step)
            assert aside.text in draft.text and set(aside.cues) <= set(draft.cues)
            assert aside.text.split()[1] in " ".join(texts[number] for number in aside.cues)
    assert found
