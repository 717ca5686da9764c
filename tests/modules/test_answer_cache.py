"""A model's answers outlive the run that paid for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modules.models import Module, database_clock
from modules.processing.answer_cache import SavedAnswers
from modules.processing.attempt import Attempt

from .factories import make_module

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def scratch(settings: Any, tmp_path: Path) -> None:
    settings.WORK_DIR = tmp_path / "work"


def run_of(module: Module) -> Attempt:
    """The next run of a module, whose last one is over."""
    Module.objects.filter(pk=module.pk).update(status="queued")
    token = Module.objects.claim(module.pk, database_clock(), "w1")
    return Attempt(Module.objects.get(pk=module.pk), token, worker="w1", disposable=False)


def test_a_later_run_knows_all_that_earlier_ones_were_told():
    module = make_module()
    first = SavedAnswers(run_of(module))
    assert (len(first), list(first)) == (0, [])
    first["one"], first["two"] = "1", "2"
    assert (first["one"], first["two"]) == ("1", "2")
    second = SavedAnswers(run_of(module))
    second["three"] = "3"
    assert dict(second) == {"one": "1", "two": "2", "three": "3"}
    third = SavedAnswers(run_of(module))
    assert (dict(third), len(third)) == ({"one": "1", "two": "2", "three": "3"}, 3)
    parts = module.stage_runs.order_by("pk").values_list("stage", "outcome", "part")
    assert list(parts) == [("enhance", "part", part) for part in range(3)]


def test_when_the_steps_are_written_again_the_model_is_asked_again():
    module = make_module()
    SavedAnswers(run_of(module))["one"] = "1"
    Module.objects.update(steps_round=1)
    assert dict(SavedAnswers(run_of(module))) == {}


def test_answers_about_one_module_are_none_about_another():
    SavedAnswers(run_of(make_module()))["one"] = "1"
    assert "one" not in SavedAnswers(run_of(make_module()))


def test_what_was_paid_for_cannot_be_thrown_away():
    answers = SavedAnswers(run_of(make_module()))
    answers["one"] = "1"
    with pytest.raises(TypeError, match="what was paid for is kept"):
        del answers["one"]
