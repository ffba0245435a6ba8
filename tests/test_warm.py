"""What a visitor's kernel is forked from: everything imported, nothing that a collection copies."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

from planning.dashboard.warm import MODULES

PRINTS = """
import gc, importlib, sys
for name in {modules}: importlib.import_module(name)
known, frozen = set(sys.modules), gc.get_freeze_count()
import IPython.display
IPython.display.display = lambda *shown, **options: None
from planning.present.board import board
board(system="ten_thousand_users", inputs=["parts"], views=["verdict", "bars", "capacity"])
print(frozen)
print(*sorted({{name.partition(".")[0] for name in set(sys.modules) - known}}))
"""


def test_a_board_imports_nothing_after_the_fork_and_its_memory_is_frozen() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PRINTS.format(modules=MODULES)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    frozen, late = run.stdout.splitlines()
    assert int(frozen) > 100_000
    assert not set(late.split()) & {"scipy", "pint", "planning", "altair", "pandas", "yaml"}


def test_every_module_that_is_imported_before_the_fork_is_there() -> None:
    # The fork server passes over names it does not find, without a word.
    assert all(importlib.util.find_spec(name) for name in MODULES)
