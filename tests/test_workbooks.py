"""Every workbook runs from top to bottom, carries no outputs and does no arithmetic."""

from __future__ import annotations

import ast
import tempfile

import nbformat
import papermill
import pytest
from jupyter_client.manager import AsyncKernelManager
from traitlets.config import Config

from planning.dashboard.warm import MODULES, WarmSpecs, available, prepare
from planning.numbers.shipped import workbooks_folder

WORKBOOKS = sorted(workbooks_folder().glob("*.ipynb"))


class WarmManager(AsyncKernelManager):
    """Starts the kernels that `planning serve` starts: forked, where the system can."""

    def _kernel_spec_manager_default(self):
        return WarmSpecs()


@pytest.fixture(scope="module")
def warm():
    """Import what workbooks need once; each still runs in a process of its own."""
    if available():
        prepare(MODULES)
    return WarmManager


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.stem)
def test_a_workbook_runs(path, warm, tmp_path):
    wanted = "application/vnd.jupyter.widget-view+json"
    if nbformat.read(path, as_version=4).metadata.get("planning", {}).get("lab"):
        wanted = "image/svg+xml"  # for engineers in JupyterLab: tables and charts, no board
    assert wanted in kinds_shown(path, warm, tmp_path, {})


def test_a_report_becomes_a_file(warm, tmp_path):
    kinds = kinds_shown(workbooks_folder() / "report.ipynb", warm, tmp_path, {"static": True})
    assert "text/html" in kinds
    assert not any("widget" in kind for kind in kinds)


def kinds_shown(path, warm, tmp_path, parameters):
    """Run a workbook and return the kinds of what its cells show."""
    with tempfile.TemporaryDirectory(prefix="pl") as sockets:  # a socket's path must be short
        done = papermill.execute_notebook(
            str(path), None, parameters=parameters, progress_bar=False, kernel_name="python3",
            resources={"metadata": {"path": str(tmp_path)}}, kernel_manager_class=warm,
            config=Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/k"}}),
        )  # fmt: skip
    shown = [output for cell in done.cells for output in cell.get("outputs", [])]
    return {kind for output in shown for kind in output.get("data", {})}


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.stem)
def test_a_workbook_has_no_outputs_and_no_arithmetic(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        assert not cell.outputs
        assert cell.execution_count is None
        binary = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.BinOp)]
        # `float | None` and the like are types.
        assert not [n for n in binary if not isinstance(n.op, ast.BitOr)]


def test_the_report_template_has_tagged_parameters():
    cells = nbformat.read(workbooks_folder() / "report.ipynb", as_version=4).cells
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert {"system", "users"} <= {line.split(" =")[0] for line in tagged[0].source.splitlines()}
