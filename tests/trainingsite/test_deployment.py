"""What goes to production beside the code: the image, compose.yaml, and the page for when nothing else works."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.template.loader import render_to_string
from django.urls import get_script_prefix, set_script_prefix

ROOT = Path(__file__).resolve().parents[2]


def in_image(path: str) -> bool:
    """Would `COPY . .` take this file into the image? Of the patterns of .dockerignore the last that fits decides."""
    parts = path.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    taken = True
    for pattern in (ROOT / ".dockerignore").read_text().split():
        bare = pattern.removeprefix("!").removeprefix("**/")
        if any(fnmatch(one, bare) or (pattern != bare and fnmatch(one, f"*/{bare}")) for one in above):
            taken = pattern.startswith("!")
    return taken


@pytest.mark.parametrize("path", [".env", ".env.production", ".data/db.sqlite3", ".git/config", ".venv/bin/python"])
def test_no_secret_and_no_data_is_copied_into_the_image(path: str):
    assert not in_image(path)


@pytest.mark.parametrize("path", ["manage.py", "modules/apps.py", "templates/500.html", ".env.example"])
def test_the_site_is_copied_into_the_image(path: str):
    assert in_image(path)


def sites() -> list[dict[str, Any]]:
    """The services of compose.yaml that run our code."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values()
    return [service for service in services if "build" in service]


def test_each_setting_in_the_file_reaches_every_process_of_the_site():
    assert len(sites()) >= 3
    for service in sites():
        assert ".env" in [file["path"] for file in service["env_file"]]


def test_what_production_cannot_do_without_is_asked_for_and_stands_in_the_example():
    needed = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text()))
    # Browsers cannot resolve the name by which containers know the store.
    assert {"SECRET_KEY", "ALLOWED_HOSTS", "S3_PUBLIC_URL"} <= needed
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert needed <= example.keys()
    assert example["S3_PUBLIC_URL"].startswith("https://")


def test_what_compose_and_the_example_set_is_read_by_somebody():
    settings = set(re.findall(r"env\.\w+\(\s*\"(\w+)\"", (ROOT / "trainingsite" / "settings.py").read_text()))
    compose = (ROOT / "compose.yaml").read_text()
    for service in sites():
        assert set(service["environment"]) - settings <= {"HF_HOME"}  # the Hugging Face library reads it
    named = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert [name for name in named if name not in settings and f"${{{name}" not in compose] == []


def test_the_page_of_last_resort_leads_home_under_a_prefix_too():
    before = get_script_prefix()
    set_script_prefix("/training/")
    try:
        page = render_to_string("500.html")
    finally:
        set_script_prefix(before)
    assert 'href="/training/"' in page
    assert 'href="/static/error.css"' in page
