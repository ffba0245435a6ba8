"""
What there is to open: workbooks, systems and reports, as plain records.

The landing page shows a `Contents` and knows nothing of files; whoever starts
the server says where the contents come from, by a function that is called again on
every visit, so a report that has just been written is there::

    folder ──contents_of──> Contents ──> landing page ──click──> workbook?system=KEY
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from planning.page.prose import Book
from planning.present.cards import Card

if TYPE_CHECKING:
    from planning.system.system import System


@dataclass(frozen=True, slots=True)
class Workbook:
    """
    A notebook that can be opened live.

    Attributes
    ----------
    path : pathlib.Path
        The notebook file.
    title, summary : str
        What it is called and the question it answers.
    per_system : bool
        Whether it takes ``?system=KEY``; it is then listed under the systems.
    needs : frozenset of str
        Kinds of parts it is about; only systems that have one of them list it. Empty: all do.
    tab : str
        View of a live page that it shows in prose and formulas; none if empty.
    prose : str
        Its words, as Markdown, if that view shows all that it shows: the page then stands in for
        it, and no kernel is started to read it.
    """

    path: Path
    title: str
    summary: str = ""
    per_system: bool = True
    needs: frozenset[str] = frozenset()
    tab: str = ""
    prose: str = ""

    def fits(self, system: SystemEntry) -> bool:
        """Whether a system has something that this workbook shows."""
        return self.per_system and (not self.needs or bool(self.needs & system.parts))


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """
    A system to look at.

    Attributes
    ----------
    key, title, summary : str
        In the address, and for people.
    parts : frozenset of str
        Kinds of its parts.
    own : bool
        Whether it is the visitor's own, not one that comes along.
    card : callable
        Says whether it holds its target, what breaks first and what it costs, in one look.
    page : callable or None
        Makes its live page, as HTML, from the workbooks that belong to its views; a `ValueError`
        says why there cannot be one. None where there is no page to open.
    load : callable or None
        Reads the system itself, to be compared with others. None where it cannot be.
    version : callable
        Says what is different after its file was changed. Card and page are made anew then, in
        another process where one can be forked: both must be such that they can be pickled.
    """

    key: str
    title: str
    summary: str = ""
    parts: frozenset[str] = frozenset()
    own: bool = False
    card: Callable[[], Card] = Card
    page: Callable[[tuple[Book, ...]], str] | None = None
    load: Callable[[], System] | None = None
    version: Callable[[], Hashable] = lambda: None


@dataclass(frozen=True, slots=True)
class Report:
    """
    Something produced earlier.

    Attributes
    ----------
    path : pathlib.Path
        An HTML page, served with the files beside and below it, or an executed notebook, which
        opens live.
    title, summary : str
        What it is called, and perhaps when it was made.
    """

    path: Path
    title: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """All there is to open, in the order in which it is shown."""

    workbooks: tuple[Workbook, ...] = ()
    systems: tuple[SystemEntry, ...] = ()
    reports: tuple[Report, ...] = field(default=())


def spoken(name: str) -> str:
    """
    A file's name as words.

    Parameters
    ----------
    name : str
        For example a stem, with a leading number for the order if wanted.

    Returns
    -------
    str

    Examples
    --------
    >>> spoken("01_live_stream_limits")
    'Live stream limits'
    """
    words = name.replace("_", " ").replace("-", " ").lstrip("0123456789. ").strip() or name
    return words[:1].upper() + words[1:]


def workbook(path: Path) -> Workbook:
    """
    A notebook as a workbook: title and summary from its first Markdown cell.

    Parameters
    ----------
    path : pathlib.Path
        A ``.ipynb`` file. One that cannot be read is named after its file. The notebook's
        metadata may say more: ``{"planning": {"per_system": false}}``, or
        ``{"planning": {"needs": ["hot_row"], "tab": "gifts", "on_page": true}}``.

    Returns
    -------
    Workbook
    """
    try:
        notebook = json.loads(path.read_text("utf-8"))
        cells = notebook["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        notes = dict(notebook.get("metadata", {}).get("planning", {}))
    except (OSError, ValueError, KeyError, TypeError):
        texts, notes = [], {}
    title, summary = spoken(path.stem), ""
    lines = [line.strip() for line in "\n".join(texts[:1]).splitlines() if line.strip()]
    if lines and lines[0].startswith("# "):
        title = lines[0][2:].strip()
        if len(lines) > 1 and lines[1][0].isalpha():
            summary = lines[1]
    needs = frozenset(str(kind) for kind in notes.get("needs", ()))
    per_system, tab = bool(notes.get("per_system", True)), str(notes.get("tab", ""))
    prose = "\n\n".join(texts[1:]) if notes.get("on_page") is True else ""
    return Workbook(path, title, summary, per_system, needs, tab, prose)


def contents_of(workbooks: Path, systems: Iterable[SystemEntry], reports: Path) -> Contents:
    """
    Return what some folders hold now.

    Parameters
    ----------
    workbooks : pathlib.Path
        Folder of ``.ipynb`` files.
    systems : iterable of SystemEntry
        What the workbooks can show.
    reports : pathlib.Path
        Folder with ``index.html`` and ``SYSTEM/USERS/report.ipynb``, if any were written.

    Returns
    -------
    Contents
        Empty lists for what is not there.
    """
    books = tuple(workbook(path) for path in _notebooks(workbooks, "*.ipynb"))
    index = reports / "index.html"
    pages = (Report(index, "All reports"),) if index.is_file() else ()
    executed = tuple(
        Report(path, f"{spoken(path.parent.parent.name)} at {_count(path.parent.name)} users")
        for path in _notebooks(reports, "*/*/*.ipynb")
    )
    return Contents(books, tuple(systems), pages + executed)


def _count(text: str) -> str:
    """A folder's number of users as people write it."""
    return f"{int(text):,}" if text.isdecimal() and len(text) < 16 else text


def _notebooks(folder: Path, pattern: str) -> list[Path]:
    """Notebooks of a folder in order, without the copies that Jupyter keeps."""
    found = sorted(folder.resolve().glob(pattern))
    return [path for path in found if ".ipynb_checkpoints" not in path.parts]
