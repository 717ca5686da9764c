"""Runs the chaos, prints the table; exit 1 when a promise is broken."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from .monkey import Monkey
from .promises import promises, table
from .traffic import Clients, Watcher
from .videos import make_videos
from .world import World

SETTLE_WITHIN = 180.0  # seconds after the last kill


def main() -> int:
    options = arguments()
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    folder.chmod(0o755)
    print(f"Making the videos (seed {options.seed}) …", flush=True)
    videos, truth = make_videos(folder, options.videos, options.seed)
    world = World(folder, truth, postgres=options.postgres)
    broken = True
    try:
        broken = run(world, videos, options)
    finally:
        world.stop()
        if broken or options.keep:
            print(f"Logs: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return int(broken)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--videos", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=4, help="of kills; then everything gets time to settle")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--untimed", action="store_true", help="do not judge how soon what was killed goes on")
    parser.add_argument("--keep", action="store_true", help="keep logs and data in any case")
    return parser.parse_args()


def run(world: World, videos: list, options: argparse.Namespace) -> bool:
    """True: a promise was broken."""
    began = time.monotonic()
    until = began + options.minutes * 60
    clients = Clients(world.site, videos, seconds=0.6 * options.minutes * 60, seed=options.seed)
    watcher = Watcher(world.site, clients)
    monkey = Monkey(world, watcher, options.seed)
    clients.start()
    watcher.start()
    while time.monotonic() < until and not (clients.done and watcher.settled):
        time.sleep(monkey.chance.uniform(0.7, 2.6))
        monkey.strike()
    killing = time.monotonic() - began
    print(f"{killing:.0f} s of kills are over; letting everything settle …", flush=True)
    until = time.monotonic() + SETTLE_WITHIN
    while time.monotonic() < until and not (clients.done and settled(world, watcher)):
        time.sleep(0.5)
    settling = time.monotonic() - began - killing
    watcher.stop()
    watcher.look()
    world.stop_workers()
    (world.site.folder / "strikes.txt").write_text("\n".join(monkey.journal))
    found = promises(world, clients, watcher, monkey, timed=not options.untimed)
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(monkey.counts.items()))
    database = "PostgreSQL" if options.postgres else "SQLite"
    print(
        f"\n{len(videos)} videos, {database}, seed {options.seed}: {killing:.0f} s of kills, {settling:.0f} s to settle"
    )
    print(f"{sum(monkey.counts.values())} killed or cut: {kinds}\n")
    print(table(found), flush=True)
    return any(one.kept is False for one in found)


def settled(world: World, watcher: Watcher) -> bool:
    """Modules and renditions are all through."""
    in_work = "SELECT count(*) FROM modules_rendition WHERE status IN ('queued', 'processing')"
    return watcher.settled and world.site.rows(in_work) == [(0,)]


if __name__ == "__main__":
    sys.exit(main())
