"""
Every number is a node: a leaf that somebody stated, or a formula over other nodes.

An :class:`~planning.numbers.estimate.Estimate` is a leaf. :func:`derive` calls a model
function on nodes and returns a :class:`Derived` that remembers formula and inputs.
So the answer to "where does this 57 come from?" is a walk down a tree::

    connections in use = arrival_rate × hold_time = 1,333 queries/s × 10 ms = 13.3 connections
      arrival_rate: 1,333 queries/s = …
      hold_time: 10 ms (document: S2, lines 327 …)

Sums, products and quotients need no formula: :func:`total`, :func:`product` and their
like print the words of their own call. Nothing is printed until someone asks: in a sweep
of 10,000 users a node is one array.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.models.formula import FormulaText, formula_of
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.units import show, show_load

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Derived:
    """
    A computed number: its name, value, base unit, formula and the nodes it was computed from.

    ``function`` computes the value from the values of ``inputs``, by name; with it a
    :class:`~planning.numbers.program.Program` computes the number again from other inputs.
    """

    name: str
    value: Array
    unit: str
    formula: FormulaText
    inputs: Mapping[str, Node]
    function: Callable[..., Any]

    def __repr__(self) -> str:
        """Name and number in short; the whole tree behind it is what `explain` prints."""
        size = np.size(self.value)
        shown = show(float(self.value), self.unit) if size == 1 else f"{size} values in {self.unit}"
        return f"<{self.name} = {shown}>"


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
    return Derived(
        name, np.asarray(value, dtype=float), unit, formula_of(function), given, function
    )


def total(name: str, unit: str, parts: Mapping[str, Node]) -> Derived:
    """Return the sum of `parts` (all in `unit`) as a node; an empty sum is 0."""
    return _operation(name, unit, "+", _added, parts)


def product(name: str, unit: str, **factors: Node) -> Derived:
    """Return the product of `factors` as a node; their names are the words of the trace."""
    return _operation(name, unit, "×", _multiplied, factors)


def quotient(name: str, unit: str, **parts: Node) -> Derived:
    """Return the first of two nodes over the second: infinite over 0, and 0 where both are 0."""
    return _operation(name, unit, "÷", _divided, parts)


def difference(name: str, unit: str, **parts: Node) -> Derived:
    """Return the first of two nodes less the second, at least 0: what is left or exceeds."""
    return _operation(name, unit, "−", _excess, parts)


def least(name: str, unit: str, **nodes: Node) -> Derived:
    """Return the smallest of `nodes`, case by case."""
    return _operation(name, unit, "min", _smallest, nodes)


def most(name: str, unit: str, nodes: Mapping[str, Node]) -> Derived:
    """Return the largest of `nodes`, case by case; 0 where there is none."""
    return _operation(name, unit, "max", _largest, nodes)


def rounded_up(name: str, unit: str, **nodes: Node) -> Derived:
    """Return one node rounded up to whole ones; a whole number missed by rounding stays it."""
    return _operation(name, unit, "rounded up", _whole, nodes)


def _operation(
    name: str, unit: str, sign: str, function: Callable[..., Array], nodes: Mapping[str, Node]
) -> Derived:
    value = function(**{key: node.value for key, node in nodes.items()})
    text = f"{sign}({', '.join(nodes)})" if sign in _BOUNDS else f" {sign} ".join(nodes)
    formula = FormulaText(text or "0", "", arithmetic=False, operation=sign)
    return Derived(name, np.asarray(value, dtype=float), unit, formula, dict(nodes), function)


_BOUNDS = ("min", "max", "rounded up")


def _added(**values: ArrayLike) -> Array:
    return np.asarray(sum((np.asarray(value) for value in values.values()), 0.0), dtype=float)


def _multiplied(**values: ArrayLike) -> Array:
    return reduce(np.multiply, (np.asarray(value, dtype=float) for value in values.values()))


def _divided(**values: ArrayLike) -> Array:
    top, bottom = (np.asarray(each, dtype=float) for each in values.values())
    over_something = bottom > 0
    # Over next to nothing the quotient may be more than a float holds: without end.
    with np.errstate(over="ignore"):
        if over_something.all():
            return np.asarray(top / bottom)
        shape = np.broadcast_shapes(top.shape, bottom.shape)
        none = np.array(np.broadcast_to(np.where(top > 0, np.inf, 0.0), shape))
        return np.asarray(np.divide(top, bottom, out=none, where=over_something))


def _excess(**values: ArrayLike) -> Array:
    first, second = values.values()
    return np.maximum(np.subtract(first, second), 0.0)


def _smallest(**values: ArrayLike) -> Array:
    return reduce(np.minimum, (np.asarray(value, dtype=float) for value in values.values()))


def _whole(**values: ArrayLike) -> Array:
    (value,) = values.values()
    return np.ceil(np.multiply(value, 1.0 - 1e-9))


def _largest(**values: ArrayLike) -> Array:
    return reduce(
        np.maximum, (np.asarray(value, dtype=float) for value in values.values()), np.zeros(())
    )


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
    seen: set[int] = set()
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        if current is origin:
            return True
        # Nodes share what is below them: without this a deep graph is walked once per way down.
        if id(current) not in seen and isinstance(current, Derived):
            stack.extend(current.inputs.values())
        seen.add(id(current))
    return False


Case = tuple[int, tuple[int, ...]]


def value_at(node: Node, case: Case | None = None) -> float:
    """
    Return one number of a node.

    Parameters
    ----------
    node : Node
        With a single number, or an array of cases.
    case : tuple of int and shape, optional
        Which case of an array of that shape, counted flat; the mean over all cases by default.
        A node that is the same in some direction of the shape counts in it all the same.
    """
    array = np.asarray(node.value)
    if array.ndim == 0:
        return float(array)
    if case is None:
        return float(np.mean(array))
    index, shape = case
    return float(np.broadcast_to(array, shape).flat[index])


def arithmetic(node: Derived, case: Case | None = None) -> str:
    """
    Return the formula, the formula with numbers in it, and the result, in one line.

    Words in place of an equation are followed by the inputs instead.
    """
    if (only := _only(node)) is not None and isinstance(only, Derived):
        return arithmetic(only, case)
    result = show_load(value_at(node, case), node.unit)
    numbers = {key: show(value_at(child, case), child.unit) for key, child in node.inputs.items()}
    if not node.inputs:
        return f"{node.name} = {result}"
    if sign := node.formula.operation:
        if len(numbers) == 1 and sign not in _BOUNDS:  # nothing was computed
            return f"{node.name} = {pretty(node.formula.text)} = {result}"
        shown = (
            f"{sign}({', '.join(numbers.values())})"
            if sign in _BOUNDS
            else f" {sign} ".join(numbers.values())
        )
        return f"{node.name} = {pretty(node.formula.text)} = {shown} = {result}"
    if node.formula.arithmetic:
        pattern = re.compile(
            "|".join(rf"\b{re.escape(key)}\b" for key in sorted(numbers, key=len)[::-1])
        )
        substituted = pattern.sub(lambda match: numbers[match[0]], node.formula.text)
        return f"{node.name} = {pretty(node.formula.text)} = {pretty(substituted)} = {result}"
    # Words may have places for numbers, ``{price}``; the numbers without a place follow.
    text = node.formula.text
    places = re.compile(r"\{(\w+)\}")
    words = places.sub(lambda match: numbers[match[1]], text)
    if not places.search(text):
        words = pretty(text)
    given = ", ".join(
        f"{key.replace('_', ' ')} {number}"
        for key, number in numbers.items()
        if f"{{{key}}}" not in text
    )
    return f"{node.name} = {words}; with {given}: {result}"


def _only(node: Derived) -> Node | None:
    """Return the one node of a sum of one, which says nothing that the node does not."""
    if node.formula.operation not in ("", "rounded up") and len(node.inputs) == 1:
        only = next(iter(node.inputs.values()))
        # Requests that are taken as jobs are worth a line: the unit is another.
        return only if only.unit == node.unit else None
    return None


def explain(node: Node, case: Case | None = None) -> list[str]:
    """
    Return the whole derivation as indented lines, the result first, the sources last.

    Parameters
    ----------
    node : Node
        The number asked about.
    case : tuple of int and shape, optional
        Which case, as for :func:`value_at`.
    """
    lines: list[str] = []
    seen: set[int] = set()

    def walk(current: Node, name: str, depth: int) -> None:
        indent = "  " * depth
        if isinstance(current, Estimate):
            at = f" [{current.place}]" if current.place else ""
            shown = str(current) if np.ndim(current.value) == 0 else _asked_line(current, case)
            lines.append(f"{indent}{name.replace('_', ' ')}: {shown}{at}")
            return
        if (only := _only(current)) is not None:
            walk(only, next(iter(current.inputs)), depth)
            return
        lines.append(f"{indent}{arithmetic(current, case)}")
        if id(current) in seen:
            return
        seen.add(id(current))
        if not current.formula.operation:
            lines.append(f"{indent}  formula from {current.formula.source}")
        for key, child in current.inputs.items():
            walk(child, key, depth + 1)

    walk(node, "value", 0)
    return lines


def _asked_line(leaf: Estimate, case: Case | None) -> str:
    return f"{show(value_at(leaf, case), leaf.unit)} ({leaf.kind}: {leaf.source})"


def pretty(text: str) -> str:
    """
    Return an equation with the signs people read: ``×`` for ``*`` and ``^`` for ``**``.

    >>> pretty("arrival_rate * hold_time")
    'arrival rate × hold time'
    """
    return text.replace("**", "^").replace(" * ", " × ").replace("_", " ").replace("`", "")
