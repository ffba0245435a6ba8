"""
What there is to open: workbooks, systems and reports, as plain records.

The landing page shows a `Shelf` and knows nothing of files; whoever starts
the server says where a shelf comes from, by a function that is called again on
every visit, so a report that has just been written is there::

    folder ──shelf_of──> Shelf ──> landing page ──click──> workbook?system=KEY
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path


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
        Whether it takes ``?system=KEY``; it is then listed under every system.
    """

    path: Path
    title: str
    summary: str = ""
    per_system: bool = True


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """A system to look at: its `key` in the address, its `title` and a `summary` for people."""

    key: str
    title: str
    summary: str = ""


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
class Shelf:
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


def heading(notebook: Path) -> tuple[str, str]:
    """
    Title and first sentence of a notebook, from its first Markdown cell.

    Parameters
    ----------
    notebook : pathlib.Path
        A ``.ipynb`` file. One that cannot be read is named after its file.

    Returns
    -------
    tuple of str
        Title and summary; the summary may be empty.
    """
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (OSError, ValueError, KeyError, TypeError):
        texts = []
    title, summary = spoken(notebook.stem), ""
    lines = [line.strip() for line in "\n".join(texts[:1]).splitlines() if line.strip()]
    if lines and lines[0].startswith("# "):
        title = lines[0][2:].strip()
        if len(lines) > 1 and lines[1][0].isalpha():
            summary = lines[1]
    return title, summary


def _notebooks(folder: Path, pattern: str) -> list[Path]:
    """Notebooks of a folder in order, without the copies that Jupyter keeps."""
    found = sorted(folder.glob(pattern))
    return [path for path in found if ".ipynb_checkpoints" not in path.parts]


def shelf_of(root: Path) -> Shelf:
    """
    The shelf of a project folder, as it is now.

    Parameters
    ----------
    root : pathlib.Path
        Folder with ``workbooks/*.ipynb``, ``data/systems/*.yaml`` and perhaps ``reports/``.

    Returns
    -------
    Shelf
        Empty lists for what is not there. Systems are titled by their file's name.
    """
    root = root.resolve()
    books = tuple(Workbook(path, *heading(path)) for path in _notebooks(root, "workbooks/*.ipynb"))
    files = sorted(root.glob("data/systems/*.yaml"))
    systems = tuple(SystemEntry(path.stem, spoken(path.stem)) for path in files)
    index = root / "reports" / "index.html"
    pages = (Report(index, "All reports"),) if index.is_file() else ()
    executed = tuple(
        Report(path, heading(path)[0], f"{path.parent.parent.name}, {path.parent.name}, live")
        for path in _notebooks(root, "reports/*/*/*.ipynb")
    )
    return Shelf(books, systems, pages + executed)
