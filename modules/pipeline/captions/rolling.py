"""Captions that roll: each repeats what the one before it showed, and adds a line or a word.

Words that were truly said twice look the same from near by. So the whole file decides whether it rolls; only then
is what was repeated taken away, word by word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .markup import UNSPACED
from .shown import Shown

CONTIGUOUS = 0.1  # seconds between two captions that are one on the screen
_INSTANT = 0.05  # seconds in which nobody says anything: such a caption only carries another's words on
_LEAST_EVIDENCE = 3  # of rolling, below which a file may repeat itself by chance
_LONGEST = 84  # characters to which a caption may grow: two lines of 42, as subtitlers count
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？")
_SCREEN = 1_000  # characters
_WORD = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")


@dataclass(frozen=True)
class _Word:
    """line, start: where it stands in its caption."""

    text: str
    line: int
    start: int


def unrolled(shown: Sequence[Shown]) -> list[Shown]:
    """Captions in order of start, without what they repeat if the file rolls; what comes twice at once is one."""
    once = list({(caption.start, caption.end, *caption.lines): caption for caption in shown}.values())
    words = [_words(caption) for caption in once]
    return _without_repeats(once, words) if _rolls(once, words) else once


def _words(caption: Shown) -> list[_Word]:
    """None of a caption that fills the screen: such a one does not roll."""
    if sum(map(len, caption.lines)) > _SCREEN:
        return []
    return [_Word(word[0], at, word.start()) for at, line in enumerate(caption.lines) for word in _WORD.finditer(line)]


def _rolls(shown: Sequence[Shown], words: Sequence[list[_Word]]) -> bool:
    """Whether the captions that follow each other without a pause mostly show what was shown, and more."""
    rolling = repeats = fresh = 0
    for (first, said), (second, next_said) in pairwise(zip(shown, words, strict=True)):
        if second.start - first.end > CONTIGUOUS:
            continue
        again = _repeated(said, next_said)
        if not again or _begins_a_sentence(next_said, again):
            fresh += 1
        elif again < len(next_said) or second.end - second.start <= _INSTANT:
            rolling += 1
        else:
            repeats += 1
    return rolling >= _LEAST_EVIDENCE and rolling >= 3 * repeats and rolling >= fresh


def _begins_a_sentence(words: Sequence[_Word], again: int) -> bool:
    """Whether what is new begins a sentence in the middle of a line: "Press it. Press it and hold" is spoken so."""
    new = words[again : again + 1]
    return bool(new) and new[0].line == words[again - 1].line and words[again - 1].text.endswith(_SENTENCE_ENDS)


def _without_repeats(shown: Sequence[Shown], words: Sequence[list[_Word]]) -> list[Shown]:
    kept: list[Shown] = []
    said: list[_Word] = []
    end = float("-inf")
    for caption, next_said in zip(shown, words, strict=True):
        again = _repeated(said, next_said) if kept and caption.start - end <= CONTIGUOUS else 0
        if again and again == len(next_said):
            kept[-1].end = max(kept[-1].end, caption.end)
        elif not again:
            kept.append(Shown(caption.start, caption.end, list(caption.lines)))
        else:
            _add(kept, caption, next_said, again)
        said, end = next_said, max(end, caption.end)
    return kept


def _add(kept: list[Shown], caption: Shown, words: Sequence[_Word], again: int) -> None:
    """Keep what is new: words that continue a line belong to the caption that began it, a new line is a new one."""
    new, last = words[again], kept[-1]
    lines = [caption.lines[new.line][new.start :], *caption.lines[new.line + 1 :]]
    continues = words[again - 1].line == new.line
    if continues and len(lines) == 1 and len(last.lines[-1]) + len(lines[0]) < _LONGEST:
        gap = caption.lines[new.line][words[again - 1].start + len(words[again - 1].text) : new.start]
        last.lines[-1] += gap + lines[0]
        last.end = max(last.end, caption.end)
    else:
        kept.append(Shown(caption.start, caption.end, lines))


def _repeated(said: Sequence[_Word], words: Sequence[_Word]) -> int:
    """How many of the first words are the last of the caption before, where that is no chance.

    No chance: whole lines, all that was shown, or most of what is shown now.
    """
    if not said or not words:
        return 0
    count = _overlap([word.text for word in said], [word.text for word in words])
    if not count:
        return 0
    from_line = said[-count].start == 0 and (len(words) == count or words[count].start == 0)
    most = count >= 2 and 2 * count >= len(words)
    return count if from_line or count == len(said) or most else 0


def _overlap(said: Sequence[str], words: Sequence[str]) -> int:
    """The most words that end the first text and begin the second (Knuth, Morris and Pratt: in linear time)."""
    ends = said[-len(words) :]
    borders: list[int] = []
    length = 0
    for word in words:
        while borders and length and words[length] != word:
            length = borders[length - 1]
        length += bool(borders) and words[length] == word
        borders.append(length)
    matched = 0
    for word in ends:
        while matched and (matched == len(words) or words[matched] != word):
            matched = borders[matched - 1]
        matched += matched < len(words) and words[matched] == word
    return matched
