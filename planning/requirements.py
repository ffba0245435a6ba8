"""
What a number of users needs, resource by resource, beside what the document says.

The loads of an assessment *are* the requirements: what the target wants of each
resource, over what there is today, is the factor to grow by.
"""

from __future__ import annotations

from dataclasses import dataclass

from planning.assessment import assess
from planning.estimate import Estimate
from planning.system import System
from planning.trace import Node, total, value_at


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
    """

    name: str
    needed: Node
    available: Node | None
    documented: Estimate | None

    @property
    def factor(self) -> float | None:
        """Needed over available; None where nothing limits it or nothing is there."""
        if self.available is None or value_at(self.available) <= 0:
            return None
        return value_at(self.needed) / value_at(self.available)


def requirements(system: System, users: float | None = None) -> list[Requirement]:
    """
    Return what each resource must carry.

    Parameters
    ----------
    system : System
        As it is today, or after a phase.
    users : float, optional
        The workload's target by default. [user]

    Raises
    ------
    ValueError
        If the document's gap table names a constraint that the system does not have.
    """
    result = assess(system, value_at(system.workload.target) if users is None else users)
    documented = {need.constraint: need.stated() for need in system.needs}
    rows = []
    if result.demand.requests:
        rate = total("requests", "request/s", result.demand.requests)
        rows.append(Requirement("requests", rate, None, documented.pop("requests", None)))
    for constraint in result.constraints:
        stated = documented.pop(constraint.name, None)
        rows.append(Requirement(constraint.name, constraint.load, constraint.limit, stated))
    if documented:
        names = ", ".join(row.name for row in rows)
        raise ValueError(f"needs speaks of {', '.join(map(repr, documented))}; there are {names}.")
    return rows
