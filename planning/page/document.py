"""
The file itself: style, words and script in one HTML document that asks for nothing.

Its Content-Security-Policy allows this one script and this one style by their hashes and nothing
else: no request, no frame, no `eval`. The system travels inside the script as one JSON string, so
no text of a file is ever code, and the script puts texts into the page as texts.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from planning.page.compile import Compiled, functions
from planning.page.data import PageData, page_data
from planning.page.prose import Book, prose_html
from planning.present.theme import css_variables
from planning.system.system import System

STATIC = Path(__file__).parent / "static"
# In the order in which they need one another. `formulas` are the counterparts of Python's, `engine`
# runs a system's program and asks it, `drawing` makes charts from finished numbers, `controls` are
# what a hand moves and where that is kept, `views` say what is found.
COMPUTING = (
    "formulas/combinators.js",
    "formulas/special.js",
    "formulas/edges.js",
    "formulas/queues.js",
    "formulas/stations.js",
    "formulas/pools.js",
    "formulas/classes.js",
    "formulas/caches.js",
)
SHOWING = (
    "engine/show.js",
    "engine/engine.js",
    "engine/draws.js",
    "engine/crowds.js",
    "engine/trajectory.js",
    "drawing/elements.js",
    "drawing/readout.js",
    "drawing/charts.js",
    "drawing/curve.js",
    "views/words.js",
    "controls/inputs.js",
    "controls/tabs.js",
    "controls/save.js",
    "controls/changed.js",
    "drawing/pictures.js",
    "controls/share.js",
    "views/compare.js",
    "views/telling.js",
    "views/flowing.js",
    "views/upgrades.js",
    "views/sure.js",
    "views/surge.js",
    "views/happenings.js",
    "views/money.js",
    "views/growth.js",
    "views/course.js",
    "views/connections.js",
    "views/streaming.js",
    "views/gifts.js",
    "views/glossary.js",
    "page.js",
    "controls/books.js",
)


# After those: what tells a notebook around the page of every move.
FRAMED = "controls/framed.js"


def page_html(
    system: System,
    home: str = "",
    changed: Sequence[str] = (),
    *,
    beside: str = "",
    with_file: bool = True,
    books: Sequence[Book] = (),
    framed: bool = False,
) -> str:
    """
    Return a live page of a system as one HTML document.

    Parameters
    ----------
    system : System
        As it is today, with its phases.
    home : str
        Address of a page that lists others, relative to this one; none where it stands alone.
    changed : sequence of str
        What was changed from the file before the page was made, in words.
    beside : str
        Address that puts it beside another, to which ``&users=`` is added; none without one.
    with_file : bool
        Whether the text of its file travels with it, so that changes can be saved into it.
    books : sequence of Book
        Workbooks that show the same.
    framed : bool
        Whether it stands in a frame of a notebook, which is told of every move and may ask for a
        state itself.

    Raises
    ------
    CannotCompile
        If a function of the system has no counterpart in JavaScript.
    """
    data = page_data(system, changed, with_file=with_file)
    data = replace(
        data,
        record={
            **data.record,
            "home": home,
            "beside": beside,
            "books": [book[:3] for book in books],
        },
    )
    rooms = (*SHOWING, FRAMED) if framed else SHOWING
    script, style = script_of(data, rooms), style_of(framed=framed)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    title = escape(system.title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<main id="page"><h1>{title}</h1>\n'
        "<noscript><p>This page computes in your browser: allow its script.</p></noscript></main>\n"
        f"{prose_html(books)}<script>{script}</script>\n</body>\n</html>\n"
    )


def script_of(data: PageData, rooms: tuple[str, ...]) -> str:
    """
    Return the whole script of a page: the system, its programs, the ports and what shows them.

    Parameters
    ----------
    data : PageData
        The system.
    rooms : tuple of str
        Files of ``static/`` after those that compute.
    """
    made = [each for each in (*data.programs, *data.crowds, *data.events) if each is not None]
    formulas = {each: None for program in made for each in program.formulas}
    parts = [
        '"use strict";',
        f"const DATA = JSON.parse({_in_script(_in_script_json(data.record))});",
        *(_read(name) for name in COMPUTING),
        functions(formulas),
        f"const PROGRAMS = [{_programs(data.programs)}];",
        f"const EVENTS = [{_programs(data.events)}];",
        f"const CROWDS = [{_programs(data.crowds)}];",
        *(_read(name) for name in rooms),
    ]
    return "\n".join(parts)


def _programs(programs: Iterable[Compiled | None]) -> str:
    return ",\n".join(
        "null"
        if each is None
        else f"{{still(v) {{\n{each.still}\n}},\nmoving(v) {{\n{each.moving}\n}}}}"
        for each in programs
    )


def style_of(*, framed: bool = False) -> str:
    """Return the style of a page: the palette in light and dark, then its own rules."""
    return css_variables(chosen=framed) + _read("page.css") + _read("share.css")


def _read(name: str) -> str:
    return (STATIC / name).read_text("utf-8")


def _in_script_json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _in_script(text: str) -> str:
    """Return a text as a JavaScript string that can end neither itself nor its script."""
    quoted = json.dumps(text, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        quoted = quoted.replace(sign, f"\\u{ord(sign):04x}")
    return quoted


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
