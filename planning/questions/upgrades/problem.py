"""All that a schedule of upgrades is chosen by: what each set costs and holds in each month."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from planning.flow.finding import Severity
from planning.numbers.nodes import Array
from planning.questions.assess import assess
from planning.questions.upgrades.chance import Chances
from planning.questions.upgrades.choices import Set
from planning.questions.upgrades.demand import MONTH, MonthlyDemand
from planning.questions.upgrades.grid import Grid
from planning.questions.upgrades.levels import last_held, levels_to

# A month that is not held is worse than all bills together; of two sets that do not hold it the
# one that is nearer to holding it, by a share of that for each tenfold of users or of the budget.
_NOT_HELD, _PER_TENFOLD, _TENFOLDS = 1e4, 0.01, 12.0
SLACK = 1e-9


class Problem:
    """
    All that a schedule is chosen by, and which sets have been looked at in full.

    Parameters
    ----------
    grid : Grid
        The sets, assessed by their numbers.
    demand : MonthlyDemand
        What must be held.
    headroom : float
        Share of every limit that stays free. [fraction]
    budget : float
        Most that a month may cost. [USD/month]
    waiting : int
        Months before anything is decided.
    chances : Chances or None
        How sure a set must be, where that is asked.

    Attributes
    ----------
    rejected : dict of tuple to str
        Sets that hold by their numbers and have a severe finding, and which.
    unsure : dict of tuple to float
        Sets that hold by their numbers and not surely enough, and from how many users on.
    """

    def __init__(
        self,
        grid: Grid,
        demand: MonthlyDemand,
        headroom: float,
        budget: float,
        waiting: int = 0,
        chances: Chances | None = None,
    ) -> None:
        self.grid, self.choices, self.demand = grid, grid.choices, demand
        self.headroom, self.budget, self.chances = headroom, budget, chances
        self.wanted = grid.ask(demand.users)
        self.billed = self.wanted
        if not np.array_equal(demand.expected, demand.users):
            self.billed = grid.ask(demand.expected)
        self.holds = self._holds()
        self.ready = self._ready(waiting)
        self.rejected: dict[Set, str] = {}
        self.unsure: dict[Set, float] = {}

    def _holds(self) -> Array:
        """Return about how many users each set holds, within a step. Shape (*axes). [user]"""
        # The steps tell sets that do not hold apart: money is not spent on less. One that holds
        # nobody is a tenfold below one that holds somebody.
        levels = levels_to(float(self.demand.users.max()))
        used = self.grid.ask(levels).used
        return last_held(used, levels, 1.0 - self.headroom + SLACK, nobody=0.1)

    def _ready(self, waiting: int) -> Array:
        """Return whether each set can be in effect in each month. Shape (months, *axes)."""
        months = np.arange(len(self.demand.users)) * MONTH
        ready = np.ones((len(months), *self.choices.shape), bool)
        for axis, leads in enumerate(self.choices.leads()):
            days = leads / 86_400.0
            days[1:] += waiting * MONTH
            if self.choices.axes[axis].sizes_of:
                days[1:] = waiting * MONTH
            along = [1] * ready.ndim
            along[axis + 1] = -1
            first = months.reshape(-1, *[1] * (ready.ndim - 1))
            ready &= days.reshape(along) <= first + 1e-9
        return ready

    def costs(self) -> tuple[Array, Array]:
        """Return what each month costs in each set, and what is added where it does not hold."""
        cost = self.billed.monthly
        users = self.demand.users.reshape(-1, *[1] * (cost.ndim - 1))
        short = self.wanted.used > 1.0 - self.headroom + SLACK
        lacking = np.where(short, np.maximum(users / self.holds, 1.0), 1.0)
        dear = cost > self.budget + SLACK
        if np.isfinite(self.budget):
            lacking = np.where(dear, np.maximum(lacking, cost / self.budget), lacking)
        for place in self.rejected:
            every: tuple[int | slice, ...] = (slice(None), *place)
            lacking[every] = np.inf
        unheld = short | dear | (lacking > 1.0)
        for place, most in self.unsure.items():
            every = (slice(None), *place)
            wanted = self.demand.users
            unheld[every] |= wanted >= most
            lacking[every] = np.where(
                wanted >= most, np.maximum(lacking[every], wanted / most), lacking[every]
            )
        tenfolds = np.clip(np.log10(lacking), 0.0, _TENFOLDS)
        much = _NOT_HELD * max(float(np.where(np.isfinite(cost), cost, 0.0).max()), 1.0)
        penalty = np.where(unheld, much * len(cost) * (1.0 + _PER_TENFOLD * tenfolds), 0.0)
        return np.where(np.isfinite(cost) & self.ready, cost, np.inf), penalty

    def look_at(self, places: Mapping[int, Set]) -> bool:
        """
        Build and assess sets in full; return whether any turned out not to hold.

        Parameters
        ----------
        places : mapping of int to tuple
            Months and the sets that hold them by their numbers.
        """
        found = False
        for place in dict.fromkeys(places.values()):
            users = self.demand.users[[at for at, each in places.items() if each == place]]
            if place in self.rejected:
                continue
            if trouble := self.trouble(place, float(users.max())):
                self.rejected[place] = trouble
                found = True
            elif self.chances is not None:
                # Every month that it could be used for is told at once: it will be wanted next.
                below = self.demand.users[self.demand.users <= users.max()]
                most = self.chances.first_unsure(place, below)
                if most is not None:
                    self.unsure[place] = most
                    found = True
        return found

    def trouble(self, place: Set, users: float) -> str:
        """Return the severe finding of a set, whatever its load; empty where it has none."""
        known = self.choices.troubles
        if place not in known:
            findings = assess(self.choices.system_of(place), users).findings
            worst = next((each for each in findings if each.severity >= Severity.HIGH), None)
            known[place] = "" if worst is None else f"{worst.part}: {worst.what}"
        return known[place]
