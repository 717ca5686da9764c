"""What must be true at the end, and the table that says whether it is."""

from __future__ import annotations

import contextlib
import json
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.openai_server import SPEECH
from tests.servers import children_of

from .monkey import Kill, Monkey
from .traffic import Clients, Watcher
from .world import World

HORSE_WITHIN, WORKER_WITHIN = 5.0, 45.0  # seconds, median


@dataclass(frozen=True)
class Promise:
    """kept: None where the line is only told. details: what broke it."""

    what: str
    value: str
    kept: bool | None = None
    details: tuple[str, ...] = ()


def promises(world: World, clients: Clients, watcher: Watcher, monkey: Monkey, *, timed: bool) -> list[Promise]:
    """timed: how soon a killed run goes on is judged too, which only an idle machine can promise."""
    return [
        *uploads(world, clients),
        *modules(clients, watcher),
        *results(world),
        *files(world),
        Promise(
            "progress or version that went backwards",
            f"{len(watcher.broken)} in {watcher.polls} polls",
            not watcher.broken,
            tuple(watcher.broken[:10]),
        ),
        transcription(world, monkey),
        *recovery(watcher, monkey, timed=timed),
        processes(world),
        locked(world),
    ]


def uploads(world: World, clients: Clients) -> list[Promise]:
    total = len(clients.uploads)
    refused = tuple(f"Video {one.number} ({one.video.kind}): {one.refused}" for one in clients.uploads if one.refused)
    several = tuple(f"Video {one.number}: {one.answers}" for one in clients.uploads if len(set(one.answers)) > 1)
    titles = Counter(title for (title,) in world.site.rows("SELECT title FROM modules_module"))
    twice = tuple(title for title, count in titles.items() if count > 1)
    sent = sum(one.tries for one in clients.uploads)
    slowest = max(one.seconds for one in clients.uploads)
    return [
        Promise("uploads answered with 201", f"{total - len(refused)} of {total}", not refused, refused),
        Promise("times they were sent; slowest answer", f"{sent}; {slowest:.1f} s"),
        Promise("modules that are there twice, or have two ids", f"{len(twice + several)}", not twice + several, twice),
    ]


def modules(clients: Clients, watcher: Watcher) -> list[Promise]:
    stuck, untrue, ready, failed = [], [], 0, 0
    for upload in clients.uploads:
        if not upload.answers:
            continue
        row = watcher.rows.get(upload.answers[0].replace("-", ""))
        about = f"Video {upload.number} ({upload.video.kind}) {upload.answers[0]}"
        if row is None or row["status"] in ("queued", "processing"):
            stuck.append(f"{about}: {row}")
            continue
        error = json.loads(row["error"]) if isinstance(row["error"], str) else row["error"]
        ready += row["status"] == "ready"
        failed += row["status"] == "failed"
        if (error or {}).get("code", "") != upload.video.fails:
            untrue.append(f"{about}: {row['status']} {error}")
    total = len(clients.uploads)
    said = f"{ready} ready + {failed} failed of {total}"
    return [
        Promise("ready, or failed with a true reason", said, not untrue and ready + failed == total, tuple(untrue)),
        Promise("stuck", f"{len(stuck)}", not stuck, tuple(stuck)),
    ]


def results(world: World) -> list[Promise]:
    rows = world.site.rows
    runs = rows(
        "SELECT lease_token, count(*) FROM modules_stagerun WHERE stage = 'finalize' AND outcome = 'done' "
        "GROUP BY lease_token"
    )
    twice = rows(
        "SELECT module_id, count(*) FROM modules_stagerun WHERE stage = 'finalize' AND outcome = 'done' "
        "GROUP BY module_id HAVING count(*) > 1"
    )
    late = rows("SELECT module_id, status FROM modules_rendition WHERE status != 'ready'")
    steps = rows(
        "SELECT id FROM modules_module WHERE status = 'ready' AND id NOT IN (SELECT module_id FROM modules_step)"
    )
    silent = rows(
        "SELECT m.id FROM modules_module m WHERE m.status = 'ready' AND m.audio_codec = 'aac' "
        "AND m.id NOT IN (SELECT module_id FROM modules_transcript)"
    )
    died = rows("SELECT count(*) FROM modules_stagerun WHERE outcome = 'died'")[0][0]
    return [
        Promise("results written twice", f"{len(twice)} of {len(runs)}", not twice, tuple(map(str, twice))),
        Promise("renditions not ready", f"{len(late)}", not late, tuple(map(str, late))),
        Promise("ready without steps", f"{len(steps)}", not steps, tuple(map(str, steps))),
        Promise("spoken without a transcript", f"{len(silent)}", not silent, tuple(map(str, silent))),
        Promise("runs that died, by the modules' own record", f"{died}"),
    ]


def files(world: World) -> list[Promise]:
    """What the sweeper finds; and then, by a look of our own, what it left and what is missing."""
    found = world.site.manage("prune_storage", "--older-than", "0", "-v", "2").splitlines()
    media = {str(path.relative_to(world.site.folder / "data" / "media")) for path in world.site.media()}
    named = {
        name
        for sql in (
            "SELECT video FROM modules_module",
            "SELECT captions_file FROM modules_module",
            "SELECT poster FROM modules_module",
            "SELECT file FROM modules_rendition",
            "SELECT still FROM modules_step",
        )
        for (name,) in world.site.rows(sql)
        if name
    }
    saved = "SELECT output FROM modules_stagerun WHERE stage = 'stills' AND outcome = 'part' AND output IS NOT NULL"
    parts = {
        (output if isinstance(output, dict) else json.loads(output))["name"] for (output,) in world.site.rows(saved)
    }
    orphans, missing = tuple(media - named - parts), tuple(named - media)
    scratch = tuple(path.name for path in (world.site.folder / "data" / "work").iterdir())
    return [
        Promise("files that kills had left behind", found[-1], None, tuple(found[:-1])),
        Promise(
            "orphan files after the sweeper", f"{len(orphans + scratch)}", not orphans + scratch, orphans + scratch
        ),
        Promise("files that rows name and that are not there", f"{len(missing)}", not missing, missing),
    ]


def transcription(world: World, monkey: Monkey) -> Promise:
    calls = len(world.ai.asked(SPEECH))
    windows = world.site.rows(
        "SELECT count(*) FROM (SELECT DISTINCT module_id, key, part FROM modules_stagerun "
        "WHERE stage = 'speech' AND outcome = 'part') AS windows"
    )[0][0]
    most = 1.05 * windows + monkey.calls_in_flight
    said = f"{calls} for {windows} windows, {monkey.calls_in_flight} in flight at kills"
    return Promise("transcription calls", said, calls <= most)


def recovery(watcher: Watcher, monkey: Monkey, *, timed: bool) -> list[Promise]:
    """From a kill until the module is queued again, and until another run has it."""
    lines = []
    for kind, within in (("work-horse", HORSE_WITHIN), ("worker", WORKER_WITHIN)):
        times = [time for kill in monkey.kills if kill.kind == kind and (time := _recovered(watcher, kill))]
        if not times:
            lines.append(Promise(f"killed {kind}: time to recover", "none was hit"))
            continue
        queued, claimed = zip(*[seconds for seconds, _ in times], strict=True)
        said = f"queued again: {_middle(queued)}; worked on: {_middle(claimed)}; {len(times)} runs"
        slow = tuple(f"{about}: {claimed:.1f} s" for (_, claimed), about in times if claimed > within)
        kept = statistics.median(claimed) < within if timed else None
        lines.append(Promise(f"killed {kind}: time to recover", said, kept, slow))
    return lines


def _recovered(watcher: Watcher, kill: Kill) -> tuple[tuple[float, float], str] | None:
    """Seconds until it was queued, and until it was claimed; and which it was. None: it was through already."""
    after = [
        (at - kill.at, run, status)
        for at, module, run, status in watcher.history
        if module == kill.module and at > kill.at and run != kill.run
    ]
    if not after or after[0][2] in ("ready", "failed"):
        return None
    claimed = next((seconds for seconds, run, _ in after if run), after[0][0])
    return (after[0][0], claimed), f"module {kill.module} run {kill.run} at {kill.clock}"


def _middle(seconds: Sequence[float]) -> str:
    return f"median {statistics.median(seconds):.1f} s, worst {max(seconds):.1f} s"


def processes(world: World) -> Promise:
    """The workers were told to end: what is left of them works on with nobody above it."""
    mark = f"DATA_DIR={world.site.folder / 'data'}".encode()
    web = {world.web.process.pid, *children_of(world.web.process.pid)}
    left = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if mark in (path / "environ").read_bytes().split(b"\0") and int(path.name) not in web:
                left.append(f"{path.name}: {command}")
    return Promise("workers that outlived their end", f"{len(left)}", not left, tuple(left))


def locked(world: World) -> Promise:
    lines = tuple(line for line in world.logs().splitlines() if "database is locked" in line)
    return Promise("“database is locked” in the logs", f"{len(lines)}", not lines, lines[:3])


def table(found: list[Promise]) -> str:
    mark = {True: "kept", False: "BROKEN", None: ""}
    lines = []
    for one in found:
        lines.append(f"{mark[one.kept]:>7}  {one.what:48} {one.value}")
        if one.details:
            shown = one.details[: 20 if one.kept is False else 3]
            lines += [f"{'':10} {detail}" for detail in shown]
            lines += [f"{'':10} … and {len(one.details) - len(shown)} more"] * (len(one.details) > len(shown))
    return "\n".join(lines)
