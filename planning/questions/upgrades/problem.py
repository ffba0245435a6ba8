"""
All that a schedule of upgrades is chosen by: what each set costs and holds in each month.

A budget is kept before anything is held: a set whose bill is above it cannot be chosen. Where not
even one sequence of sets stays within it (today's bill is above it, or grows above it), the months
above it are as few as can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planning.flow.finding import Severity
from planning.models.money.schedule import cheapest_schedule
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
# More than a month that is not held can count, however far it is from that.
_WORSE = 1.0 + 2.0 * _PER_TENFOLD * _TENFOLDS
# Sets that are looked at in full for the one that would hold a month for more money.
_MOST_LOOKED_AT = 100
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
        Most that a month may cost; what costs more is not chosen. [USD/month]
    waiting : int
        Months before anything is decided.
    chances : Chances or None
        How sure a set must be, where that is asked.

    Attributes
    ----------
    dear : ndarray
        Whether each set's bill is above the budget in each month. Shape (months, *axes).
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
        self.dear: NDArray[np.bool_] = self.billed.monthly > budget + SLACK
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

    @cached_property
    def affordable(self) -> bool:
        """Whether any sequence of sets stays within the budget in every month."""
        if not self.dear.any():
            return True
        open_ = np.where(self._possible & ~self.dear, 0.0, np.inf)
        moves = [axis.moves for axis in self.choices.axes]
        total, _ = cheapest_schedule(open_, moves, self.choices.today)
        return bool(np.isfinite(total))

    def months_over(self, path: Sequence[Set]) -> int:
        """Return in how many months a sequence of sets is above the budget."""
        return sum(bool(self.dear[(month, *place)]) for month, place in enumerate(path))

    @property
    def _possible(self) -> NDArray[np.bool_]:
        """Whether each set makes a system and can be in effect, whatever it costs."""
        possible: NDArray[np.bool_] = np.isfinite(self.billed.monthly) & (self.ready > 0)
        return possible

    def costs(self) -> tuple[Array, Array]:
        """
        Return what each month costs in each set, and what is added where it does not hold.

        The cost is infinite where a set cannot be chosen. What is above the budget holds no month;
        where it cannot be avoided altogether, it is worse than all months that are not held.
        """
        cost = self.billed.monthly
        users = self.demand.users.reshape(-1, *[1] * (cost.ndim - 1))
        short = self.wanted.used > 1.0 - self.headroom + SLACK
        lacking = np.where(short, np.maximum(users / self.holds, 1.0), 1.0)
        for place in self.rejected:
            every: tuple[int | slice, ...] = (slice(None), *place)
            lacking[every] = np.inf
        unheld = short | self.dear | (lacking > 1.0)
        for place, most in self.unsure.items():
            every = (slice(None), *place)
            wanted = self.demand.users
            unheld[every] |= wanted >= most
            lacking[every] = np.where(
                wanted >= most, np.maximum(lacking[every], wanted / most), lacking[every]
            )
        if np.isfinite(self.budget):
            # Above the budget no more is spent to come nearer to what is wanted.
            lacking = np.where(self.dear, cost / self.budget, lacking)
        tenfolds = np.clip(np.log10(lacking), 0.0, _TENFOLDS)
        much = _NOT_HELD * max(float(np.where(np.isfinite(cost), cost, 0.0).max()), 1.0)
        much *= len(cost)
        penalty = np.where(unheld, much * (1.0 + _PER_TENFOLD * tenfolds), 0.0)
        if self.affordable:
            return np.where(self._possible & ~self.dear, cost, np.inf), penalty
        penalty += np.where(self.dear, much * len(cost) * _WORSE, 0.0)
        return np.where(self._possible, cost, np.inf), penalty

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

    def cheapest_that_holds(self, month: int) -> Set | None:
        """
        Return the cheapest set that could be in effect in a month and holds it, whatever it costs.

        None where there is none, or not among the cheapest hundred that hold it by their numbers.
        """
        users = float(self.demand.users[month])
        for place in self._holding(month):
            sure = self.chances is None or self.chances.enough(place, users)
            if sure and not self.trouble(place, users):
                return place
        return None

    def _holding(self, month: int) -> Iterator[Set]:
        """Yield the sets that hold a month by their numbers, the cheapest first."""
        enough = self.wanted.used[month] <= 1.0 - self.headroom + SLACK
        cost = np.where(self._possible[month] & enough, self.billed.monthly[month], np.inf)
        for flat in np.argsort(cost, axis=None, kind="stable")[:_MOST_LOOKED_AT]:
            place = tuple(int(at) for at in np.unravel_index(flat, cost.shape))
            if not np.isfinite(cost[place]):
                return
            yield place

    def trouble(self, place: Set, users: float) -> str:
        """Return the severe finding of a set, whatever its load; empty where it has none."""
        known = self.choices.troubles
        if place not in known:
            findings = assess(self.choices.system_of(place), users).findings
            worst = next((each for each in findings if each.severity >= Severity.HIGH), None)
            known[place] = "" if worst is None else f"{worst.part}: {worst.what}"
        return known[place]
