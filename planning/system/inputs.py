"""
The inputs of a system: every number in it by its path, and the rules by which one is moved.

A path is where the number stands in the file, ``parts.app.cores``; a tier of a price has
a path of its own. What belongs to another mode of a part is no input.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from planning.numbers.estimate import Estimate
from planning.numbers.tariff import Tariff
from planning.numbers.units import parse, show
from planning.parts.base import Part

# Sections that ask something of the system, or speak of it, and are no inputs of it.
_QUESTIONS = frozenset(
    {"phases", "upgrades", "events", "growth", "needs", "findings", "prices", "together"}
)


class Input(NamedTuple):
    """
    A number that a system file states, and the field it stands in.

    Attributes
    ----------
    estimate : Estimate
        Value, range, source and place.
    field : FieldInfo
        What the field is for.
    """

    estimate: Estimate
    field: FieldInfo

    @property
    def value(self) -> float | NDArray[np.float64]:
        """Its value, or draws of it. [`unit`]"""
        return self.estimate.value

    @property
    def unit(self) -> str:
        """Base unit."""
        return self.estimate.unit

    @property
    def description(self) -> str:
        """What the field is for, in words."""
        return self.field.description or ""

    def __repr__(self) -> str:
        """Number and meaning in short."""
        return f"<{self.estimate}: {self.description}>"


def allowed(path: str, estimate: Estimate, value: ArrayLike) -> ArrayLike:
    """
    Return a new value of an input, by the rules of its field.

    Parameters
    ----------
    path : str
        Of the input, for the error.
    estimate : Estimate
        The input as it is.
    value : array_like or str
        A number or draws in its base unit, or text with a unit such as ``"8 cores"``.

    Returns
    -------
    ndarray
        In the base unit. [the input's unit]

    Raises
    ------
    ValueError
        With path, value and rule, if the field would refuse it.
    """
    if isinstance(value, str):
        try:
            value = parse(value, estimate.unit)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
    numbers = np.asarray(value, dtype=float)
    low, high = estimate.bounds
    # Arithmetic in another order may miss a bound by the last digit.
    slack = 1e-12 * max(abs(low), abs(high) if np.isfinite(high) else 0.0)
    bad = ~((numbers >= low - slack) & (numbers <= high + slack))
    rule = f"must be at least {show(low, estimate.unit)}"
    if estimate.above:
        bad |= numbers <= low
        rule = f"must be above {show(low, estimate.unit)}"
    if np.isfinite(high):
        rule += f" and at most {show(high, estimate.unit)}"
    if estimate.whole and not bad.any():
        bad, rule = numbers != np.round(numbers), "must be a whole number"
    if bad.any():
        first = float(numbers[bad].flat[0]) if numbers.ndim else float(numbers)
        raise ValueError(f"{path}: {first:g} {rule}.")
    return numbers


def inputs_below(node: Any, at: tuple[str, ...]) -> Iterator[tuple[str, Input]]:
    """
    Yield the inputs of a model, or of a mapping of models, with their paths.

    Parameters
    ----------
    node : Any
        A system, or what stands in one.
    at : tuple of str
        Where it stands; empty for a system. Questions asked of a system are no inputs of it.
    """
    if isinstance(node, BaseModel):
        idle = node.idle_fields() if isinstance(node, Part) else frozenset()
        for name, info in type(node).model_fields.items():
            if name in idle:
                continue
            value = getattr(node, name)
            if isinstance(value, Estimate):
                yield ".".join((*at, name)), Input(value, info)
            elif isinstance(value, Tariff):
                for path, number, words in value.inputs():
                    what = FieldInfo(description=f"{words}: {info.description}")
                    yield ".".join((*at, name, *path)), Input(number, what)
            elif not at and name in _QUESTIONS:
                continue
            else:
                yield from inputs_below(value, (*at, name))
    elif isinstance(node, dict):
        for name, child in node.items():
            yield from inputs_below(child, (*at, name))


def with_input(node: Any, path: tuple[str, ...], leaf: Estimate) -> Any:
    """Return a copy of `node` in which `leaf` stands at `path`; all else is shared."""
    if not path:
        return leaf
    if isinstance(node, Tariff):
        return node.replaced(path, leaf)
    head, rest = path[0], path[1:]
    if isinstance(node, dict):
        return {**node, head: with_input(node[head], rest, leaf)}
    # model_copy shares __dict__ with its cached properties; the copy must compute its own.
    copy = node.model_copy(update={head: with_input(getattr(node, head), rest, leaf)})
    for cached in ("inputs", "graph"):
        copy.__dict__.pop(cached, None)
    return copy
