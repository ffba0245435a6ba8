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
    ("flow",),
    ("workload", "parts"),
    ("system",),
    ("questions",),
    ("audit",),
    ("present",),
    ("batch", "dashboard", "cli", "__main__"),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
SOURCES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")
FILES = {".".join(path.relative_to(ROOT.parent).with_suffix("").parts): path for path in SOURCES}
FILES = {name.removesuffix(".__init__"): path for name, path in FILES.items()}


def imports_of(path):
    """Files of this package that a file imports, those for type checkers among them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("planning."):
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                yield deeper if deeper in FILES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in FILES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_import_points_down(name):
    room = name.split(".")[1]
    assert room in FLOOR_OF, f"{room} stands on no floor: name it in FLOORS"
    for other in imports_of(FILES[name]):
        assert FLOOR_OF[other.split(".")[1]] <= FLOOR_OF[room], f"{name} imports {other} above it"


def test_no_file_imports_itself_in_a_circle():
    done, path = set(), []

    def visit(name):
        assert name not in path, " → ".join([*path[path.index(name) :], name])
        if name in done:
            return
        path.append(name)
        for other in imports_of(FILES[name]):
            if other != name:
                visit(other)
        path.pop()
        done.add(name)

    for name in sorted(FILES):
        visit(name)


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
