"""What is done once a day for the whole machine. Every worker may do it, but only one does."""

from __future__ import annotations

import logging
import os
import random
import time
from functools import partial

from django.conf import settings

from modules.storage.orphans import prune_if_due

from . import subprocesses

logger = logging.getLogger(__name__)

ASK_AGAIN = 24
"""How often within the interval a worker asks whether it is time. Few workers live through a whole one."""


class DailyPruning:
    """Prunes every PRUNE_EVERY_HOURS, in a child process (a large store takes minutes) that ends with its parent."""

    def __init__(self) -> None:
        self._every = settings.PRUNE_EVERY_HOURS * 3600
        self._due = time.monotonic() + random.uniform(0, self._every / ASK_AGAIN)
        self._child = 0

    def do(self) -> None:
        """Call often: takes note of a child that ended, and starts one when it is time. Waits for nothing."""
        if self._child and os.waitpid(self._child, os.WNOHANG)[0]:
            self._child = 0
        if not self._every or self._child or time.monotonic() < self._due:
            return
        self._due = time.monotonic() + self._every / ASK_AGAIN
        try:
            # Under the limits, and with the low priority, of what can wait longest.
            self._child = subprocesses.fork(partial(prune_if_due, self._every), queue="renditions")
        except OSError as error:
            logger.warning("Nothing was pruned, no process could be started: %s", error)
