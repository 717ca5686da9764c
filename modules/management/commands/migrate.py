"""Django's command, without the time limit that statements have elsewhere: a change of a big table may take hours."""

from __future__ import annotations

import contextlib
from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from trainingsite.postgresql.base import DatabaseWrapper


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with connection.no_time_limit() if isinstance(connection, DatabaseWrapper) else contextlib.nullcontext():
            super().handle(*args, **options)
