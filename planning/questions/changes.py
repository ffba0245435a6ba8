"""
What differs between two systems: numbers, and words.

A number is an input, with its range and its source; words are what a file says besides: kinds,
modes, plans, who calls whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from planning.numbers.estimate import Estimate
from planning.numbers.tariff import Tariff
from planning.system.inputs import Input
from planning.system.patches import tree_of
from planning.system.system import System

# Where words say what a system is; the rest are questions asked of it, and prose.
_SAID = ("workload", "parts", "costs")


@dataclass(frozen=True)
class Moved:
    """
    An input that is another.

    Attributes
    ----------
    path : str
        Where it stands.
    before, after : Input or None
        What it was and is; None where there was none, or is none any more.
    """

    path: str
    before: Input | None
    after: Input | None


@dataclass(frozen=True)
class Reworded:
    """
    Words that are others.

    Attributes
    ----------
    path : str
        Where they stand.
    before, after : str
        What they were and are; empty where there were none.
    """

    path: str
    before: str
    after: str


def changes_of(before: System, after: System, *, ranges: bool = False) -> tuple[Moved, ...]:
    """
    Return every input that differs between two systems, costs last.

    Parameters
    ----------
    before, after : System
        Any two.
    ranges : bool
        Whether an input of the same value with another range or confidence differs as well.
    """
    paths = dict.fromkeys((*before.inputs, *after.inputs))
    found = [
        Moved(path, before.inputs.get(path), after.inputs.get(path))
        for path in paths
        if not _same(before.inputs.get(path), after.inputs.get(path), ranges)
    ]
    return tuple(sorted(found, key=lambda each: each.path.startswith("costs.")))


def _same(one: Input | None, other: Input | None, ranges: bool) -> bool:
    if one is None or other is None:
        return one is other
    doubts = [
        (each.low, each.high, each.confidence) if ranges else ()
        for each in (one.estimate, other.estimate)
    ]
    return bool(np.array_equal(one.value, other.value)) and doubts[0] == doubts[1]


def rewordings_of(before: System, after: System) -> tuple[Reworded, ...]:
    """Return what two systems say differently in words: kinds, modes, plans, calls."""
    then, now = dict(_words(before)), dict(_words(after))
    return tuple(
        Reworded(path, then.get(path, ""), now.get(path, ""))
        for path in dict.fromkeys((*then, *now))
        if then.get(path, "") != now.get(path, "")
    )


def _words(system: System) -> Iterator[tuple[str, str]]:
    tree = tree_of(system)
    for section in _SAID:
        yield from _below(tree.get(section), section)


def _below(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, child in node.items():
            yield from _below(child, f"{path}.{name}")
    elif isinstance(node, list):
        yield path, ", ".join(str(each) for each in node)
    elif node is not None and not isinstance(node, Estimate | Tariff):
        yield path, str(node)
