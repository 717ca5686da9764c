"""Tips and warnings inside a step: whole sentences as they were said, moved from its text to where they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modules.pipeline.sentences import sentences
from modules.pipeline.types import Aside, Cue, Draft

from .language import Language, plain
from .wording import text_of

SHORTEST, LONGEST = 3, 30
"""Words of an aside."""
LEFT = 5
"""Words that the step's text keeps at least: a step that only warns is a warning as a whole."""
MOST = 2
"""Asides of one step."""
_MARKS = ".!?…"


def set_aside(draft: Draft, cues: Sequence[Cue], language: Language) -> tuple[Draft, list[Aside]]:
    """The draft without the sentences that warn or give a tip, and these sentences. cues: all of the video.

    Only where captions have marks, so that a sentence is known to be whole, and only what stands in the draft's text
    as it was said; else the text stays as it is.
    """
    found: list[Aside] = []
    text = draft.text
    for sentence, numbers in _said(draft, cues, language) if draft.kind == "step" else ():
        kind = _kind(sentence, language)
        shown = text_of([sentence], language) if kind else ""
        if shown and len(found) < MOST and text.count(shown) == 1:
            rest = _without(text, shown)
            if len(rest.split()) >= LEFT:
                text = rest
                found.append(Aside(draft.id, kind, shown, numbers))
    return replace(draft, text=text), found


def _said(draft: Draft, cues: Sequence[Cue], language: Language) -> list[tuple[str, tuple[int, ...]]]:
    """The whole sentences that begin in a draft's cues, each with the numbers of those in which it lies."""
    own = frozenset(draft.cues)
    # The last sentence often ends in the first cue of the next step: captions are cut anywhere.
    near = [
        cue for cue, before in zip(cues, [None, *cues], strict=False) if {cue.number, before and before.number} & own
    ]
    words = [(word, cue.number) for cue in near for word in cue.text.split()]
    found, at = [], 0
    for sentence in sentences(" ".join(word for word, _ in words), language.code):
        said = words[at : at + len(sentence.split())]
        at += len(said)
        whole = sentence == " ".join(word for word, _ in said) and sentence[-1] in _MARKS
        if whole and not sentence[0].islower() and said[0][1] in own:
            found.append((sentence, tuple(number for number in dict.fromkeys(n for _, n in said) if number in own)))
    return found


def _kind(sentence: str, language: Language) -> str:
    """Warning or tip, for a sentence that begins as one, else ''."""
    said = plain(sentence)
    if not SHORTEST <= len(said.split()) <= LONGEST:
        return ""
    for kind, pattern in (("warning", language.warns_pattern), ("tip", language.tips_pattern)):
        if pattern.match(said):
            return kind
    return ""


def _without(text: str, part: str) -> str:
    """The text without a part of it; its paragraphs stay."""
    paragraphs = (" ".join(one.replace(part, " ").split()) for one in text.split("\n\n"))
    return "\n\n".join(one for one in paragraphs if one)
