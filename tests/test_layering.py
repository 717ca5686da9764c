"""The layering is a test, not a hope: who imports whom, over all three packages."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("modules", "uploads", "trainingsite")

SEAMS = {
    "rq": ["modules/jobs.py"],
    "django_rq": ["modules/jobs.py"],
    "av": ["modules/media/"],
    "openai": ["modules/ai/openai"],
    "faster_whisper": ["modules/ai/whisper.py", "modules/ai/vad.py"],
    "ctranslate2": ["modules/ai/whisper.py"],
}

LEAVES = [
    *("trainingsite.http", "trainingsite.request_body", "trainingsite.database_errors", "trainingsite.unavailable"),
    "trainingsite.language",
]
"""What knows of the apps no more than who signs in, so that each may (a leaf only those that stand before it)."""

ARROWS = {
    "trainingsite.http": ["trainingsite.accounts.models"],  # for annotations
    "trainingsite.request_body": [],
    "trainingsite.database_errors": [],
    "trainingsite.unavailable": ["trainingsite.http", "trainingsite.request_body", "trainingsite.database_errors"],
    "trainingsite.language": [],
    "trainingsite.postgresql": [],
    "trainingsite.settings": [],
    "trainingsite.wsgi": [],
    "trainingsite.asgi": [],
    "trainingsite.checks": [],
    "trainingsite.accounts.models": [],
    "trainingsite.accounts": [*LEAVES, "trainingsite.checks"],
    "trainingsite.health": ["modules.jobs", "modules.models", "modules.ai.registry"],
    "trainingsite.urls": ["trainingsite.health"],
    "modules.models": ["trainingsite.accounts"],
    "modules.pipeline": [],
    "modules.media": ["modules.pipeline"],
    "modules.ai": ["modules.pipeline"],
    "modules.messages": ["modules.ai.registry", "modules.pipeline.containers", "modules.pipeline.captions"],
    "modules.jobs": ["modules.models"],
    "modules.storage": ["modules.models", "modules.pipeline"],
    "modules.processing": [
        *("modules.jobs", "modules.models", "modules.media", "modules.ai", "modules.pipeline", "modules.storage"),
        *LEAVES,
    ],
    "modules.workers": ["modules.processing", "modules.jobs", "modules.models", "modules.storage", *LEAVES],
    "modules.renditions": ["modules.processing.rendition"],
    "modules.forms": ["modules.models"],
    "modules.admin": [
        *("modules.jobs", "modules.models", "modules.storage", "modules.messages", "modules.templatetags"),
    ],
    "modules.templatetags": ["modules.messages", "modules.models", "modules.pipeline"],
    "modules.views": [
        *("modules.jobs", "modules.models", "modules.forms", "modules.messages", "modules.storage", "modules.pipeline"),
        *("modules.processing.eta", *LEAVES),
    ],
    "modules.urls": ["modules.views"],
    "modules.apps": ["trainingsite.accounts", "modules.ai.checks"],
    "modules.management": ["modules.workers", "modules.jobs", "modules.storage", "trainingsite.postgresql"],
    "uploads": [
        *("modules.jobs", "modules.models", "modules.messages", "modules.storage", "modules.pipeline"),
        *LEAVES,
    ],
    "uploads.management": [
        "uploads",
        *(f"modules.{one}" for one in ("processing", "workers", "models", "messages", "storage")),
    ],
}
"""Every room of the house, and what it may import of ours besides itself. A longer name is a room inside another."""


WITHOUT_DJANGO = ["modules.pipeline", "modules.media", "modules.ai.rules"]
"""Values in, values out: what can be tried, and moved to another process, without a database or settings."""


def sources() -> list[Path]:
    return [path for top in OURS for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts]


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    """Every module that a file imports, absolute."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
            base = base if node.level else node.module or ""
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def starts(name: str, prefix: str) -> bool:
    return name == prefix.rstrip(".") or name.startswith(prefix.rstrip(".") + ".")


def room_of(name: str) -> str:
    """The room that a module is in; '' for one that stands in none."""
    return max((room for room in ARROWS if starts(name, room)), key=len, default="")


MODULES = {dotted(path) for path in sources()}


def imported_module(name: str) -> str:
    """The file behind an imported name: `modules.models.Module` comes from `modules.models`."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name


@pytest.mark.parametrize("library", SEAMS)
def test_each_library_behind_a_seam_is_imported_there_alone(library):
    users = [str(path.relative_to(ROOT)) for path in sources() if any(starts(name, library) for name in imports(path))]
    assert users
    assert [user for user in users if not any(user.startswith(seam) for seam in SEAMS[library])] == []


def test_no_arrow_goes_where_the_design_has_none():
    wrong = []
    for path in sources():
        room = room_of(dotted(path))
        if not room:
            assert dotted(path) in OURS, f"{path.relative_to(ROOT)} stands in no room"
            continue
        for name in sorted(imports(path)):
            if not any(starts(name, top) for top in OURS) or room_of(name) == room or starts(name, room):
                continue
            if not any(starts(name, allowed) for allowed in ARROWS[room]):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("room", WITHOUT_DJANGO)
def test_values_need_no_django(room):
    files = [path for path in sources() if starts(dotted(path), room)]
    assert files
    assert [str(path) for path in files if any(starts(name, "django") for name in imports(path))] == []


def test_no_rooms_import_each_other_in_a_circle():
    arrows: dict[str, set[str]] = defaultdict(set)
    for path in sources():
        room = room_of(dotted(path))
        arrows[room] |= {room_of(name) for name in imports(path) if room_of(name)} - {room}
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' → '.join(error.args[1])}")


def test_no_files_import_each_other_in_a_circle():
    arrows = {}
    for path in sources():
        found = {imported_module(name) for name in imports(path) if any(starts(name, top) for top in OURS)}
        arrows[dotted(path)] = found - {dotted(path), ""}
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' → '.join(error.args[1])}")


def test_the_table_of_containers_needs_nothing_but_the_standard_library():
    """Web processes, which load no media, read it too."""
    found = {name.partition(".")[0] for name in imports(ROOT / "modules" / "pipeline" / "containers.py")}
    assert found <= sys.stdlib_module_names


def test_imports_stand_at_the_top_so_that_no_cycle_hides_in_a_function():
    hidden = []
    for path in sources():
        tree = ast.parse(path.read_text())
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
                hidden += [f"{path.relative_to(ROOT)}:{node.lineno}" for node in inner]
    assert hidden == []


def test_the_root_of_modules_stays_small_enough_to_be_read_at_a_glance():
    entries = {path.name for path in (ROOT / "modules").iterdir() if path.name != "__pycache__"}
    assert len(entries - {"__init__.py", "apps.py"}) <= 18


def test_a_web_process_loads_no_media_and_no_ai():
    code = (
        "import sys, trainingsite.wsgi; from django.urls import get_resolver; get_resolver().url_patterns; "
        "from django.test import Client; Client(SERVER_NAME='localhost').get('/healthz'); "
        "print([name for name in ('av', 'openai', 'faster_whisper', 'ctranslate2', 'onnxruntime', 'numpy')"
        " if name in sys.modules])"
    )
    env = {"DEBUG": "true", "PATH": "", "DATA_DIR": str(ROOT / ".data")}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
