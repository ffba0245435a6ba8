"""Where the data and workbooks that come with the package lie, in a checkout or in a wheel."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def data_folder() -> Path:
    """Return the folder of shipped data: a checkout's ``data/``, or the wheel's own copy."""
    return _shipped("data")


def workbooks_folder() -> Path:
    """Return the folder of the workbooks: a checkout's ``workbooks/``, or the wheel's own copy."""
    return _shipped("workbooks")


def _shipped(name: str) -> Path:
    package = Path(str(files("planning")))
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parent / name
