"""Django's command, without the time limit that statements have elsewhere: a change of a big table may take hours."""

from __future__ import annotations

import contextlib
from typing import Any

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        limits = connection.no_time_limit() if connection.vendor == "postgresql" else contextlib.nullcontext()
        with limits:
            super().handle(*args, **options)
