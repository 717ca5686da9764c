"""The worker that needs no Redis."""

from __future__ import annotations

import os
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from modules.workers import subprocesses
from modules.workers.local_worker import AlreadyRunning, LocalWorker


class Command(BaseCommand):
    help = "Processes videos without Redis. With QUEUE=auto it works only while no RQ worker can."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--with-parent", action="store_true", help="End when the process that started this ends.")

    def handle(self, *args: Any, **options: Any) -> None:
        parent = os.getppid() if options["with_parent"] else None
        if parent:
            subprocesses.die_with_parent(signal.SIGTERM)
        try:
            LocalWorker().run(parent)
        except AlreadyRunning:
            raise CommandError("A local worker serves this data folder already.") from None
