"""A work-horse is killed after Redis has come back empty: the worker finds nothing there of its job."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from .servers import RedisServer, Site, children_of, wait_for


def test_its_module_goes_back_to_the_queue_at_once(
    new_site: Callable[..., Site], redis_server: RedisServer, slow_video: Path
):
    site = new_site(QUEUE="rq", REDIS_PORT=str(redis_server.port))
    site.serve()
    worker = site.start("rqworker", "default")
    module = site.upload(slow_video)["moduleId"]
    wait_for(lambda: site.status(module)["stage"] == "speech", "the analysis to begin")
    redis_server.client.flushall()
    os.kill(next(children_of(worker.pid)), signal.SIGKILL)
    # By the worker itself: the sweep would take the run for dead only after 20 s without a heartbeat.
    died = "SELECT 1 FROM modules_stagerun WHERE outcome = 'died'"
    wait_for(lambda: site.rows(died), "the worker to see that its work-horse died", 10)
    site.ready(module)
