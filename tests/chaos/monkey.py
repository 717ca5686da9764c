"""Kills things at random, and keeps a record of what each kill hit."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass

from tests.openai_server import SPEECH
from tests.servers import children_of

from .traffic import Watcher
from .world import World

WEIGHTS = {"work-horse": 36, "worker": 18, "web server": 12, "Redis": 10, "connections": 14, "supervisor": 4}
SPARED_FROM = 2
"""Attempts after which a module's runs are no longer killed: a third death would rightly be blamed on the video."""

JUST_NOW = 0.7  # seconds in which an answer may not have been saved yet


@dataclass(frozen=True)
class Kill:
    """A run that was killed. kind: of WEIGHTS; clock: the time of day, to find it in the logs."""

    kind: str
    at: float
    clock: str
    module: str
    run: str


class Monkey:
    def __init__(self, world: World, watcher: Watcher, seed: int) -> None:
        self.world, self.watcher = world, watcher
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.kills: list[Kill] = []
        self.calls_in_flight = 0
        self.journal: list[str] = []

    def strike(self) -> None:
        """One misfortune."""
        kind = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        self.journal.append(f"{time.strftime('%H:%M:%S')} {kind}")
        if kind == "Redis":
            self.world.restart_redis(self.chance.uniform(0.2, 4))
        elif kind == "connections":
            self.world.proxy.cut(self.chance.choice([0, 0, 1, 3]))
        elif kind == "web server":
            self.world.web.kill()
        elif kind == "supervisor":
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.world.workers[0].process.pid, signal.SIGKILL)
        elif not self._kill_a_run(kind):
            return
        self.counts[kind] += 1

    def _kill_a_run(self, kind: str) -> bool:
        """Kill the process that works on some module, or the worker above it. False: nothing is in work."""
        self.watcher.look()
        held = [row for row in self.watcher.rows.values() if row["lease_token"] and row["worker"]]
        if not held:
            return False
        worker = self.chance.choice(sorted(held, key=lambda row: row["id"]))["worker"]
        hit = [row for row in held if row["worker"] == worker]
        if any(row["attempts"] >= SPARED_FROM for row in hit):
            return False
        pid = int(re.search(r"\.(\d+)\.[^.]*$", worker)[1])
        self._count_calls()
        try:
            victims = [pid] if kind == "worker" else list(children_of(pid))
            for victim in victims:
                os.kill(victim, signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            return False
        at = time.monotonic()
        clock = time.strftime("%H:%M:%S")
        self.journal[-1] += f" {victims} of {worker}: {', '.join(row['id'] for row in hit)}"
        self.kills += [Kill(kind, at, clock, row["id"], row["lease_token"]) for row in hit if victims]
        return bool(victims)

    def _count_calls(self) -> None:
        """Calls that are being answered, or whose answer may not be saved yet, are lost with their run."""
        now = time.monotonic()
        delay = self.world.ai.delays[SPEECH]
        self.calls_in_flight += sum(
            one.status == 0 or now - one.at < delay + JUST_NOW for one in self.world.ai.asked(SPEECH)
        )
