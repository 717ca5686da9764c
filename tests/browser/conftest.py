"""A real browser: Chromium, headless."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.servers import program

from .shots import ARGS


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=program("chromium", "chromium-browser"), args=ARGS)
        yield running
        running.close()
