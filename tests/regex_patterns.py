"""Prints, as JSON, every regular expression that our code compiles: loads all of it and lets the local writer work.

`python -m tests.regex_patterns`, with the settings in the environment. Each is [where, pattern, flags].
"""

from __future__ import annotations

import json
import pkgutil
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("modules", "uploads", "trainingsite")
found: dict[tuple[str, int], str] = {}
_compile = re._compile  # type: ignore[attr-defined]


def recording_compile(pattern: Any, flags: int) -> Any:
    """As `re._compile`, through which every function of `re` goes."""
    compiled = _compile(pattern, flags)
    frame = sys._getframe(1)
    while frame.f_code.co_filename == re.__file__ and frame.f_back:
        frame = frame.f_back
    path = Path(frame.f_code.co_filename)
    if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in PACKAGES and isinstance(compiled.pattern, str):
        found.setdefault((compiled.pattern, compiled.flags), f"{path.relative_to(ROOT)}:{frame.f_lineno}")
    return compiled


def main() -> None:
    re._compile = recording_compile  # type: ignore[attr-defined]
    import_module("django").setup()
    for package in PACKAGES:
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if ".migrations" not in module.name:
                import_module(module.name)
    writer = import_module("modules.ai.rules").LocalWriter()
    script = import_module("tests.quality.script")
    for one in script.scripts():
        shown = script.material(one, True)
        writer.enhance(writer.draft_steps(shown), shown)
    import_module("modules.pipeline.captions").parse(b"WEBVTT\n\n00:01.000 --> 00:02.000\nOpen <b>it</b>.\n")
    json.dump([[where, pattern, flags] for (pattern, flags), where in found.items()], sys.stdout)


if __name__ == "__main__":
    main()
