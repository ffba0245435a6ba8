"""
Where the edge is: the largest number of users at which no constraint binds.

Each constraint has its own capacity, and the system's is their minimum — never a
product of improvements. Utilisation may be any function of users (a queue, a
convoy), so the edge is searched, by sweeps: one call over a wide grid finds where
each constraint first binds, a few more narrow the gap to one user.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.numbers.nodes import Array
from planning.parts.base import FULL, Constraint, PastLimit
from planning.questions.assess import MOST_USERS, assess
from planning.system.system import System

_COARSE, _FINE = 240, 24


@dataclass(frozen=True)
class Capacity:
    """
    Capacity of every constraint, and of the system.

    Attributes
    ----------
    constraints : tuple of Constraint
        In the order of the flow.
    by_constraint : ndarray
        Largest whole number of users each one holds; infinite where it never binds, 0 where it
        binds with a single user. Shape (constraints,). [user]
    """

    constraints: tuple[Constraint, ...]
    by_constraint: Array

    @property
    def users(self) -> float:
        """Capacity of the system: the minimum over its constraints. [user]"""
        return float(self.by_constraint.min())

    @property
    def users_if_paid(self) -> float:
        """Capacity of the system if no budget limited it. [user]"""
        technical = [item.past_limit is not PastLimit.PAY for item in self.constraints]
        return float(self.by_constraint.min(where=technical, initial=np.inf))

    @property
    def binding(self) -> Constraint:
        """What breaks first as users grow."""
        return self.constraints[int(np.argmin(self.by_constraint))]

    @property
    def runner_up(self) -> tuple[Constraint, float] | None:
        """What breaks next, and the users it holds [user]; None where nothing else ever does."""
        order = np.argsort(self.by_constraint, kind="stable")
        if order.size < 2 or np.isinf(self.by_constraint[order[1]]):
            return None
        return self.constraints[int(order[1])], float(self.by_constraint[order[1]])

    def of(self, name: str) -> float:
        """Return the capacity of the constraint of that name. [user]"""
        names = [constraint.name for constraint in self.constraints]
        if name not in names:
            raise ValueError(f"no constraint {name!r}; there are {', '.join(names)}.")
        return float(self.by_constraint[names.index(name)])


def capacity(system: System) -> Capacity:
    """
    Find the capacity of every constraint of a system.

    Parameters
    ----------
    system : System
        With single numbers as inputs, not draws.

    Returns
    -------
    Capacity
        Exact to one user up to a billion, where rounding of the arithmetic takes over.

    Notes
    -----
    The *first* user count at which a constraint binds is found, on a grid with steps of 12 %:
    a constraint that binds only inside one step and is free again above it would be missed.
    Where few users are worse than many (a cold cache), the edge is that of the many.
    """
    grid = np.concatenate(([0.0, 1.0], np.geomspace(1.0, MOST_USERS, _COARSE)[1:]))
    first = assess(system, grid)
    bound = first.utilisation > FULL
    rows = np.arange(len(first.constraints))
    # A cold cache is slow for a handful of users and fast for many: what is full without anyone
    # and free later on binds only where it is full again.
    bound &= (np.cumsum(~bound, axis=1) > 0) | bound.all(axis=1, keepdims=True)
    at = np.argmax(bound, axis=1)
    never = ~bound.any(axis=1)
    high = np.where(never, MOST_USERS, grid[at])
    low = np.where(at > 0, grid[np.maximum(at - 1, 0)], 0.0)
    while np.any((high - low > 1.0) & ~never):
        steps = low + (high - low) * np.linspace(0.0, 1.0, _FINE + 1)[:, None]
        steps = np.round(steps)  # the answer is a whole number of users
        used = assess(system, steps).utilisation[rows, :, rows] > FULL
        used[:, -1] = True
        index = np.argmax(used, axis=1)
        high, low = (
            steps[index, rows],
            np.where(index > 0, steps[np.maximum(index - 1, 0), rows], low),
        )
    users = np.where(never, np.inf, np.where(at == 0, 0.0, np.floor(low)))
    return Capacity(first.constraints, users)
