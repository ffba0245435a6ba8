"""
What a statement comes to: by a question to a system, a row of the catalogue, or arithmetic.

Whatever computes it, the result is in the unit of the claim, or refused as something else.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass, replace

from planning.audit.arithmetic import compute
from planning.audit.asking import Questions
from planning.audit.comparing import over, quantity
from planning.audit.parsed import Said
from planning.audit.statements import Statement
from planning.numbers.catalog import shipped_catalog
from planning.numbers.dimensions import DimensionError, Quantity, one, show, unit_name
from planning.numbers.nodes import pretty

_MOST_CORNERS = 64


@dataclass(frozen=True)
class Computed:
    """
    What was computed for a statement: a range or a word, and how.

    Attributes
    ----------
    low, high : float
        Its ends. [`unit`]
    unit : str
        Its base unit; empty for a word.
    how : str
        The arithmetic in words and numbers.
    word : str
        A verdict or a constraint, where no number is computed.
    like : str
        How the document writes the number; it is printed the same way.
    about : tuple of Quantity
        What it was computed from, for the slips that may explain a gap.
    shown : str
        How it is printed, where that is known already.
    """

    low: float
    high: float
    unit: str
    how: str
    word: str = ""
    like: str = ""
    about: tuple[Quantity, ...] = ()
    shown: str = ""

    def __str__(self) -> str:
        if self.word or self.shown:
            return self.word or self.shown
        if math.isclose(self.low, self.high, rel_tol=1e-9):
            return self._shown(self.low)
        return f"{self._shown(self.low)} to {self._shown(self.high)}"

    def _shown(self, value: float) -> str:
        each = one(self.unit)
        like = "%" if self.unit == "fraction" else self.like
        return show(Quantity(value * each.value, each.powers), like)


def computed_for(
    questions: Questions, statement: Statement, system: str | None, said: Said | None
) -> Computed | None:
    """
    Compute what a statement says, by its question, its row or its arithmetic.

    Parameters
    ----------
    questions : Questions
        Those of this audit.
    statement : Statement
        What a claims file says.
    system : str, optional
        The file's system.
    said : Said, optional
        The claimed number: what is computed is in its unit.

    Returns
    -------
    Computed or None
        None where the statement says no way to compute it.

    Raises
    ------
    DimensionError
        If what is computed does not measure what is claimed, or unlike things are added.
    ValueError
        If a question cannot be put or an arithmetic not be done.
    """
    if statement.ask is not None:
        answer = questions.answer(statement.ask, system)
        if isinstance(answer.value, str):
            return Computed(0.0, 0.0, "", answer.how, word=answer.value)
        unit = one(answer.unit or "ratio")
        found = Quantity(answer.value * unit.value, unit.powers)
        result = _as_claimed(said, (found, found), (), answer.how)
        # A share of a limit is printed in percent, whoever asks.
        return replace(result, unit=answer.unit) if answer.unit == "fraction" else result
    if statement.row is not None:
        row = shipped_catalog().row(statement.row)
        unit = one(row.unit)
        ends = [row.value if end is None else end for end in (row.low, row.high)]
        low, high = (Quantity(end * unit.value, unit.powers) for end in ends)
        how = f"{row.key} = {row}, {row.date}, {row.source}"
        return _as_claimed(said, (low, high), (), how)
    if statement.arithmetic is not None:
        return _calculated(statement.arithmetic, statement, said)
    return None


def _as_claimed(
    said: Said | None, ends: tuple[Quantity, Quantity], given: tuple[Quantity, ...], how: str
) -> Computed:
    """Return what was computed in the unit of the claim; refuse what measures something else."""
    low, high = ends
    name = unit_name(low)
    if said is None:
        unit = one(name).value
        return Computed(low.value / unit, high.value / unit, name, how, about=given)
    claimed = quantity(said, 1.0)
    period = over(claimed, said.text, low, given)
    if said.unit == "fraction" and name == "ratio":
        name = said.unit
    if period.powers or not low.powers or _nouns(low) != _nouns(claimed):
        # Tasks times connections are printed as the connections that the document speaks of.
        name, low, high = said.unit, low / period, high / period
    unit = one(name).value
    return Computed(low.value / unit, high.value / unit, name, how, like=said.text, about=given)


def _nouns(quantity: Quantity) -> set[tuple[str, int]]:
    return set(quantity.powers) - set(quantity.physical)


def _calculated(expression: str, statement: Statement, said: Said | None) -> Computed:
    inputs = {name: each.said() for name, each in statement.inputs.items()}
    ends = [{each.low, each.high} for each in inputs.values()]
    if any(math.isinf(end) for pair in ends for end in pair):
        raise ValueError("an input must have both ends; write 80 % instead of more than 80 %.")
    corners = itertools.islice(itertools.product(*map(sorted, ends)), _MOST_CORNERS)
    given = [
        {name: quantity(inputs[name], end) for name, end in zip(inputs, corner, strict=True)}
        for corner in corners
    ]
    values = sorted((compute(expression, each) for each in given), key=lambda each: each.value)
    numbers = {name: each.text.strip() for name, each in inputs.items()}
    pattern = "|".join(rf"\b{re.escape(name)}\b" for name in sorted(numbers, key=len)[::-1])
    filled = re.sub(pattern, lambda match: numbers[match[0]], expression) if numbers else expression
    about = tuple(given[0].values())
    try:
        found = _as_claimed(said, (values[0], values[-1]), about, "")
    except DimensionError as error:
        result = show(values[0])
        raise DimensionError(
            f"{error} {pretty(expression)} = {pretty(filled)} = {result}"
        ) from None
    return replace(found, how=f"{pretty(expression)} = {pretty(filled)} = {found}")
