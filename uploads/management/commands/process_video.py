"""The main job in the foreground: a file in, a training module out."""

from __future__ import annotations

import os
import sys
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from modules.messages import message_for
from modules.models import Module, Status, database_clock
from modules.processing.conductor import process
from modules.workers import subprocesses
from modules.workers.maintenance import release_killed_run
from uploads.accept import accept
from uploads.models import Upload
from uploads.rejection import Rejected

BAR = 30  # characters
NAME = "process_video"


class Command(BaseCommand):
    help = "Turns a video file into a training module, here and now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", help="The module's owner; default: the first superuser.")
        parser.add_argument("--title", default="")
        parser.add_argument("--captions", type=Path, help="A captions file, such as .vtt or .srt.")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = self._owner(options["user"])
        try:
            module = self._accept(owner, options)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except Rejected as rejected:
            raise CommandError(str(rejected)) from rejected
        module = self._work(module)
        if module.status != Status.READY:
            ended = module.error or {"code": module.status, "params": {}}
            raise CommandError(message_for(ended["code"], ended["params"]))
        for notice in module.notices:
            self.stdout.write(self.style.WARNING(message_for(notice["code"], notice["params"])))
        self.stdout.write(module.get_absolute_url())

    def _owner(self, name: str | None) -> Any:
        users = get_user_model().objects
        user = users.filter(username=name).first() if name else users.filter(is_superuser=True).order_by("pk").first()
        if user is None:
            raise CommandError(f"There is no user {name}." if name else "There is no superuser: say --user NAME.")
        return user

    def _accept(self, owner: Any, options: dict[str, Any]) -> Module:
        captions = options["captions"]
        with options["file"].open("rb") as file, captions.open("rb") if captions else nullcontext() as beside:
            return accept(
                File(file, name=options["file"].name),
                user=owner,
                title=options["title"],
                captions=File(beside, name=captions.name) if captions else None,
                source=Upload.Source.COMMAND,
            )

    def _work(self, module: Module) -> Module:
        """Process in a child, so that a decoder's crash ends in a sentence; follow the row till it is settled."""
        child = None
        try:
            while module.in_work:
                if child is None and Module.objects.due(database_clock()).filter(pk=module.pk).exists():
                    child = subprocesses.fork(partial(process, str(module.pk), worker=f"{NAME}.{os.getpid()}"))
                elif child is not None:
                    child = self._reap(child, module)
                time.sleep(0.1)
                module.refresh_from_db()
                self._show(module)
        except KeyboardInterrupt:
            Module.objects.cancel(module.pk)
            raise CommandError("Cancelled.") from None
        self.stdout.write("")
        return module

    def _reap(self, child: int, module: Module) -> int | None:
        ended, status = os.waitpid(child, os.WNOHANG)
        if not ended:
            return child
        if os.waitstatus_to_exitcode(status) != 0:
            release_killed_run(Module.objects.filter(pk=module.pk).first, stopping=False)
        return None

    def _show(self, module: Module) -> None:
        if sys.stdout.isatty():
            done = BAR * module.progress // 100
            words = message_for(module.message.get("code", "queued"), module.message.get("params"))
            self.stdout.write(f"\r{'█' * done}{'·' * (BAR - done)} {module.progress:3d} % {words:60.60}", ending="")
            self.stdout.flush()
