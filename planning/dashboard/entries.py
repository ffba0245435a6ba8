"""Served systems: what the landing page lists, and how their cards and pages are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from planning.dashboard.contents import SystemEntry
from planning.numbers.reading import beside, read_document
from planning.page.document import page_html
from planning.page.prose import Book
from planning.present.cards import Card, card
from planning.questions.library import Library
from planning.questions.load import load_system

_NAMING = ("samples", "history")  # fields that name a table beside the file
_Stamps = tuple[tuple[int, int] | None, ...]


class Shelf:
    """
    The systems that are served, each read again once a file of it was changed.

    Parameters
    ----------
    library : Library
        What has a name, and what things cost.
    own : set of str
        Names of the visitor's own.

    Raises
    ------
    FileError
        If a file cannot be used.
    """

    def __init__(self, library: Library, own: set[str]) -> None:
        self._library, self._own = library, own
        self._known = {name: self._read(name) for name in library.names()}

    def entries(self) -> list[SystemEntry]:
        """Return them as they are now; one that cannot be read any more says so on its page."""
        for name, (made_of, entry) in self._known.items():
            if entry.version() != made_of:
                with suppress(ValueError):
                    self._known[name] = self._read(name)
        return [entry for _, entry in self._known.values()]

    def _read(self, name: str) -> tuple[_Stamps, SystemEntry]:
        files = tuple(_files(name, self._library))
        made_of = _version(files)
        system, text = load_system(name, self._library), self._library.text()
        entry = SystemEntry(
            key=name,
            title=system.title,
            summary=system.summary,
            parts=frozenset(part.kind_name for part in system.parts.values()),
            own=name in self._own,
            card=partial(_card, name, text),
            page=partial(_page, name, text),
            load=partial(load_system, name, self._library),
            version=partial(_version, files),
        )
        return made_of, entry


def _card(name: str, library: str) -> Card:
    return card(load_system(name, Library.read(library)))


def _page(name: str, library: str, books: tuple[Book, ...]) -> str:
    system = load_system(name, Library.read(library))
    return page_html(system, home="../..", beside=f"../compare?first={quote(name)}", books=books)


def _files(name: str, library: Library) -> Iterator[Path]:
    """Yield the files that a system is read from: its own, tables that it names, own prices."""
    path = library.path(name)
    yield path
    if library.prices is not None:
        yield library.prices
    for table in sorted(set(_tables(read_document(path).data))):
        with suppress(ValueError):  # what it may not name, it is not read from
            yield beside(path, table)


def _tables(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for child in node:
            yield from _tables(child)
    elif isinstance(node, dict):
        for key, child in node.items():
            if key in _NAMING and isinstance(child, str):
                yield child
            else:
                yield from _tables(child)


def _version(files: tuple[Path, ...]) -> _Stamps:
    """Return when each file was written, and its size; nothing for one that is not there."""
    return tuple(_stamp(file) for file in files)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
