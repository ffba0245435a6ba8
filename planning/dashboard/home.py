"""
A place for what Jupyter keeps for itself, where there is no home folder to keep it in.

A service account, a container or a read-only system may have a HOME that is not there and cannot
be made; Jupyter's libraries write a few small files there before they run a cell.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLES = ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")


@contextmanager
def somewhere_to_live() -> Iterator[None]:
    """Point Jupyter to a temporary folder, for this process and its kernels, if it has no home."""
    if _has_home():
        yield
        return
    before = {name: os.environ.get(name) for name in VARIABLES}
    with tempfile.TemporaryDirectory(prefix="planning-home-", ignore_cleanup_errors=True) as home:
        for name in VARIABLES:
            os.environ[name] = str(Path(home) / name.lower())
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _has_home() -> bool:
    from jupyter_core.paths import jupyter_data_dir, jupyter_runtime_dir

    try:
        for folder in (jupyter_data_dir(), jupyter_runtime_dir()):
            os.makedirs(folder, exist_ok=True)
    except OSError:
        return False
    return os.access(jupyter_data_dir(), os.W_OK) and os.access(jupyter_runtime_dir(), os.W_OK)
