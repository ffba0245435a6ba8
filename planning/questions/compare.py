"""
What changed between two systems, and what it did.

Both are assessed at the same number of users. Constraints are told apart by their ids, so that
one that comes, goes or stays is seen; a finding is the same where part and words are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planning.flow.finding import Finding
from planning.numbers.nodes import value_at
from planning.questions.assess import Assessment, assess
from planning.questions.capacity import Capacity, capacity
from planning.questions.changes import Moved, Reworded, changes_of, rewordings_of
from planning.system.system import System


@dataclass(frozen=True, eq=False)
class Side:
    """
    One of the two.

    Attributes
    ----------
    label : str
        What it is called: a file, a phase.
    result : Assessment
        At the users asked about.
    edge : Capacity
        What it holds.
    """

    label: str
    result: Assessment
    edge: Capacity

    @property
    def system(self) -> System:
        """The system itself."""
        return self.result.system

    @property
    def monthly(self) -> float:
        """Cost at the users asked about; NaN where none is stated: that is no zero. [USD/month]"""
        return value_at(self.result.monthly_cost) if self.result.monthly else np.nan

    def holds(self) -> dict[str, tuple[str, float]]:
        """Return name and users held of each constraint, by its id. [user]"""
        pairs = zip(self.edge.constraints, self.edge.by_constraint, strict=True)
        return {item.id: (item.name, float(users)) for item, users in pairs}


@dataclass(frozen=True)
class Shift:
    """
    A constraint in both.

    Attributes
    ----------
    id, name : str
        Which.
    before, after : float or None
        Users that it holds; infinite where it never binds, None where it is not there. [user]
    """

    id: str
    name: str
    before: float | None
    after: float | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """
    Two systems side by side.

    Attributes
    ----------
    users : float
        Users that both were asked about. [user]
    before, after : Side
        The two.
    """

    users: float
    before: Side
    after: Side

    @cached_property
    def moved(self) -> tuple[Moved, ...]:
        """Inputs that differ in value, range or confidence, costs last."""
        return changes_of(self.before.system, self.after.system, ranges=True)

    @cached_property
    def reworded(self) -> tuple[Reworded, ...]:
        """What is said differently in words: kinds, modes, plans, calls."""
        return rewordings_of(self.before.system, self.after.system)

    @cached_property
    def shifts(self) -> tuple[Shift, ...]:
        """Every constraint of either, the first to break afterwards first."""
        then, now = self.before.holds(), self.after.holds()
        found = [
            Shift(
                each,
                (now.get(each) or then[each])[0],
                then[each][1] if each in then else None,
                now[each][1] if each in now else None,
            )
            for each in dict.fromkeys((*now, *then))
        ]
        return tuple(sorted(found, key=lambda each: np.inf if each.after is None else each.after))

    @property
    def came(self) -> tuple[Finding, ...]:
        """Findings that only the second has, the most severe first."""
        return _without(self.after.result.findings, self.before.result.findings)

    @property
    def went(self) -> tuple[Finding, ...]:
        """Findings that only the first has."""
        return _without(self.before.result.findings, self.after.result.findings)

    @property
    def same(self) -> bool:
        """Whether nothing that counts differs."""
        return not (self.moved or self.reworded or self.came or self.went)


def _without(found: tuple[Finding, ...], other: tuple[Finding, ...]) -> tuple[Finding, ...]:
    known = {(each.part, each.what) for each in other}
    return tuple(each for each in found if (each.part, each.what) not in known)


def compare(
    before: System,
    after: System,
    users: float | None = None,
    labels: tuple[str, str] = ("before", "after"),
) -> Comparison:
    """
    Put two systems side by side.

    Parameters
    ----------
    before, after : System
        Two files, two phases, a file and its past.
    users : float, optional
        Users to ask both about; the target of the second by default. [user]
    labels : tuple of str
        What they are called.

    Examples
    --------
    >>> from planning.questions.load import load_system
    >>> system = load_system("ten_thousand_users")
    >>> found = compare(system, system.at({"parts.app.pool_size": 40}))
    >>> [(each.path, each.before.value, each.after.value) for each in found.moved]
    [('parts.app.pool_size', 20.0, 40.0)]
    >>> [(each.id, each.before, each.after) for each in found.shifts if each.before != each.after]
    [('app.page_response', 28.0, 58.0), ('app.pool', 29.0, 59.0)]
    """
    asked = value_at(after.workload.target) if users is None else float(users)
    sides = [
        Side(label, assess(system, asked), capacity(system))
        for label, system in zip(labels, (before, after), strict=True)
    ]
    return Comparison(asked, *sides)
