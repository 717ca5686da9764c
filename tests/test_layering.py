"""The layering is a test, not a hope: who imports whom."""

from __future__ import annotations

import ast
import subprocess
import sys
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
FORBIDDEN = {
    "modules.models": ["modules.", "uploads", "django_rq"],
    "modules.pipeline": ["django", "modules.models", "modules.media", "modules.ai", "modules.jobs", "uploads"],
    "modules.media": ["django", "modules.models", "modules.ai", "modules.jobs", "uploads"],
    "modules.ai.rules": ["django", "modules.models", "modules.media"],
    "modules.jobs": ["modules.processing", "modules.media", "modules.ai", "modules.pipeline", "uploads"],
    "modules.views": ["modules.processing", "modules.media", "modules.ai", "modules.worker"],
    "uploads": ["modules.media", "modules.ai", "modules.pipeline", "modules.processing", "modules.worker"],
}
ALLOWED = {"uploads": ["modules.pipeline.containers"]}
"""What a layer may import of a package that is else forbidden to it: a table without imports of its own."""


def sources() -> list[Path]:
    return [path for top in OURS for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts]


def imports(path: Path) -> set[str]:
    """Every module that a file imports, absolute."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
            base = base if node.level else node.module
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def starts(name: str, prefix: str) -> bool:
    return name == prefix.rstrip(".") or name.startswith(prefix.rstrip(".") + ".")


@pytest.mark.parametrize("library", SEAMS)
def test_each_library_behind_a_seam_is_imported_there_alone(library):
    users = [str(path.relative_to(ROOT)) for path in sources() if any(starts(name, library) for name in imports(path))]
    assert [user for user in users if not any(user.startswith(seam) for seam in SEAMS[library])] == []


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_no_arrow_goes_where_the_design_has_none(layer):
    folder = ROOT / Path(*layer.split("."))
    files = [path for path in sources() if folder in path.parents or path == folder.with_suffix(".py")]
    assert files
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in sorted(imports(path))
        if any(starts(name, barred) for barred in FORBIDDEN[layer])
        and not any(starts(name, allowed) for allowed in (layer, *ALLOWED.get(layer, ())))
    ]
    assert wrong == []


@pytest.mark.parametrize("leaf", sorted({leaf for leaves in ALLOWED.values() for leaf in leaves}))
def test_what_stands_open_to_a_layer_imports_nothing_but_the_standard_library(leaf):
    names = imports(ROOT / Path(*leaf.split(".")).with_suffix(".py"))
    assert [name for name in names if name.partition(".")[0] not in sys.stdlib_module_names] == []


def test_imports_stand_at_the_top_so_that_no_cycle_hides_in_a_function():
    hidden = []
    for path in sources():
        tree = ast.parse(path.read_text())
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
                hidden += [f"{path.relative_to(ROOT)}:{node.lineno}" for node in inner]
    assert hidden == []


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
