"""
A system while its users grow: what is used of each limit, day by day.

The system is assessed once and run as a program on the users of all days. What is kept of what is
written (rows, logs) is put in by itself: the area under the users over the time that it stays, not
the users of that day for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planning.flow.constraint import Constraint, utilisation
from planning.flow.finding import Finding
from planning.flow.flows import Accrual
from planning.models.growth.trajectories import accumulated, equivalent_time
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, depends_on
from planning.numbers.program import Program
from planning.numbers.units import DAY
from planning.questions.assess import assess
from planning.system.system import System

# Draws in one run, with all their days: arrays stay small.
_CHUNK = 256


@dataclass(eq=False)
class GrowingSystem:
    """
    A system as a program over days.

    Attributes
    ----------
    system : System
        What was assessed.
    constraints : tuple of Constraint
        Everything that can run out.
    accruals : tuple of Accrual
        What is kept of what is written.
    grows : ndarray of bool
        Whether each constraint depends on users at all.
    kept : ndarray of bool
        Whether what each constraint limits is kept, so that it fills with time.
    program : Program
        Loads and limits in turn.
    written : Program
        Rate and time of each accrual in turn.
    severe : tuple of Finding
        What is wrong with it whatever the load.
    """

    system: System
    constraints: tuple[Constraint, ...]
    accruals: tuple[Accrual, ...]
    grows: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    program: Program
    written: Program
    severe: tuple[Finding, ...]

    @property
    def technical(self) -> NDArray[np.bool_]:
        """Whether each constraint limits users; a budget limits money."""
        return np.array([item.technical for item in self.constraints], dtype=bool)

    def usable(self, headroom: float) -> Array:
        """
        Return the share of each limit that may be used.

        A budget, and what never grows, is used whole. [ratio]
        """
        return 1.0 - np.where((self.grows | self.kept) & self.technical, headroom, 0.0)

    @classmethod
    def of(cls, system: System, users: float) -> GrowingSystem:
        """Assess a system once, at some number of users."""
        result = assess(system, users)
        who, accruals = result.users, tuple(result.scene.accruals)
        assert isinstance(who, Estimate)  # asked, never computed
        names = {path: estimate for path, (estimate, _) in system.inputs.items()}
        put = {f"kept {index}": each.kept for index, each in enumerate(accruals)}
        # What stays for ever has no time of its own: its rate stands in for it.
        times = [each.rate if each.stays is None else each.stays for each in accruals]
        rates = [each.rate for each in accruals]
        ends = [(item.load, item.limit) for item in result.constraints]
        return cls(
            system,
            result.constraints,
            accruals,
            np.array([any(depends_on(end, who) for end in pair) for pair in ends]),
            np.array(
                [any(depends_on(end, each.kept) for end in pair for each in accruals)
                 for pair in ends]
            ),
            Program(result.ends, {**names, **put, "users": who}),
            Program([*rates, *times], {**names, "users": who}),
            result.severe,
        )  # fmt: skip

    def used(
        self,
        courses: Array,
        held: Array,
        growth_before: float,
        days: NDArray[np.intp] | None = None,
        draws: Mapping[str, Array] | None = None,
    ) -> Array:
        """
        Return what is used of each limit.

        Parameters
        ----------
        courses : ndarray
            Users of every day, shape (courses, all days): what is kept follows them. [user]
        held : ndarray
            Users that have to be held, such as the highest so far, of the same shape. [user]
        growth_before : float
            Of the users before the first day. [1/s]
        days : ndarray of int, optional
            The days to look at; all by default. [day]
        draws : mapping of str to ndarray, optional
            Inputs by path, one value per course. [their units]

        Returns
        -------
        ndarray
            Shape (constraints, courses, days); NaN where a formula refuses a course. [ratio]
        """
        look = np.arange(courses.shape[1]) if days is None else days
        found = np.empty((len(self.constraints), courses.shape[0], look.size))
        for start in range(0, courses.shape[0], _CHUNK):
            part = slice(start, start + _CHUNK)
            some = {path: values[part] for path, values in (draws or {}).items()}
            found[:, part] = self._run(courses[part], held[part], growth_before, look, some)
        return found

    def _run(
        self,
        courses: Array,
        held: Array,
        growth_before: float,
        days: NDArray[np.intp],
        draws: Mapping[str, Array],
    ) -> Array:
        inputs = {path: values[:, None] for path, values in draws.items()}
        shape = (courses.shape[0], days.size)
        try:
            kept = self._kept(courses, growth_before, days, inputs)
            values = self.program.run({**inputs, **kept, "users": held[:, days]})
        except ValueError:
            if courses.shape[0] == 1:
                return np.full((len(self.constraints), *shape), np.nan)
            middle = courses.shape[0] // 2
            halves = [slice(None, middle), slice(middle, None)]
            parts = [
                self._run(
                    courses[half], held[half], growth_before, days,
                    {path: values[half] for path, values in draws.items()},
                )
                for half in halves
            ]  # fmt: skip
            return np.concatenate(parts, axis=1)
        pairs = zip(values[::2], values[1::2], strict=True)
        return np.stack([np.broadcast_to(utilisation(*pair), shape) for pair in pairs])

    def _kept(
        self,
        courses: Array,
        growth_before: float,
        days: NDArray[np.intp],
        inputs: Mapping[str, Array],
    ) -> dict[str, Array]:
        """Return what is kept of each accrual on each day, by its name in the program."""
        if not self.accruals:
            return {}
        time = np.arange(courses.shape[1]) * DAY
        values = self.written.run({**inputs, "users": courses[:, days]})
        count, found = len(self.accruals), dict[str, Array]()
        for index, each in enumerate(self.accruals):
            rate, stays = values[index], values[count + index]
            if each.stays is None:
                equivalent = accumulated(time, courses) / courses
            else:
                window = np.broadcast_to(stays, (courses.shape[0], days.size))[:, 0]
                equivalent = equivalent_time(time, courses, window, growth_before)
            found[f"kept {index}"] = rate * equivalent[:, days]
        return found
