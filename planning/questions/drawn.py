"""
One system, many draws of its inputs: what is used of each limit, draw by draw.

The system is assessed once and its nodes are run as a program on all draws. A draw that a formula
refuses (a combination of numbers that cannot be) is found, counted and named, and the others are
answered all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planning.flow.constraint import Constraint, utilisation
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, depends_on
from planning.numbers.program import Program
from planning.questions.assess import assess
from planning.system.system import System

# Draws in one run: intermediate arrays stay in the processor's cache, and memory is bounded.
CHUNK = 8192
# More draws than this that no formula takes are no accident, and finding each takes runs.
MOST_REFUSED = 200
Indices = NDArray[np.intp]


@dataclass(eq=False)
class DrawnSystem:
    """
    A system as a program that runs on draws.

    Attributes
    ----------
    system : System
        What was assessed.
    constraints : tuple of Constraint
        Everything that can run out.
    program : Program
        Loads and limits in turn, then the monthly cost.
    fixed : ndarray of bool
        Whether each constraint is the same at any number of users.
    priced : bool
        Whether any cost is stated: without one the cost is unknown, not zero.
    refused : dict of int to str
        Draws that a formula refuses, by index, with its words; grows as questions are asked.
    """

    system: System
    constraints: tuple[Constraint, ...]
    program: Program
    fixed: NDArray[np.bool_]
    priced: bool
    refused: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, system: System, users: float) -> DrawnSystem:
        """Assess a system once, at some number of users."""
        result = assess(system, users)
        assert isinstance(result.users, Estimate)  # asked, never computed
        names = {path: estimate for path, (estimate, _) in system.inputs.items()}
        program = Program([*result.ends, result.monthly_cost], {**names, "users": result.users})
        fixed = [
            not any(depends_on(end, result.users) for end in (item.load, item.limit))
            for item in result.constraints
        ]
        return cls(system, result.constraints, program, np.array(fixed), bool(result.monthly))

    @property
    def technical(self) -> NDArray[np.bool_]:
        """Whether each constraint limits users."""
        return np.array([item.technical for item in self.constraints])

    def used(self, users: Array, draws: Mapping[str, Array], at: Indices) -> tuple[Array, Array]:
        """
        Return what is used of each limit, and the monthly cost.

        Parameters
        ----------
        users : ndarray
            Of each draw. [user]
        draws : mapping of str to ndarray
            Inputs by path. [their units]
        at : ndarray of int
            Index of each draw, for the record of those that are refused.

        Returns
        -------
        used : ndarray
            Load over limit, shape (constraints, draws); NaN where a formula refuses. [ratio]
        cost : ndarray
            Per draw; NaN where a formula refuses, or no cost is stated. [USD/month]
        """
        used = np.empty((len(self.constraints), len(users)))
        cost = np.empty(len(users))
        for start in range(0, len(users), CHUNK):
            part = slice(start, start + CHUNK)
            some = {path: values[part] for path, values in draws.items()}
            used[:, part], cost[part] = self._run(users[part], some, at[part])
        return used, cost

    def _run(self, users: Array, draws: Mapping[str, Array], at: Indices) -> tuple[Array, Array]:
        count = len(users)
        try:
            values = self.program.run({**draws, "users": users})
        except ValueError as error:
            if count == 1:
                if len(self.refused) >= MOST_REFUSED:
                    raise ValueError(
                        f"more than {MOST_REFUSED} draws make no system, the last because "
                        f"{error} Narrow the ranges of what it names."
                    ) from None
                self.refused[int(at[0])] = str(error)
                return np.full((len(self.constraints), 1), np.nan), np.full(1, np.nan)
            halves = [slice(0, count // 2), slice(count // 2, count)]
            parts = [
                self._run(users[half], {p: v[half] for p, v in draws.items()}, at[half])
                for half in halves
            ]
            return (
                np.concatenate([used for used, _ in parts], axis=1),
                np.concatenate([cost for _, cost in parts]),
            )
        used = np.empty((len(self.constraints), count))
        for row, (load, limit) in enumerate(zip(values[:-1:2], values[1:-1:2], strict=True)):
            used[row] = utilisation(load, limit)
        return used, np.broadcast_to(values[-1] if self.priced else np.nan, (count,))
