import gc
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from modules.ai.whisper import LocalWhisper
from modules.pipeline.types import SAMPLE_RATE, Hints, ProviderError, Span, Window
from tests.tiny_whisper import write_tiny_whisper

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LOAD = """
import sys
import numpy as np
from modules.ai.whisper import LocalWhisper
from modules.pipeline.types import Hints, ProviderError, Span, Window
window = Window(0, 0.0, 1.0, (Span(0.0, 1.0),), np.zeros(16000, np.float32))
if sys.argv[3:] == ["offline"]:
    def refuse(event, details):
        if event in ("socket.connect", "socket.getaddrinfo"):
            raise AssertionError(f"{event} {details}")
    sys.addaudithook(refuse)
try:
    with LocalWhisper(sys.argv[1], patience=float(sys.argv[2])) as whisper:
        print(len(list(whisper.transcribe([window], Hints("en")))))
except ProviderError as error:
    print(error.code, error.transient)
"""


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_whisper(tmp_path_factory.mktemp("whisper"))


def window(number: int = 0, seconds: float = 2.0) -> Window:
    start = number * 10.0
    sound = np.random.default_rng(number).normal(0, 0.1, int(seconds * SAMPLE_RATE)).astype(np.float32)
    return Window(number, start, start + seconds, (Span(start, start + seconds),), sound)


def load(model: str, patience: str, *arguments: str, **env: str) -> str:
    """What a process of its own says of a model, with this environment."""
    command = [sys.executable, "-W", "ignore", "-c", LOAD, model, patience, *arguments]
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, timeout=60)
    return done.stdout.strip() or done.stderr


def test_a_model_in_a_folder_hears_each_window_with_times_in_it(tiny: Path) -> None:
    with LocalWhisper(str(tiny)) as whisper:
        heard = list(whisper.transcribe([window(3), window(4)], Hints()))
    assert [answer.window for answer in heard] == [3, 4]
    for answer, piece in zip(heard, [window(3), window(4)], strict=True):
        assert answer.language
        assert answer.text == " ".join(segment.text for segment in answer.segments)
        assert all(piece.start <= segment.start <= segment.end <= piece.end for segment in answer.segments)
    assert whisper.name == f"local whisper {tiny.name}"


def test_a_language_that_is_known_is_used_and_one_that_is_not_is_found(tiny: Path) -> None:
    with LocalWhisper(str(tiny)) as whisper:
        assert next(whisper.transcribe([window()], Hints("pt-BR"))).language == "pt"
        assert next(whisper.transcribe([window()], Hints("tlh"))).language not in ("tlh", "")


def test_the_model_is_loaded_for_the_first_window_and_let_go_at_the_end(tiny: Path) -> None:
    whisper = LocalWhisper(str(tiny))
    assert list(whisper.transcribe([], Hints())) == []
    assert whisper._loaded is None
    list(whisper.transcribe([window(seconds=0.5)], Hints("en")))
    loaded = weakref.ref(whisper._loaded)
    whisper.close()
    gc.collect()
    assert loaded() is None


def test_what_is_no_model_is_told_and_not_tried_again(tiny: Path, tmp_path: Path) -> None:
    empty, damaged = tmp_path / "empty", tmp_path / "damaged"
    empty.mkdir()
    shutil.copytree(tiny, damaged)
    (damaged / "model.bin").write_bytes(b"no model")
    for model in (str(empty), str(damaged), "no-such-size", "not/a/name", ""):
        with pytest.raises(ProviderError) as raised:
            next(LocalWhisper(model, patience=0.2).transcribe([window()], Hints()))
        assert raised.value.code == "speech_unavailable"
        assert not raised.value.transient


def test_a_model_that_was_fetched_before_is_used_without_the_network(tiny: Path, tmp_path: Path) -> None:
    cached = tmp_path / "hub" / "models--Systran--faster-whisper-base"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text(COMMIT)
    shutil.copytree(tiny, cached / "snapshots" / COMMIT)
    assert load("base", "1", "offline", HF_HOME=str(tmp_path)) == "1"


def test_a_hub_that_never_answers_costs_no_more_than_the_patience(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert load("base", "0.3", HF_ENDPOINT=address, HF_HOME=str(tmp_path)) == "speech_unavailable False"


@pytest.fixture
def hub(tiny: Path) -> Iterator[str]:
    """The address of a hub that has the tiny model under the name of the small one."""
    prefix = "/Systran/faster-whisper-small"

    class Hub(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return str(tiny / Path(path).name)

        def end_headers(self) -> None:
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{Path(self.path).name}"')
            super().end_headers()

        def do_GET(self) -> None:
            if not self.path.startswith("/api/"):
                super().do_GET()
                return
            files = [{"type": "file", "path": f.name, "size": f.stat().st_size, "oid": f.name} for f in tiny.iterdir()]
            info = {"id": prefix[1:], "sha": COMMIT, "siblings": [{"rfilename": file["path"]} for file in files]}
            body = json.dumps(files if "/tree/" in self.path else info).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_model_that_is_not_there_is_fetched(hub: str, tmp_path: Path) -> None:
    assert load("small", "20", HF_ENDPOINT=hub, HF_HOME=str(tmp_path)) == "1"
