"""To add a kind: one file and one line. The promise of the README, kept by doing it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import planning

KIND = '''\
"""A printer: documents that come are printed one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.numbers.estimate import Estimate
from planning.numbers.quantities import Amount
from planning.parts.base import Part

if TYPE_CHECKING:
    from planning.parts.station import Station


class Printer(Part):
    """A printer."""

    order: ClassVar[int] = 34
    takes: ClassVar[tuple[str, ...]] = ("request",)
    kind: Literal["printer"]
    speed: Annotated[Estimate, Amount("request/s", above=0.0)] = Field(description="Documents/s")

    def rates(self, at: Station) -> None:
        """Print what comes; past its speed documents queue."""
        rate = at.rate("documents", "request")
        at.limit("documents", rate, self.speed, PastLimit.QUEUE, "a second printer")
'''
FILE = """\
title: Office
workload: {users: 100, target: 100, activities: {print: {interval: 50 s}}}
parts: {laser: {kind: printer, speed: 1 request/s}}
events: [{name: monday, surge: {users: 30 users}}]
"""


def test_a_new_kind_is_one_file_and_one_line(tmp_path):
    source = Path(planning.__file__).parent
    package = tmp_path / "planning"
    shutil.copytree(source, package, ignore=shutil.ignore_patterns("__pycache__"))
    for data in ("data", "workbooks"):
        (tmp_path / data).symlink_to(source.parent / data)
    (package / "parts" / "printer.py").write_text(KIND, encoding="utf-8")
    registry = package / "parts" / "__init__.py"
    text = registry.read_text(encoding="utf-8")
    assert text.count("    | Pooler\n") == 1
    text = text.replace("    | Pooler\n", "    | Pooler\n    | Printer\n")
    text = text.replace(
        "from planning.parts.queue",
        "from planning.parts.printer import Printer\nfrom planning.parts.queue",
    )  # the one line, and its import
    registry.write_text(text, encoding="utf-8")
    (tmp_path / "office.yaml").write_text(FILE, encoding="utf-8")

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "planning", *arguments], cwd=tmp_path, capture_output=True,
            text=True, check=False, env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        )  # fmt: skip

    assessed = run("assess", "office.yaml")
    assert assessed.returncode == 20, assessed.stderr
    assert "laser documents  2 requests/s  1 request/s" in " ".join(assessed.stdout.split("   "))
    assert '"printer"' in run("schema").stdout
    assert "LAG" in run("events", "office.yaml").stdout
    new = run("new", "shop")
    assert new.returncode == 0
    assert "printer" in (tmp_path / "shop.yaml").read_text(encoding="utf-8")
