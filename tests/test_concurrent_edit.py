"""A person edits steps in the very moment in which a run replaces them. PostgreSQL: SQLite has one writer at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg

from .servers import PostgresServer, Site, wait_for

BEGIN = """
from modules.models import Module, Step
from trainingsite.accounts.models import User

owner = User.objects.get(username="ann")
module = Module.objects.create(owner=owner, title="Filter", status="processing", lease_token="r")
for order, start in enumerate((0.0, 10.0)):
    step = Step(module=module, order=order, title=f"Old {order}", text="old", start=start, end=start + 10)
    step.machine = {name: getattr(step, name) for name in Step.EDITABLE}
    step.save()
"""

PUBLISH = """
from modules.processing import publish
from modules.processing.attempt import Attempt
from modules.models import Module
from modules.pipeline.types import Draft, Enhanced, Material

steps = tuple(Draft(f"s{n}", "step", f"New {n}", "new", (), 10.0 * n, 10.0 * n + 10) for n in range(2))
module = Module.objects.get()
attempt = Attempt(module, module.lease_token, worker="w", disposable=False)
publish.publish(attempt, Material("Filter", "en", 20.0, ()), "", Enhanced(steps))
"""

STOP_AT_THE_FIRST_STEP = """
CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
CREATE TRIGGER stop BEFORE UPDATE ON modules_step FOR EACH ROW WHEN (OLD.title = 'Old 0') EXECUTE FUNCTION stop();
SELECT pg_advisory_lock(1);
"""
"""The merge is held up when it writes the first step, until the one who says this lets go of the lock."""

# As the editing page writes: the step by its key, and of it only what was changed.
EDIT = "UPDATE modules_step SET title = 'In my words' WHERE id = %s"


def test_an_edit_made_while_the_steps_are_merged_waits_and_is_made_to_the_new_ones(
    new_site: Callable[..., Site], postgres: PostgresServer
):
    site = new_site(DATABASE_URL=postgres.database())
    site.manage("shell", "-v", "0", "-c", BEGIN)
    ((second,),) = site.rows("SELECT id FROM modules_step WHERE title = 'Old 1'")
    url = site.env["DATABASE_URL"]
    with (
        ThreadPoolExecutor() as pool,
        psycopg.connect(url, autocommit=True) as gate,
        psycopg.connect(url, autocommit=True) as editor,
    ):
        gate.execute(STOP_AT_THE_FIRST_STEP)

        def waits(which: str) -> bool:
            held_up = f"SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND {which}"
            return gate.execute(held_up).fetchone() is not None

        merge = pool.submit(site.manage, "shell", "-v", "0", "-c", PUBLISH)
        wait_for(lambda: waits("wait_event = 'advisory'") or merge.done(), "the merge to come to the first step")
        edit = pool.submit(editor.execute, EDIT, [second])
        mine = f"wait_event_type = 'Lock' AND pid = {editor.info.backend_pid}"
        wait_for(lambda: waits(mine) or edit.done(), "the edit to wait, or to be done")
        assert not edit.done() and not merge.done()
        gate.execute("SELECT pg_advisory_unlock(1)")
        merge.result()
        assert edit.result().rowcount == 1
    steps = site.rows("SELECT title, text, machine ->> 'title' FROM modules_step ORDER BY start")
    assert steps == [("New 0", "new", "New 0"), ("In my words", "new", "New 1")]
    assert site.rows("SELECT status FROM modules_module") == [("ready",)]
