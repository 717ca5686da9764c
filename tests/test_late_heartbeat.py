"""A heartbeat that comes while the sweep looks for dead runs. PostgreSQL: SQLite has one writer at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from .servers import PostgresServer, Site, wait_for

SILENT_RUN = """
from datetime import timedelta
from modules.models import Module, Rendition, database_clock
from trainingsite.accounts.models import User

module = Module.objects.create(owner=User.objects.get(username="ann"), status="ready")
row = Rendition.objects.create(module=module) if {of_a_rendition} else module
silent_since = database_clock() - timedelta(seconds=60)
type(row).objects.update(status="processing", lease_token="r", heartbeat_at=silent_since)
"""

# As `fence` writes it, at the beginning of a transaction in which a run saves its work.
HEARTBEAT = "UPDATE {} SET heartbeat_at = statement_timestamp() WHERE lease_token = 'r'"

SWEEP_WAITS = """
SELECT 1 FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
"""


@pytest.mark.parametrize("table", ["modules_module", "modules_rendition"])
def test_a_run_whose_heartbeat_is_just_being_written_is_not_taken_for_dead(
    new_site: Callable[..., Site], postgres: PostgresServer, table: str
):
    site = new_site(DATABASE_URL=postgres.database())
    site.manage("shell", "-v", "0", "-c", SILENT_RUN.format(of_a_rendition=table == "modules_rendition"))
    url = site.env["DATABASE_URL"]
    with (
        ThreadPoolExecutor() as pool,
        psycopg.connect(url) as run,
        psycopg.connect(url, autocommit=True) as looking,
    ):
        assert run.execute(HEARTBEAT.format(table)).rowcount == 1
        sweep = pool.submit(site.manage, "recover_modules")
        wait_for(lambda: looking.execute(SWEEP_WAITS).fetchone() or sweep.done(), "the sweep to wait, or to be done")
        assert not sweep.done()
        run.commit()
        assert "Nothing was lost" in sweep.result()
    assert site.rows(f"SELECT status, lease_token, attempts FROM {table}") == [("processing", "r", 0)]
    assert site.rows("SELECT count(*) FROM modules_stagerun") == [(0,)]
