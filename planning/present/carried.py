"""
What goes along from a page to another: users, phase, and what was set by hand.

An address says it, the same way everywhere: a board's behind ``?``, a live page's behind ``#``::

    users=500&phase=1&tab=surge&parts.app.cores=8

Inputs are named by their paths, in base units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import numpy as np

from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.present.growth_asked import PREFIX
from planning.present.ranges import title_of
from planning.system.system import System

if TYPE_CHECKING:
    from planning.present.state import State

# All views of a live page, in its order: the names that its address knows, and what it calls them.
TABS = {
    "verdict": "Verdict",
    "upgrades": "Upgrades",
    "compare": "Compare",
    "surge": "Surge",
    "sure": "How sure",
    "growth": "Growth",
    "money": "Money",
    "connections": "Connections",
    "streaming": "Streaming",
    "gifts": "Gifts",
    "sources": "Sources",
}
_MOST_TOLD = 8


def moves_of(system: System, moved: Mapping[str, Any]) -> dict[str, float]:
    """
    Return moves in base units, without those to what the file has anyway.

    Parameters
    ----------
    system : System
        After the phase in which they are made.
    moved : mapping
        Path to a number in base units, or to text with a unit.

    Raises
    ------
    ValueError
        If a path names no input, or a value is not one number that its field allows.
    """
    inputs = system.at(moved).inputs
    found = {}
    for path in moved:
        if np.ndim(inputs[path].value):
            raise ValueError(f"{path} must be one number; draws are for planning.assess.")
        value = value_at(inputs[path].estimate)
        if value != value_at(system.inputs[path].estimate):
            found[path] = value
    return found


def moves_said(system: System, said: Mapping[str, str]) -> tuple[dict[str, float], tuple[str, ...]]:
    """
    Return the moves that an address asks for, and the names in it that mean nothing here.

    Parameters
    ----------
    system : System
        After the phase that is asked for.
    said : mapping
        Path to a number in base units, as text. It may come from anyone.
    """
    moved, strange = dict[str, float](), list[str]()
    for path, text in said.items():
        try:
            moved |= moves_of(system, {path: float(text)})
        except ValueError:
            strange.append(path[:80])
    return moved, tuple(strange[:_MOST_TOLD])


def carried(state: State, tab: str = "") -> str:
    """
    Return a state as an address says it.

    Parameters
    ----------
    state : State
        What of its moves asks about growth is left out: no other page has it.
    tab : str
        The view of the live page to open; the first if not given.
    """
    moved = {path: value for path, value in state.moved.items() if not path.startswith(PREFIX)}
    asked = {"users": _number(state.users), "phase": state.phase}
    asked |= {"tab": tab} if tab else {}
    return urlencode(asked | {path: _number(value) for path, value in moved.items()})


def _number(value: float) -> str:
    """
    Print a number so that it is read as the same one.

    >>> _number(10000.0), _number(0.1), _number(1e-07)
    ('10000', '0.1', '1e-07')
    """
    return str(int(value)) if value == int(value) else repr(float(value))


def page_link_html(state: State, tab: str, pages: str) -> str:
    """
    Return a link to the live page of a state's system, at a view and in the same state.

    Parameters
    ----------
    state : State
        What to show there.
    tab : str
        One of :data:`TABS`.
    pages : str
        Address of the live pages, relative to this page.
    """
    address = f"{pages}{quote(state.name)}#{carried(state, tab)}"
    return (
        f'<p class="plan-legend"><a class="plan-page" href="{escape(address)}">'
        f"Live page, “{TABS[tab]}”: the same users, phase and inputs</a>"
        ", every other view beside it; it needs no kernel.</p>"
    )


def told_html(state: State, strange: Iterable[str], beside: Iterable[str]) -> str:
    """
    Return what a board has to say of the address it was opened with; nothing where all is plain.

    Parameters
    ----------
    state : State
        What is shown.
    strange : iterable of str
        Names in the address that mean nothing here.
    beside : iterable of str
        Inputs that were set by hand elsewhere and have no slider here.
    """
    lines = []
    if names := ", ".join(escape(name) for name in strange):
        lines.append(f"The address asks for what is not here, or not allowed: {names}.")
    inputs = state.patched.inputs
    if moves := "; ".join(_move(state, path) for path in beside if path in inputs):
        lines.append(f"Set by hand as well, without a slider here: {moves}.")
    return "".join(f'<p class="plan-legend" role="status">{line}</p>' for line in lines)


def _move(state: State, path: str) -> str:
    known = state.patched.inputs[path]
    title = title_of(path, known.description)
    return escape(f"{title}, {show(state.moved[path], known.unit)}")
