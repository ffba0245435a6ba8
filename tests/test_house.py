"""The floor plan holds: imports point down, the package is light, the public list is true."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import planning

ROOT = Path(planning.__file__).parent

# From the ground up; a room may import from its own floor and the floors below.
FLOORS = (
    ("numbers", "models"),
    ("flow", "workload", "parts", "system", "questions"),
    ("audit",),
    ("present",),
    ("batch", "dashboard"),
    ("cli", "__main__"),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def room_of(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports_of(path):
    """Modules of this package that a file imports, those for type checkers only left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("planning"):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("planning"))


SOURCES = sorted(
    path for path in ROOT.rglob("*.py") if path.parent != ROOT or path.stem != "__init__"
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_import_points_down(path):
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    assert room in FLOOR_OF, f"{room} stands on no floor: name it in FLOORS"
    for module in imports_of(path):
        if module == "planning":
            continue  # the version and the lazy public list
        assert FLOOR_OF[room_of(module)] <= FLOOR_OF[room], f"{path.name} imports {module} above it"


def test_formulas_know_no_files_models_or_frames():
    for path in (ROOT / "models").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {
                "pydantic",
                "pandas",
                "pathlib",
                "os",
            }


def loaded_by(code):
    run = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sorted(sys.modules))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name.split(".")[0] for name in run.stdout.split()}


HEAVY = {"pandas", "altair", "scipy", "pint", "pydantic", "ruamel", "ipywidgets", "voila", "rich"}


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_by("import planning") & HEAVY


def test_assessing_needs_no_frames_or_charts():
    code = "import planning; planning.assess(planning.load_system('live_stream_limits'), [1, 10])"
    assert not loaded_by(code) & {"pandas", "altair", "ipywidgets", "voila", "rich"}


def test_every_public_name_is_there_and_documented():
    for name in planning.__all__:
        assert getattr(planning, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = planning.nothing
