"""The summary and the tags of a module, taken from what is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from modules.pipeline.types import Cue, Draft

from .language import Language, plain
from .wording import without_fillers

TAGS = 6
SUMMARY = 300
"""Characters."""


def summary_of(drafts: Sequence[Draft], language: Language) -> str:
    """The sentences of the introduction that tell what the video shows; '' without an introduction."""
    if not drafts or drafts[0].kind != "intro":
        return ""
    told = [
        part for part in drafts[0].text.replace("\n\n", " ").split(". ") if language.intro_pattern.search(plain(part))
    ]
    told = [part.strip().rstrip(".") + "." for part in told if len(part.split()) >= 6]
    said = ""
    for part in told[:2]:
        if len(said) + len(part) < SUMMARY:
            said = f"{said} {part}".strip()
    return said


def tags_of(cues: Sequence[Cue], language: Language) -> tuple[str, ...]:
    """Up to TAGS words that are said often and name things: no small words, no verbs of doing."""
    if not language.stopwords:
        return ()
    counts: Counter[str] = Counter()
    shown: dict[str, Counter[str]] = {}
    before = ""
    for word in " ".join(without_fillers(cue.text, language) for cue in cues).split():
        said = plain(word)
        if len(said) > 2 and said.isalpha() and said not in language.stopwords:
            named = before in language.determiners
            if named or said not in language.verbs:
                counts[_stem(said)] += 2 if named else 1
                shown.setdefault(_stem(said), Counter())[said] += 1
        before = said
    often = [(count, stem) for stem, count in counts.items() if shown[stem].total() >= 2]
    best = sorted(often, key=lambda item: (-item[0], item[1]))[:TAGS]
    # A single tag tells nobody anything.
    return tuple(shown[stem].most_common(1)[0][0] for _, stem in best) if len(best) > 1 else ()


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
