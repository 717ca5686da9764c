"""The made-up languages, switched on for one test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from . import pseudo


@pytest.fixture
def languages(settings: Any) -> Iterator[dict[str, pseudo.Pseudo]]:
    """Browsers may ask for the made-up languages. What a request switched on ends with the test."""
    settings.LANGUAGES = pseudo.LANGUAGES
    installed = pseudo.install()
    with translation.override("en"):
        yield installed
    pseudo.uninstall()
