"""
Files that are written whole or not at all.

A disk fills up, a name is taken, a folder may not be written to: what was there stays as it was,
and half a file is never left behind for somebody to believe.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """
    Write a file in one step, in place of an older one if there is one.

    Parameters
    ----------
    path : Path
        The file; its folder is made if it is missing. What is no plain file, such as a pipe or a
        terminal, is written to directly.
    text : str
        What it is to hold, with its line ends as they are.

    Raises
    ------
    OSError
        If there is no room, or no permission; it names the file, and an older one is as it was.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(text.encode())
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(text.encode())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None


def write_new(path: Path, text: str) -> None:
    """
    Write a file that must not be there yet: what somebody has gone on with is never overwritten.

    Parameters
    ----------
    path : Path
        The file, in a folder that is there.
    text : str
        What it is to hold.

    Raises
    ------
    FileExistsError
        If there is one of that name.
    OSError
        If there is no room, or no permission; it names the file, and nothing is left behind.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text.encode())
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None
