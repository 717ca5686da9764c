"""The domain. Verbs live on the QuerySets."""

from .content import Cue, Question, Step, Transcript, search_text
from .lease import DEAD_AFTER, MAX_ATTEMPTS, Lease, LeaseQuerySet, Status, Superseded, database_clock
from .module import BANDS, Module, ModuleQuerySet, Rendition, Stage, Visibility
from .recovery import bury, recover
from .runs import AICall, StageRun, Worker

__all__ = [
    "BANDS",
    "DEAD_AFTER",
    "MAX_ATTEMPTS",
    "AICall",
    "Cue",
    "Lease",
    "LeaseQuerySet",
    "Module",
    "ModuleQuerySet",
    "Question",
    "Rendition",
    "Stage",
    "StageRun",
    "Status",
    "Step",
    "Superseded",
    "Transcript",
    "Visibility",
    "Worker",
    "bury",
    "database_clock",
    "recover",
    "search_text",
]
