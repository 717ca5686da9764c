"""Randomly damaged answers, over real HTTP: whatever comes, nothing that is not true of the video leaves the writer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.ai.openai import Calls, OpenAIWriter
from modules.ai.openai.grounding import words_of
from modules.ai.openai.numerals import numbers
from modules.ai.rules.languages import LANGUAGES
from modules.pipeline.types import KINDS, Draft, Enhanced, Material, ProviderError
from tests.openai_server import OpenAIServer
from tests.quality.damage import holds
from tests.soak import soaked

from .test_openai_writer import QUESTION, SAID, by_id, material, valid

ENGLISH = LANGUAGES["en"]
TEXTS = st.one_of(
    st.sampled_from(
        [*SAID, "Wait 45 minutes.", "Open the valve.", "<script>alert(1)</script>", "", "\x00\ud7ff\u202e"]
    ),
    st.text(max_size=30),
)
NUMBERS = st.one_of(st.integers(-3, 12), st.integers(-(10**12), 10**12))
WRONG = st.one_of(st.none(), st.booleans(), st.floats(allow_nan=False), st.lists(st.none(), max_size=2), TEXTS)
SAID_ALOUD = " ".join([*SAID, "Bleeding a radiator."])


def now_and_then(strategy: st.SearchStrategy, wrong: st.SearchStrategy) -> st.SearchStrategy:
    return st.integers(0, 15).flatmap(lambda die: wrong if die == 0 else strategy)


STEPS = st.fixed_dictionaries(
    {
        "steps": st.lists(
            st.fixed_dictionaries(
                {
                    "title": now_and_then(TEXTS, WRONG),
                    "text": TEXTS,
                    "kind": now_and_then(st.sampled_from(KINDS), TEXTS),
                    "first_cue": now_and_then(st.integers(1, 8), NUMBERS),
                    "last_cue": now_and_then(st.integers(1, 8), NUMBERS),
                }
            ),
            max_size=6,
        )
    }
)
IDS = now_and_then(st.sampled_from(["s1", "s2", "s3", "s4", "s5", "s6"]), TEXTS)
LISTED = st.lists(
    st.fixed_dictionaries({"text": TEXTS, "cues": st.lists(now_and_then(st.integers(1, 8), NUMBERS), max_size=3)}),
    max_size=2,
)
ONE_QUESTION = st.fixed_dictionaries(
    {
        "steps": st.lists(IDS, max_size=3),
        "question": TEXTS,
        "options": st.one_of(st.just(QUESTION["options"]), st.lists(TEXTS, max_size=5)),
        "right": now_and_then(st.integers(0, 3), NUMBERS),
        "explanation": TEXTS,
        "cues": st.lists(now_and_then(st.integers(1, 8), NUMBERS), max_size=3),
    }
)


@st.composite
def sections(draw: st.DrawFn) -> dict[str, Any]:
    """An answer whose ids mostly fit, and of which everything else is left to chance."""
    ids = draw(now_and_then(st.just([f"s{at}" for at in range(1, 7)]), st.lists(IDS, max_size=7)))
    steps = [{"id": one, "title": draw(TEXTS), "text": draw(TEXTS), "tips": draw(LISTED)} for one in ids]
    return {
        "steps": [step | {"warnings": draw(LISTED)} for step in steps],
        "questions": draw(st.lists(ONE_QUESTION, max_size=3)),
        "summary": draw(TEXTS),
        "tags": draw(st.lists(TEXTS, max_size=3)),
        "goals": draw(st.lists(TEXTS, max_size=3)),
    }


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    started = OpenAIServer().start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def writer(server: OpenAIServer) -> OpenAIWriter:
    return OpenAIWriter(
        Calls(server.key, server.url, backoff=0.001), "gpt-6-luna", lambda still: b"", answers=Forgetful()
    )


@pytest.fixture(scope="module")
def drafts(server: OpenAIServer, writer: OpenAIWriter) -> Sequence[Draft]:
    server.reply = lambda good, name: good
    return writer.draft_steps(material())


class Forgetful(dict):
    """Keeps nothing, so that every example is asked for anew."""

    def __setitem__(self, key: str, value: str) -> None:
        json.loads(value)


def invented(text: str) -> set[str]:
    """Numbers and words of a text that nobody said. A word that begins as one that was said is a form of it."""
    said = words_of(SAID_ALOUD)
    known, beginnings = set(said), {word[:3] for word in said if len(word) > 2}
    return (numbers(text, ENGLISH) - numbers(SAID_ALOUD, ENGLISH)) | {
        word for word in words_of(text) if word not in known and word[:3] not in beginnings
    }


@soaked(1000)
@given(answer=STEPS)
def test_damaged_steps_never_leave_the_video(server, writer, answer):
    video = material()
    server.reply = lambda good, name: answer
    try:
        drafts = writer.draft_steps(video)
    except ProviderError as error:
        assert error.code == "ai_unusable"
        return
    holds(drafts, video)
    for draft in drafts:
        assert not numbers(draft.text + " " + draft.title, ENGLISH) - numbers(SAID_ALOUD, ENGLISH)
        assert "script" not in draft.text + draft.title


@soaked(1000)
@given(answer=sections())
def test_damaged_wording_never_changes_a_fact(server, writer, drafts, answer):
    video = material()
    server.reply = lambda good, name: answer
    better = writer.enhance(drafts, video)
    holds(better.steps, video)
    check(better, by_id(drafts), video)


def check(better: Enhanced, drafts: dict, video: Material) -> None:
    """Every promise about what a learner is shown."""
    valid(better.quiz, drafts)
    assert by_id(better.steps).keys() == drafts.keys()
    for step in better.steps:
        draft = drafts[step.id]
        assert (step.cues, step.start, step.end, step.kind) == (draft.cues, draft.start, draft.end, draft.kind)
        assert numbers(draft.text, ENGLISH) <= numbers(step.text, ENGLISH) <= numbers(SAID_ALOUD, ENGLISH)
    for aside in better.asides:
        assert aside.cues and set(aside.cues) <= set(drafts[aside.step].cues) and aside.kind in ("tip", "warning")
        assert not numbers(aside.text, ENGLISH) - numbers(SAID_ALOUD, ENGLISH)
    for text in (better.summary, *better.tags, *better.goals):
        assert not numbers(text, ENGLISH) - numbers(SAID_ALOUD, ENGLISH)
        assert len(invented(text)) <= len(words_of(text)) / 2
