"""What a report asks about, and the files that lie beside it: whoever opens it has them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from planning.numbers.writing import write_whole
from planning.page.saved import text_with_moves
from planning.present.report import change_words
from planning.questions.library import SHIPPED, Library
from planning.questions.load import load_system, parse_system
from planning.system.system import System


def asked_system(
    name: str, library: Library, settings: Mapping[str, str]
) -> tuple[System, list[str]]:
    """
    Return the system of a report, and what differs from its file, in words.

    Parameters
    ----------
    name : str
        A name or a file.
    library : Library
        What names and prices mean.
    settings : mapping of str to str
        Inputs set to other values, by path.

    Raises
    ------
    ValueError
        If a path names no input, a value is refused, or the file has no place for it.
    """
    loaded = load_system(name, library)
    if not settings:
        return loaded, []
    moved = loaded.at(settings)
    # As whoever opens the file beside the report has it.
    system = parse_system(text_with_moves(moved), str(library.path(name)), library)
    return system, change_words(loaded, moved)


def system_beside(name: str, library: Library, changed: System | None, copy: Path) -> str:
    """Return the notebook's system parameter: a shipped name, or a copy next to the report."""
    if changed is not None:
        write_whole(copy, changed.origin.text)
    elif name in SHIPPED.names():
        return name
    else:
        shutil.copyfile(library.path(name), copy)
    return copy.name


def prices_beside(library: Library, folder: Path) -> str | None:
    """Return the notebook's own prices: a copy of their file next to the report."""
    if library.prices is None:
        return None
    return Path(shutil.copyfile(library.prices, folder / "prices.yaml")).name
