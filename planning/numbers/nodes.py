"""
Every number is a node: a leaf that somebody stated, or a formula over other nodes.

An :class:`~planning.numbers.estimate.Estimate` is a leaf. :func:`derive` calls a model
function on nodes and returns a :class:`Derived` that remembers formula and inputs.
So the answer to "where does this 57 come from?" is a walk down a tree::

    connections in use = arrival_rate × hold_time = 1,333 queries/s × 10 ms = 13.3 connections
      arrival_rate: 1,333 queries/s = …
      hold_time: 10 ms (document: S2, lines 327 …)

Nothing is printed until someone asks: in a sweep of 10,000 users a node is one array.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.models.formula import FormulaText, formula_of
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.units import show

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """A computed number: its name, value, base unit, formula and the nodes it was computed from."""

    name: str
    value: Array
    unit: str
    formula: FormulaText
    inputs: Mapping[str, Node]


Node = Estimate | Derived


def asked(value: ArrayLike, unit: str, source: str) -> Estimate:
    """Return a leaf for the number the question is asked for, e.g. the users of a sweep."""
    array = np.asarray(value, dtype=float)
    return Estimate(array if array.ndim else float(array), unit, kind=Kind.ASKED, source=source)


def derive(name: str, unit: str, function: Callable[..., Any], **inputs: Node | None) -> Derived:
    """
    Call a model function on nodes and keep how the result came about.

    Parameters
    ----------
    name : str
        What the result is called on screen.
    unit : str
        Base unit of the result.
    function : callable
        A function marked with ``@formula``.
    **inputs : Node or None
        Its arguments by name; ``None`` leaves the argument at its default.

    Returns
    -------
    Derived
        Value broadcast over all inputs.

    Raises
    ------
    ValueError
        If the function carries no formula, or refuses an input.
    """
    given = {key: node for key, node in inputs.items() if node is not None}
    value = function(**{key: node.value for key, node in given.items()})
    return Derived(name, np.asarray(value, dtype=float), unit, formula_of(function), given)


def total(name: str, unit: str, parts: Mapping[str, Node]) -> Derived:
    """Return the sum of `parts` (all in `unit`) as a node; an empty sum is 0."""
    value = np.asarray(sum((np.asarray(node.value) for node in parts.values()), 0.0), dtype=float)
    text = " + ".join(parts) or "0"
    return Derived(name, value, unit, FormulaText(text, "sum", arithmetic=False), dict(parts))


def leaves(node: Node) -> Iterator[Estimate]:
    """Yield every stated input below a node once."""
    seen: set[int] = set()
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, Estimate):
            yield current
        else:
            stack.extend(reversed(list(current.inputs.values())))


def depends_on(node: Node, origin: Node) -> bool:
    """Return whether a node was computed from another (by identity), or is it."""
    if node is origin:
        return True
    return isinstance(node, Derived) and any(
        depends_on(child, origin) for child in node.inputs.values()
    )


def value_at(node: Node, index: int | None = None) -> float:
    """Return one number of a node: entry `index` of a sweep, or the mean over draws."""
    array = np.asarray(node.value)
    if array.ndim == 0:
        return float(array)
    return float(array.flat[index] if index is not None and array.size > 1 else np.mean(array))


def arithmetic(node: Derived, index: int | None = None) -> str:
    """
    Return the formula, the formula with numbers in it, and the result, in one line.

    Words in place of an equation are followed by the inputs instead.
    """
    if node.formula.source == "sum" and len(node.inputs) == 1:
        (only,) = node.inputs.values()
        if isinstance(only, Derived):
            return arithmetic(only, index)
    result = show(value_at(node, index), node.unit)
    numbers = {key: show(value_at(child, index), child.unit) for key, child in node.inputs.items()}
    if not node.inputs:
        return f"{node.name} = {result}"
    pattern = re.compile(
        "|".join(rf"\b{re.escape(key)}\b" for key in sorted(numbers, key=len)[::-1])
    )
    if node.formula.arithmetic or node.formula.source == "sum":
        substituted = pattern.sub(lambda match: numbers[match[0]], node.formula.text)
        return f"{node.name} = {pretty(node.formula.text)} = {pretty(substituted)} = {result}"
    given = ", ".join(f"{key.replace('_', ' ')} {number}" for key, number in numbers.items())
    return f"{node.name} = {node.formula.text}; with {given}: {result}"


def explain(node: Node, paths: Mapping[int, str], index: int | None = None) -> list[str]:
    """
    Return the whole derivation as indented lines, the result first, the sources last.

    Parameters
    ----------
    node : Node
        The number asked about.
    paths : mapping of int to str
        ``id`` of each stated input to its place in the system file, so that a reader finds it.
    index : int, optional
        Which entry of a sweep.
    """
    lines: list[str] = []
    seen: set[int] = set()

    def walk(current: Node, name: str, depth: int) -> None:
        indent = "  " * depth
        if isinstance(current, Estimate):
            where = paths.get(id(current))
            at = f" [{where}]" if where else ""
            shown = str(current) if np.ndim(current.value) == 0 else _asked_line(current, index)
            lines.append(f"{indent}{name.replace('_', ' ')}: {shown}{at}")
            return
        if current.formula.source == "sum" and len(current.inputs) == 1:
            ((only_name, only),) = current.inputs.items()
            walk(only, only_name, depth)
            return
        lines.append(f"{indent}{arithmetic(current, index)}")
        if id(current) in seen:
            return
        seen.add(id(current))
        if current.formula.source != "sum":
            lines.append(f"{indent}  formula from {current.formula.source}")
        for key, child in current.inputs.items():
            walk(child, key, depth + 1)

    walk(node, "value", 0)
    return lines


def _asked_line(leaf: Estimate, index: int | None) -> str:
    return f"{show(value_at(leaf, index), leaf.unit)} ({leaf.kind}: {leaf.source})"


def pretty(text: str) -> str:
    """
    Return an equation with the signs people read: ``×`` for ``*`` and ``^`` for ``**``.

    >>> pretty("arrival_rate * hold_time")
    'arrival rate × hold time'
    """
    return text.replace("**", "^").replace(" * ", " × ").replace("_", " ")
