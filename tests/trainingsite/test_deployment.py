"""What goes to production beside the code: the image, compose.yaml, and the page for when nothing else works."""

from __future__ import annotations

from pathlib import Path

import yaml
from django.template.loader import render_to_string
from django.urls import get_script_prefix, set_script_prefix

ROOT = Path(__file__).resolve().parents[2]


def test_no_secret_is_copied_into_the_image():
    assert ".env" in (ROOT / ".dockerignore").read_text().splitlines()


def test_each_setting_in_the_file_reaches_every_process_of_the_site():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for name in ("web", "worker", "migrate"):
        assert services[name]["env_file"] == [{"path": ".env", "required": False}]
        # Browsers cannot resolve the name by which containers know the store.
        assert services[name]["environment"]["S3_PUBLIC_URL"].startswith("${S3_PUBLIC_URL:?")
    assert "S3_PUBLIC_URL=https://" in (ROOT / ".env.example").read_text()


def test_the_page_of_last_resort_leads_home_under_a_prefix_too():
    before = get_script_prefix()
    set_script_prefix("/training/")
    try:
        page = render_to_string("500.html")
    finally:
        set_script_prefix(before)
    assert 'href="/training/"' in page
    assert 'href="/static/error.css"' in page
