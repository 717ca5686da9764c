"""The rules that decide whether a model's words keep to what was said."""

from __future__ import annotations

import pytest

from modules.ai.openai.grounding import faithful, grounded
from modules.ai.openai.numerals import numbers
from modules.ai.rules.languages import language_of

NUMBERS = [
    ("en", "twenty-five bolts and one hundred and twenty litres", {"25", "120"}),
    ("en", "wait 1,000 ms or 2.5 s at 10:30", {"1000", "2.5", "10:30"}),
    ("en", "five and six, two thousand", {"5", "6", "2000"}),
    ("en", "one moment", set()),
    ("de", "fünfundzwanzig Schrauben, zweihundert Gramm", {"25", "200"}),
    ("fr", "quatre-vingt-dix-sept et soixante-dix", {"97", "70"}),
    ("es", "veintidós y treinta y cinco", {"22", "35"}),
    ("ar", "٣ حبات", {"3"}),
    ("", "three and 007", {"7"}),
    ("fr", "cent quatre-vingts vis, quatre-vingt-onze clous", {"180", "91"}),
    ("en", "take four twenty times and sixty twelve", {"4", "20", "60", "12"}),
]
SPOKEN = "so now um you want to press the red button twice and wait for three seconds don't let go"
REWRITES = [
    ("Press the red button twice and wait 3 seconds. Don't let go.", True),
    ("Press the red button twice and wait 4 seconds. Don't let go.", False),
    ("Press the red button and wait three seconds. Let go.", False),
    ("Press the red button twice, wait three seconds and don't let go, as Microsoft recommends.", False),
    ("Don't wait three seconds.", False),
    ("Visit evil.example.", False),
    ("Press the red button twice and wait 3 seconds. Don't let go.\x00", False),
]


@pytest.mark.parametrize(("language", "text", "found"), NUMBERS)
def test_numbers_are_found_in_figures_and_in_words(language, text, found):
    assert numbers(text, language_of(language, ())) == found


@pytest.mark.parametrize(("text", "keeps"), REWRITES)
def test_a_rewrite_keeps_to_what_was_said(text, keeps):
    assert faithful(text, SPOKEN, SPOKEN, language_of("en", ())) is keeps


def test_file_names_addresses_and_keys_stay_letter_by_letter():
    said = "open config.yaml press F12 and go to https://example.org/start then save 10mm"
    english = language_of("en", ())
    assert grounded("Open config.yaml, press F12, go to https://example.org/start and save 10 mm.", said, english)
    assert not grounded("Open config.yml and press F12.", said, english)
    assert not grounded("Open config.yaml and press F11.", said, english)
    assert not grounded("Go to https://example.com/start and press F12.", said, english)


def test_captions_in_capitals_are_words_and_no_names():
    said = "NOW TURN THE KEY A QUARTER TURN TO THE LEFT"
    assert faithful("Turn the key a quarter turn to the left.", said, said, language_of("en", ()))


def test_scripts_without_spaces_are_compared_too():
    said = "えっと、ボタンを押して3秒待ちます。"
    assert faithful("ボタンを押して、3秒待ちます。", said, said, language_of("ja", ()))
    assert not faithful("蓋を閉めて、3秒数えてください。", said, said, language_of("ja", ()))


def test_a_text_that_says_nothing_is_not_taken_over():
    english = language_of("en", ())
    assert not grounded("", SPOKEN, english)
    assert not grounded("<>!", SPOKEN, english)
    assert not grounded("Q", SPOKEN, english)
