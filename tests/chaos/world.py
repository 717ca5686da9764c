"""The site with everything around it, and supervisors that start again what was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from tests.openai_server import OpenAIServer, Truth
from tests.servers import PostgresServer, Process, RedisServer, Site

from .proxy import Proxy

RESTART_AFTER = 0.5  # seconds


class Supervisor:
    """Keeps one process running, as systemd or a container's restart policy does."""

    def __init__(self, start: Callable[[], Process]) -> None:
        self._start = start
        self._over = threading.Event()
        self.process = start()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """SIGKILL to the process and all of its group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def stop(self) -> None:
        self._over.set()
        if self.process.popen.poll() is None:
            self.process.popen.terminate()
        self._thread.join()

    def _keep(self) -> None:
        while True:
            self.process.popen.wait()
            if self._over.wait(RESTART_AFTER):
                return
            self.process = self._start()


class World:
    """All that runs: database, Redis behind a proxy, the stand-in AI, web server, RQ workers and a local worker."""

    def __init__(self, folder: Path, truth: Truth, *, postgres: bool) -> None:
        self.postgres = PostgresServer(folder).start() if postgres else None
        self.redis = RedisServer(folder).start()
        self.proxy = Proxy(self.redis.port)
        self.ai = OpenAIServer(said=truth, speech_delay=0.3, chat_delay=0.2).start()
        env = {"DATABASE_URL": self.postgres.database()} if self.postgres else {}
        self.site = Site(
            folder,
            QUEUE="auto",
            REDIS_PORT=str(self.proxy.port),
            OPENAI_API_KEY=self.ai.key,
            OPENAI_BASE_URL=self.ai.url,
            MAX_ACTIVE_PER_USER="1000",
            LONG_VIDEO_MINUTES="1",
            **env,
        ).setup()
        self.web = Supervisor(lambda: self.site.serve(workers=2, threads=4))
        self.workers = [
            Supervisor(lambda command=command: self.site.start(*command))
            for command in (["rqworker"], ["rqworker", "default"], ["localworker"])
        ]

    def restart_redis(self, away: float) -> None:
        """Kill Redis; after so many seconds it comes back empty."""
        self.redis.stop()
        threading.Event().wait(away)
        self.redis.start()

    def stop_workers(self) -> None:
        for worker in self.workers:
            worker.stop()

    def stop(self) -> None:
        self.stop_workers()
        self.web.stop()
        self.site.stop()
        self.ai.stop()
        self.redis.stop()
        if self.postgres:
            self.postgres.remove()

    def logs(self) -> str:
        """All that the site's processes have said."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.site.folder.glob("*.log")))
