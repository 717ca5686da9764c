"""The development server, with workers kept alive beside it (not inside the reloader, which would kill them)."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from whitenoise.runserver_nostatic.management.commands.runserver import Command as RunserverCommand

from modules import jobs

RELOADED = "RUN_MAIN"  # set by Django in the process that the reloader starts
LOOK_EVERY = 2.0  # seconds


class Command(RunserverCommand):
    help = "Starts the site for development, with a worker beside it (--no-worker: without)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--no-worker", action="store_true", help="Start no worker.")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.RUN_WORKER and not options.pop("no_worker") and RELOADED not in os.environ:
            threading.Thread(target=_keep_workers, name="workers", daemon=True).start()
        super().handle(*args, **options)


def _keep_workers() -> None:
    """Keep a local worker running, and an RQ worker while Redis is there. They end when this process ends."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    while True:
        wanted = {"localworker": settings.QUEUE != "rq", "rqworker": settings.QUEUE != "local" and jobs.reachable()}
        for command, needed in wanted.items():
            if needed and (command not in running or running[command].poll() is not None):
                running[command] = subprocess.Popen([sys.executable, sys.argv[0], command, "--with-parent"])
        time.sleep(LOOK_EVERY)
