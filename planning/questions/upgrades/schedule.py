"""A schedule of upgrades: what is bought in which month, what it moves, and what is not held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import numpy as np

from planning.numbers.nodes import Array, value_at
from planning.questions.assess import assess
from planning.questions.capacity import Capacity, capacity
from planning.questions.changes import Moved, changes_of
from planning.questions.upgrades.chance import Chances
from planning.questions.upgrades.choices import Choice, Choices, Set
from planning.questions.upgrades.demand import MonthlyDemand
from planning.questions.upgrades.grid import Grid
from planning.questions.upgrades.problem import SLACK
from planning.system.system import System


@dataclass(frozen=True)
class Bill:
    """
    What of a month's cost somebody stated: what nobody did is no zero.

    Attributes
    ----------
    priced : bool
        Whether any cost is stated.
    missing : tuple of str
        Costs that are named without a price: a total is then the least that it can be.
    """

    priced: bool
    missing: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether a total leaves nothing out that the file names."""
        return self.priced and not self.missing

    @classmethod
    def of(cls, system: System) -> Bill:
        """Return what of a system's cost is stated, whatever the number of users."""
        result = assess(system, value_at(system.workload.target))
        return cls(bool(result.monthly), result.not_stated)


@dataclass(frozen=True, eq=False)
class Step:
    """
    What is bought at one time.

    Attributes
    ----------
    month : int
        From which it is in effect.
    date, order_by : date
        The day it must be in effect, and the last one to decide on it.
    added : tuple of Choice
        What comes into effect.
    once : float
        What is paid once. [USD]
    monthly_before, monthly : float
        Cost a month with the month's users, before and after. [USD/month]
    bill_before, bill : Bill
        What of that somebody stated.
    before, after : Capacity
        What the system holds without and with it.
    earlier, system : System
        Without and with it.
    trouble : str
        Severe finding of the system with it, whatever its load; empty where it has none. Such a
        set holds no month: it is the nearest where none holds.
    """

    month: int
    date: dt.date
    order_by: dt.date
    added: tuple[Choice, ...]
    once: float
    monthly_before: float
    monthly: float
    bill_before: Bill
    bill: Bill
    before: Capacity
    after: Capacity
    earlier: System
    system: System
    trouble: str = ""

    @property
    def changes(self) -> tuple[Moved, ...]:
        """Every input that it changes, costs last."""
        return changes_of(self.earlier, self.system)

    @property
    def moved(self) -> tuple[tuple[str, float, float], ...]:
        """Limits that it moves: id, users held before and after; the nearest before come first."""
        then, now = _held_by(self.before), _held_by(self.after)
        both = [(name, then[name], now[name]) for name in then if name in now]
        return tuple(sorted((each for each in both if each[1] != each[2]), key=itemgetter(1)))


def _held_by(found: Capacity) -> dict[str, float]:
    pairs = zip(found.constraints, found.by_constraint, strict=True)
    return {item.id: float(held) for item, held in pairs}


@dataclass(frozen=True, eq=False)
class Unheld:
    """
    A month that no set holds, or none within the budget.

    Attributes
    ----------
    month : int
        Its number.
    date : date
        Its first day.
    users : float
        What it must hold. [user]
    constraint : str
        What is passed in the set in effect; ``budget`` where more money would hold it, or where
        the set in effect costs more than there is.
    used : float
        Share of that limit: of the budget, what the cheapest set that holds the month costs, or
        the set in effect. [ratio]
    chance : float or None
        Chance to hold it, where that is what is too little. [fraction]
    why : str
        A severe finding, where that is what keeps it from holding.
    dear_from : date or None
        First day of the month from which the cheapest set that holds it is above the budget, which
        is this month or one to come; None where that is not why.
    """

    month: int
    date: dt.date
    users: float
    constraint: str
    used: float
    chance: float | None = None
    why: str = ""
    dear_from: dt.date | None = None


@dataclass(frozen=True, eq=False)
class Schedule:
    """
    What to buy, and when.

    Attributes
    ----------
    choices : Choices
        What there was to choose from.
    demand : MonthlyDemand
        What was to be held.
    headroom : float
        Share of every limit that must stay free. [fraction]
    budget : float
        Most that a month may cost; infinite without one. [USD/month]
    places : tuple of tuple
        The set of each month.
    monthly : ndarray
        Cost of each month. [USD/month]
    steps : tuple of Step
        What is bought, in order.
    unheld : tuple of Unheld
        Months that are not held.
    refused : mapping of tuple to str
        Sets that were not taken though they hold by their numbers, and why.
    grid : Grid
        All sets assessed, for further questions.
    chances : Chances or None
        How sure each set is, where that was asked.
    """

    choices: Choices
    demand: MonthlyDemand
    headroom: float
    budget: float
    places: tuple[Set, ...]
    monthly: Array
    steps: tuple[Step, ...]
    unheld: tuple[Unheld, ...]
    refused: Mapping[Set, str]
    grid: Grid
    chances: Chances | None = None

    @property
    def held(self) -> bool:
        """Whether every month is held."""
        return not self.unheld

    @property
    def over_budget(self) -> tuple[int, ...]:
        """Months whose bill is above the budget: as few as the sets that were looked at allow."""
        above = np.flatnonzero(self.monthly > self.budget + SLACK)
        return tuple(int(month) for month in above)

    @property
    def proven(self) -> bool:
        """Whether no cheaper schedule exists: every set was assessed."""
        return self.choices.whole

    @property
    def once(self) -> float:
        """What is paid once, over all steps. [USD]"""
        return sum(step.once for step in self.steps)

    @property
    def total(self) -> float:
        """All months and all that is paid once. [USD]"""
        return float(self.monthly.sum()) + self.once

    @cached_property
    def bills(self) -> tuple[Bill, ...]:
        """What of each month's cost somebody stated."""
        known = {place: Bill.of(self.choices.system_of(place)) for place in set(self.places)}
        return tuple(known[place] for place in self.places)

    @property
    def bill(self) -> Bill:
        """What of the total somebody stated: a month without any cost is missing like an item."""
        priced = [each.priced for each in self.bills]
        missing = dict.fromkeys(name for each in self.bills for name in each.missing)
        if any(priced) and not all(priced):
            missing = dict.fromkeys((f"{priced.count(False)} months", *missing))
        return Bill(any(priced), tuple(missing))

    @property
    def not_stated(self) -> tuple[tuple[str, str], ...]:
        """What nobody stated of what is bought: it is counted as nothing."""
        return tuple(
            (choice.name, what)
            for step in self.steps
            for choice in step.added
            for what in choice.not_stated
        )

    @cached_property
    def chance(self) -> Array | None:
        """Chance that each month is held; None where it was not asked. [fraction]"""
        if self.chances is None:
            return None
        pairs = zip(self.places, self.demand.users, strict=True)
        return np.array([self.chances.of(place, float(users)).holds for place, users in pairs])

    def chance_of(self, step: Step) -> float | None:
        """Return the least chance of the months until the step after it. [fraction]"""
        if self.chance is None:
            return None
        later = [each.month for each in self.steps if each.month > step.month]
        return float(self.chance[step.month : min(later, default=None)].min())

    @cached_property
    def last(self) -> Capacity:
        """What the system of the last month holds, and what is next to break."""
        return capacity(self.choices.system_of(self.places[-1]))
