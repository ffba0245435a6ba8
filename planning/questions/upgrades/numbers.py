"""
The numbers of a set: inputs that a program may depend on, and fixed prices beside it.

Where several axes move one input, the last one says what it is; what no axis moves is no array.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, value_at
from planning.system.patches import tree_of
from planning.system.system import System

# What a program is made of, and the inputs that are no part of it but added up.
_PROGRAM = ("workload", "parts")
FIXED = (".monthly", ".credit", ".one_off")
# A number, and who says so.
_Said = tuple[float, str]
# What an input is taken to be, by its path: what is stated of it, or a draw.
Told = Callable[[str, Estimate], float]


def along(base: Mapping[str, _Said], moved: list[list[dict[str, _Said]]]) -> dict[str, Array]:
    """
    Return the numbers that axes move, each along its axes; where two state one, the last does.

    Parameters
    ----------
    base : mapping
        Numbers as they are, each with who says so.
    moved : list of list of mapping
        For each axis, the numbers at each of its places but the first.
    """
    found: dict[str, Array] = {}
    for axis, places in enumerate(moved):
        for name in dict.fromkeys(name for each in (base, *places) for name in each):
            stated = [np.nan, *(_stated(base.get(name), each.get(name)) for each in places)]
            if np.all(np.isnan(stated)):
                continue
            sizes = [1] * len(moved)
            sizes[axis] = -1
            anew = np.reshape(stated, sizes)
            there, _ = base.get(name, (0.0, ""))
            before = found.get(name, np.full((1,) * len(moved), there))
            found[name] = np.where(np.isnan(anew), before, anew)
    return found


def _stated(before: _Said | None, now: _Said | None) -> float:
    """Return a number where it is said anew, 0 where it is gone, and NaN where it is as before."""
    if now == before:
        return np.nan
    return 0.0 if now is None else now[0]


def stated_value(path: str, estimate: Estimate) -> float:
    """Return what is stated, whatever its range."""
    return value_at(estimate)


def values(system: System, told: Told) -> dict[str, _Said]:
    """Return the inputs of a system that its program may depend on, by path."""
    by_use = {name for name, cost in system.costs.items() if cost.per_user is not None}
    found = {}
    for path, (estimate, _) in system.inputs.items():
        section, name, *_ = (*path.split("."), "")
        if section != "costs" or (name in by_use and not path.endswith(FIXED)):
            found[path] = (told(path, estimate), estimate.source)
    return found


def prices(system: System, told: Told) -> dict[str, _Said]:
    """Return what is paid every month whatever the use, by the name of the cost. [USD/month]"""
    found = {}
    for name, cost in system.costs.items():
        if cost.monthly is not None:
            credit = 0.0 if cost.credit is None else told(f"costs.{name}.credit", cost.credit)
            monthly = told(f"costs.{name}.monthly", cost.monthly)
            found[name] = (max(monthly - credit, 0.0), cost.monthly.source)
    return found


def shape_of(system: System) -> tuple[Any, frozenset[str]]:
    """Return what a system says without its numbers and fixed prices, and where it has numbers."""
    tree = tree_of(system)
    return {name: _bare(tree[name]) for name in _PROGRAM}, frozenset(values(system, stated_value))


def _bare(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _bare(child) for name, child in node.items() if name != "plan"}
    if isinstance(node, list):
        return [_bare(child) for child in node]
    if isinstance(node, str | bool) or node is None:
        return node
    return type(node).__name__
