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
from contextlib import suppress

import numpy as np

from planning.flow.constraint import FULL
from planning.models.money.schedule import cheapest_schedule
from planning.numbers.nodes import Array, value_at
from planning.questions.assess import assess
from planning.questions.capacity import capacity
from planning.questions.upgrades.chance import Chances
from planning.questions.upgrades.choices import (
    Choices,
    Progress,
    Set,
    choices_of,
    phases_of,
    unheard,
)
from planning.questions.upgrades.demand import MONTH, MonthlyDemand
from planning.questions.upgrades.grid import Grid
from planning.questions.upgrades.narrowing import narrowed
from planning.questions.upgrades.problem import SLACK, Problem
from planning.questions.upgrades.schedule import Bill, Schedule, Step, Unheld
from planning.system.system import System

MOST_SETS = 20_000
# Where there are more, so many of the most promising: the search for them takes time as well.
_MOST_NARROWED = 3_000
_MOST_REFUSALS = 400


def plan(
    system: System,
    demand: MonthlyDemand,
    *,
    budget: float = np.inf,
    headroom: float | None = None,
    sizes: bool = True,
    probability: float | None = None,
    draws: int = 1000,
    seed: int = 0,
    progress: Progress = unheard,
) -> Schedule:
    """
    Find the cheapest schedule of upgrades.

    Parameters
    ----------
    system : System
        As it is today; its ``upgrades``, or its phases where it states none, can be bought.
    demand : MonthlyDemand
        What must be held.
    budget : float
        Most that a month may cost: what costs more is not bought. [USD/month]
    headroom : float, optional
        Share of every limit that must stay free; what the file's ``warn_at`` leaves by default.
        [fraction]
    sizes : bool
        Whether every other size of a plan's family can be bought as well.
    probability : float, optional
        Chance with which a set must hold a month besides holding it by its numbers: the share of
        draws in which no limit is passed, without headroom. [fraction]
    draws, seed : int
        As for :func:`planning.sample`.
    progress : callable
        Told in words how far the search is.

    Returns
    -------
    Schedule
        The fewest months above the budget, then the fewest not held, then the least cost. No
        better one exists, unless there are so many sets that some were left out (``proven`` says
        so): then none of those that were looked at is better. Costs of usage are those of the
        expected users; nothing is discounted.

    Raises
    ------
    ValueError
        If headroom is not in [0, 1), or probability not between 0 and 1; if the budget is not
        positive, or no set states a cost that it could be compared with.
    """
    if not budget > 0.0:
        raise ValueError(
            f"budget(={budget:g} USD/month) must be more than 0; $0.01 asks for what is free."
        )
    spare = 1.0 - value_at(system.warn_at) if headroom is None else headroom
    if not 0.0 <= spare < 1.0:
        raise ValueError(f"headroom(={spare:g}) must be from 0 to below 1.")
    choices = choices_of(system, sizes=sizes)
    if np.isfinite(budget) and not _priced(choices):
        raise ValueError(
            f"budget(={budget:g} USD/month): {system.title!r} states no cost, so nobody can say "
            "what is within it; say what is paid under `costs`."
        )
    most = float(demand.users.max())
    if choices.count > MOST_SETS:
        months = len(demand.users)
        choices = narrowed(choices, most, months, _MOST_NARROWED, progress, budget=budget)
    chances = None if probability is None else Chances(choices, probability, draws, seed)
    grid = Grid(choices, most, progress)
    return schedule_of(grid, demand, spare, budget, chances=chances, progress=progress)


def _priced(choices: Choices) -> bool:
    """Return whether the system as it is, or any choice on top of it, states a cost."""
    ends = [
        tuple(size - 1 if at == axis else 0 for at in range(len(choices.axes)))
        for axis, size in enumerate(choices.shape)
    ]
    for place in (choices.today, *ends):
        with suppress(ValueError):  # what stands on another choice may make no system by itself
            if Bill.of(choices.system_of(place)).priced:
                return True
    return False


def as_phases(found: Schedule) -> Schedule | None:
    """
    Return the file's own phases, each as soon as it can be there, beside a schedule.

    They answer the same demand, with the same headroom, budget and chance, whether the schedule
    was made of phases or of upgrades. None where the file has no phases.
    """
    if not found.choices.system.phases:
        return None
    problem = _of_phases(found)
    choices = problem.choices
    leads = choices.leads()[0] / 86_400.0
    places = [
        (_reached(leads, month), *choices.today[1:]) for month in range(len(found.demand.users))
    ]
    _, penalty = problem.costs()
    problem.look_at({m: place for m, place in enumerate(places) if penalty[(m, *place)] == 0.0})
    _, penalty = problem.costs()
    held = [penalty[(month, *place)] == 0.0 for month, place in enumerate(places)]
    return told(problem, places, held)


def _of_phases(found: Schedule) -> Problem:
    """Return what a schedule was chosen by, with the file's phases as what there is to choose."""
    grid, chances = found.grid, found.chances
    if found.choices.system.upgrades:
        choices = phases_of(found.choices.system)
        grid = Grid(choices, float(found.demand.users.max()))
        if chances is not None:
            chances = Chances(choices, chances.wanted, chances.draws, chances.seed)
    return Problem(grid, found.demand, found.headroom, found.budget, chances=chances)


def _reached(leads: Array, month: int) -> int:
    return int(np.searchsorted(leads, month * MONTH + SLACK, side="right")) - 1


def waited(found: Schedule, months: int = 1) -> Schedule:
    """Return the cheapest schedule if nothing is decided for so many months."""
    return schedule_of(
        found.grid, found.demand, found.headroom, found.budget, months, found.chances
    )


def schedule_of(
    grid: Grid,
    demand: MonthlyDemand,
    headroom: float,
    budget: float,
    waiting: int = 0,
    chances: Chances | None = None,
    progress: Progress = unheard,
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
    chances : Chances, optional
        How sure a set must be.
    progress : callable
        Told how many schedules were looked at.
    """
    problem = Problem(grid, demand, headroom, budget, waiting, chances)
    return told(problem, *best_path(problem, progress))


def best_path(problem: Problem, progress: Progress = unheard) -> tuple[list[Set], list[bool]]:
    """Return the set of each month on the cheapest way, and whether it holds the month."""
    choices = problem.choices
    moves = [axis.moves for axis in choices.axes]
    for number in range(_MOST_REFUSALS):
        progress(f"{choices.count:,} sets are assessed: schedule {number + 1} is looked at in full")
        costs, penalty = problem.costs()
        total, found = cheapest_schedule(costs + penalty, moves, choices.today)
        if not np.isfinite(total):
            raise ValueError(
                f"{choices.system.title!r} cannot stay as it is until anything is bought: "
                f"{next(iter(problem.grid.refused.values()), 'its sets make no system')}"
            )
        places = [tuple(int(at) for at in each) for each in found]
        held = [penalty[(month, *place)] == 0.0 for month, place in enumerate(places)]
        if not problem.look_at({m: places[m] for m, good in enumerate(held) if good}):
            return places, held
    raise ValueError(
        "too many sets hold by their numbers, and have a severe finding or are not sure enough."
    )


def told(problem: Problem, places: Sequence[Set], held: Sequence[bool]) -> Schedule:
    """
    Return a sequence of sets as a schedule: its steps, what they move, what is not held.

    Parameters
    ----------
    problem : Problem
        What it was chosen by.
    places : sequence of tuple
        The set of each month.
    held : sequence of bool
        Whether each month is held.
    """
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
        chances=problem.chances,
    )


def _step(problem: Problem, month: int, before: Set, after: Set) -> Step:
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
        bill_before=Bill.of(choices.system_of(before)),
        bill=Bill.of(choices.system_of(after)),
        before=capacity(choices.system_of(before)),
        after=capacity(choices.system_of(after)),
        earlier=choices.system_of(before),
        system=choices.system_of(after),
        trouble=problem.trouble(after, float(demand.users[month])),
    )


def _unheld(problem: Problem, month: int, place: Set) -> Unheld:
    users = float(problem.demand.users[month])
    date = problem.demand.date(month)
    if problem.dear[(month, *place)]:
        cost = float(problem.billed.monthly[(month, *place)])
        return Unheld(month, date, users, "budget", cost / problem.budget)
    if (dearer := _for_more_money(problem, month)) is not None:
        later, share = dearer
        return Unheld(month, date, users, "budget", share, dear_from=problem.demand.date(later))
    used = float(problem.wanted.used[(month, *place)]) / (1.0 - problem.headroom)
    if used > FULL + SLACK or place in problem.rejected or problem.chances is None:
        result = assess(problem.choices.system_of(place), users)
        return Unheld(
            month, date, users, result.binding.id, used, why=problem.rejected.get(place, "")
        )
    chance = problem.chances.of(place, users)
    return Unheld(month, date, users, chance.constraint, used, chance=chance.holds)


def _for_more_money(problem: Problem, month: int) -> tuple[int, float] | None:
    """
    Return from which month on the cheapest set that holds a month is above the budget.

    With the share of the budget that it costs then: what is bought stays, so a set that is within
    the budget at first and not later cannot be had either. None where money is not what is missing.
    """
    if not np.isfinite(problem.budget):
        return None
    place = problem.cheapest_that_holds(month)
    if place is None:
        return None
    every: tuple[int | slice, ...] = (slice(month, None), *place)
    above = np.flatnonzero(problem.dear[every])
    if not above.size:
        return None
    later = month + int(above[0])
    return later, float(problem.billed.monthly[(later, *place)]) / problem.budget
