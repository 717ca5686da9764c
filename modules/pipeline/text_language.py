"""In which language a text is written: by its script, its letters and its commonest words (`language_tables`)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping

from .language_tables import LANGUAGES

SCRIPTS = {
    "Latin": ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF)),
    "Greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "Cyrillic": ((0x400, 0x52F),),
    "Armenian": ((0x530, 0x58F),),
    "Hebrew": ((0x590, 0x5FF),),
    "Arabic": ((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
    "Thaana": ((0x780, 0x7BF),),
    "Devanagari": ((0x900, 0x97F),),
    "Bengali": ((0x980, 0x9FF),),
    "Gurmukhi": ((0xA00, 0xA7F),),
    "Gujarati": ((0xA80, 0xAFF),),
    "Oriya": ((0xB00, 0xB7F),),
    "Tamil": ((0xB80, 0xBFF),),
    "Telugu": ((0xC00, 0xC7F),),
    "Kannada": ((0xC80, 0xCFF),),
    "Malayalam": ((0xD00, 0xD7F),),
    "Sinhala": ((0xD80, 0xDFF),),
    "Thai": ((0xE00, 0xE7F),),
    "Lao": ((0xE80, 0xEFF),),
    "Tibetan": ((0xF00, 0xFFF),),
    "Myanmar": ((0x1000, 0x109F),),
    "Georgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF)),
    "Ethiopic": ((0x1200, 0x137F),),
    "Khmer": ((0x1780, 0x17FF),),
    "Kana": ((0x3041, 0x30FF),),
    "Han": ((0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2FA1F)),
    "Hangul": ((0x1100, 0x11FF), (0xAC00, 0xD7AF)),
}
"""The ranges of code points of each script (Unicode, Blocks.txt)."""

MOST_CHARACTERS = 20_000
"""How much of a text is looked at."""

_LEAST_SCORE = 1.4  # about two words that few other languages have
_LEAST_SHARE = 0.05  # of all words, by their weight
_LEAD = 1.2  # that the first language must have over the second
_OTHERS_LETTERS = 2.0  # of difference, where every other language lacks some of the letters
_OWN_LETTER = {"Latin": 0.7}  # what a letter adds that no other language has
_OWN_LETTER_ELSEWHERE = 0.25  # in other scripts each letter counts, and not only those beyond a to z
_STRAY_LETTER = 1.0  # what a letter costs that the language does not have
_LOAN_LETTER = 0.4  # what one costs that comes with foreign words
_ODD_WORD = 1.0  # what a word costs with a capital after its first letter, or with a sign in it
_LEAST_KANA = 0.05  # of the letters of a Japanese text; Chinese has none
_SYLLABLE = 3  # letters of an alphabet say as much as one sign of these scripts
_LOANS = frozenset("éèêëïöüäñçàâîôûóáí")
# Vowel signs and the joiners of Persian are parts of words, though Unicode calls them no letters.
_LETTER = r"(?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff\u0e31-\u0e4e\u200c\u200d])"
_WORD = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*")
_SIGN_INSIDE = re.compile(rf"(?<=[^\W\d_])(?:[^\w\s'’.,:;/&\-\u0300-\u0eff\u200c\u200d]|[¹²³¼½¾])(?={_LETTER})")

_RANGES = sorted((first, last, script) for script, ranges in SCRIPTS.items() for first, last in ranges)
_FIRSTS = [first for first, _, _ in _RANGES]


def _shared(texts: Mapping[str, Iterable[str]]) -> dict[str, dict[str, float]]:
    """For each language what each of its words or letters tells: 1 shared by as many as have it."""
    known = Counter(piece for pieces in texts.values() for piece in set(pieces))
    return {code: {piece: 1 / known[piece] for piece in set(pieces)} for code, pieces in texts.items()}


_WORDS = _shared({code: entry.common.split() for code, entry in LANGUAGES.items()})
_LETTERS = _shared({code: entry.letters.lower() for code, entry in LANGUAGES.items()})
_IN_SCRIPT = Counter(entry.script for entry in LANGUAGES.values())


def language_of(text: str) -> str:
    """The BCP 47 code of the language of a text, or '' where it cannot be told."""
    text = text[:MOST_CHARACTERS]
    scripts = _scripts_of(text)
    script = max(scripts, key=lambda one: scripts[one] * (_SYLLABLE if one in ("Han", "Kana") else 1), default="")
    if scripts["Kana"] >= _LEAST_KANA * scripts.total() > 0 and script in ("Kana", "Han"):
        return "ja"
    codes = [code for code, entry in LANGUAGES.items() if entry.script == script]
    if len(codes) < 2:
        return "".join(codes)
    words = _words(text)
    ranking = sorted(((language_score(text, code), code) for code in codes), reverse=True)
    (best, code), (second, _) = ranking[:2]
    by_words = best >= max(_LEAST_SCORE, _LEAST_SHARE * len(words)) and best >= _LEAD * second
    by_letters = best >= 0 and best - second >= _OTHERS_LETTERS
    return code if by_words or by_letters else ""


def language_score(text: str, code: str) -> float:
    """How well a text reads as this language: grows with each word known, falls with each letter it does not have."""
    entry = LANGUAGES[code]
    text = text[:MOST_CHARACTERS]
    if entry.spaced:
        known = _WORDS[code]
        score = sum(known.get(word, 0.0) for word in _words(text))
    else:
        score = 0.5 * sum(text.count(piece) for piece in entry.common.split())
    odd = sum(_is_odd(word) for word in _WORD.findall(text)) + len(_SIGN_INSIDE.findall(text))
    return score - _ODD_WORD * odd + sum(_letter_score(*letter, code) for letter in _letters(text).items())


def _scripts_of(text: str) -> Counter[str]:
    """How many letters of each script stand in a text."""
    found: Counter[str] = Counter()
    for letter, count in _letters(text).items():
        found[_script(letter)] += count
    return found


def _letters(text: str) -> Counter[str]:
    return Counter(letter for letter in text.lower() if letter.isalpha())


def _words(text: str) -> list[str]:
    return [word.replace("’", "'").lower() for word in _WORD.findall(text)]


def _is_odd(word: str) -> bool:
    return not word.isupper() and any(map(str.isupper, word[1:]))


def _letter_score(letter: str, count: int, code: str) -> float:
    entry, own = LANGUAGES[code], _LETTERS[code]
    if letter in own:
        # Once, however often it comes; and a letter that each language of the script has tells nothing.
        own_letter = _OWN_LETTER.get(entry.script, _OWN_LETTER_ELSEWHERE)
        return own_letter * max(0.0, own[letter] - 1 / _IN_SCRIPT[entry.script])
    script = _script(letter)
    if (
        letter.isascii()
        or (code == "ja" and script == "Han")
        or (script == entry.script and not own and script != "Latin")
    ):
        return 0.0
    return -count * (_LOAN_LETTER if letter in _LOANS and entry.script == "Latin" else _STRAY_LETTER)


def _script(letter: str) -> str:
    at = bisect_right(_FIRSTS, ord(letter)) - 1
    return _RANGES[at][2] if at >= 0 and ord(letter) <= _RANGES[at][1] else ""
