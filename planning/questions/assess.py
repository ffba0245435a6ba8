"""
Does it hold N users, what breaks first, and why.

:func:`assess` lets a demand flow through the parts of a system and collects their
constraints. Users may be one number, a sweep or an array of draws; the inputs may
be arrays as well. There is one implementation: everything broadcasts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from planning.flow.demand import Demand
from planning.models.money import cost
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import (
    Array,
    Derived,
    Node,
    arithmetic,
    asked,
    depends_on,
    derive,
    explain,
    leaves,
    total,
)
from planning.parts.base import FULL, Constraint
from planning.system.system import System

# More than a hundred times the people there are: what never binds up to here never binds.
MOST_USERS = 1e12


class Verdict(StrEnum):
    """Whether a system holds a number of users."""

    HOLDS = "holds"
    WARNING = "warning"
    CRITICAL = "critical"
    FAILS = "does not hold"


@dataclass(frozen=True)
class Assessment:
    """
    What can run out, at the users asked about.

    Attributes
    ----------
    system : System
        The system assessed.
    users : Node
        Users asked about; a number or an array. [user]
    constraints : tuple of Constraint
        Everything that can run out, in the order of the flow.
    demand : Demand
        What was left at the end of the flow: rates, viewers, costs.
    """

    system: System
    users: Node
    constraints: tuple[Constraint, ...]
    demand: Demand

    @cached_property
    def utilisation(self) -> Array:
        """Load over limit, constraint by case: shape (constraints, *users or draws). [ratio]"""
        rows = [constraint.utilisation for constraint in self.constraints]
        shape = np.broadcast_shapes(np.shape(self.users.value), *(row.shape for row in rows))
        return np.stack([np.broadcast_to(row, shape) for row in rows])

    @cached_property
    def binding_index(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """
        Index of the constraint nearest to, or furthest past, its limit, per case.

        What is the same at any number of users (the seats of a stage) binds only past its limit.
        """
        return np.asarray(np.argmax(self._counted, axis=0), np.int64)

    @cached_property
    def _counted(self) -> Array:
        """Utilisation of what grows with users, or is past its limit; -1 for the rest."""
        grows = [
            depends_on(item.load, self.users) or depends_on(item.limit, self.users)
            for item in self.constraints
        ]
        shape = (-1, *[1] * (self.utilisation.ndim - 1))
        counts = np.reshape(grows, shape) | (self.utilisation > FULL)
        return np.where(counts, self.utilisation, -1.0)

    @property
    def binding(self) -> Constraint:
        """What binds first (in the worst case, for an array)."""
        worst = int(np.argmax(self.utilisation.max(axis=0)))
        return self.constraints[int(np.ravel(self.binding_index)[worst])]

    @property
    def verdicts(self) -> np.ndarray[tuple[int, ...], np.dtype[np.str_]]:
        """Verdict per case, as text."""
        worst = self._counted.max(axis=0)
        warn = np.asarray(self.system.warn_at.value)
        critical = np.asarray(self.system.critical_at.value)
        return np.where(
            worst > FULL,
            Verdict.FAILS.value,
            np.where(
                worst > critical,
                Verdict.CRITICAL.value,
                np.where(worst > warn, Verdict.WARNING.value, Verdict.HOLDS.value),
            ),
        )

    @property
    def verdict(self) -> Verdict:
        """The worst verdict over all cases."""
        found = set(np.ravel(self.verdicts).tolist())
        return next(verdict for verdict in reversed(Verdict) if verdict.value in found)

    @property
    def monthly_cost(self) -> Node:
        """What all parts and costs come to. [USD/month]"""
        return total("monthly cost", "USD/month", self.demand.monthly)

    def why(self, constraint: Constraint, index: int | None = None) -> str:
        """Return the arithmetic of a load in one line; `index` picks a case of a sweep."""
        if isinstance(constraint.load, Derived):
            return arithmetic(constraint.load, index)
        return str(constraint.load)

    def explain(self, constraint: Constraint, index: int | None = None) -> list[str]:
        """Return the derivation of load and limit, down to the sources, as indented lines."""
        paths = self.system.paths
        return [
            *explain(constraint.load, paths, index),
            "limit:",
            *(f"  {line}" for line in explain(constraint.limit, paths, index)),
        ]

    def sources(self, constraint: Constraint) -> dict[str, Estimate]:
        """Return the stated inputs behind a constraint, by their path in the system."""
        stated = [*leaves(constraint.load), *leaves(constraint.limit)]
        paths = self.system.paths
        return {paths[id(leaf)]: leaf for leaf in stated if id(leaf) in paths}


def assess(system: System, users: ArrayLike | None = None) -> Assessment:
    """
    Assess a system.

    Parameters
    ----------
    system : System
        What to assess; its inputs may be draws.
    users : array_like, optional
        Concurrent users: one number, a sweep or draws, at least 0; the workload's own by default.
        [user]

    Returns
    -------
    Assessment
        Constraints with loads, limits and why-traces, broadcast over users and draws.

    Raises
    ------
    ValueError
        If a number of users is negative, no number or above `MOST_USERS`.
    """
    count = np.asarray(system.workload.users.value if users is None else users, dtype=float)
    good = (count >= 0) & (count <= MOST_USERS)
    if not np.all(good):
        bad = count[~good].flat[0] if count.ndim else count
        raise ValueError(f"users(={float(bad):g}) must be 0 or more, and at most {MOST_USERS:g}.")
    asked_users = system.workload.users if users is None else asked(count, "user", "the question")
    workload = system.workload
    demand = workload.demand(asked_users)
    demand = replace(demand, monthly=_fixed_costs(system, asked_users))
    constraints: list[Constraint] = []
    for name, part in sorted(system.parts.items(), key=lambda item: item[1].rank):
        demand, found = part.load(name, system.workload, demand)
        constraints.extend(found)
    told: list[Derived] = [demand.busy_connections()]
    if demand.requests:
        told.insert(0, total("requests", "request/s", demand.requests))
    demand = replace(demand, traffic=(*told, *demand.traffic))
    if not constraints:
        raise ValueError(
            f"{system.title!r} has nothing that can run out: its parts meet no load. "
            "Add activities, viewing, gifting or rooms to the workload."
        )
    return Assessment(system, asked_users, tuple(constraints), demand)


def _fixed_costs(system: System, users: Node) -> Mapping[str, Node]:
    costs: dict[str, Node] = {}
    for name, item in system.costs.items():
        costs[name] = item.monthly
        if np.any(np.asarray(item.credit.value) > 0):
            costs[name] = derive(
                f"{name} after its credit",
                "USD/month",
                cost.after_credit,
                price=item.monthly,
                credit=item.credit,
            )
        if np.any(np.asarray(item.per_user.value) > 0):
            costs[f"{name} per user"] = derive(
                f"{name} per user",
                "USD/month",
                cost.overage_cost,
                used=users,
                included=item.included_users,
                unit_price=item.per_user,
            )
    return costs
