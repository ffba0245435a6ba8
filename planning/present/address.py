"""
What the address of a dashboard asks for: ``?system=NAME&users=10000&phase=2&PATH=VALUE``.

An address may come from anyone, so only shipped systems can be named (never a
file), and what is not understood is left at its default. A system that is not here is told:
another one in its place would be taken for it.

A kernel is given text only. What it must know besides the address — which files have a name here,
whose prices hold — the server puts beside it, and only here it is read; everything below takes it
as an argument.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from planning.numbers.units import UnitError, parse
from planning.present.carried import moves_said
from planning.questions.assess import MOST_USERS
from planning.questions.library import SHIPPED, Library
from planning.questions.load import load_system
from planning.system.patches import phase_system

# Set by the server for its kernels: a `Library` as text.
LIBRARY_VARIABLE = "PLANNING_LIBRARY"
# Where the server has the live pages, as a workbook's page sees it.
PAGES = "../../../planning/systems/"
# What is no input: the question, and what else a live page's own views were asked.
_QUESTION = ("system", "users", "phase", "tab", "crowd", "compare", "rate", "today", "since")
_EVENT = "event."
_LONGEST = 8_000


def asked_for(system: str, prices: str | None = None) -> dict[str, Any]:
    """
    Return the arguments of a board that the page's address asks for.

    Parameters
    ----------
    system : str
        The system where the address names none, or the notebook is not in Voila.
    prices : str, optional
        A file of own prices, in place of the server's.

    Returns
    -------
    dict
        ``system`` and ``library``; ``users``, ``phase`` and ``moved`` where they are asked for;
        ``strange``: names that mean nothing here; ``missing`` where the system asked for is not
        here; ``pages``, where live pages are, on a server that has them.
    """
    library = Library.read(os.environ.get(LIBRARY_VARIABLE, ""))
    if prices is not None:
        library = replace(library, prices=Path(prices))
    pages = {"pages": PAGES} if LIBRARY_VARIABLE in os.environ else {}
    return {**understood(_query(), system, library), "library": library, **pages}


def understood(query: str, system: str, library: Library = SHIPPED) -> dict[str, Any]:
    """
    Read a query string; what is not valid in it is left out.

    >>> understood("system=../x&users=10k&phase=2&phase=99", "ten_thousand_users")
    {'system': 'ten_thousand_users', 'missing': '../x', 'users': 10000.0}
    >>> understood("system=nothing&users=10k&phase=2", "ten_thousand_users")
    {'system': 'ten_thousand_users', 'missing': 'nothing', 'users': 10000.0, 'phase': '2'}
    >>> understood("parts.app.cores=8&parts.nothing=1", "ten_thousand_users")["moved"]
    {'parts.app.cores': 8.0}
    >>> understood("tab=growth&rate=0.1&event.0.users=5000", "ten_thousand_users")
    {'system': 'ten_thousand_users'}
    """
    asked: dict[str, Any] = {"system": system}
    if len(query) > _LONGEST:
        # A number that is cut off would be another number.
        query = query[:_LONGEST].rpartition("&")[0]
    values = {key: found[-1] for key, found in parse_qs(query).items()}
    if values.get("system") in library.names():
        asked["system"] = values["system"]
    elif "system" in values:
        asked["missing"] = values["system"][:200]
    try:
        users = parse(values.get("users", ""), "user")
    except UnitError:
        users = -1.0
    if 0 <= users <= MOST_USERS:
        asked["users"] = users
    phase = values.get("phase", "")
    if re.fullmatch("[0-9]{1,2}", phase):
        loaded = load_system(asked["system"], library)
        if int(phase) <= len(loaded.phases):
            asked["phase"] = str(int(phase))
    said = {name: text for name, text in values.items() if name not in _QUESTION}
    said = {name: text for name, text in said.items() if not name.startswith(_EVENT)}
    # What was set by hand in another system is no move of the one that is shown in its place.
    if said and "missing" not in asked:
        loaded = phase_system(load_system(asked["system"], library), asked.get("phase"))
        moved, strange = moves_said(loaded, said)
        asked |= {"moved": moved} if moved else {}
        asked |= {"strange": strange} if strange else {}
    return asked


def _query() -> str:
    if os.environ.get("VOILA_PREHEAT", "False") == "False":
        return os.environ.get("QUERY_STRING", "")
    # A preheated kernel ran up to here before anyone asked; this waits for the request.
    from voila.utils import get_query_string

    return get_query_string() or ""
