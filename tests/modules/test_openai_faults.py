"""What each failure of an AI server leads to: over real HTTP, with the real client."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx2
import openai
import pytest

from modules.ai.ledger import FREE, Ledger, Price
from modules.ai.openai.calls import TRIES, Calls, Unusable
from modules.ai.openai.connections import Connections
from modules.ai.openai.schemas import Overview, Section, SeenSteps, Steps, Whole
from modules.media import encode_audio
from modules.messages import message_for
from modules.pipeline.types import ProviderError
from tests.openai_server import CHAT, SPEECH, OpenAIServer
from tests.servers import wait_for

from .test_openai_speech import noise

LASTING = {
    "401": "ai_key_refused",
    "403": "ai_not_allowed",
    "404": "ai_model_unknown",
    "path": "ai_address_wrong",
    "quota": "ai_quota",
    "400": "ai_request_refused",
}
PASSING = {
    "408": "ai_unreachable",
    "409": "ai_unreachable",
    "429": "ai_busy",
    "500": "ai_unreachable",
    "503": "ai_unreachable",
    "drop": "ai_unreachable",
    "cut": "ai_unreachable",
    "hang": "ai_unreachable",
}
SPOILT = {
    "refusal": "refused",
    "length": "too long",
    "content_filter": "refused",
    "broken_json": "schema",
    "wrong_schema": "schema",
    "empty": "schema",
    "not_json": "not JSON",
    "no_choices": "no answer",
}
PIECE = encode_audio(noise(1))
MESSAGES = [
    {"role": "system", "content": "Make steps."},
    {"role": "user", "content": [{"type": "text", "text": '{"cues": ["[1] Open the box."]}'}]},
]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    started = OpenAIServer(said=lambda samples: "Words.").start()
    yield started
    started.stop()


def calls_to(server: OpenAIServer, **more) -> Calls:
    return Calls(server.key, server.url, **{"backoff": 0.005, "speech_seconds": 0.4, "chat_seconds": 0.4} | more)


def transcribe(calls: Calls, model: str = "gpt-transcribe") -> str:
    return calls.transcribe("speech", model, PIECE, "piece.flac", 0.6, threading.Event())[0]["text"]


def chat(calls: Calls, model: str = "gpt-6-luna") -> Steps:
    return calls.chat("steps", model, MESSAGES, Steps, threading.Event())


@pytest.mark.parametrize("kind", LASTING)
def test_what_no_second_try_would_mend_is_tried_once_and_says_what_to_set(server, kind):
    for on, ask in ((SPEECH, transcribe), (CHAT, chat)):
        server.fail(kind, on, times=9)
        with pytest.raises(ProviderError) as caught:
            ask(calls_to(server))
        assert (caught.value.code, caught.value.transient) == (LASTING[kind], False)
        assert "administrator" in message_for(caught.value.code, caught.value.params)
        assert len(server.asked(on)) == 1


@pytest.mark.parametrize("kind", PASSING)
def test_what_passes_is_tried_again(server, kind):
    for on, ask in ((SPEECH, transcribe), (CHAT, chat)):
        server.fail(kind, on)
        ledger = Ledger()
        assert ask(calls_to(server, ledger=ledger))
        assert len(server.asked(on)) == 2
        assert [call.outcome for call in ledger.calls] == [PASSING[kind], "done"]


@pytest.mark.parametrize("kind", sorted(PASSING.keys() - {"hang"}))
def test_what_does_not_pass_ends_as_a_passing_error(server, kind):
    server.fail(kind, SPEECH, times=99)
    with pytest.raises(ProviderError) as caught:
        transcribe(calls_to(server))
    assert (caught.value.code, caught.value.transient) == (PASSING[kind], True)
    assert len(server.asked(SPEECH)) == TRIES


def test_a_server_that_hangs_is_given_up_within_the_budget(server):
    server.fail("hang", SPEECH, times=99)
    with pytest.raises(ProviderError, match="ai_unreachable"):
        transcribe(calls_to(server, speech_seconds=0.2, budget=0.5))
    assert len(server.asked(SPEECH)) < TRIES


def test_all_the_trouble_of_a_stage_is_bounded(server):
    server.fail("500", SPEECH, times=99)
    calls = calls_to(server, trouble=0.02)
    for _ in range(3):
        with pytest.raises(ProviderError):
            transcribe(calls)
    assert len(server.asked(SPEECH)) < 3 * TRIES


def test_retry_after_is_waited_for(server):
    server.fail("429", SPEECH, headers={"Retry-After-Ms": "150"})
    assert transcribe(calls_to(server)) == "Words."
    first, second = server.asked(SPEECH)
    assert second.at - first.at >= 0.15


@pytest.mark.parametrize("value", ["3600", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_retry_after_beyond_the_budget_is_left_to_a_later_attempt(server, value):
    server.fail("429", SPEECH, headers={"Retry-After": value})
    with pytest.raises(ProviderError) as caught:
        transcribe(calls_to(server))
    assert caught.value.transient and caught.value.retry_after >= 3600
    assert len(server.asked(SPEECH)) == 1


def test_nobody_there_is_a_passing_error():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ProviderError) as caught:
        transcribe(Calls("sk", f"http://127.0.0.1:{port}/v1", backoff=0.005))
    assert caught.value.transient


def test_one_who_no_longer_waits_is_not_kept_waiting(server):
    server.fail("429", SPEECH, times=99, headers={"Retry-After": "60"})
    stop = threading.Event()
    stop.set()
    with pytest.raises(ProviderError):
        calls_to(server).transcribe("speech", "gpt-transcribe", PIECE, "piece.flac", 0.6, stop)
    assert len(server.asked(SPEECH)) == 1


def test_threads_that_wait_for_an_answer_which_nobody_wants_any_more_end_at_once(server):
    server.fail("hang", SPEECH, times=3, seconds=60)
    calls, stop = calls_to(server, speech_seconds=60), threading.Event()
    ask = partial(calls.transcribe, "speech", "gpt-transcribe", PIECE, "piece.flac", 0.6, stop)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(ask) for _ in range(3)]
        wait_for(lambda: len(server.asked(SPEECH)) == 3, "the server to be asked")
        stop.set()
        calls.close()
        errors = [one.exception(timeout=10) for one in waiting]
    assert [str(error) for error in errors] == ["ai_unreachable"] * 3
    assert transcribe(calls) == "Words.", "a later call opens connections of its own"


def test_a_connection_that_is_made_too_late_is_broken_off_too(server):
    connections = Connections()
    connections.break_off()
    with httpx2.Client(event_hooks={"request": [connections.follow]}) as client, pytest.raises(httpx2.TransportError):
        client.post(server.url)


@pytest.mark.parametrize("kind", SPOILT)
def test_an_answer_that_is_no_use_names_its_fault(server, kind):
    server.fail(kind, CHAT)
    ledger = Ledger()
    with pytest.raises(Unusable, match=SPOILT[kind]):
        chat(calls_to(server, ledger=ledger))
    assert ledger.calls[0].outcome == "ai_unusable"
    assert len(server.asked(CHAT)) == 1


def test_what_a_useless_answer_cost_is_written_down(server):
    server.fail("broken_json", CHAT)
    ledger = Ledger()
    with pytest.raises(Unusable):
        chat(calls_to(server, ledger=ledger))
    assert ledger.spent > 0 and ledger.calls[0].tokens_in > 0


def test_json_in_a_fence_is_json(server):
    server.fail("fenced", CHAT)
    assert chat(calls_to(server)).steps[0].first_cue == 1


def test_a_wrong_key_an_unknown_model_and_a_key_that_is_no_key(server):
    with pytest.raises(ProviderError, match="ai_key_refused"):
        transcribe(Calls("sk-wrong", server.url))
    with pytest.raises(ProviderError, match="ai_key_refused"):
        transcribe(Calls("ключ", server.url))
    with pytest.raises(ProviderError) as caught:
        chat(calls_to(server), model="gpt-9")
    assert caught.value.params == {"model": "gpt-9", "setting": "OPENAI_MODEL"}
    with pytest.raises(ProviderError) as caught:
        transcribe(calls_to(server), model="whisper-1")
    assert caught.value.params == {"model": "whisper-1", "setting": "OPENAI_TRANSCRIBE_MODEL"}


@pytest.mark.parametrize("shape", [Steps, SeenSteps, Section, Whole, Overview])
def test_every_schema_is_strict(server, shape):
    """The server refuses a schema that is not: with no steps to make, its answer only must be one."""
    server.reply = lambda good, name: {}
    with pytest.raises(Unusable, match="schema"):
        text = '{"cues": ["[1] a"], "steps": [{"id": "a", "title": "A", "text": "a", "cues": ["[1] a"]}], "pairs": []}'
        message = {"role": "user", "content": [{"type": "text", "text": text}]}
        calls_to(server).chat("steps", "gpt-6-luna", [message], shape, threading.Event())


def test_the_stand_in_refuses_what_the_real_server_refuses(server):
    client = openai.OpenAI(api_key=server.key, base_url=server.url, max_retries=0)
    loose = {"type": "object", "properties": {"a": {"type": "string"}}, "required": []}
    form = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": loose}}
    with pytest.raises(openai.BadRequestError, match="additionalProperties"):
        client.chat.completions.create(model="gpt-6-luna", messages=MESSAGES, response_format=form)
    with pytest.raises(openai.BadRequestError, match="not compatible"):
        client.audio.transcriptions.create(
            model="gpt-transcribe", file=("a.flac", PIECE), response_format="verbose_json"
        )
    with pytest.raises(openai.BadRequestError, match="timestamp_granularities"):
        client.audio.transcriptions.create(
            model="gpt-transcribe", file=("a.flac", PIECE), timestamp_granularities=["segment"]
        )
    with pytest.raises(openai.BadRequestError, match="corrupted"):
        client.audio.transcriptions.create(model="gpt-transcribe", file=("a.flac", b"fLaC nothing"))
    picture = {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,AAAA"}}
    with pytest.raises(openai.BadRequestError, match="image"):
        client.chat.completions.parse(
            model="gpt-6-luna", messages=[{"role": "user", "content": [picture]}], response_format=Steps
        )
    client.close()


def test_the_price_of_a_dated_model_is_that_of_its_family():
    ledger = Ledger()
    assert ledger.price("gpt-6-luna-2026-09-01") == Price(tokens_in=0.10, tokens_out=0.50)
    assert ledger.price("llama3") == FREE


def test_a_ledger_knows_what_was_spent_before_and_what_others_are_about_to_spend():
    ledger = Ledger(0.01, {"m": Price(minute=0.004)}, spent=0.001)
    with ledger.call("speech", "m", audio_seconds=60), ledger.call("speech", "m", audio_seconds=60):
        with pytest.raises(ProviderError) as caught:
            with ledger.call("speech", "m", audio_seconds=60):
                pass
    assert message_for(caught.value.code, caught.value.params).count("0.01") == 1
    # Both calls failed to say what they heard, and cost nothing: there is room again.
    with ledger.call("speech", "m", audio_seconds=60) as call:
        call.audio_seconds = 60
    assert ledger.spent == pytest.approx(0.005)
    assert len(ledger.take()) == 3 and ledger.take() == ()


def test_free_models_are_asked_without_a_budget():
    ledger = Ledger(0.000001)
    for _ in range(2):
        with ledger.call("steps", "llama3", tokens_in=9_000) as call:
            call.tokens_in = 9_000
    assert [(call.outcome, call.cost) for call in ledger.calls] == [("done", 0.0)] * 2
    with pytest.raises(ProviderError, match="ai_budget"), ledger.call("steps", "gpt-6-luna", tokens_in=9_000):
        pass


def fields_of(schema: object) -> Iterator[str]:
    """The names of all fields in a JSON schema, however deep."""
    for name, value in schema.items() if isinstance(schema, dict) else ():
        yield from value if name == "properties" else ()
        yield from fields_of(value)


@pytest.mark.parametrize("shape", [Steps, SeenSteps, Section, Whole, Overview])
def test_no_schema_asks_for_times(shape):
    names = list(fields_of(shape.model_json_schema()))
    assert names
    assert [name for name in names if re.search(r"start|end|time|second|minute|duration", name, re.IGNORECASE)] == []


def test_the_stand_in_runs_as_a_process_of_its_own(tmp_path):
    log = tmp_path / "log.json"
    command = [sys.executable, "-m", "tests.openai_server", "--chat-delay", "0", "--fault", "chat:500:1"]
    with subprocess.Popen([*command, "--log", str(log)], stdout=subprocess.PIPE, text=True) as process:
        calls = Calls("sk-test", process.stdout.readline().strip(), backoff=0.005)
        assert chat(calls).steps
        calls.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert [one["status"] for one in json.loads(log.read_text())] == [500, 200]
