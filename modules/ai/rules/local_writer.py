"""The local writer: steps, titles and wording by rule. Deterministic, offline, and it adds nothing to what is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modules.pipeline.steps import normalize_steps
from modules.pipeline.still_selection import MOST
from modules.pipeline.types import Cue, Draft, Enhanced, Material, ReportProgress, ignore_progress

from .asides import set_aside
from .boundaries import step_starts
from .language import Language
from .languages import language_of
from .quiz_generation import quiz_of
from .salient import summary_of, tags_of
from .silent import scene_steps
from .titles import title_of
from .units import Unit, units_of
from .wording import text_of, tidied

SHORT = 3
"""Sentences of a step that only warns or gives a tip."""
OPENING = 40
"""Characters of a sentence in which it shows what it is for."""


class LocalWriter:
    """A Writer that needs no network and no model."""

    name = "local rules 4"

    def pictures(self, cues: Sequence[Cue]) -> int:
        """All of them: it writes in no time in which others could be taken."""
        return MOST

    def draft_steps(self, material: Material, report_progress: ReportProgress = ignore_progress) -> Sequence[Draft]:
        """Steps from cues, pauses and scenes; from scenes alone when nobody speaks. Already mended."""
        cues = [cue for cue in material.cues if cue.text.strip()]
        if not cues:
            return normalize_steps(scene_steps(material.scenes, material.duration), material)
        language = language_of(material.language, (cue.text for cue in cues))
        units = units_of(cues, language)
        report_progress(0.3)
        starts = step_starts(units, language, material.scenes, material.duration)
        report_progress(0.8)
        drafts = _drafts(
            [units[start:stop] for start, stop in zip(starts, [*starts[1:], None], strict=True)], cues, language
        )
        report_progress(1.0)
        return normalize_steps(drafts, material)

    def enhance(
        self, drafts: Sequence[Draft], material: Material, report_progress: ReportProgress = ignore_progress
    ) -> Enhanced:
        """The drafts as they are, their wording tidied; a summary, tags, a quiz and asides when the words give them."""
        language = language_of(material.language, (cue.text for cue in material.cues))
        steps = tuple(replace(draft, text=tidied(draft.text, language) or draft.text) for draft in drafts)
        report_progress(0.3)
        quiz = quiz_of(steps, material, language)
        summary, tags = summary_of(steps, language), tags_of(material.cues, language)
        parted = [set_aside(step, material.cues, language) for step in steps]
        report_progress(1.0)
        asides = tuple(aside for _, some in parted for aside in some)
        return Enhanced(tuple(step for step, _ in parted), summary, tags, quiz=quiz, asides=asides)


def _drafts(parts: Sequence[Sequence[Unit]], cues: Sequence[Cue], language: Language) -> list[Draft]:
    """One draft for each part; a part that begins in another's last cue starts with the cue after it."""
    drafts = []
    for number, units in enumerate(parts, 1):
        kind = _kind(units, number, len(parts), language)
        texts = [unit.text for unit in units]
        own = range(units[0].opens, max(units[0].opens, units[-1].last) + 1)
        drafts.append(
            Draft(
                id=f"s{number}",
                kind=kind,
                title=title_of(texts, language, announces=kind in ("intro", "wrap-up")),
                text=text_of(texts, language),
                cues=tuple(cues[at].number for at in own),
                start=cues[own[0]].start,
                end=units[-1].end,
            )
        )
    return drafts


def _kind(units: Sequence[Unit], number: int, count: int, language: Language) -> str:
    """The kind of a whole step: a short one that opens with a warning or tip is one as a whole."""
    said = [unit.plain for unit in units]
    if number == 1 and count > 1 and any(language.intro_pattern.search(part) for part in said[:3]):
        return "intro"
    if number >= count - 1 and count > 2 and _closes(units, language):
        return "wrap-up"
    for kind, pattern in (("warning", language.warns_pattern), ("tip", language.tips_pattern)):
        if len(said) <= SHORT and pattern.match(said[0]):
            return kind
    return "step"


def _closes(units: Sequence[Unit], language: Language) -> bool:
    """Whether a step says good-bye or sums up, and does not only end with it after something to do."""
    found = (language.wrap_up_pattern.search(unit.plain) for unit in units[:2])
    return any(match and match.start() <= OPENING for match in found)
