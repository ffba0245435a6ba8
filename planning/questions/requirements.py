"""
What a number of users needs, resource by resource, beside what the document says.

The loads of an assessment *are* the requirements: what the target wants of each
resource, over what there is today, is the factor to grow by. Where cores, connections or
workers are what runs out, `enough` says how many would just do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.flow.constraint import Constraint
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, total, value_at
from planning.numbers.reading import Location
from planning.numbers.units import plural
from planning.questions import frames
from planning.questions.assess import assess
from planning.system.system import System

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Requirement:
    """
    One resource at a number of users.

    Attributes
    ----------
    name : str
        The constraint, or ``requests``.
    needed : Node
        Load at the users asked about.
    available : Node or None
        Limit today; None for what has no limit.
    documented : Estimate or None
        What the planning document says is needed.
    constraint : Constraint or None
        The constraint itself; None for the requests.
    """

    name: str
    needed: Node
    available: Node | None
    documented: Estimate | None
    constraint: Constraint | None = None

    @property
    def enough(self) -> Node | None:
        """How many would just do; None where no number to buy is the limit."""
        return None if self.constraint is None else self.constraint.enough

    def to_frame(self) -> pd.DataFrame:
        """Return one row: needed, available, how many would do, and what the document says."""
        enough = self.enough
        there, documented = self.available, self.documented
        return frames.table(
            [
                {
                    "resource": self.name,
                    "needed": value_at(self.needed),
                    "available": None if there is None else value_at(there),
                    "documented": None if documented is None else value_at(documented),
                    "unit": self.needed.unit,
                    "factor": self.factor,
                    "enough": None if enough is None else value_at(enough),
                }
            ]
        )

    @property
    def factor(self) -> float | None:
        """Needed over available: None where nothing limits it, infinite where nothing is there."""
        if self.available is None:
            return None
        needed, available = value_at(self.needed), value_at(self.available)
        if available <= 0:
            return math.inf if needed > 0 else 0.0
        return needed / available


def requirements(system: System, users: float | None = None) -> list[Requirement]:
    """
    Return what each resource must carry.

    Parameters
    ----------
    system : System
        As it is today, or after a phase.
    users : float, optional
        The workload's target by default. [user]

    Notes
    -----
    What the document's gap table says of a constraint that a phase has removed is left out;
    :func:`check_needs` refuses it for the system of today.
    """
    result = assess(system, value_at(system.workload.target) if users is None else users)
    documented = {need.constraint: need.stated() for need in system.needs}
    rows = []
    if result.requests:
        rate = total("requests", "request/s", result.requests)
        rows.append(Requirement("requests", rate, None, documented.pop("requests", None)))
    for constraint in result.constraints:
        stated = documented.pop(constraint.name, None)
        rows.append(
            Requirement(constraint.name, constraint.load, constraint.limit, stated, constraint)
        )
    return rows


def check_needs(system: System) -> list[tuple[Location, str]]:
    """Return what is wrong with the gap table: unknown or repeated names, other units."""
    if not system.needs:
        return []
    rows = {row.name: row for row in requirements(system)}
    problems: list[tuple[Location, str]] = []
    for index, need in enumerate(system.needs):
        row, stated = rows.pop(need.constraint, None), need.stated()
        if row is None:
            message = f"{need.constraint!r} is unknown or there twice; left are {', '.join(rows)}."
        elif stated is None or stated.unit != row.needed.unit:
            message = f"{need.constraint!r} is counted in {plural(row.needed.unit)}; say how many."
        else:
            continue
        problems.append((("needs", index), message))
    return problems
