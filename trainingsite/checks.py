"""System checks: each names the mistake in the settings, and the cure. `manage.py check` runs them, and every start.

Those of the settings for AI are in `modules.ai.checks`.
"""

from __future__ import annotations

import ipaddress
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

QUEUE_MODES = ("auto", "rq", "local")
POSITIVE = ("MAX_UPLOAD_MB", "MAX_ACTIVE_PER_USER", "AI_CONCURRENCY", "MAX_VIDEO_HOURS", "MAX_VIDEO_PIXELS")
OLDEST_SQLITE = (3, 35)  # UPDATE … RETURNING and window functions


@register()
def check_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """All of them; without a database, so that they can run before it is there."""
    return [*queue(), *numbers(), *data_folder(), *object_store(), *exposure(), *sqlite()]


def queue() -> Iterator[CheckMessage]:
    if settings.QUEUE not in QUEUE_MODES:
        yield Error(
            f"QUEUE is “{settings.QUEUE}”.", hint=f"Set it to one of: {', '.join(QUEUE_MODES)}.", id="trainingsite.E001"
        )


def numbers() -> Iterator[CheckMessage]:
    for name in POSITIVE:
        if (value := getattr(settings, name)) <= 0:
            yield Error(f"{name} is {value}.", hint="Set it to a number above zero.", id="trainingsite.E002")
    if settings.MIN_FREE_DISK_MB < 0:
        yield Error("MIN_FREE_DISK_MB is negative.", hint="Set it to 0 or more.", id="trainingsite.E002")


def data_folder() -> Iterator[CheckMessage]:
    for path in (settings.DATA_DIR, settings.FILE_UPLOAD_TEMP_DIR, settings.WORK_DIR):
        if not os.access(path, os.W_OK | os.X_OK):
            yield Error(
                f"The folder {path} cannot be written to.",
                hint="Make it, give it to the user that runs the site, or set DATA_DIR to another folder.",
                id="trainingsite.E003",
            )


def object_store() -> Iterator[CheckMessage]:
    given = {name: bool(getattr(settings, name)) for name in ("S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY")}
    if given["S3_ACCESS_KEY"] != given["S3_SECRET_KEY"]:
        yield Error(
            "S3_ACCESS_KEY and S3_SECRET_KEY belong together, and only one is set.",
            hint="Set both, or neither where the machine's own role gives access.",
            id="trainingsite.E005",
        )
    if not given["S3_BUCKET"] and (given["S3_ACCESS_KEY"] or settings.S3_ENDPOINT_URL):
        yield Error(
            "S3 is half set up: there is no S3_BUCKET.",
            hint="Set S3_BUCKET, or take the other S3_ settings away to keep files on this machine.",
            id="trainingsite.E005",
        )


def exposure() -> Iterator[CheckMessage]:
    if outside := [host for host in settings.ALLOWED_HOSTS if settings.DEBUG and not _is_loopback(host)]:
        yield Warning(
            f"DEBUG is on, and the site answers to {', '.join(outside)}.",
            hint="DEBUG shows the site's inner workings to everyone: set DEBUG=false, and a SECRET_KEY.",
            id="trainingsite.W001",
        )


def _is_loopback(host: str) -> bool:
    if host in ("localhost", ".localhost", "testserver"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def sqlite() -> Iterator[CheckMessage]:
    if "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
        return
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield Error(
            f"SQLite {sqlite3.sqlite_version} is too old.",
            hint="Use a Python with SQLite 3.35 or newer, or PostgreSQL by DATABASE_URL.",
            id="trainingsite.E006",
        )
    name = settings.DATABASES["default"]["NAME"]
    if ":memory:" not in str(name) and "mode=memory" not in str(name) and not Path(name).parent.is_dir():
        yield Error(
            f"The folder of the database {name} does not exist.",
            hint="Make it, or set DATABASE_URL to a place that does.",
            id="trainingsite.E007",
        )
