"""The catalogues of the interface's texts: `python -m tests.translation.catalogues` (`make messages`) updates them.

Django's own makemessages and compilemessages need the programs of GNU gettext, which a fresh machine does not have.
Babel, which we depend on anyway, reads Python and writes both kinds of file; Django turns templates into what it reads.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as extract_from
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CODE = ("modules", "uploads", "trainingsite")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")
MARKUP = re.compile(r"<[^>]*>|[<>\"]")


def extract() -> Catalog:
    """All texts in code and templates, each with the files that it is in."""
    found = Catalog(domain="django")
    sources = [path for top in CODE for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts]
    for path in sorted([*sources, *(ROOT / "templates").rglob("*.html")]):
        text = path.read_text()
        if path.suffix == ".html":
            # Indented as it is, what Django makes of a template is not always Python.
            text = re.sub(r"^[ \t]+", "", templatize(text), flags=re.MULTILINE)
        for _, message, comments, context in extract_from("python", BytesIO(text.encode()), keywords=KEYWORDS):
            # Without line numbers, which would change with every commit.
            found.add(message, locations=[(str(path.relative_to(ROOT)), 0)], auto_comments=comments, context=context)
    return found


def files_of(folder: Path, language: str) -> tuple[Path, Path]:
    """The source and the compiled catalogue of a language."""
    place = folder / to_locale(language) / "LC_MESSAGES"
    return place / "django.po", place / "django.mo"


def read(path: Path, language: str) -> Catalog:
    """A catalogue as it is on disk; an empty one where there is none."""
    if not path.exists():
        return Catalog(locale=to_locale(language), domain="django", project="trainingsite", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=to_locale(language), domain="django")


def update(folder: Path, language: str) -> Catalog:
    """Bring a language's catalogue up to the sources and compile it; what was translated stays."""
    source, compiled = files_of(folder, language)
    catalogue = read(source, language)
    catalogue.update(extract(), update_creation_date=False)
    source.parent.mkdir(parents=True, exist_ok=True)
    with source.open("wb") as file:
        write_po(file, catalogue, sort_output=True, ignore_obsolete=True, include_lineno=False, width=120)
    compiled.write_bytes(compile_catalogue(read(source, language)))
    return catalogue


def compile_catalogue(catalogue: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def faults(folder: Path, language: str) -> list[str]:
    """What is wrong with a language's catalogue, a sentence each."""
    source, compiled = files_of(folder, language)
    if not source.exists():
        return [f"{language}: there is no {source.name}"]
    catalogue = read(source, language)
    wanted, there = texts(extract()), texts(catalogue)
    found = [f"{language}: not in the catalogue: {text!r}" for text in wanted.keys() - there.keys()]
    found += [f"{language}: no longer in the sources: {text!r}" for text in there.keys() - wanted.keys()]
    for message in there.values():
        found += [f"{language}: {fault}: {message.id!r}" for fault in faults_of(message)]
    if not compiled.exists() or contents(compiled.read_bytes()) != contents(compile_catalogue(catalogue)):
        found.append(f"{language}: {compiled.name} is not what {source.name} says; run make messages")
    return sorted(found)


def texts(catalogue: Catalog) -> dict[tuple[str, ...], Message]:
    """The messages by what identifies them: context, text and plural."""
    return {(one.context or "", *_forms(one.id)): one for one in catalogue if one.id}


def faults_of(message: Message) -> list[str]:
    """What is wrong with one translation."""
    said = _forms(message.string)
    if not all(said):
        return ["not translated"]
    found = ["marked as uncertain (fuzzy)"] if message.fuzzy else []
    # The singular of a language may leave its number out ("one step").
    allowed = {place for form in _forms(message.id) for place in PLACES.findall(form)}
    needed = set(PLACES.findall(_forms(message.id)[0])) if not message.pluralizable else set()
    for form in said:
        places = set(PLACES.findall(form))
        if not needed <= places <= allowed:
            found.append("other places for values")
        # Translations go into pages as they are, because texts hold markup.
        if Counter(MARKUP.findall(form)) != Counter(MARKUP.findall(_forms(message.id)[-1])):
            found.append("other markup")
    return found


def contents(compiled: bytes) -> dict[str, str]:
    """The translations in a compiled catalogue; its header tells the version of the compiler, which is no fault."""
    read = GNUTranslations(BytesIO(compiled))
    return {key: text for key, text in read._catalog.items() if key}  # type: ignore[attr-defined]


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def main() -> None:
    """Update and compile the catalogue of every language in LANGUAGES, and say what is left to translate."""
    others = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    print(f"{len(texts(extract()))} texts in code and templates.")
    for language in others:
        update(Path(settings.LOCALE_PATHS[0]), language)
        left = faults(Path(settings.LOCALE_PATHS[0]), language)
        print(f"{language}: {len(left)} left to do.", *left, sep="\n")
    if not others:
        print("There is no language beside English yet: CONTRIBUTING.md says how to add one.")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trainingsite.settings")
    django.setup()
    main()
