"""Finds text that a recogniser made up: in silence and noise it writes what it heard most often in training."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Mapping

from modules.pipeline.sentences import sentences

# What recognisers write where nothing is said, in the words of videos' ends; compared without marks and case. Of all
# languages together, because a text that was made up need not be in the language of the video.
SILENCE_PHRASES = frozenset(
    {
        # English
        "thank you", "thank you very much", "thank you so much", "thank you for watching", "thanks for watching",
        "thank you for watching this video", "please subscribe", "please subscribe to my channel", "subscribe",
        "like and subscribe", "see you next time", "see you in the next video", "bye", "bye bye", "you", "the end",
        "subtitles by the amara org community", "transcription by castingwords", "music", "applause",
        # German
        "vielen dank", "vielen dank fürs zuschauen", "danke fürs zuschauen", "untertitel der amara org community",
        "untertitel im auftrag des zdf für funk 2017", "untertitelung des zdf 2020", "bis zum nächsten mal",
        # French
        "merci", "merci d avoir regardé cette vidéo", "sous titres réalisés par la communauté d amara org",
        # Spanish
        "gracias", "gracias por ver el video", "gracias por ver", "subtítulos por la comunidad de amara org",
        "suscríbete al canal",
        # Portuguese
        "obrigado", "obrigado por assistir",
        # Italian
        "grazie", "grazie per la visione", "sottotitoli creati dalla comunità amara org",
        # Russian
        "продолжение следует", "спасибо за просмотр", "субтитры сделал dimatorzok",
        # Japanese
        "ご視聴ありがとうございました", "ありがとうございました",
        # Chinese
        "字幕by索兰娅", "谢谢观看", "谢谢大家", "请不吝点赞订阅转发打赏支持明镜与点点栏目",
        # Korean
        "시청해주셔서 감사합니다", "감사합니다",
    }
)  # fmt: skip
_FASTEST = 35.0  # letters a second; the fastest speakers reach 25
_SLOWEST = 6.0  # letters a second of a short phrase said for real


def plausible(text: str, voiced_seconds: float) -> bool:
    """Whether somebody can have said this in so many seconds of voice. False: it was made up, or says nothing."""
    spoken = _bare(text)
    letters = sum(3 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in spoken)
    if not letters or letters > 20 + _FASTEST * voiced_seconds:
        return False
    if spoken in SILENCE_PHRASES and not voiced_seconds * _SLOWEST <= letters <= 6 + _FASTEST * voiced_seconds:
        return False
    return not _loops(text)


def made_up(texts: Mapping[int, str]) -> set[int]:
    """The windows whose text is doubtful beside the others: the same again and again, as nobody talks.

    texts: what was heard in each window. Of a text that four windows in a row have, the first stays.
    """
    spoken = {number: _bare(text) for number, text in sorted(texts.items())}
    often = Counter(spoken.values())
    doubtful = {number for number, text in spoken.items() if text in SILENCE_PHRASES and often[text] > 2}
    row: list[int] = []
    for number, text in [*spoken.items(), (-1, "")]:
        if row and spoken[row[0]] == text and text:
            row.append(number)
            continue
        doubtful |= set(row[1:]) if len(row) > 3 else set()
        row = [number]
    return doubtful


def _loops(text: str) -> bool:
    """Whether most of a text is one thing said over and over."""
    said = Counter(map(_bare, sentences(text)))
    if said:
        most = max(said.values())
        if most > 3 and most > said.total() * 0.6:
            return True
    coded = text.encode("utf-8", "replace")
    # Whisper takes a text that compresses this well for a loop too, with the same threshold.
    return len(coded) > 200 and len(coded) / len(zlib.compress(coded)) > 2.4


def _bare(text: str) -> str:
    """Words without marks and case."""
    return " ".join(re.findall(r"[^\W_]+(?:[\u0300-\u036f]|[^\W_])*", unicodedata.normalize("NFC", text.casefold())))
