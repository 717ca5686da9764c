"""Runs the sweep once, for an operator who does not want to wait for a worker's."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from modules import jobs


class Command(BaseCommand):
    help = "Puts modules back to work whose worker died or whose job was lost. Every worker does this every 10 s."

    def handle(self, *args: Any, **options: Any) -> None:
        count = jobs.sweep()
        self.stdout.write(f"{count} put back to work." if count else "Nothing was lost.")
