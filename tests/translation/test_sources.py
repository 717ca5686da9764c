"""No text that bypasses gettext in templates, models and scripts, and no side of the page in style sheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.utils.functional import Promise

from .reading import bare_html, read

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static").glob("*.js"))
STYLES = sorted((ROOT / "static").glob("*.css"))
BRAND = "trainingsite"
OURS = ("modules", "uploads", "accounts")


def bare_text(template: str) -> list[str]:
    """Where a template says something that no translator sees."""
    said = [(where, text.replace(BRAND, "")) for where, text in read(bare_html(template))]
    return [f"{where}: {text}" for where, text in said if any(letter.isalpha() for letter in text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_says_nothing_that_is_not_translated(path: Path) -> None:
    assert bare_text(path.read_text()) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Hello</p>", ["p: Hello"]),
        ('<p>{% if user %}{% translate "Hello" %}{% else %}Hi{% endif %}</p>', ["p: Hi"]),
        ("{% blocktranslate count n=n %}one{% plural %}many{% endblocktranslate %} more", [": more"]),
        ('<img alt="A film"><input placeholder="{{ x }} words">', ["img alt: A film", "input placeholder: 0 words"]),
        ('<p data-lost="Try again" data-status="ready" title="{% translate "Go" %}"></p>', ["p data-lost: Try again"]),
        ("{# a note #}{% comment %}another{% endcomment %}<script>let words;</script> 404 · <kbd>j</kbd>", []),
        ('<input type="submit" value="Send"><meta name="description" content="Films">', ["input value: Send"]),
    ],
)
def test_bare_text_is_found_wherever_it_stands(template: str, found: list[str]) -> None:
    assert bare_text(template)[: len(found) or None] == found


def test_every_name_in_the_models_is_translated_when_it_is_shown() -> None:
    bare = []
    for model in (model for app in OURS for model in apps.get_app_config(app).get_models()):
        if not all(isinstance(name, Promise) for name in (model._meta.verbose_name, model._meta.verbose_name_plural)):
            bare.append(model.__name__)
        for field in (field for field in model._meta.local_fields if not field.auto_created):
            choices: list = list(field.flatchoices or [])
            said = [field.verbose_name, *filter(None, [field.help_text]), *(label for _, label in choices)]
            if not all(isinstance(text, Promise) for text in said) and not isinstance(field, models.AutoField):
                bare.append(f"{model.__name__}.{field.name}")
    assert bare == []


def literals(script: str) -> list[str]:
    """The strings of a script, in whatever quotes, without what is put into them and without comments."""
    code = re.sub(r"^\s*//.*$|/\*[^*]*\*/|\s// [^\"`\n]*$", "", script, flags=re.MULTILINE)
    found = [a or b for a, b in re.findall(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', code)]
    return [re.sub(r"\$\{[^}]*\}", "…", text) for text in found]


def words_of(script: str) -> list[str]:
    """Strings that a person would read: two words, or one with a capital. Selectors and the names of keys are none."""
    names = {"Accept", "ArrowLeft", "ArrowRight", "Enter", "Escape", "Files", "POST", "X-CSRFToken"}
    said = [text for text in literals(script) if text not in names and text != "use strict"]
    sentence = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|^[A-Z][a-z]|[a-z]+[.…!?]$|… of |/s$")
    return [text for text in said if sentence.search(text) and not re.search(r"[.#\[][a-z-]+[\] :.,>]", text)]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_holds_no_words(path: Path) -> None:
    assert words_of(path.read_text()) == []


@pytest.mark.parametrize("text", ['"Copied"', '"about a minute left"', "`${n} of ${m}`", '"Uploading."', "`${x}/s`"])
def test_words_in_a_script_are_found(text: str) -> None:
    assert words_of(f"// What it says.\nsay({text}); // Now.\n/* and */ more();")


SIDES = [
    (r"(?<![\w-])(margin|padding|border|inset|scroll-margin|scroll-padding)-(left|right)\b", "name start or end"),
    (r"(?<![\w-])(left|right)\s*:", "use inset-inline-start or -end"),
    (r"border-(top|bottom)-(left|right)-radius", "use border-start-start-radius and its kind"),
    (r"(text-align|float|clear|caption-side|transform-origin|justify-\w+|background-position)\s*:[^;}]*\b(left|right)\b",
     "use start and end"),
    (r"gradient\([^;}]*to (left|right)", "it would run against the words from right to left"),
    (r"\btranslateX\(|\btranslate3d\(|(?<![\w-])translate\s*:(?!\s*(?:0\b|none))", "it moves to one side"),
    (r"(?<![\w-])\[dir", "use :dir(), which also sees what is inside another direction"),
]  # fmt: skip
FOUR = re.compile(r"(?<![\w-])(margin|padding|inset|border-width|border-radius|scroll-margin)\s*:\s*([^;}]+)")


def sides(style: str) -> list[str]:
    """Where a style sheet speaks of left and right, which are not the same sides in every language."""
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    found = [f"{hit[0].strip()}: {cure}" for pattern, cure in SIDES for hit in re.finditer(pattern, style)]
    for name, value in FOUR.findall(style):
        parts = re.findall(r"(?:[\w-]*\((?:[^()]|\([^()]*\))*\)|[^\s()]+)", value.replace("!important", ""))
        # top right bottom left; corners go round from the top left one.
        if len(parts) == 4 and (parts[1] != parts[3] or (name == "border-radius" and parts[0] != parts[1])):
            found.append(f"{name}: {value.strip()}: use {name}-block and {name}-inline")
    return found


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_names_no_side_of_the_page(path: Path) -> None:
    assert sides(path.read_text()) == []


@pytest.mark.parametrize(
    "style",
    [
        "margin-left: 1px", "left: 0", "padding: 1px 2px 3px 4px", "margin: 0 calc(-1 * var(--s4)) 0 var(--s3)",
        "text-align: left", "border-top-left-radius: 4px", "float:right",
        "background: linear-gradient(to right, #fff, #000)", "transform: translateX(2px)",
        "translate: -50% 0", "transform-origin: left",
    ],
)  # fmt: skip
def test_a_side_of_the_page_is_found_wherever_it_stands(style: str) -> None:
    assert sides(f"p {{ color: red; {style}; }}")


@pytest.mark.parametrize("style", ["padding: 0 var(--s3) 8px", "translate: 0 -50%", "margin-inline-start: 4px"])
def test_what_is_the_same_on_both_sides_may_stand(style: str) -> None:
    assert sides(f"p {{ {style}; }}") == []
