"""Each language of the local writer is one whole file."""

from __future__ import annotations

import string
from dataclasses import fields, replace
from pathlib import Path

import pytest

from modules.ai.rules import languages
from modules.ai.rules.language import Language, any_of, folded
from modules.ai.rules.languages import LANGUAGES
from modules.ai.rules.tables import patterns, weighted, weights, whole_numbers, words
from tests.quality.__main__ import MARKERS
from tests.quality.script import scripts

FRAMES = {
    "order": {"step"},
    "order_why": {"step", "next"},
    "word": {"step", "sentence"},
    "number": {"step", "sentence"},
    "why": {"sentence"},
}
OPTIONAL = words(
    """means auxiliary not_verbs particles spelling command_endings verb_last modals subjects
    number_joins how_to capital_nouns"""
)
"""What a language need not have; everything else it must."""


def lacking(language: Language) -> list[str]:
    """The names of the fields that are empty or not whole."""
    empty = [one.name for one in fields(language) if one.name not in OPTIONAL and not getattr(language, one.name)]
    frames = {
        kind: {name for _, name, _, _ in string.Formatter().parse(frame) if name}
        for kind, frame in language.frames.items()
    }
    known = set(language.number_words.values())
    wrong = {
        "frames": frames != FRAMES,
        "number_words": not known >= {*range(1, 17), 20, 30, 40, 50, 60, 100, 1000},
        "number_words (folded)": any(folded(word) != word for word in language.number_words),
        "unsure_numbers": not language.unsure_numbers <= language.number_words.keys(),
        "verbs": len(language.verbs) < 100,
        "weak_verbs": not language.weak_verbs <= set(language.verbs.values()),
    }
    return sorted({*empty, *(name for name, is_wrong in wrong.items() if is_wrong)})


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_the_table_of_a_language_is_whole(code):
    assert LANGUAGES[code].code == code, "the file is named by the code"
    assert lacking(LANGUAGES[code]) == []


@pytest.mark.parametrize("name", [one.name for one in fields(Language) if one.name not in OPTIONAL])
def test_an_empty_table_is_told_by_its_name(name):
    assert name in lacking(replace(LANGUAGES["en"], **{name: type(getattr(LANGUAGES["en"], name))()}))


def test_a_frame_without_its_place_for_the_step_is_told():
    frames = {**LANGUAGES["en"].frames, "order": "Which step is next?"}
    assert lacking(replace(LANGUAGES["en"], frames=frames)) == ["frames"]


def test_every_file_of_the_folder_is_a_language():
    files = {path.stem for path in Path(languages.__path__[0]).glob("*.py")} - {"__init__"}
    assert files == set(LANGUAGES)


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_every_pattern_of_a_language_compiles(code):
    language = LANGUAGES[code]
    for name in dir(Language):
        if name.endswith("_pattern") or name in ("starter", "soft_starter"):
            assert getattr(language, name).pattern, name
    assert language.compiled_phrases and language.compiled_leads
    assert any_of(language.all_of_above).pattern


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_a_language_has_scripts_that_prove_it_one_of_them_held_out(code):
    assert {script.held for script in scripts() if script.language == code} == {False, True}
    assert (MARKERS / f"{code}.txt").is_file()


def test_tables_are_read_from_plain_texts():
    assert weights("okay 0.9 | all\n right -1.1") == {"okay": 0.9, "all right": -1.1}
    assert patterns("a (?:b\n  |c) <d>\n e", {"d": "x|y"}) == ("a (?:b|c) x|y", "e")
    assert weighted("1.5 next up\n     |up next\n-0.5  or") == (("next up|up next", 1.5), ("or", -0.5))
    assert whole_numbers("un deux", "vingt trente", mille=1000) == {
        "un": 1, "deux": 2, "vingt": 20, "trente": 30, "mille": 1000,
    }  # fmt: skip
    with pytest.raises(KeyError):
        patterns("<nobody>", {})
