"""The site in a process of its own, with settings from the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import json, os, django; django.setup()
from django.core.management import call_command
from django.test import Client
from modules.models import Worker
if os.environ.get("MIGRATE", "yes"):
    call_command("migrate", verbosity=0)
    Worker.objects.all().delete()
if os.environ.get("LISTENING"):
    Worker.objects.record_heartbeat("here", kind=Worker.Kind.LOCAL, host="here", pid=1, queues=["default"])
response = Client(headers={"host": "localhost"}).get("/readyz")
print(json.dumps({"status": response.status_code, **response.json()}))
"""


def run_python(folder: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A Python of the product (not of the tests), with its data in `folder`."""
    settings = {"DJANGO_SETTINGS_MODULE": "trainingsite.settings", "DEBUG": "true", "DATA_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, *args], cwd=ROOT, env=os.environ | settings | env, capture_output=True, text=True
    )


@pytest.fixture(scope="session")
def run_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Any]]:
    """What /readyz says in a site with these settings."""
    folder = tmp_path_factory.mktemp("site")

    def run(**env: str) -> dict[str, Any]:
        done = run_python(folder, "-c", ASK, **env)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
