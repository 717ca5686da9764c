"""The domain. Verbs live on the QuerySets."""

from .content import Cue, Question, Step, Transcript, search_text
from .lease import LEASE_TIMEOUT, MAX_ATTEMPTS, Lease, LeaseLost, LeaseQuerySet, Status, database_clock
from .module import BANDS, Module, ModuleQuerySet, Rendition, Stage, Visibility
from .recovery import release_failed_run, requeue_stale
from .runs import AICall, StageRun, Worker

__all__ = [
    "BANDS",
    "LEASE_TIMEOUT",
    "MAX_ATTEMPTS",
    "AICall",
    "Cue",
    "Lease",
    "LeaseLost",
    "LeaseQuerySet",
    "Module",
    "ModuleQuerySet",
    "Question",
    "Rendition",
    "Stage",
    "StageRun",
    "Status",
    "Step",
    "Transcript",
    "Visibility",
    "Worker",
    "database_clock",
    "release_failed_run",
    "requeue_stale",
    "search_text",
]
