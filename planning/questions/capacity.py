"""
Where the edge is: the largest number of users at which no constraint binds.

Each constraint has its own capacity, and the system's is their minimum — never a
product of improvements. Utilisation may be any function of users (a queue, a
convoy), so the edge is searched, by sweeps: one call over a wide grid finds where
each constraint first binds, a few more narrow the gap to one user. With draws as inputs
every draw has an edge of its own, and all are searched at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planning.flow.constraint import FULL, Constraint, utilisation
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array
from planning.numbers.program import Program
from planning.numbers.units import show
from planning.questions import frames
from planning.questions.assess import MOST_USERS, Assessment, assess
from planning.system.system import System

if TYPE_CHECKING:
    import pandas as pd

_COARSE, FINE, _DRAWN = 240, 24, 48


@dataclass(frozen=True, eq=False, repr=False)
class Capacity:
    """
    Capacity of every constraint, and of the system.

    Attributes
    ----------
    constraints : tuple of Constraint
        In the order of the flow.
    by_constraint : ndarray
        Largest whole number of users each one holds; infinite where it never binds, 0 where it
        binds with a single user. Shape (constraints, *draws). [user]
    """

    constraints: tuple[Constraint, ...]
    by_constraint: Array

    def __repr__(self) -> str:
        """The number and what breaks first in short."""
        return f"<holds {show(self.users, 'user')}: {self.binding.name} breaks first>"

    @property
    def _technical(self) -> Array:
        """Capacity of each constraint; a budget limits money, not users."""
        paid = [not item.technical for item in self.constraints]
        shape = (-1, *[1] * (self.by_constraint.ndim - 1))
        return np.where(np.reshape(paid, shape), np.inf, self.by_constraint)

    @property
    def by_draw(self) -> Array:
        """Capacity of the system, the minimum over its constraints, per draw. [user]"""
        return np.asarray(self._technical.min(axis=0))

    @property
    def users(self) -> float:
        """Capacity of the system: the minimum over its constraints, in the worst draw. [user]"""
        return float(self.by_draw.min())

    @property
    def affordable(self) -> float:
        """Users whose cost is within the budget; infinite without one. [user]"""
        paid = [not item.technical for item in self.constraints]
        return float(self.by_constraint[np.asarray(paid)].min(initial=np.inf))

    @property
    def binding_index(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """Index of what breaks first as users grow, per draw."""
        return np.asarray(np.argmin(self._technical, axis=0), np.int64)

    @property
    def binding(self) -> Constraint:
        """What breaks first as users grow, in the worst draw."""
        worst = int(np.argmin(self.by_draw))
        return self.constraints[int(np.ravel(self.binding_index)[worst])]

    @property
    def runner_up(self) -> tuple[Constraint, float] | None:
        """What breaks next, and the users it holds [user]; None where nothing else ever does."""
        held = self._technical.reshape(len(self.constraints), -1).min(axis=1)
        order = np.argsort(held, kind="stable")
        if order.size < 2 or np.isinf(held[order[1]]):
            return None
        return self.constraints[int(order[1])], float(held[order[1]])

    def to_frame(self) -> pd.DataFrame:
        """Return a row per constraint and draw: the users it holds, and what helps."""
        return frames.table(frames.capacity_rows(self.constraints, self.by_constraint))

    def _repr_html_(self) -> str:
        """Show the table in a notebook; names from files are escaped."""
        html: str = self.to_frame().to_html(max_rows=60)
        return html

    def of(self, name: str) -> float:
        """
        Return the capacity of the constraint of that name or id, in the worst draw. [user]

        Raises
        ------
        ValueError
            If there is none; the message lists those there are.
        """
        for item, held in zip(self.constraints, self.by_constraint, strict=True):
            if name in (item.name, item.id):
                return float(np.min(held))
        known = ", ".join(constraint.name for constraint in self.constraints)
        raise ValueError(f"no constraint {name!r}; there are {known}.")


def capacity(system: System) -> Capacity:
    """
    Find the capacity of every constraint of a system.

    Parameters
    ----------
    system : System
        Its inputs may be draws, of one shape.

    Returns
    -------
    Capacity
        Exact to one user up to a billion, where rounding of the arithmetic takes over.

    Notes
    -----
    The *first* user count at which a constraint binds is found, on a grid with steps of 12 %
    (of 78 % where inputs are draws): a constraint that binds only inside one step and is free
    again above it would be missed. Where few users are worse than many (a cold cache), the edge
    is that of the many.
    """
    first = assess(system)
    used = _Utilisation(first)
    if used.draws:
        return Capacity(first.constraints, _drawn(used))
    return Capacity(first.constraints, _searched(used))


def users_grid() -> Array:
    """Return the users at which the search looks first, from none to the most there are. [user]"""
    return np.concatenate(([0.0, 1.0], np.geomspace(1.0, MOST_USERS, _COARSE)[1:]))


class _Utilisation:
    """Utilisation of every constraint as a function of users, from one assessment."""

    def __init__(self, result: Assessment) -> None:
        assert isinstance(result.users, Estimate)  # asked or stated, never computed
        self.program = Program(result.ends, {"users": result.users})
        self.count = len(result.constraints)
        self.draws = np.broadcast_shapes(*(np.shape(node.value) for node in result.ends))

    def at(self, users: Array) -> Array:
        """Return load over limit, shape (constraints, *users broadcast over draws). [ratio]"""
        values = self.program.run({"users": users})
        shape = np.broadcast_shapes(np.shape(users), self.draws)
        pairs = zip(values[::2], values[1::2], strict=True)
        return np.stack([np.broadcast_to(utilisation(*pair), shape) for pair in pairs])


def _searched(used: _Utilisation) -> Array:
    """Return the capacity of each constraint, for inputs that are single numbers. [user]"""
    grid = users_grid()
    bound = used.at(grid) > FULL
    rows = np.arange(used.count)
    # A cold cache is slow for a handful of users and fast for many: what is full without anyone
    # and free later on binds only where it is full again.
    bound &= (np.cumsum(~bound, axis=1) > 0) | bound.all(axis=1, keepdims=True)
    at = np.argmax(bound, axis=1)
    never = ~bound.any(axis=1)
    high = np.where(never, MOST_USERS, grid[at])
    low = np.where(at > 0, grid[np.maximum(at - 1, 0)], 0.0)
    while True:
        # Once at least: a step of the grid within one user may still have a whole number inside.
        steps = low + (high - low) * np.linspace(0.0, 1.0, FINE + 1)[:, None]
        steps = np.round(steps)  # the answer is a whole number of users
        full = used.at(steps)[rows, :, rows] > FULL
        full[:, -1] = True
        index = np.argmax(full, axis=1)
        high, low = (
            steps[index, rows],
            np.where(index > 0, steps[np.maximum(index - 1, 0), rows], low),
        )
        if not np.any((high - low > 1.0) & ~never):
            break
    return np.where(never, np.inf, np.where(at == 0, 0.0, np.floor(low)))


def _drawn(used: _Utilisation) -> Array:
    """Return the capacity of each constraint in every draw: shape (constraints, *draws). [user]"""
    shape = (used.count, *used.draws)
    # Whole users: halving from a fraction of one would end beside the answer.
    grid = np.concatenate(([0.0], np.unique(np.round(np.geomspace(1.0, MOST_USERS, _DRAWN)))))
    low, high = np.zeros(shape), np.full(shape, np.inf)
    found, freed = np.zeros(shape, bool), np.zeros(shape, bool)
    stuck = np.ones(shape, bool)
    for users in grid:
        full = used.at(np.asarray(users)) > FULL
        stuck &= full
        first = full & freed & ~found
        high[first] = users
        found |= first
        freed |= ~full
        low = np.where(~full & ~found, users, low)
    rows = np.arange(used.count)
    # Halving in whole users: 40 steps reach one user from any step of the grid.
    for _ in range(64):
        open_ = found & (high - low > 1.0)
        if not open_.any():
            break
        middle = np.where(open_, np.floor((low + high) / 2), low)
        full = used.at(middle)[rows, rows] > FULL
        high = np.where(open_ & full, middle, high)
        low = np.where(open_ & ~full, middle, low)
    return np.where(stuck, 0.0, np.where(found, np.floor(low), np.inf))
