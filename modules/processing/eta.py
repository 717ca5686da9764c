"""How much longer a module takes: from what its stages took on earlier videos, else from the pace of this run."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from statistics import median

from django.core.cache import cache

from modules.models import Module, StageRun, Status, stages
from modules.models.stages import Stage

SAMPLES = 30
"""Stage runs of each stage that are looked at."""

RATES_KEY = "stage-rates"

LONGEST = 12 * 3600
"""Seconds beyond which a guess is not worth saying."""


def rates() -> dict[str, float]:
    """Seconds of work for a second of video, by stage on the bar: the median of the last runs.

    Remembered for a minute.
    """
    known: dict[str, float] | None = cache.get(RATES_KEY)
    if known is None:
        known = _measure_rates()
        cache.set(RATES_KEY, known, 60)
    return known


def _measure_rates() -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    done = StageRun.objects.filter(outcome=StageRun.Outcome.DONE, media_seconds__gt=0).order_by("-pk")
    newest = done.values_list("stage", "seconds", "media_seconds")[: SAMPLES * len(stages.STAGES)]
    for name, seconds, media in newest:
        if len(found[name]) < SAMPLES:
            found[name].append(seconds / media)
    known: dict[str, float] = {}
    for name, values in found.items():
        shown = stages.on_the_bar_for(name)
        if shown:
            # What is done side by side takes as long as the slower of the two.
            known[shown.name] = max(known.get(shown.name, 0.0), median(values))
    return known


def seconds_left(module: Module, at: datetime) -> int | None:
    """Seconds until the module is ready, at the moment `at`; None when nothing is known."""
    stage = stages.find(module.stage)
    if module.status != Status.PROCESSING or stage is None or stage.band is None:
        return None
    first, last = stage.band
    share = min(max((module.progress - first) / (last - first), 0.0), 1.0)
    left = _left_by_history(module, stage, share)
    if left is None:
        left = _left_by_pace(module, stage, share, at)
    return None if left is None or left > LONGEST else max(1, round(left))


def _left_by_history(module: Module, stage: Stage, share: float) -> float | None:
    if not module.duration:
        return None
    known = rates()
    later = [one.name for one in stages.later_than(stage)]
    if stage.name not in known or (later and not known.keys() & set(later)):
        return None
    rest = known[stage.name] * (1 - share) + sum(known.get(name, 0.0) for name in later)
    return rest * module.duration


def _left_by_pace(module: Module, stage: Stage, share: float, at: datetime) -> float | None:
    if module.claimed_at is None:
        return None
    elapsed = (at - module.claimed_at).total_seconds()
    whole = sum(one.usual_share for one in stages.on_the_bar())
    later = sum(one.usual_share for one in stages.later_than(stage))
    done = 1 - (later + stage.usual_share * (1 - share)) / whole
    # A run that used saved work has not earned its progress itself: its pace says nothing.
    if elapsed < 5 or done < 0.1 or module.attempts or _used_saved_work(module):
        return None
    return elapsed * (1 - done) / done


def _used_saved_work(module: Module) -> bool:
    return module.stage_runs.filter(lease_token=module.lease_token, outcome=StageRun.Outcome.REUSED).exists()
