"""Removes files that no row owns, and says what it removed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from modules.storage.orphans import prune

PLACES = {"storage": "in the storage", "scratch": "left over from runs", "incoming": "of uploads that broke off"}


class Command(BaseCommand):
    help = "Removes files that no module owns: what was left over where a process was killed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than",
            type=float,
            metavar="HOURS",
            help="Spare what is younger (default: 1; for uploads that are being received: 24).",
        )
        parser.add_argument("--dry-run", action="store_true", help="Remove nothing, say what would go.")

    def handle(self, *args: Any, **options: Any) -> None:
        hours = options["older_than"]
        age = None if hours is None else timedelta(hours=hours)
        counts, total = dict.fromkeys(PLACES, 0), 0
        for orphan in prune(timezone.now(), older_than=age, dry_run=options["dry_run"]):
            counts[orphan.where] += 1
            total += orphan.size
            if options["verbosity"] > 1:
                self.stdout.write(f"{orphan.where}: {orphan.name} ({orphan.size} bytes)")
        self.stdout.write(_summary(counts, total, dry_run=options["dry_run"]))


def _summary(counts: dict[str, int], total: int, *, dry_run: bool) -> str:
    if not any(counts.values()):
        return "Nothing to remove."
    parts = ", ".join(f"{count} {PLACES[where]}" for where, count in counts.items() if count)
    count = sum(counts.values())
    files = "1 file" if count == 1 else f"{count} files"
    return f"{'Would remove' if dry_run else 'Removed'} {files} ({total:,} bytes): {parts}."
