"""Whatever a server answers, as long as it is HTTP: what comes out is a result or one of our errors, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modules.ai.ledger import Ledger
from modules.ai.openai import Calls, OpenAISpeech
from modules.ai.openai.calls import Unusable
from modules.media import encode_audio
from modules.pipeline.types import Hints, ProviderError
from tests.openai_server import CHAT, SPEECH, OpenAIServer
from tests.soak import soaked

from .test_openai_faults import chat
from .test_openai_speech import window

DEEP = "[" * 200_000
LONG = "9" * 5000
HUGE = 10**400
"""An integer that JSON and Python write and no float holds."""

ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 40),
        st.sampled_from([HUGE, -HUGE]),
        st.floats(),
        st.text(max_size=8),
        st.just("en"),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


def having(**fields: st.SearchStrategy) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these fields, each of which holds what it should or anything else."""
    return st.fixed_dictionaries({}, optional={name: st.one_of(kind, ANYTHING) for name, kind in fields.items()})


SEGMENT = having(text=st.text(max_size=8), start=st.floats(-1, 2), end=st.floats(-1, 2))
SPOKEN = st.builds(
    lambda text, rest: {"text": text} | rest,
    st.sampled_from(["Open the box.", ""]),
    having(
        languages=st.lists(having(code=st.just("de")), max_size=2),
        language=st.just("english"),
        segments=st.lists(SEGMENT, max_size=3),
    ),
)
WRITTEN = having(
    usage=having(prompt_tokens=st.integers(0, 99), completion_tokens=st.integers(0, 99)),
    choices=st.lists(having(message=having(content=st.text(max_size=9)), finish_reason=st.just("stop")), max_size=2),
)
REFUSED = st.one_of(
    ANYTHING, st.builds(lambda error: {"error": error}, having(code=st.text(), type=st.text(), message=st.text()))
)
STATUSES = st.sampled_from([400, 401, 403, 404, 418, 422])


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    started = OpenAIServer().start()
    yield started
    started.stop()


def calls(server: OpenAIServer, ledger: Ledger | None = None) -> Calls:
    return Calls(server.key, server.url, ledger=ledger, backoff=0.001)


def answer(server: OpenAIServer, on: str, value: object, status: int = 200) -> None:
    """What the server says next, however often it is asked. value: a str is sent as it is."""
    server.faults = []
    body = value if isinstance(value, str) else json.dumps(value)
    server.fail("raw", on, times=99, status=status, body=body)


@soaked(1500)
@given(said=SPOKEN)
@example(said={"text": "Open.", "segments": [{"text": "Open.", "start": 0, "end": HUGE}]})
@example(said={"text": "Open.", "languages": [["en"]], "language": {"a": 1}})
@example(said=DEEP)
@example(said=LONG)
def test_speech_is_words_within_its_window_or_an_error_of_ours(server: OpenAIServer, said: object):
    answer(server, SPEECH, said)
    with OpenAISpeech(calls(server), "gpt-transcribe", encode_audio) as speech:
        try:
            [heard] = speech.transcribe([window(1)], Hints())
        except ProviderError as error:
            assert error.code == "ai_unusable"
            return
    assert all(10.0 <= segment.start <= segment.end <= 10.6 for segment in heard.segments)
    assert isinstance(heard.language, str)


@soaked(1500)
@given(written=WRITTEN)
@example(written={"usage": {"prompt_tokens": HUGE, "completion_tokens": 1}, "choices": []})
@example(written={"usage": {"prompt_tokens": -(10**9), "completion_tokens": -1}, "choices": []})
@example(written={"choices": [{"message": {"content": DEEP}}]})
@example(written=DEEP)
@example(written=LONG)
def test_a_useless_chat_never_gives_money_back(server: OpenAIServer, written: object):
    answer(server, CHAT, written)
    ledger = Ledger(limit=1.0)
    with closing(calls(server, ledger)) as opened, pytest.raises((Unusable, ProviderError)):
        chat(opened)
    assert 0 <= ledger.spent < 1000
    assert all(type(call.tokens_in) is int and type(call.tokens_out) is int for call in ledger.calls)


@soaked(1500)
@given(status=STATUSES, said=REFUSED)
@example(status=400, said={"error": {"code": {"a": 1}, "type": ["x"], "message": {"b": 2}, "param": []}})
@example(status=400, said=DEEP)
@example(status=400, said=LONG)
def test_a_refusal_is_an_error_of_ours_whatever_it_holds(server: OpenAIServer, status: int, said: object):
    answer(server, CHAT, said, status)
    with closing(calls(server)) as opened, pytest.raises(ProviderError):
        chat(opened)
