"""The writer by an OpenAI-compatible server: it proposes, rules decide what stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from modules.ai.rules import LocalWriter
from modules.ai.rules.languages import language_of
from modules.ai.rules.salient import summary_of, tags_of
from modules.pipeline.steps import normalize_steps
from modules.pipeline.types import (
    Aside,
    Cue,
    Draft,
    Enhanced,
    Material,
    MediaError,
    Notice,
    ReportProgress,
    Still,
    ignore_progress,
    progress_part,
)

from . import drafting, enhancing, vision
from .calls import Calls
from .enhancing import pairs, source_of
from .prompting import AnswerCache, PromptRunner
from .quiz_validation import quiz
from .schemas import Section, Whole


class OpenAIWriter:
    """A Writer. model: as the server names it. picture: a small JPEG of a still (raises MediaError or OSError).

    at_once: requests under way at the same time. answers: the cache of those that an earlier attempt paid for; new ones
    are put there, in the caller's thread.
    """

    def __init__(
        self,
        calls: Calls,
        model: str,
        picture: Callable[[Still], bytes],
        *,
        at_once: int = 8,
        answers: AnswerCache | None = None,
    ) -> None:
        self.picture = picture
        self.name = f"openai {model}"[:98] + " 1"
        self._prompts = PromptRunner(calls, model, at_once, {} if answers is None else answers)

    def pictures(self, cues: Sequence[Cue]) -> int:
        """As many as its prompts show."""
        return drafting.PICTURES * len(drafting.sections(cues)) if cues else vision.MOST

    def draft_steps(self, material: Material, report_progress: ReportProgress = ignore_progress) -> Sequence[Draft]:
        """Steps from cues and pictures; from pictures alone when nobody speaks. Already mended."""
        if material.cues:
            return normalize_steps(self._from_cues(material, report_progress), material)
        pictures = vision.shown_pictures(material, self._shown)
        if not pictures:
            return LocalWriter().draft_steps(material, report_progress)
        answers = self._prompts.run(
            "steps", vision.prompts(material, pictures), progress_part(report_progress, 0.1, 1.0)
        )
        return normalize_steps(vision.drafts_of(answers, pictures, material), material)

    def _from_cues(self, material: Material, report_progress: ReportProgress) -> list[Draft]:
        parts = drafting.sections(material.cues)
        prompts = [drafting.prompt_for(material, part, self._shown) for part in parts]
        answers = self._prompts.run("steps", prompts, progress_part(report_progress, 0.1, 1.0))
        cited = [drafting.cited_steps(answer, material, part) for part, answer in zip(parts, answers, strict=True)]
        return drafting.drafts_of(drafting.joined(parts, cited), material)

    def _shown(self, still: Still) -> bytes | None:
        """A picture, unless it cannot be read: the words do without."""
        try:
            return self.picture(still)
        except (MediaError, OSError):
            return None

    def enhance(
        self, drafts: Sequence[Draft], material: Material, report_progress: ReportProgress = ignore_progress
    ) -> Enhanced:
        """Better words, tips and warnings, an overview and a quiz. Where the model gives none, the drafts stand."""
        if not drafts:
            return Enhanced(())
        answers = self._prompts.run("enhance", enhancing.prompts(drafts, material), report_progress)
        language = language_of(material.language, (cue.text for cue in material.cues))
        cues = {cue.number: cue for cue in material.cues}
        sections = [answer for answer in answers if isinstance(answer, Section)]
        better = {step.id: step for section in sections for step in section.steps}
        steps = tuple(enhancing.worded(draft, better.get(draft.id), cues, language) for draft in drafts)
        said: tuple[Aside, ...] = tuple(
            aside
            for draft in drafts
            if draft.id in better
            for aside in enhancing.asides(draft, better[draft.id], cues, language)
        )
        source = " ".join([material.title + ".", *(source_of(draft, cues) for draft in drafts)])
        summary, tags, goals = enhancing.overview(_overview(answers), source, language)
        asked = [question for section in sections for question in section.questions]
        by_id = {draft.id: draft for draft in drafts}
        return Enhanced(
            steps,
            summary or summary_of(steps, language),
            tags or tags_of(material.cues, language),
            (Notice("ai_unusable"),) if None in answers else (),
            goals,
            quiz(asked, pairs(drafts), by_id, cues, language),
            said,
        )


def _overview(answers: Sequence[Any]) -> Any:
    """The answer that tells of the whole: the only one, or the last."""
    return answers[-1] if isinstance(answers[-1], Whole) or len(answers) > 1 else None
