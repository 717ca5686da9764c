"""What a module is made of: which fields a person edited, and what the search looks at."""

from __future__ import annotations

import pytest

from modules.models import Cue, Step, searchable_text

from .factories import make_module

pytestmark = pytest.mark.django_db

FACTS = {"kind": "step", "title": "Lift", "text": "Lift the lid.", "start": 1.0, "end": 2.0}


@pytest.mark.parametrize("name", FACTS)
def test_a_field_that_differs_from_what_the_machine_wrote_was_edited(name: str):
    new = {"kind": "tip", "title": "Mine", "text": "My words.", "start": 1.5, "end": 2.5}[name]
    assert Step(**FACTS, machine=FACTS).edited == set()
    assert Step(**FACTS | {name: new}, machine=FACTS).edited == {name}


def test_a_field_that_the_machine_never_wrote_is_a_persons():
    assert Step(**FACTS | {"text": ""}, machine={"title": "Lift"}).edited == {"kind", "text", "start", "end"}


def test_the_search_looks_at_all_that_is_shown_and_at_nothing_that_was_deleted():
    module = make_module(title="Der ÖLWECHSEL", description="For Beginners")
    for order, (text, deleted) in enumerate((("Open it.", False), ("Never do this.", True))):
        module.steps.create(order=order, title=f"Step {order}", text=text, start=order, end=order + 1, deleted=deleted)
    for language, said in (("en", "An older transcript"), ("de", "Guten Tag")):
        transcript = module.transcripts.create(language=language, origin="speech")
        Cue.objects.create(transcript=transcript, number=1, start=0, end=1, text=said)
    assert searchable_text(module) == "der ölwechsel\nfor beginners\nstep 0 open it.\nguten tag"


def test_without_a_transcript_the_search_looks_at_the_rest():
    assert searchable_text(make_module(title="A", description="B")) == "a\nb"
