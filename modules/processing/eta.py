"""How much longer a module takes: from what its stages took on earlier videos, else from the pace of this run."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from statistics import median

from django.core.cache import cache

from modules.models import BANDS, Module, Stage, StageRun, Status

USUAL_SHARE = {Stage.PROBE: 0.04, Stage.SPEECH: 0.7, Stage.STEPS: 0.08, Stage.ENHANCE: 0.08, Stage.FINALIZE: 0.1}
"""Of the whole time, where nothing is known: bands are for the eye, listening is what takes long."""

SAMPLES = 30
"""Stage runs of each stage that are looked at."""

LONGEST = 12 * 3600
"""Seconds beyond which a guess is not worth saying."""


def rates() -> dict[str, float]:
    """Seconds of work for a second of video, by stage: the median of the last runs. Remembered for a minute."""
    return cache.get_or_set("stage-rates", _measure_rates, 60)


def _measure_rates() -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    done = StageRun.objects.filter(outcome=StageRun.Outcome.DONE, media_seconds__gt=0).order_by("-pk")
    for stage, seconds, media in done.values_list("stage", "seconds", "media_seconds")[: SAMPLES * (len(BANDS) + 1)]:
        if len(found[stage]) < SAMPLES:
            found[stage].append(seconds / media)
    known = {stage: median(values) for stage, values in found.items() if values}
    # Pictures are looked for while it listens: the slower of the two counts.
    if pictures := known.pop("stills", None):
        known[Stage.SPEECH] = max(pictures, known.get(Stage.SPEECH, 0.0))
    return known


def seconds_left(module: Module, at: datetime) -> int | None:
    """Seconds until the module is ready, at the moment `at`; None when nothing is known."""
    if module.status != Status.PROCESSING or module.stage not in BANDS:
        return None
    first, last = BANDS[module.stage]
    share = min(max((module.progress - first) / (last - first), 0.0), 1.0)
    left = _left_by_history(module, share)
    if left is None:
        left = _left_by_pace(module, share, at)
    return None if left is None or left > LONGEST else max(1, round(left))


def _later(stage: str) -> list[str]:
    stages = list(BANDS)
    return stages[stages.index(stage) + 1 :]


def _left_by_history(module: Module, share: float) -> float | None:
    known = rates() if module.duration else {}
    if module.stage not in known or (not set(_later(module.stage)) & set(known) and _later(module.stage)):
        return None
    rest = known[module.stage] * (1 - share) + sum(known.get(stage, 0.0) for stage in _later(module.stage))
    return rest * module.duration


def _left_by_pace(module: Module, share: float, at: datetime) -> float | None:
    if module.claimed_at is None:
        return None
    elapsed = (at - module.claimed_at).total_seconds()
    later = sum(USUAL_SHARE[stage] for stage in _later(module.stage))
    done = 1 - later - USUAL_SHARE[module.stage] * (1 - share)
    # A run that took up saved work has not earned its progress itself: its pace says nothing.
    if elapsed < 5 or done < 0.1 or module.attempts or _took_up_saved_work(module):
        return None
    return elapsed * (1 - done) / done


def _took_up_saved_work(module: Module) -> bool:
    return module.stage_runs.filter(lease_token=module.lease_token, outcome=StageRun.Outcome.REUSED).exists()
