"""
What to buy, and when: the cheapest sets over months that hold what is to come.

Demand comes from a growth forecast, a month at a time. A set may be in effect once its lead
times are over; it must hold the month's users with room to spare, within the budget. The
cheapest sequence of sets is found exactly (:mod:`planning.models.money.schedule`); each of
its systems is then built, assessed and searched for findings like any other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from planning.flow.constraint import FULL
from planning.models.money.schedule import cheapest_schedule
from planning.numbers.nodes import Array, value_at
from planning.questions.assess import Verdict, assess
from planning.questions.capacity import capacity
from planning.questions.upgrades.choices import Set, choices_of
from planning.questions.upgrades.demand import MONTH, Demand
from planning.questions.upgrades.grid import Grid
from planning.questions.upgrades.narrowing import narrowed
from planning.questions.upgrades.schedule import Schedule, Step, Unheld
from planning.system.system import System

MOST_SETS = 20_000
# Where there are more, so many of the most promising: the search for them takes time as well.
_MOST_NARROWED = 3_000
# A month that is not held is worse than all bills together; of two sets that do not hold it the
# one that is nearer to holding it, by a share of that for each tenfold of users or of the budget.
_NOT_HELD, _PER_TENFOLD, _TENFOLDS = 1e4, 0.01, 12.0
# Steps in which that is told apart: money is not spent on less.
_LEVELS_PER_TENFOLD = 24
_MOST_REFUSALS = 400
_SLACK = 1e-9


def plan(
    system: System,
    demand: Demand,
    *,
    budget: float = np.inf,
    headroom: float | None = None,
    sizes: bool = True,
) -> Schedule:
    """
    Find the cheapest schedule of upgrades.

    Parameters
    ----------
    system : System
        As it is today; its ``upgrades``, or its phases where it states none, can be bought.
    demand : Demand
        What must be held.
    budget : float
        Most that a month may cost. [USD/month]
    headroom : float, optional
        Share of every limit that must stay free; what the file's ``warn_at`` leaves by default.
        [fraction]
    sizes : bool
        Whether every other size of a plan's family can be bought as well.

    Returns
    -------
    Schedule
        The fewest months not held, then the least cost: no cheaper one exists, unless there are so
        many sets that some were left out (``proven`` says so). Costs of usage are those of the
        expected users; nothing is discounted.

    Raises
    ------
    ValueError
        If headroom is not in [0, 1).
    """
    spare = 1.0 - value_at(system.warn_at) if headroom is None else headroom
    if not 0.0 <= spare < 1.0:
        raise ValueError(f"headroom(={spare:g}) must be from 0 to below 1.")
    choices = choices_of(system, sizes=sizes)
    most = float(demand.users.max())
    if choices.count > MOST_SETS:
        choices = narrowed(choices, most, len(demand.users), _MOST_NARROWED)
    return schedule_of(Grid(choices, most), demand, spare, budget)


def as_phases(found: Schedule) -> Schedule | None:
    """
    Return the file's own phases, each as soon as it can be there, beside a schedule.

    None where the file states upgrades in their place, or no phases.
    """
    choices = found.choices
    if choices.system.upgrades or not choices.system.phases:
        return None
    leads = choices.leads()[0] / 86_400.0
    places = [
        (_reached(leads, month), *choices.today[1:]) for month in range(len(found.demand.users))
    ]
    problem = _Problem(found.grid, found.demand, found.headroom, found.budget, 0)
    problem.look_at(places)
    _, penalty = problem.costs()
    held = [penalty[(month, *place)] == 0.0 for month, place in enumerate(places)]
    return _told(problem, places, held)


def _reached(leads: Array, month: int) -> int:
    return int(np.searchsorted(leads, month * MONTH + _SLACK, side="right")) - 1


def waited(found: Schedule, months: int = 1) -> Schedule:
    """Return the cheapest schedule if nothing is decided for so many months."""
    return schedule_of(found.grid, found.demand, found.headroom, found.budget, months)


def schedule_of(
    grid: Grid, demand: Demand, headroom: float, budget: float, waiting: int = 0
) -> Schedule:
    """
    Find the cheapest schedule over sets that are assessed already.

    Parameters
    ----------
    grid : Grid
        The sets.
    demand, headroom, budget
        As for :func:`plan`.
    waiting : int
        Months before anything is decided.
    """
    problem = _Problem(grid, demand, headroom, budget, waiting)
    choices = grid.choices
    moves = [axis.moves for axis in choices.axes]
    for _ in range(_MOST_REFUSALS):
        costs, penalty = problem.costs()
        total, found = cheapest_schedule(costs + penalty, moves, choices.today)
        if not np.isfinite(total):
            raise ValueError(
                f"{choices.system.title!r} cannot stay as it is until anything is bought: "
                f"{next(iter(grid.refused.values()), 'its sets make no system')}"
            )
        places = [tuple(int(at) for at in each) for each in found]
        held = [penalty[(month, *place)] == 0.0 for month, place in enumerate(places)]
        if not problem.look_at([each for each, good in zip(places, held, strict=True) if good]):
            return _told(problem, places, held)
    raise ValueError("too many sets hold by their numbers and have a severe finding.")


class _Problem:
    """All that a schedule is chosen by, and which sets have been looked at in full."""

    def __init__(
        self, grid: Grid, demand: Demand, headroom: float, budget: float, waiting: int
    ) -> None:
        self.grid, self.choices, self.demand = grid, grid.choices, demand
        self.headroom, self.budget = headroom, budget
        self.wanted = grid.ask(demand.users)
        self.billed = self.wanted
        if not np.array_equal(demand.expected, demand.users):
            self.billed = grid.ask(demand.expected)
        self.holds = self._holds()
        self.ready = self._ready(waiting)
        self.rejected: dict[Set, str] = {}
        self._sound: set[Set] = set()

    def _holds(self) -> Array:
        """Return about how many users each set holds, within a step. Shape (*axes). [user]"""
        most = max(float(self.demand.users.max()), 10.0)
        levels = np.geomspace(1.0, most, int(np.log10(most) * _LEVELS_PER_TENFOLD) + 2)
        full = self.grid.ask(levels).used > 1.0 - self.headroom + _SLACK
        first = np.where(full.any(axis=0), np.argmax(full, axis=0), len(levels))
        return np.asarray(np.concatenate(([0.1], levels))[first])

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
        short = self.wanted.used > 1.0 - self.headroom + _SLACK
        lacking = np.where(short, np.maximum(users / self.holds, 1.0), 1.0)
        dear = cost > self.budget + _SLACK
        if np.isfinite(self.budget):
            lacking = np.where(dear, np.maximum(lacking, cost / self.budget), lacking)
        for place in self.rejected:
            every: tuple[int | slice, ...] = (slice(None), *place)
            lacking[every] = np.inf
        tenfolds = np.clip(np.log10(lacking), 0.0, _TENFOLDS)
        unheld = short | dear | (lacking > 1.0)
        much = _NOT_HELD * max(float(np.where(np.isfinite(cost), cost, 0.0).max()), 1.0)
        penalty = np.where(unheld, much * len(cost) * (1.0 + _PER_TENFOLD * tenfolds), 0.0)
        return np.where(np.isfinite(cost) & self.ready, cost, np.inf), penalty

    def look_at(self, places: Sequence[Set]) -> bool:
        """Build and assess sets in full; return whether any turned out not to hold."""
        found = False
        for place in dict.fromkeys(places):
            if place in self._sound or place in self.rejected:
                continue
            months = [month for month, each in enumerate(places) if each == place]
            users = float(self.demand.users[months].max())
            result = assess(self.choices.system_of(place), users)
            if result.verdict in (Verdict.FLAWED, Verdict.UNKNOWN):
                worst = result.findings[0]
                self.rejected[place] = f"{worst.part}: {worst.what}"
                found = True
            else:
                self._sound.add(place)
        return found


def _told(problem: _Problem, places: list[Set], held: list[bool]) -> Schedule:
    cost = problem.billed.monthly
    monthly = np.array([cost[(month, *place)] for month, place in enumerate(places)])
    steps = []
    before = problem.choices.today
    for month, place in enumerate(places):
        if place != before:
            steps.append(_step(problem, month, before, place))
        before = place
    unheld = [_unheld(problem, month, places[month]) for month, good in enumerate(held) if not good]
    return Schedule(
        choices=problem.choices,
        demand=problem.demand,
        headroom=problem.headroom,
        budget=problem.budget,
        places=tuple(places),
        monthly=monthly,
        steps=tuple(steps),
        unheld=tuple(unheld),
        refused=dict(problem.rejected),
        grid=problem.grid,
    )


def _step(problem: _Problem, month: int, before: Set, after: Set) -> Step:
    choices, demand = problem.choices, problem.demand
    added = choices.changed(before, after)
    prices = zip(choices.axes, before, after, strict=True)
    once = sum(axis.moves[a, b] for axis, a, b in prices if not axis.sizes_of)
    date = demand.date(month)
    leads = choices.leads()
    longest = max(
        (
            float(leads[n][after[n]] - leads[n][before[n]])
            for n in range(len(after))
            if after[n] != before[n]
        ),
        default=0.0,
    )
    cost = problem.billed.monthly
    return Step(
        month=month,
        date=date,
        order_by=date - dt.timedelta(seconds=longest),
        added=added,
        once=float(once),
        monthly_before=float(cost[(month, *before)]),
        monthly=float(cost[(month, *after)]),
        before=capacity(choices.system_of(before)),
        after=capacity(choices.system_of(after)),
        earlier=choices.system_of(before),
        system=choices.system_of(after),
    )


def _unheld(problem: _Problem, month: int, place: Set) -> Unheld:
    users = float(problem.demand.users[month])
    date = problem.demand.date(month)
    used = float(problem.wanted.used[(month, *place)]) / (1.0 - problem.headroom)
    cost = float(problem.billed.monthly[(month, *place)]) / problem.budget
    if used <= FULL + _SLACK and place not in problem.rejected:
        return Unheld(month, date, users, "budget", cost)
    result = assess(problem.choices.system_of(place), users)
    return Unheld(month, date, users, result.binding.id, used)
