"""What the tests share: the shipped systems, built once, and the command without a new Python."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import settings

import planning
from planning.cli import main
from planning.system.system import System

# Speed is shown by `make bench`; a test that fails on a busy machine says nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


class Systems(dict[str, System]):
    """Systems by name, each built when first asked for; they are frozen, so no test spoils one."""

    def __missing__(self, name: str) -> System:
        self[name] = planning.load_system(name)
        return self[name]


@pytest.fixture(scope="session")
def systems() -> Systems:
    return Systems()


@dataclass(frozen=True)
class Run:
    """What a command left: its exit code and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def cli() -> Callable[..., Run]:
    """Run the command in this process; `test_cli` shows that a process of its own does the same."""
    return run_here


def run_here(*arguments: object, cwd: Path | None = None) -> Run:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with (
        mock.patch.object(sys, "argv", ["planning", *map(str, arguments)]),
        mock.patch.object(sys, "excepthook", sys.excepthook),  # Typer sets its own
        mock.patch.dict(os.environ),  # own prices and served files hold for one command
        contextlib.chdir(cwd or "."),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
    assert isinstance(code, int), code
    return Run(code, *(_text(stream) for stream in (out, err)))


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
