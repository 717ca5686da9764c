"""The table of stages is whole, and a stage is what its row says, wherever it is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from modules.messages import MESSAGES
from modules.models import Module, StageRun, database_clock, stages
from modules.models.stages import Stage
from modules.processing import eta

from .factories import make_module, make_user

pytestmark = pytest.mark.django_db


def lacks(stage: Stage) -> list[str]:
    """What a row of the table is missing, in words."""
    column = min(model._meta.get_field("stage").max_length for model in (Module, StageRun))
    found = []
    if not stage.name.isidentifier() or len(stage.name) > column:
        found.append(f"a name of at most {column} letters")
    if not str(stage.label):
        found.append("a label")
    if stage.message and stage.message not in MESSAGES:
        found.append(f"the words for its message {stage.message}")
    if stage.band and not stage.message:
        found.append("a message")
    if stage.band and not stage.usual_share > 0:
        found.append("its usual share of the time")
    if stage.within and (stage.band or not (stages.find(stage.within) or stage).band):
        found.append("a stage on the bar to be within")
    if not stage.deadline_for(60) > 0:
        found.append("a deadline")
    return found


@pytest.mark.parametrize("stage", stages.STAGES, ids=str)
def test_each_row_is_whole(stage: Stage) -> None:
    assert lacks(stage) == []


@pytest.mark.parametrize(
    "broken",
    [
        replace(stages.STEPS, name="a much too long name"),
        replace(stages.STEPS, label=""),
        replace(stages.STEPS, message="no_such_message"),
        replace(stages.STEPS, message=""),
        replace(stages.STEPS, usual_share=0.0),
        replace(stages.STILLS, within="nowhere"),
        replace(stages.STEPS, deadline=0),
    ],
)
def test_a_row_that_is_not_whole_is_told(broken: Stage) -> None:
    assert len(lacks(broken)) == 1


def test_the_bands_follow_each_other_from_0_to_just_before_100() -> None:
    bands = [stage.band for stage in stages.on_the_bar() if stage.band]
    assert (bands[0][0], bands[-1][1]) == (0, 99)
    assert all(before[1] == after[0] < after[1] for before, after in pairwise(bands))
    assert len({stage.name for stage in stages.STAGES}) == len(stages.STAGES)


@pytest.fixture
def sixth(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage more, by a row in the table alone."""
    translate = Stage("translate", "Translation", "enhancing", (80, 90), usual_share=0.1)
    table = list(stages.STAGES)
    place = table.index(stages.ENHANCE)
    table[place : place + 1] = [replace(stages.ENHANCE, band=(60, 80)), translate]
    monkeypatch.setattr(stages, "STAGES", tuple(table))
    return translate


@pytest.fixture
def translated(sixth: Stage) -> Module:
    """A module that is half through it, by a person who may see the admin."""
    cache.clear()
    now = database_clock()
    admin = make_user("root", is_staff=True, is_superuser=True)
    times = {"claimed_at": now - timedelta(seconds=170), "heartbeat_at": now}
    return make_module(
        admin, status="processing", lease_token="r", stage=sixth.name, progress=85, duration=100.0, **times
    )


def test_a_sixth_stage_shows_on_the_processing_page_and_in_the_library(client: Client, translated: Module) -> None:
    client.force_login(translated.owner)
    page = client.get(reverse("processing", args=[translated.pk])).content.decode()
    assert page.count('<li class="stage stage-') == 6
    assert 'aria-current="step"' in page.partition(">Translation<")[0].rpartition("<li")[2]
    assert "Translation" in client.get(reverse("library")).content.decode()


def test_a_sixth_stage_shows_in_the_api(client: Client, translated: Module) -> None:
    client.force_login(translated.owner)
    answer = client.get(reverse("status_json", args=[translated.pk])).json()
    assert (answer["stage"], answer["progress"]) == ("translate", 85)
    assert answer["etaSeconds"] > 0


def test_a_sixth_stage_shows_in_the_admin(client: Client, translated: Module) -> None:
    StageRun.objects.create(module=translated, lease_token="r", stage="translate", outcome="done", seconds=1)
    client.force_login(translated.owner)
    for name, query in (("module", ""), ("module", "?stage=translate"), ("stagerun", "?stage=translate")):
        page = client.get(reverse(f"admin:modules_{name}_changelist") + query).content.decode()
        assert page.count("Translation") >= 2, "as a filter, and in the row"
    page = client.get(reverse("admin:modules_module_change", args=[translated.pk])).content.decode()
    assert page.count("Translation") >= 2, "of the module, and of its stage run"
    assert (
        "Translation"
        not in client.get(reverse("admin:modules_module_changelist") + "?stage=probe")
        .content.decode()
        .partition("result_list")[2]
    )


def test_the_time_left_counts_a_sixth_stage_by_its_share_and_by_what_it_took_before(translated: Module) -> None:
    # All shares add up to 1.1; done are those before it and half of its own.
    done = (0.04 + 0.7 + 0.08 + 0.08 + 0.05) / 1.1
    assert eta.seconds_left(translated, translated.claimed_at + timedelta(seconds=170)) == round(
        170 * (1 - done) / done
    )
    for name, seconds in {"translate": 40, "finalize": 10}.items():
        StageRun.objects.create(
            module=make_module(), lease_token="x", stage=name, outcome="done", seconds=seconds, media_seconds=100
        )
    cache.clear()
    assert eta.seconds_left(translated, database_clock()) == 30


def test_a_stage_that_this_version_does_not_know_breaks_no_page(client: Client) -> None:
    """During an upgrade a newer worker may be at work beside an older web process."""
    module = make_module(status="processing", lease_token="r", stage="dubbing", progress=50, duration=60.0)
    StageRun.objects.create(module=module, lease_token="r", stage="dubbing", outcome="done", code="no_stills")
    client.force_login(module.owner)
    assert client.get(reverse("processing", args=[module.pk])).status_code == 200
    answer = client.get(reverse("status_json", args=[module.pk])).json()
    assert (answer["stage"], answer["etaSeconds"]) == ("dubbing", None)
