"""A newer version runs on an older one's data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from modules.models import Module, SearchEntry, Status, searchable_text

from .servers import PostgresServer, Site

FIRST = [("modules", "0001_initial"), ("uploads", "0001_initial"), ("accounts", "0001_initial")]


@pytest.fixture
def first_version(transactional_db):
    """The apps as they were in the first version, on a database of that version; the newest again afterwards."""
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    executor.migrate(FIRST)
    yield executor.loader.project_state(FIRST).apps
    executor = MigrationExecutor(connection)
    executor.migrate(newest)


def test_modules_in_every_state_come_through_an_upgrade(first_version):
    user = first_version.get_model("accounts", "User").objects.create(username="ann")
    modules = first_version.get_model("modules", "Module").objects
    for status in Status.values:
        made = modules.create(
            owner=user,
            title=f"Was {status}",
            video="v.mp4",
            status=status,
            progress=40,
            run="r",
            search_text="what was said",
        )
        first_version.get_model("modules", "StageRun").objects.create(
            module=made, run="r", stage="probe", outcome="done", key="k", output={"duration": 3}
        )
        first_version.get_model("modules", "Step").objects.create(
            module=made, order=1, title="Open the lid", start=0, end=3, machine={"title": "Open it"}
        )
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert sorted(Module.objects.values_list("status", flat=True)) == sorted(Status.values)
    for module in Module.objects.all():
        assert (module.progress, module.stage_runs.get().output) == (40, {"duration": 3})
        assert "title" in module.steps.get().edited
        assert module.search_entry.text == "what was said"
        SearchEntry.objects.refresh(module.pk)
        assert "open the lid" in SearchEntry.objects.get(pk=module.pk).text == searchable_text(module)
        assert (module.lease_token, module.stage_runs.get().lease_token) == ("r", "r")


ROWS = """
from modules.models import Module, SearchEntry, StageRun
from trainingsite.accounts.models import User

owner = User.objects.get(username="ann")
module = Module.objects.create(owner=owner, title="Filter", video="v.mp4", status="processing", lease_token="r")
SearchEntry.objects.create(module=module, text="what was said")
StageRun.objects.create(module=module, lease_token="r", stage="probe", outcome="done", output={"duration": 3})
Module.objects.create(owner=owner, title="Without words", video="v.mp4")
"""


def test_postgresql_goes_back_to_the_older_tables_and_forth_again_with_all_rows(
    new_site: Callable[..., Site], postgres: PostgresServer
):
    site = new_site(DATABASE_URL=postgres.database())
    site.manage("shell", "-v", "0", "-c", ROWS)
    site.manage("migrate", "modules", "0002", "--verbosity", "0")
    assert site.rows("SELECT title, search_text, run FROM modules_module ORDER BY title") == [
        ("Filter", "what was said", "r"),
        ("Without words", "", ""),
    ]
    site.manage("migrate", "--verbosity", "0")
    assert site.rows("SELECT title, lease_token FROM modules_module ORDER BY title") == [
        ("Filter", "r"),
        ("Without words", ""),
    ]
    assert site.rows("SELECT text FROM modules_searchentry") == [("what was said",)]
    assert site.rows("SELECT lease_token FROM modules_stagerun") == [("r",)]
