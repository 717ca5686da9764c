"""The rows, and their verbs: whatever changes the state of a row is a method of its QuerySet.

Nothing else of `modules` is imported here, so that everything may import it.
"""

from . import outputs, stages
from .content import Cue, Question, Step, Transcript
from .lease import LEASE_TIMEOUT, MAX_ATTEMPTS, Lease, LeaseLost, LeaseQuerySet, Status, database_clock
from .module import Module, ModuleQuerySet, Rendition, Visibility
from .recovery import release_failed_run, requeue_stale
from .runs import WORKER_TIMEOUT, AICall, StageRun, Worker
from .search import SearchEntry, searchable_text

__all__ = [
    "LEASE_TIMEOUT",
    "MAX_ATTEMPTS",
    "WORKER_TIMEOUT",
    "AICall",
    "Cue",
    "Lease",
    "LeaseLost",
    "LeaseQuerySet",
    "Module",
    "ModuleQuerySet",
    "Question",
    "Rendition",
    "SearchEntry",
    "StageRun",
    "Status",
    "Step",
    "Transcript",
    "Visibility",
    "Worker",
    "database_clock",
    "outputs",
    "release_failed_run",
    "requeue_stale",
    "searchable_text",
    "stages",
]
