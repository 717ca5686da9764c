"""The text of a captions file: its encoding by its mark, its zeros, its sequences; or the one it reads best in."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass

import charset_normalizer

from modules.pipeline.text_language import language_score
from modules.pipeline.types import PipelineError

from .markup import CONTROL

OLD_ENCODINGS = {
    # By Python's names: the usual names, the same in every language, and the languages that were written so. Where two
    # fit as well, the first is taken.
    "cp1252": ("Windows-1252", "en de fr es pt it nl sv da nb fi is ca eu id sw tl sq"),
    "cp1250": ("Windows-1250", "cs sk pl hu ro hr sl sq de"),
    "cp1251": ("Windows-1251", "ru uk be bg sr mk"),
    "cp1253": ("Windows-1253", "el"),
    "cp1254": ("Windows-1254", "tr"),
    "cp1255": ("Windows-1255", "he"),
    "cp1256": ("Windows-1256", "ar fa ur"),
    "cp1257": ("Windows-1257", "et lv lt"),
    "cp1258": ("Windows-1258", "vi"),
    "cp874": ("Windows-874", "th"),
    "gb18030": ("GB 18030", "zh"),
    "big5": ("Big5", "zh"),
    "cp932": ("Shift JIS", "ja"),
    "euc_jp": ("EUC-JP", "ja"),
    "cp949": ("EUC-KR", "ko"),
    "iso8859_2": ("ISO 8859-2", "cs sk pl hu ro hr sl"),
    "iso8859_5": ("ISO 8859-5", "ru bg sr mk be"),
    "iso8859_6": ("ISO 8859-6", "ar"),
    "iso8859_7": ("ISO 8859-7", "el"),
    "iso8859_9": ("ISO 8859-9", "tr"),
    "iso8859_15": ("ISO 8859-15", "en de fr es pt it nl sv da nb fi"),
    "koi8_r": ("KOI8-R", "ru bg"),
    "koi8_u": ("KOI8-U", "uk"),
    "mac_roman": ("MacRoman", "en de fr es pt it nl sv da nb"),
    "mac_latin2": ("MacCE", "cs sk pl hu"),
    "mac_cyrillic": ("MacCyrillic", "ru uk"),
    "cp850": ("DOS 850", "en de fr es pt it nl sv da nb"),
    "cp852": ("DOS 852", "cs sk pl hu ro hr sl"),
    "cp866": ("DOS 866", "ru"),
}
SAMPLE = 16_384  # bytes by which an old encoding is told: more would only take longer
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD = 4096  # bytes whose zeros are counted
_EVERYWHERE = frozenset(b"0123456789:,.<> \n\r-")
_LEAST_PAIRS = 0.02
_DECLARED = re.compile(rb"<\?xml[^<>]{0,100}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9_-]{1,30})[\"']")
_FOREIGN = 5.0  # in the scores of `language_score`
_BROKEN = 0.005  # the share of signs that no text has, beyond which a file is none
_BROKEN_ALLOWED = 2


@dataclass(frozen=True)
class Decoded:
    """text: with newlines as line ends, without mark; assumed: a key of OLD_ENCODINGS where nothing told it."""

    text: str
    assumed: str = ""


def decode(data: bytes, language: str = "") -> Decoded:
    """The text of a file. language: in which it is written, if that is known (BCP 47).

    Raises PipelineError("captions_unreadable") for what is no text in any encoding.
    """
    encoding = _marked(data) or _utf16_by_zeros(data) or ("utf-8" if _is_utf8(data) else "")
    if encoding:
        # Where U+FFFD stands in the file itself, another program has lost a letter; that is no fault of this decoding.
        genuine = data.count("\ufffd".encode(encoding))
        return Decoded(_tidy(data.decode(encoding, "replace"), genuine))
    if encoding := _declared(data):
        return Decoded(_tidy(data.decode(encoding, "replace")))
    assumed = _best_read(data, language)
    return Decoded(_tidy(data.decode(assumed, "replace")), assumed)


def _marked(data: bytes) -> str:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")


def _utf16_by_zeros(data: bytes) -> str:
    """UTF-16 without a mark: what every captions file has, digits, signs and line ends, has a zero on one side."""
    head = data[:_HEAD]
    pairs = Counter(zip(head[::2], head[1::2], strict=False))
    little = sum(count for (first, second), count in pairs.items() if not second and first in _EVERYWHERE)
    big = sum(count for (first, second), count in pairs.items() if not first and second in _EVERYWHERE)
    if max(little, big) < max(2, _LEAST_PAIRS * pairs.total()) or max(little, big) < 4 * min(little, big):
        return ""
    return "utf-16-le" if little > big else "utf-16-be"


def _is_utf8(data: bytes) -> bool:
    """Whether all of it is UTF-8, or nearly all: one broken letter makes no other encoding of the rest."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    whole = sum(character > "\x7f" for character in text) - text.count("\ufffd")
    return not broken or whole > 3 * broken


def _declared(data: bytes) -> str:
    """The encoding that an XML file says it has, if Python knows it."""
    found = _DECLARED.match(data[:300])
    try:
        return codecs.lookup(found[1].decode("ascii")).name if found else ""
    except LookupError:
        return ""


def _best_read(data: bytes, language: str) -> str:
    """The old encoding in which the file reads best as a language that was written in it."""
    sample = _sample(data)
    matches = charset_normalizer.from_bytes(sample, cp_isolation=list(OLD_ENCODINGS), threshold=0.4)
    chaos = {name: match.chaos for match in matches for name in match.could_be_from_charset}
    plausible = [name for name in OLD_ENCODINGS if name in chaos]
    if not plausible:
        raise PipelineError("captions_unreadable")
    return max(plausible, key=lambda name: _readability(sample, name, language) - chaos[name] - _rarity(name))


def _rarity(encoding: str) -> float:
    """What an encoding must read better than one that is met more often."""
    # 1252 is the commonest by far; subtitles in those of DOS and old Macs are rare.
    return 0.0 if encoding == "cp1252" else 0.8 if encoding.startswith(("mac_", "cp8")) and encoding != "cp874" else 0.4


def _readability(sample: bytes, encoding: str, language: str) -> float:
    text = sample.decode(encoding, "replace")
    codes = OLD_ENCODINGS[encoding][1].split()
    spoiled = text.count("\ufffd") + sum("\x7f" <= character < "\xa0" for character in text)
    known = language.partition("-")[0]
    # In a language that an encoding was not made for, it is read only where no other is possible.
    foreign = 0 if known in codes or not known else _FOREIGN
    codes = [known] if known in codes else codes
    return max(language_score(text, code) for code in codes) - 2 * spoiled - foreign


def _sample(data: bytes) -> bytes:
    """The first lines that hold more than ASCII: times and numbers tell nothing of an encoding."""
    found: list[bytes] = []
    size = 0
    for line in data.splitlines():
        if not line.isascii() and size < SAMPLE:
            found.append(line[:SAMPLE])
            size += len(line)
    return b"\n".join(found)


def _tidy(text: str, genuine: int = 0) -> str:
    """Without what is no text. genuine: how many U+FFFD the file holds itself."""
    text = text.rstrip("\x1a\0")
    if len(CONTROL.findall(text)) + text.count("\ufffd") - genuine > _BROKEN_ALLOWED + _BROKEN * len(text):
        raise PipelineError("captions_unreadable")
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff\n ")
