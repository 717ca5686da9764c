"""Where sentences end, in many scripts. Nothing is added or lost: only white space between sentences goes."""

from __future__ import annotations

import re

_CLOSING = "\"'”’»›)\\]}」』】）〉》"


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_END = re.compile(
    # Marks that end a sentence only before white space: a file name or a number may hold them.
    # Never begun inside of a row of marks, and never given back, so that a row of any length is read once.
    rf"(?P<spaced>(?<![.!?…])[.!?…]++[{_CLOSING}]*+)(?=\s|$)"
    # Marks of scripts that write no space after them (East Asian, Arabic, Indic, Ethiopic, Armenian, Khmer, Burmese).
    rf"|[。！？｡︒؟۔।॥።፧։។။]+[{_CLOSING}]*"
    r"|\n[ \t\r]*\n"
)
_OPENING = "\"'“‘„«‹([{¿¡—–-"
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\.$")  # e.g. · p.m. · U.S. · z.B.
_SINGLE = re.compile(r"[^\W\d_]\.")
# Of all languages together: which one a text is in is often not known here.
_ABBREVIATIONS = _words(
    # English, and shared by others
    "mr mrs ms dr prof st sr jr vs etc approx appt dept est fig figs no nos vol pp ed eds inc ltd co corp ext min max",
    "incl excl cf al resp ca",
    # German
    "bzw ggf usw evtl bspw sog nr str abs abb vgl inkl exkl zzgl usf fr dipl",
    # French
    "mme mlle",
    # Spanish and Portuguese
    "sra srta uds pág págs núm aprox dra",
    # Italian
    "sig ecc dott",
    # Russian
    "т.е т.д т.п др рис стр ул см",
)
# After these a capital letter begins a new sentence all the same: "… nuts, bolts etc. Then close it."
_MAY_END = _words("etc usw ecc inc ltd co corp a.m p.m al usf др")
# Only before a number: "No. 5" is one thing, "I said no. Then" is two sentences.
_BEFORE_NUMBER = _words("no nos fig figs vol pp nr abb abs núm pág págs рис стр min max ca ext est ed")
# Languages that write an ordinal with a full stop, and the months that follow it: "am 3. Mai".
_ORDINALS = ("de", "da", "nb", "no", "fi", "cs", "sk", "hu")
_MONTHS = _words("januar jänner februar märz april mai juni juli august september oktober november dezember marts maj")


def sentences(text: str, language: str = "") -> list[str]:
    """The sentences of a text, in order; joined with spaces they give the text back but for white space.

    language: BCP 47 or ''. A text without marks (Thai, or a recogniser that writes none) is one sentence.
    """
    cased = any(letter.isupper() for letter in text)
    found, begin = [], 0
    for mark in _END.finditer(text):
        if mark["spaced"] and not _ends(text, begin, mark, cased, language):
            continue
        found.append(text[begin : mark.end()].strip())
        begin = mark.end()
    found.append(text[begin:].strip())
    return [sentence for sentence in found if sentence]


def _ends(text: str, begin: int, mark: re.Match[str], cased: bool, language: str) -> bool:
    """Whether this mark, with white space behind it, ends the sentence that runs from `begin`."""
    following = text[mark.end() : mark.end() + 40].split(maxsplit=1)
    upcoming = following[0].lstrip(_OPENING) if following else ""
    if not upcoming:
        return True
    if cased and upcoming[0].islower():
        return False
    if mark["spaced"][0] != "." or mark["spaced"].startswith(".."):
        return True
    sentence = text[max(begin, mark.start() - 60) : mark.start()].split()
    return not (sentence and _abbreviates(sentence, upcoming, text[mark.end() - 1], language))


def _abbreviates(sentence: list[str], upcoming: str, last: str, language: str) -> bool:
    """Whether the full stop after these words belongs to the last of them. upcoming: the word that follows."""
    word = sentence[-1].lstrip(_OPENING)
    plain = word.lower()
    if last != ".":  # a closing quote or bracket follows the full stop
        return False
    if plain in _BEFORE_NUMBER:
        return upcoming[0].isdigit()
    if _DOTTED.fullmatch(word + ".") or plain in _ABBREVIATIONS:
        return plain not in _MAY_END or upcoming[0].isdigit()
    if word.isdigit() and len(word) <= 2:
        # "1. Open the door", "am 3. Mai"
        ordinal = language[:2] in _ORDINALS and upcoming.lower() in _MONTHS
        return len(sentence) == 1 or ordinal
    if _SINGLE.match(upcoming) or (len(sentence) > 1 and _SINGLE.fullmatch(sentence[-2]) and sentence[-2].islower()):
        return len(word) == 1  # "z. B.", "d. h.", "u. a."
    if len(word) == 1 and word.isupper() and upcoming[0].isupper():
        # "J. Smith" begins like this; further on it is more often a key: "Press A. Then press B."
        return len(sentence) == 1
    return False
