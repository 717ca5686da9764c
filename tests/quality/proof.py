"""What every question of the local quiz promises, checked by other means than those that made it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from modules.ai.rules.gaps import GAP
from modules.ai.rules.language import plain
from modules.pipeline.types import Draft, Material, Question

_QUOTED = re.compile(r"[“„«]\s?((?:(?![“„«]).)*_____.*?)\s?[”“»]$")


def proved(question: Question, drafts: Sequence[Draft], material: Material) -> None:
    """Raises AssertionError when a question is not whole, not proved by its cues, or has a second right answer."""
    cues = {cue.number: cue.text for cue in material.cues}
    assert len(question.options) == 4 and 0 <= question.right < 4
    assert len({plain(option) for option in question.options}) == 4
    assert question.text and question.explanation and question.cues and set(question.cues) <= set(cues)
    assert set(question.steps) <= {draft.id for draft in drafts}
    proof = _spaced(cues[number] for number in question.cues)
    right = question.options[question.right]
    wrong = [option for option in question.options if option != right]
    if GAP in question.text:
        sentence = _QUOTED.search(question.text)[1]
        assert _spaced([sentence.replace(GAP, right)]) in proof
        everything = _spaced(material_text(material))
        assert not any(_spaced([sentence.replace(GAP, option)]) in everything for option in wrong)
    else:
        titles = [draft.title for draft in drafts]
        before = next(at for at, draft in enumerate(drafts) if draft.id == question.steps[0])
        assert drafts[before].title in question.text and drafts[before + 1].title == right
        assert titles.count(drafts[before].title) == titles.count(right) == 1 and set(wrong) <= set(titles)


def material_text(material: Material) -> list[str]:
    return [cue.text for cue in material.cues]


def _spaced(texts) -> str:
    return f" {' '.join(plain(' '.join(texts)).split())} "
