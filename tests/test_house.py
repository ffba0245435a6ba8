"""The floor plan holds: imports point down, the package is light, the public list is true."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import planning
from planning.numbers.shipped import workbooks_folder

ROOT = Path(planning.__file__).parent

# From the ground up; a room may import from its own floor and the floors below.
FLOORS = (
    ("numbers", "models"),
    ("flow",),
    ("workload", "parts"),
    ("system",),
    ("questions",),
    ("audit", "importing", "evidence"),
    ("present", "page"),
    ("batch", "dashboard", "cli", "__main__"),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
SOURCES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")
FILES = {".".join(path.relative_to(ROOT.parent).with_suffix("").parts): path for path in SOURCES}
FILES = {name.removesuffix(".__init__"): path for name, path in FILES.items()}

# Formulas that nothing calls are kept only for what is about to call them.
MOST_UNREACHED = 10


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


def is_formula(node):
    marks = [
        each.func for each in getattr(node, "decorator_list", []) if isinstance(each, ast.Call)
    ]
    return any(ast.unparse(mark).rpartition(".")[2] == "formula" for mark in marks)


def named(tree, home=None):
    """Full names that a file reaches in this package, by their module or imported by themselves."""
    known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("planning"):
            known |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    for top in tree.body:
        own = getattr(top, "name", None)  # what calls itself is not reached by that
        for node in ast.walk(top):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield f"{known.get(node.value.id)}.{node.attr}"
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                yield known.get(node.id) or (f"{home}.{node.id}" if node.id != own else None)


def cells():
    for path in workbooks_folder().glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield "".join(cell["source"])


def test_every_formula_is_reached():
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}
    formulas = {
        f"{home}.{node.name}"
        for home, tree in trees.items()
        for node in tree.body
        if home.startswith("planning.models.") and is_formula(node)
    }
    reached = {name for home, tree in trees.items() for name in named(tree, home)}
    # A workbook imports in its first cell what later ones use.
    by_workbook = "\n".join(cells())
    reached |= set(named(ast.parse(by_workbook)))
    unreached = sorted(formulas - reached)
    assert len(formulas) > 50
    assert len(unreached) <= MOST_UNREACHED, "reached by nothing: " + ", ".join(unreached)


def test_a_formula_that_only_its_own_body_names_is_not_reached():
    tree = ast.parse(
        "from planning.models.money import cost\n"
        "from planning.models.queueing.erlang import erlang_b as loss\n"
        "def alone(n):\n    return alone(n - 1) + cost.total + loss(n)\n"
    )
    found = set(named(tree, "planning.models.here"))
    assert {"planning.models.money.cost.total", "planning.models.queueing.erlang.erlang_b"} <= found
    assert "planning.models.here.alone" not in found


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
