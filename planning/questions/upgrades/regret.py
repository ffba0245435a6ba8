"""
What a schedule costs more than the best one, once it is known how things are.

Every draw of what is doubted has a cheapest schedule of its own. A schedule that was chosen by
the stated numbers holds fewer months in some draws, and in others it buys what is not needed:
that is its regret. Of the schedules that are best for some draw, the one with the least is found.

All sets see the same draw: an input has one point between 0 and 1 in each, and where an upgrade
states it anew, the new range is drawn at that point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planning.numbers.doubt import drawn
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, value_at
from planning.questions.doubts import doubts, together
from planning.questions.shared_draws import SharedDraws
from planning.questions.upgrades.choices import Progress, Set, unheard
from planning.questions.upgrades.grid import Grid
from planning.questions.upgrades.numbers import Told
from planning.questions.upgrades.plan import best_path, told
from planning.questions.upgrades.problem import SLACK, Problem
from planning.questions.upgrades.schedule import Schedule

DRAWS = 50
# Draws × months × sets whose costs are kept: memory is bounded.
_MOST_CELLS = 15_000_000
_LEVEL = 0.9
Path = tuple[Set, ...]


@dataclass(frozen=True, eq=False)
class Regret:
    """
    A schedule against the best of each draw.

    Attributes
    ----------
    schedule : Schedule
        The one that is judged.
    seed : int
        Of the draws.
    months : ndarray
        By how many months it is worse than the best of each draw: how many fewer it holds, or in
        how many more it is above the budget, whichever is more. [month]
    cost : ndarray
        What it costs more in each draw where it is as good by months; NaN elsewhere. Money that
        brings a month nearer that neither holds is not counted. [USD]
    compared : int
        Different schedules that were compared: the chosen one and those that are best for some
        draw, without those that least regret passes over as above the budget too often.
    """

    schedule: Schedule
    seed: int
    months: Array
    cost: Array
    compared: int

    @property
    def draws(self) -> int:
        """Draws there are."""
        return len(self.months)

    @property
    def as_good(self) -> float:
        """Share of the draws in which it is as good as the best by months. [fraction]"""
        return float(np.mean(self.months == 0))

    @property
    def mean_months(self) -> float:
        """Mean over the draws of how many months it is worse than the best. [month]"""
        return float(np.mean(self.months))

    @property
    def high_months(self) -> float:
        """By how many months it is worse at most in 9 of 10 draws. [month]"""
        return float(np.quantile(self.months, _LEVEL, method="higher"))

    @property
    def mean_cost(self) -> float:
        """Mean of what it costs more where it is as good by months; NaN where it never is. [USD]"""
        known = self.cost[~np.isnan(self.cost)]
        return float(np.mean(known)) if known.size else np.nan

    @property
    def high_cost(self) -> float:
        """What it costs more at most in 9 of 10 of those draws; NaN where there is none. [USD]"""
        known = self.cost[~np.isnan(self.cost)]
        return float(np.quantile(known, _LEVEL, method="higher")) if known.size else np.nan


@dataclass(eq=False)
class DrawnNumbers:
    """
    What each input is in a draw, whatever set states it: its shared point, in that set's range.

    Parameters
    ----------
    grid : Grid
        Its sets say what is doubted.
    count, seed : int
        Draws, and what they are made from.
    """

    grid: Grid
    count: int
    seed: int
    _known: dict[tuple[object, ...], Array] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Lay the points, which hang together as the file says."""
        paths = list(dict.fromkeys(p for each in self.grid.systems() for p in doubts(each)))
        even = SharedDraws(self.count, self.seed).points(paths)
        columns = together(self.grid.choices.system, paths, even)
        self.points = dict(zip(paths, columns, strict=True))

    def of(self, draw: int) -> Told:
        """Return what each input is in a draw: what is not doubted, is what is stated."""

        def value(path: str, estimate: Estimate) -> float:
            if path not in self.points or not estimate.doubted:
                return value_at(estimate)
            key = (path, estimate.value, estimate.low, estimate.high, estimate.confidence,
                   estimate.shape)  # fmt: skip
            if key not in self._known:
                self._known[key] = drawn(estimate, self.points[path])
            return float(self._known[key][draw])

        return value


@dataclass(eq=False)
class _Draw:
    """What each set costs in each month of one draw, whether that is too much, and if it holds."""

    monthly: Array
    dear: NDArray[np.bool_]
    held: NDArray[np.bool_]
    best: Path


def regret(found: Schedule, draws: int = DRAWS, seed: int = 0) -> Regret:
    """
    Return the regret of a schedule.

    Parameters
    ----------
    found : Schedule
        As :func:`plan` chose it, with its budget and headroom, which every draw keeps.
    draws : int
        At least 1. [draw]
    seed : int
        At least 0. [whole number]

    Raises
    ------
    ValueError
        If there are more sets than so many draws of all of them fit into memory.
    """
    each = _drawn(found, draws, seed)
    compared = len({found.places, *(draw.best for draw in each)})
    return _judged(found, found.places, each, seed, compared)


def least_regret(
    found: Schedule, draws: int = DRAWS, seed: int = 0, progress: Progress = unheard
) -> Regret:
    """
    Return the schedule of least regret, of the chosen one and those that are best for some draw.

    First counts the mean of the months not held, then the mean of the cost where all is held
    alike. What is above the budget by the stated numbers, in more months than the chosen one, is
    not taken. As for :func:`regret`; `progress` is told how many draws are planned for.
    """
    each = _drawn(found, draws, seed, progress)
    problem = Problem(found.grid, found.demand, found.headroom, found.budget, chances=found.chances)
    paths = [
        path
        for path in dict.fromkeys((found.places, *(draw.best for draw in each)))
        if problem.months_over(path) <= len(found.over_budget)
    ]
    judged = [_judged(found, path, each, seed, len(paths)) for path in paths]
    number = min(
        range(len(paths)),
        key=lambda at: (judged[at].mean_months, float(np.nansum(judged[at].cost))),
    )
    least, path = judged[number], paths[number]
    if number == 0:
        return least
    _, penalty = problem.costs()
    kept = {at: place for at, place in enumerate(path) if penalty[(at, *place)] == 0.0}
    problem.look_at(kept)
    _, penalty = problem.costs()
    held = [penalty[(at, *place)] == 0.0 for at, place in enumerate(path)]
    return Regret(told(problem, path, held), seed, least.months, least.cost, least.compared)


def _drawn(found: Schedule, draws: int, seed: int, progress: Progress = unheard) -> list[_Draw]:
    """Return the sets in each draw, and the best schedule for it."""
    if draws < 1:
        raise ValueError(f"draws(={draws}) must be at least 1.")
    months = len(found.demand.users)
    if draws * months * found.choices.count > _MOST_CELLS:
        most = _MOST_CELLS // (months * found.choices.count)
        raise ValueError(
            f"{draws} draws of {found.choices.count:,} sets over {months} months are too many: "
            f"ask for at most {most} draws, or fewer months."
        )
    common = DrawnNumbers(found.grid, draws, seed)
    kept = []
    for draw in range(draws):
        grid = found.grid.drawn(common.of(draw))
        problem = Problem(grid, found.demand, found.headroom, found.budget)
        best, _ = best_path(problem)
        held = (problem.wanted.used <= 1.0 - found.headroom + SLACK) & ~problem.dear
        kept.append(_Draw(problem.billed.monthly, problem.dear, held, tuple(best)))
        progress(f"regret: {draw + 1} of {draws} draws have their cheapest schedule")
    for place, trouble in found.choices.troubles.items():
        if trouble:
            for each in kept:
                every: tuple[int | slice, ...] = (slice(None), *place)
                each.held[every] = False
    return kept


def _judged(
    found: Schedule, path: Path, draws: Sequence[_Draw], seed: int, compared: int
) -> Regret:
    """Return the regret of a sequence of sets, under the name of the chosen schedule."""
    once = _once(found, path)
    months, cost = np.empty(len(draws)), np.full(len(draws), np.nan)
    for number, each in enumerate(draws):
        held, over, paid = _sums(each, path)
        most, unavoidable, least = _sums(each, each.best)
        # What breaks the budget may hold more than what keeps it: that is no merit.
        months[number] = max(most - held, over - unavoidable)
        more = paid + once - least - _once(found, each.best)
        if months[number] == 0 and np.isfinite(more):
            cost[number] = more if held == len(path) else max(more, 0.0)
    return Regret(found, seed, months, cost, compared)


def _sums(draw: _Draw, path: Path) -> tuple[int, int, float]:
    """Return the months that sets hold in a draw, those above the budget, and what all cost."""
    cells = [(month, *place) for month, place in enumerate(path)]
    return (
        sum(bool(draw.held[cell]) for cell in cells),
        sum(bool(draw.dear[cell]) for cell in cells),
        sum(float(draw.monthly[cell]) for cell in cells),
    )


def _once(found: Schedule, path: Path) -> float:
    """Return what a sequence of sets costs once, from today. [USD]"""
    paid, before = 0.0, found.choices.today
    for place in path:
        if place != before:
            moves = zip(found.choices.axes, before, place, strict=True)
            paid += sum(float(axis.moves[a, b]) for axis, a, b in moves if not axis.sizes_of)
        before = place
    return paid
