"""Served systems: what the landing page lists, and how their cards and pages are made."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from urllib.parse import quote

from planning.dashboard.contents import SystemEntry
from planning.page.document import page_html
from planning.page.prose import Book
from planning.present.cards import Card, card
from planning.questions.library import Library
from planning.questions.load import load_system


def entry_of(name: str, library: Library, own: bool) -> SystemEntry:
    """
    Return a system as the landing page lists it.

    Parameters
    ----------
    name : str
        A name of the library.
    library : Library
        What it and prices mean.
    own : bool
        Whether it is the visitor's own.

    Raises
    ------
    FileError
        If its file cannot be used.
    """
    system = load_system(name, library)
    files = [library.path(name), *filter(None, [library.prices])]
    if system.growth is not None and system.growth.history is not None:
        files.append(Path(system.origin.folder, system.growth.history))
    text = library.text()
    return SystemEntry(
        key=name,
        title=system.title,
        summary=system.summary,
        parts=frozenset(part.kind_name for part in system.parts.values()),
        own=own,
        card=partial(_card, name, text),
        page=partial(_page, name, text),
        load=partial(load_system, name, library),
        version=partial(_version, tuple(files)),
    )


def _card(name: str, library: str) -> Card:
    return card(load_system(name, Library.read(library)))


def _page(name: str, library: str, books: tuple[Book, ...]) -> str:
    system = load_system(name, Library.read(library))
    return page_html(system, home="../..", beside=f"../compare?first={quote(name)}", books=books)


def _version(files: Iterable[Path]) -> tuple[tuple[int, int] | None, ...]:
    """Return when each file was written, and its size; nothing for one that is not there."""
    return tuple(_stamp(file) for file in files)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
