"""Catalogues that are committed are whole and fresh. There is none yet, so the check is tried on one made here."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from babel.messages.pofile import write_po
from django.conf import settings
from django.utils.translation import to_locale

from . import catalogues
from .catalogues import CODE, ROOT, extract, faults, files_of, texts, update

LANGUAGE = "de"


def translate(folder: Path, language: str = LANGUAGE) -> None:
    """Fill every gap of a catalogue as a translator would, and compile it."""
    source, _ = files_of(folder, language)
    catalogue = catalogues.read(source, language)
    for message in list(catalogue):
        if message.id:
            forms = message.id if message.pluralizable else (message.id,) * catalogue.num_plurals
            message.string = tuple(f"{form} ü" for form in forms[: catalogue.num_plurals])
            message.string = message.string if message.pluralizable else message.string[0]
            message.flags.discard("fuzzy")
    with source.open("wb") as file:
        write_po(file, catalogue)
    update(folder, language)


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a catalogue in which nothing is missing."""
    folder = tmp_path_factory.mktemp("locale")
    update(folder, LANGUAGE)
    translate(folder)
    return folder


@pytest.fixture
def folder(translated: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    for one in files_of(translated, LANGUAGE):
        copy = tmp_path / one.relative_to(translated)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(one.read_bytes())
    return tmp_path


def spoil(folder: Path, before: str, after: str) -> None:
    """Change the first such place in the source of the catalogue, and compile it again."""
    source, compiled = files_of(folder, LANGUAGE)
    assert before in source.read_text()
    source.write_text(source.read_text().replace(before, after, 1))
    compiled.write_bytes(catalogues.compile_catalogue(catalogues.read(source, LANGUAGE)))


def test_every_language_of_the_settings_has_a_catalogue_that_is_whole_and_fresh() -> None:
    others = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    for place in map(Path, settings.LOCALE_PATHS):
        assert [fault for code in others for fault in faults(place, code)] == []
        # A folder without an entry would be read by nobody.
        assert {one.name for one in place.glob("*")} == {to_locale(code) for code in others}


def test_a_whole_and_fresh_catalogue_has_no_fault(folder: Path) -> None:
    assert faults(folder, LANGUAGE) == []
    _, compiled = files_of(folder, LANGUAGE)
    with compiled.open("rb") as file:
        loaded = gettext.GNUTranslations(file)
    assert loaded.gettext("Sign in") == "Sign in ü"
    assert (
        loaded.ngettext("%(n)s video is ahead of yours", "%(n)s videos are ahead of yours", 1)
        == "%(n)s video is ahead of yours ü"
    )


def test_a_second_update_changes_nothing(folder: Path) -> None:
    before = [one.read_bytes() for one in files_of(folder, LANGUAGE)]
    update(folder, LANGUAGE)
    assert [one.read_bytes() for one in files_of(folder, LANGUAGE)] == before


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('msgstr "Sign in ü"', 'msgstr ""', "not translated: 'Sign in'"),
        ('msgid "Sign in"', 'msgid "Log in"', "not in the catalogue: ('', 'Sign in')"),
        ('msgid "Sign in"', 'msgid "Log in"', "no longer in the sources: ('', 'Log in')"),
        ('msgid "Sign in"', '#, fuzzy\nmsgid "Sign in"', "marked as uncertain (fuzzy): 'Sign in'"),
        ('msgstr "by %(name)s ü"', 'msgstr "von %(nam)s"', "other places for values: 'by %(name)s'"),
        ('msgstr "{n} of {total} ü"', 'msgstr "{n} von"', "other places for values: '{n} of {total}'"),
        ('msgstr "Sign in ü"', 'msgstr "Sign <b>in</b>"', "other markup: 'Sign in'"),
        ('msgstr "Sign in ü"', 'msgstr "Sign \\"in\\""', "other markup: 'Sign in'"),
        (
            'msgstr[1] "%(n)s videos are ahead of yours ü"',
            'msgstr[1] ""',
            "not translated: ('%(n)s video is ahead of yours', '%(n)s videos are ahead of yours')",
        ),
    ],
)
def test_what_is_wrong_with_a_translation_is_said(folder: Path, before: str, after: str, fault: str) -> None:
    spoil(folder, before, after)
    assert f"{LANGUAGE}: {fault}" in faults(folder, LANGUAGE)


def test_a_singular_may_leave_its_number_out(folder: Path) -> None:
    spoil(folder, 'msgstr[0] "%(n)s video is ahead of yours ü"', 'msgstr[0] "ein Video ist früher da"')
    assert faults(folder, LANGUAGE) == []


def test_a_compiled_catalogue_that_is_older_than_its_source_is_found(folder: Path) -> None:
    source, compiled = files_of(folder, LANGUAGE)
    old = compiled.read_bytes()
    spoil(folder, 'msgstr "Sign in ü"', 'msgstr "Anmelden"')
    assert faults(folder, LANGUAGE) == []
    compiled.write_bytes(old)
    assert faults(folder, LANGUAGE) == [f"{LANGUAGE}: django.mo is not what django.po says; run make messages"]
    compiled.unlink()
    assert len(faults(folder, LANGUAGE)) == 1
    source.unlink()
    assert faults(folder, LANGUAGE) == [f"{LANGUAGE}: there is no django.po"]


def test_an_update_keeps_what_was_translated_and_brings_what_is_new(folder: Path) -> None:
    spoil(folder, 'msgstr "Sign in ü"', 'msgstr "Anmelden"')
    spoil(folder, 'msgid "Sign out"', 'msgid "Leave this place for ever"')
    update(folder, LANGUAGE)
    there = texts(catalogues.read(files_of(folder, LANGUAGE)[0], LANGUAGE))
    assert there["", "Sign in"].string == "Anmelden"
    assert not there["", "Sign out"].string or there["", "Sign out"].fuzzy
    assert ("", "Leave this place for ever") not in there


def test_texts_are_found_in_code_and_templates_with_plurals_and_lazily() -> None:
    found = texts(extract())
    for one in (
        ("", "Sign in"),  # translate
        ("", "by %(name)s"),  # blocktranslate
        ("", "%(n)s video is ahead of yours", "%(n)s videos are ahead of yours"),  # with count
        ("", "Starting"),  # _() in a filter's argument
        ("", "Your changes have been saved."),  # gettext
        ("", "Anyone with the link"),  # gettext_lazy
        ("", "{n} second left", "{n} seconds left"),  # ngettext
    ):
        assert one in found
    files = {path for message in found.values() for path, _ in message.locations}
    assert {path.partition("/")[0] for path in files} == {*CODE, "templates"}
    assert all((ROOT / path).exists() for path in files)
