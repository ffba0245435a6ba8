"""
What the address of a dashboard asks for: ``?system=NAME&users=10000&phase=2``.

An address may come from anyone, so only shipped systems can be named (never a
file), and what is not understood is left at its default. A system that is not here is told:
another one in its place would be taken for it.
"""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import parse_qs

from planning.numbers.units import UnitError, parse
from planning.questions.load import load_system, system_names

_MOST_USERS = 1e10


def asked_for(system: str) -> dict[str, Any]:
    """
    Return the arguments of a board that the page's address asks for.

    Parameters
    ----------
    system : str
        The system where the address names none, or the notebook is not in Voila.

    Returns
    -------
    dict
        ``system``, and ``users`` and ``phase`` where they are asked for; ``missing`` where the
        system asked for is not here.
    """
    return understood(_query(), system)


def understood(query: str, system: str) -> dict[str, Any]:
    """
    Read a query string; what is not valid in it is left out.

    >>> understood("system=../x&users=10k&phase=2&phase=99", "ten_thousand_users")
    {'system': 'ten_thousand_users', 'missing': '../x', 'users': 10000.0}
    >>> understood("system=nothing&users=10k&phase=2", "ten_thousand_users")
    {'system': 'ten_thousand_users', 'missing': 'nothing', 'users': 10000.0, 'phase': '2'}
    """
    asked: dict[str, Any] = {"system": system}
    values = {key: found[-1] for key, found in parse_qs(query[:2000]).items()}
    if values.get("system") in system_names():
        asked["system"] = values["system"]
    elif "system" in values:
        asked["missing"] = values["system"][:200]
    try:
        users = parse(values.get("users", ""), "user")
    except UnitError:
        users = -1.0
    if 0 <= users <= _MOST_USERS:
        asked["users"] = users
    phase = values.get("phase", "")
    if re.fullmatch("[0-9]{1,2}", phase) and int(phase) <= len(load_system(asked["system"]).phases):
        asked["phase"] = str(int(phase))
    return asked


def _query() -> str:
    if os.environ.get("VOILA_PREHEAT", "False") == "False":
        return os.environ.get("QUERY_STRING", "")
    # A preheated kernel ran up to here before anyone asked; this waits for the request.
    from voila.utils import get_query_string

    return get_query_string() or ""
