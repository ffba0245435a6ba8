"""What helps past a limit, with the number that it takes."""

from __future__ import annotations

import math

from planning.flow.constraint import FULL, Constraint
from planning.numbers.nodes import Case, value_at
from planning.numbers.units import plural, show


def remedy(constraint: Constraint, case: Case | None = None) -> str:
    """
    Return what moves a limit; where the load is past it, how many would just do.

    Parameters
    ----------
    constraint : Constraint
        At the users asked about.
    case : tuple of int and shape, optional
        Which case, as for :func:`~planning.numbers.nodes.value_at`.

    Notes
    -----
    The number carries the load of those users as they come today: who waits for every answer
    comes the faster, the sooner it is there.
    """
    load, limit = value_at(constraint.load, case), value_at(constraint.limit, case)
    if load <= limit * FULL:
        return constraint.remedy
    if constraint.alone is not None and (alone := value_at(constraint.alone, case)) > limit * FULL:
        return (
            f"nothing larger helps, {show(alone, constraint.unit)} pass without any waiting: "
            "faster or fewer calls, calls that nobody waits for (a queue), or a "
            "`response_objective` of its own for what may take longer"
        )
    if constraint.search is None and constraint.needed is None:
        return constraint.remedy
    enough = constraint.enough
    assert enough is not None  # it has one, or a search for one
    number = value_at(enough, case)
    if math.isinf(number):
        return f"{constraint.remedy}; no number of {plural(enough.unit)} alone would do"
    return f"{show(number, enough.unit)} would just do: {constraint.remedy}"
