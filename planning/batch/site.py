"""
A folder of live pages with an index, to be put on any static host::

    FOLDER/index.html     a card per system: verdict, what breaks first, cost
           NAME.html      its live page, which computes in the browser

Every address in it is relative and nothing in it asks for anything, so it works from a disk, in
any folder of a host and without a network.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from planning.dashboard.policy import policy
from planning.numbers.reading import FileError
from planning.numbers.writing import write_whole
from planning.page.document import page_html
from planning.page.formulas import CannotCompile
from planning.present.cards import card, card_html
from planning.present.terminal import plain
from planning.present.theme import page_css
from planning.system.system import System

INDEX = "index.html"


def write_site(
    systems: Mapping[str, System], out: Path, progress: TextIO, title: str = "", made: str = ""
) -> int:
    """
    Write a live page per system, and the index over them.

    Parameters
    ----------
    systems : mapping of str to System
        What is shown, by the name that its page gets, in the order in which it is shown.
    out : Path
        Folder to write to; made if missing. Pages of the same names are replaced.
    progress : TextIO
        Where a line per page goes.
    title : str
        Heading of the index.
    made : str
        When and by what it was made, at the foot of the index.

    Returns
    -------
    int
        0 if all were written, 1 if some systems have a formula that a page cannot compute; the
        index has their cards, and says so.

    Raises
    ------
    FileError
        If two names are one on a file system that ignores case, one is the index's own, or the
        folder cannot be written.
    """
    refuse_doubles(systems)
    cards, failures = [], 0
    for name, system in systems.items():
        address, summary = f"{name}.html", system.summary
        try:
            text = page_html(system, home=INDEX)
        except CannotCompile as error:
            failures += 1
            address, summary = "", f"Without a page: {error} {summary}"
            print(plain(f"{name}: no page: {error}").plain, file=progress)
        else:
            written(out / address, text)
            print(f"{out / address} ({len(text.encode()) / 1000:,.0f} kB)", file=progress)
        cards.append(
            card_html(
                card(system), title=system.title, address=quote(address), summary=summary.strip()
            )
        )
    written(out / INDEX, index_html(cards, title or "Can our app handle 10,000 users?", made))
    return 1 if failures else 0


def refuse_doubles(names: Iterable[str]) -> None:
    """
    Refuse names of which one page would replace another.

    Raises
    ------
    FileError
        For the first such name.

    Examples
    --------
    >>> refuse_doubles(["shop", "Shop"])
    Traceback (most recent call last):
    ...
    planning.numbers.reading.FileError: two systems are called 'Shop': rename one of the files.
    """
    taken = set()
    for name in names:
        if name.lower() == "index":
            raise FileError(f"a system called {name!r} would replace the index: rename its file.")
        if name.lower() in taken:
            raise FileError(f"two systems are called {name!r}: rename one of the files.")
        taken.add(name.lower())


def index_html(cards: Iterable[str], title: str, made: str = "") -> str:
    """
    Return the index as one HTML document without a script.

    Parameters
    ----------
    cards : iterable of str
        Of :func:`planning.present.cards.card_html`.
    title : str
        Heading.
    made : str
        When and by what it was made.
    """
    style = f"<style>{page_css()}</style>"
    words = escape(title)
    foot = f'<p class="planning-empty">{escape(made)}</p>' if made else ""
    return (
        '<!doctype html>\n<html lang="en" data-planning>\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(style, header=False)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{words}</title>\n<link rel="icon" href="data:,">\n{style}\n</head>\n'
        f'<body class="planning"><main class="planning-page">\n<h1>{words}</h1>\n'
        '<p class="planning-lead">How many users each system holds, what breaks first and what it '
        "costs. Open one, move any number and read the new verdict: it is computed in your browser."
        f'</p>\n<ul class="planning-cards" aria-label="Systems">\n{"".join(cards)}</ul>\n{foot}\n'
        "</main></body>\n</html>\n"
    )


def written(path: Path, text: str) -> None:
    """
    Write a file whole or not at all, and its folder where there is none.

    Raises
    ------
    FileError
        If it cannot be written; the message has the path and why.
    """
    try:
        write_whole(path, text)
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}.") from None
