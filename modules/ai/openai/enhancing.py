"""Better words for steps, and what a learner gets beside them: each tied to its step by id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from modules.ai.rules.language import Language
from modules.ai.rules.languages import LANGUAGES
from modules.pipeline.types import Aside, Cue, Draft, Material

from .calls import Unusable
from .drafting import good_title
from .grounding import faithful, grounded, words_of
from .prompting import Prompt, cues_as_lines, instructions, text_part
from .schemas import BetterStep, Overview, Said, Section, Whole

SECTION = 12
"""Steps that are worded at once, at most."""
LETTERS = 12_000
"""Letters of text that are worded at once, at most."""
OVERVIEW_LETTERS = 400
"""Letters of each step that are shown for the overview."""
SUMMARY_WORDS = 3
"""Fewer tell nothing of a video."""
TELLING = " ".join(sorted(word for language in LANGUAGES.values() for word in language.telling))
"""Words that tell of any how-to, whatever is said in it and in whatever language."""
ASIDES = 3
"""Tips, and warnings, of one step."""


def prompts(drafts: Sequence[Draft], material: Material) -> list[Prompt]:
    """Ask for the wording of all steps, a section at a time, and for an overview; all in one when they are few."""
    parts = sections(drafts)
    if len(parts) == 1:
        return [_section(parts[0], material, Whole, f"{instructions('overview.txt')}\n{instructions('enhance.txt')}")]
    whole = [text_part(_shortly(drafts, material))]
    overview = Prompt(instructions("overview.txt"), whole, Overview, _anything, spare=True)
    return [*(_section(part, material, Section, instructions("enhance.txt")) for part in parts), overview]


def sections(drafts: Sequence[Draft]) -> list[list[Draft]]:
    """Drafts in parts of at most SECTION that take the model not too long to write; no pair is torn."""
    parts: list[list[Draft]] = []
    for first in range(0, len(drafts), 2):
        pair = list(drafts[first : first + 2])
        letters = sum(len(draft.text) for draft in [*(parts[-1] if parts else ()), *pair])
        if parts and len(parts[-1]) < SECTION and letters <= LETTERS:
            parts[-1] += pair
        else:
            parts.append(pair)
    return parts


def _section(drafts: Sequence[Draft], material: Material, schema: type[Section], task: str) -> Prompt:
    cues = {cue.number: cue for cue in material.cues}
    steps = [
        {
            "id": draft.id,
            "kind": draft.kind,
            "title": draft.title,
            "text": draft.text,
            "cues": list(cues_as_lines([cues[number] for number in draft.cues])),
        }
        for draft in drafts
    ]
    data = {
        "title": material.title,
        "language": material.language,
        "steps": steps,
        "pairs": [list(pair) for pair in pairs(drafts)],
    }
    ids = [draft.id for draft in drafts]
    return Prompt(task, [text_part(data)], schema, lambda answer: check(answer.steps, ids), spare=True)


def pairs(drafts: Sequence[Draft]) -> list[tuple[str, ...]]:
    """The ids of each two steps that get a question; a single step gets one of its own. Silent steps get none."""
    spoken = [draft.id for draft in drafts if draft.cues]
    return [tuple(spoken)] if len(spoken) == 1 else list(zip(spoken[::2], spoken[1::2], strict=False))


def _shortly(drafts: Sequence[Draft], material: Material) -> dict:
    steps = [{"title": draft.title, "text": draft.text[:OVERVIEW_LETTERS]} for draft in drafts]
    return {"title": material.title, "language": material.language, "steps": steps}


def _anything(answer: Overview) -> None:
    """Every overview fits: what it says is checked line by line."""


def check(steps: Sequence[BetterStep], ids: Sequence[str]) -> None:
    """Raises Unusable, naming the fault, unless each id is there once."""
    found = Counter(step.id for step in steps)
    for step in ids:
        if found[step] != 1:
            raise Unusable(f"Step {step} is there {found[step]} times instead of once.")
    if len(found) > len(ids):
        raise Unusable("There are steps with ids that were not given.")


def worded(draft: Draft, better: BetterStep | None, cues: Mapping[int, Cue], language: Language) -> Draft:
    """The draft with the better title and the better text, each only if it keeps to what was said."""
    if better is None:
        return draft
    source = source_of(draft, cues)
    opening = draft.kind in ("intro", "wrap-up")
    fits = good_title(better.title, source, language, opening=opening)
    title = better.title.strip() if fits else draft.title
    text = better.text.strip() if faithful(better.text, draft.text, source, language) else draft.text
    return replace(draft, title=title, text=text)


def source_of(draft: Draft, cues: Mapping[int, Cue]) -> str:
    """All that may be said of a step."""
    return " ".join([draft.title + ".", draft.text, *(cues[number].text for number in draft.cues)])


def asides(draft: Draft, better: BetterStep, cues: Mapping[int, Cue], language: Language) -> Iterator[Aside]:
    """Tips and warnings that the cues of their own step state."""
    for kind, listed in (("tip", better.tips), ("warning", better.warnings)):
        for said in [said for said in listed if _stated(said, draft, cues, language)][:ASIDES]:
            yield Aside(draft.id, kind, said.text.strip(), tuple(sorted(set(said.cues))))


def _stated(said: Said, draft: Draft, cues: Mapping[int, Cue], language: Language) -> bool:
    if not said.cues or not set(said.cues) <= set(draft.cues):
        return False
    return grounded(said.text, " ".join(cues[number].text for number in sorted(set(said.cues))), language)


def overview(answer: Overview | None, source: str, language: Language) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """(summary, tags, goals), each only as far as the source bears it out."""
    if answer is None:
        return "", (), ()
    source = f"{source} {TELLING}"
    summary = " ".join(answer.summary.split())
    tags = _distinct(tag for tag in answer.tags if len(tag) <= 40 and grounded(tag, source, language, 0.5))
    goals = _distinct(goal for goal in answer.goals if len(goal) <= 160 and grounded(goal, source, language, 0.6))
    told = len(words_of(summary)) >= SUMMARY_WORDS and grounded(summary, source, language, 0.6)
    return summary if told else "", tags[:8], goals[:5]


def _distinct(texts: Iterator[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for text in texts:
        line = " ".join(text.split())
        found.setdefault(line.casefold(), line)
    return tuple(found.values())
