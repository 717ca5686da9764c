"""Fixtures: real servers and real files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import settings as hypothesis_settings

from .servers import PostgresServer, Process, RedisServer, Site, free_port, program, wait_for
from .videos import make_video

# How long an example takes says more of the machine than of the code.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

SERVER_MODULES = (
    "tests.servers",
    "tests.openai_server.server",
    "tests.uploads.conftest",
    "tests.trainingsite.conftest",
    "playwright.",
)
"""Where the classes come from that start a server, or a browser."""

LONG = 90  # seconds of video whose scenes take long enough to find for something to fail meanwhile


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that start servers, which `make check` leaves out."""
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()
        named = [name for group in fixtures for one in group for name in _server_classes(one.func)]
        if named or any(map(_is_server_class, vars(item.module).values())):
            item.add_marker("server")


def _server_classes(function: Callable[..., object]) -> list[str]:
    """The server classes that a function names."""
    code, known = function.__code__, function.__globals__
    return [name for name in code.co_names if _is_server_class(known.get(name))]


def _is_server_class(thing: object) -> bool:
    return isinstance(thing, type) and thing.__module__.startswith(SERVER_MODULES)


@pytest.fixture(scope="session")
def slow_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with one keyframe: every picture must be decoded, which takes seconds."""
    path = tmp_path_factory.mktemp("videos") / "slow.mp4"
    return make_video(path, seconds=LONG, size=(1280, 720), fps=15, keyframe_interval=100_000, scenes=range(5, LONG, 5))


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    server = PostgresServer(tmp_path_factory.mktemp("postgres")).start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site whose database the others copy."""
    return Site(tmp_path_factory.mktemp("prepared")).setup()


@pytest.fixture
def new_site(tmp_path: Path, prepared: Site) -> Iterator[Callable[..., Site]]:
    """Makes sites, with their users; the environment as keywords. All their processes end with the test."""
    sites: list[Site] = []

    def make(**env: str) -> Site:
        folder = tmp_path / f"site-{len(sites)}"
        folder.mkdir()
        sites.append(Site(folder, **env))
        return sites[-1].setup(like=prepared)

    yield make
    for site in sites:
        site.stop()


@pytest.fixture
def site(new_site: Callable[..., Site]) -> Site:
    """A site that serves, without Redis; a test starts the workers it wants."""
    made = new_site()
    made.serve()
    return made


@pytest.fixture
def object_store(tmp_path: Path) -> Iterator[str]:
    """The address of an S3 server with a bucket "trainings"."""
    port = free_port()
    process = Process([program("moto_server"), "-H", "127.0.0.1", "-p", str(port)], tmp_path / "s3.log")
    address = f"http://127.0.0.1:{port}"
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=address, **keys)

    def made() -> bool:
        with contextlib.suppress(EndpointConnectionError):
            return bool(client.create_bucket(Bucket="trainings"))
        return False

    wait_for(made, "the object store")
    yield address
    process.stop()


@pytest.fixture
def remote(settings: Any) -> None:
    """A storage that is neither a folder nor django-storages' S3."""
    settings.S3_BUCKET = "trainings"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
