"""
What would have to be true: the value of an input, stated by nobody, that makes a claim true.

The input is searched on a wide grid of equal ratios, then on finer ones around the
crossing. Whether the value found is plausible is said beside it: an assumption that needs
a query every ten minutes is another one than one that needs a query a second.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from planning.audit.arithmetic import compute
from planning.audit.asking import Questions, asks_for_capacity
from planning.audit.comparing import over, quantity
from planning.audit.parsed import Said, read_said
from planning.audit.statements import Statement
from planning.numbers.dimensions import DimensionError, Quantity, one, show
from planning.numbers.nodes import Array

_DECADES, _STEPS = 4.0, 25
_ROUNDS, _FINER = 4, 9  # four rounds of eighths narrow a third of a decade to 0.02 %


@dataclass(frozen=True)
class Solved:
    """
    The value that makes a claim true.

    Attributes
    ----------
    name : str
        The input.
    value : float
        What it would have to be. [`unit`]
    unit : str
        Its base unit.
    low, high : float or None
        Range in which it may well be, if anybody says. [`unit`]
    side : int
        1 if more does as well, -1 if less does, 0 if only this value does.
    """

    name: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    side: int = 0

    @property
    def plausible(self) -> bool | None:
        """Whether its range reaches the value; None where nobody gives one."""
        if self.low is None or self.high is None:
            return None
        reached = self.side < 0 or self.value <= self.high * (1 + 1e-6)
        return bool(reached and (self.side > 0 or self.low * (1 - 1e-6) <= self.value))

    def _shown(self, value: float) -> str:
        if self.unit == "fraction":
            return show(Quantity(value), like="%")
        each = one(self.unit)
        return show(Quantity(value * each.value, each.powers))

    def __str__(self) -> str:
        side = {1: " or more", -1: " or less", 0: ""}[self.side]
        words = f"true if {self.name} is {self._shown(self.value)}{side}"
        if self.low is None or self.high is None:
            return words
        span = f"{self._shown(self.low)} to {self._shown(self.high)}"
        return f"{words}, {'within' if self.plausible else 'outside'} the plausible {span}"


def solved_for(
    questions: Questions, statement: Statement, said: Said, system: str | None, name: str
) -> Solved | None:
    """
    Find the value of an input at which what is computed is what is claimed.

    Parameters
    ----------
    questions : Questions
        Those of this audit.
    statement : Statement
        With an arithmetic or a question.
    said : Said
        The claimed number; of a range the middle, of an open end the end.
    system : str, optional
        The file's system.
    name : str
        Name of an input of the arithmetic, or path of an input of the system.

    Returns
    -------
    Solved or None
        None where no value within four decades of the present one does.

    Raises
    ------
    ValueError
        If there is no such input, or neither arithmetic nor question.
    """
    miss, start, unit, span = _missing(questions, statement, said, system, name)
    here = float(miss(np.array([start]))[0])
    side = _side(miss, said)
    if abs(here) <= 1e-9 * max(abs(said.single), 1e-300):
        return Solved(name, start, unit, *span, side=side(start))
    if start <= 0:
        return None
    grid = start * np.geomspace(10**-_DECADES, 10**_DECADES, _STEPS)
    for _ in range(_ROUNDS):
        misses = miss(grid)
        crossings = np.flatnonzero(np.isfinite(misses[:-1]) & (misses[:-1] * misses[1:] <= 0))
        if not crossings.size:
            return None
        # Of several, the one nearest to the present value asks for the least change.
        nearest = crossings[np.argmin(np.abs(np.log(grid[crossings] / start)))]
        low, high = grid[nearest], grid[nearest + 1]
        before, after = misses[nearest], misses[nearest + 1]
        grid = np.geomspace(low, high, _FINER)
    # Between two close points of a log axis anything smooth is a line.
    part = before / (before - after) if before != after else 1.0
    found = float(low * (high / low) ** part)
    return Solved(name, found, unit, *span, side=side(found))


def _side(miss: Callable[[Array], Array], said: Said) -> Callable[[float], int]:
    """Return which way values may go on from a solution, where the claim has an open end."""

    def way(value: float) -> int:
        if math.isfinite(said.low) and math.isfinite(said.high):
            return 0
        more = float(miss(np.array([value * 1.01]))[0])
        if not math.isfinite(more) or more == 0:
            return 0
        return 1 if (more > 0) == math.isinf(said.high) else -1

    return way


def _missing(
    questions: Questions, statement: Statement, said: Said, system: str | None, name: str
) -> tuple[Callable[[Array], Array], float, str, tuple[float | None, float | None]]:
    """Return how far off the claim is as a function of the input; its value, unit and range."""
    if statement.arithmetic is not None:
        if name not in statement.inputs:
            raise ValueError(f"{name!r} is not among the inputs of {statement.arithmetic!r}.")
        expression, given = statement.arithmetic, statement.inputs[name].said()
        numbers = {
            key: quantity(each.said(), each.said().single) for key, each in statement.inputs.items()
        }
        target, each_unit = quantity(said, said.single), one(said.unit).value
        found = compute(expression, numbers)
        target *= over(target, said.text, found, numbers.values())

        def calculated(values: Array) -> Array:
            each = ({**numbers, name: quantity(given, float(value))} for value in values)
            return (
                np.array([_or_nan(expression, these) - target.value for these in each]) / each_unit
            )

        plausible = _span(statement.inputs[name].plausible, given)
        return calculated, given.single, given.unit, plausible
    ask = statement.ask
    if ask is None:
        raise ValueError(f"{name!r} is to be solved for, but nothing computes the claim.")
    estimate = questions.input_of(ask, system, name)
    computed = one(questions.answer(ask, system).unit or "ratio")
    claimed = quantity(said, said.single)
    over(claimed, said.text, computed, ())
    wanted = claimed.value / computed.value

    def asked(values: Array) -> Array:
        if asks_for_capacity(ask):
            return questions.room_left(ask, system, name, values, wanted)
        return questions.swept(ask, system, name, values) - wanted

    return asked, float(np.mean(estimate.value)), estimate.unit, (estimate.low, estimate.high)


def _or_nan(expression: str, numbers: Mapping[str, Quantity]) -> float:
    try:
        return compute(expression, numbers).value
    except DimensionError:
        raise
    except ValueError:
        return math.nan


def _span(text: str | None, given: Said) -> tuple[float | None, float | None]:
    if text is None:
        return None, None
    said = read_said(text)
    each = one(given.unit).value
    over(quantity(said, said.single), said.text, quantity(given, given.single), ())
    return quantity(said, said.low).value / each, quantity(said, said.high).value / each
