"""
How many users there will be: draws of a trajectory, and its quantiles by day and by month.

What a system's growth section says becomes so many possible courses of the daily peak. Their
median is the demand to expect, the 90 % quantile the one that nine of ten courses stay below::

    rate, ceiling ──┐
    target curve ───┼─> courses of the daily peak ─> quantile of each day, of each month
    events ─────────┘

A rate and a target curve both stated: each day has the greater of the two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from planning.models.growth import trajectories
from planning.models.uncertainty import points
from planning.numbers.doubt import drawn
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, value_at
from planning.numbers.units import DAY, MONTH
from planning.system.growth import Growth, GrowthEvent
from planning.system.system import System

DAYS_A_MONTH = MONTH / DAY  # 30.4: the month of price lists, as everywhere here
MOST_DAYS = 3660
DRAWS = 1000
# Less than one user writes nothing and needs nothing; formulas take logarithms of it.
_LEAST = 1.0


@dataclass(frozen=True, eq=False, repr=False)
class Demand:
    """
    Possible courses of the daily peak of concurrent users.

    Attributes
    ----------
    start : date or None
        The first day; None where nobody said, and days are counted only.
    courses : ndarray
        Users by draw and day, shape (draws, days); one draw where nothing is doubted. [user]
    growth_before : float
        Growth before the first day, which what was kept until then grew with. [1/s]
    basis : tuple of str
        What it rests on, in words.
    highest : ndarray or None
        Highest peak so far by draw and day, where a forecast knows more of it than the courses.
        [user]
    """

    start: dt.date | None
    courses: Array
    growth_before: float
    basis: tuple[str, ...]
    highest: Array | None = None

    def __repr__(self) -> str:
        """Size and ends in short."""
        first, last = self.at(0.5)[[0, -1]]
        return f"<{first:,.0f} to {last:,.0f} users in {self.days.size} days: {self.basis[0]}>"

    @cached_property
    def days(self) -> Array:
        """Days from the start, the first is 0. [day]"""
        return np.arange(self.courses.shape[1], dtype=float)

    @cached_property
    def so_far(self) -> Array:
        """The highest daily peak up to each day, by draw: what capacity has to hold. [user]"""
        if self.highest is not None:
            return self.highest
        return np.maximum.accumulate(self.courses, axis=1)

    def at(self, quantile: ArrayLike) -> Array:
        """
        Return the users that a share of the courses does not exceed on each day.

        Parameters
        ----------
        quantile : array_like
            Between 0 and 1. [fraction]

        Returns
        -------
        ndarray
            A row of days for each quantile. [user]
        """
        return np.asarray(np.quantile(self.courses, np.asarray(quantile, float), axis=0))

    def so_far_at(self, quantile: ArrayLike) -> Array:
        """Return the highest peak so far that a share of the courses does not exceed. [user]"""
        return np.asarray(np.quantile(self.so_far, np.asarray(quantile, float), axis=0))

    def date(self, day: float) -> dt.date | None:
        """Return the date of a day, counted from the start and not rounded up."""
        if self.start is None or not np.isfinite(day):
            return None
        return self.start + dt.timedelta(days=int(np.floor(day)))


def demand_by_month(
    system: System,
    months: int,
    quantile: ArrayLike = 0.9,
    seed: int = 0,
    start: dt.date | None = None,
) -> Array:
    """
    Highest daily peak of users in each of the next months.

    Parameters
    ----------
    system : System
        With a growth section, or one that :func:`with_growth` added.
    months : int
        Months of 730 h, from 1 to 120. [month]
    quantile : array_like
        Share of the draws that do not exceed the answer: 0.5 is what to expect, 0.9 what nine of
        ten stay below; one or several. [fraction]
    seed : int
        Of the draws; the same gives the same. [whole number]
    start : date, optional
        First day; what the file says by default. Needed where the growth section names dates.

    Returns
    -------
    ndarray
        Shape (months,) for one quantile, (quantiles, months) for several. Month 0 begins at the
        start. [user]

    Raises
    ------
    ValueError
        If nothing is known of the growth, or a date is needed and there is none.

    Examples
    --------
    >>> import planning
    >>> system = with_growth(planning.load_system("ten_thousand_users"), rate="10 %/month")
    >>> demand_by_month(system, 3, quantile=0.5).round(1).tolist()
    [550.0, 605.0, 665.5]
    """
    if not 1 <= months <= MOST_DAYS // DAYS_A_MONTH or months != int(months):
        raise ValueError(f"months(={months}) must be a whole number from 1 to 120.")
    found = demand_of(system, int(np.ceil(months * DAYS_A_MONTH)), start=start, seed=seed)
    highest = highest_by_month(found, int(months))
    return np.asarray(np.quantile(highest, np.asarray(quantile, float), axis=0))


def highest_by_month(demand: Demand, months: int) -> Array:
    """
    Return the highest daily peak of each course in each month, shape (draws, months). [user]

    A month of 730 h ends within a day: there it is taken on the line between two days.
    """
    ends = np.arange(months + 1) * DAYS_A_MONTH
    whole = np.minimum(np.floor(ends).astype(int), demand.days.size - 2)
    part = ends - whole
    at_ends = demand.courses[:, whole] * (1 - part) + demand.courses[:, whole + 1] * part
    inside = [
        demand.courses[:, int(np.ceil(a)) : int(np.floor(b)) + 1].max(axis=1)
        for a, b in pairwise(ends)
    ]
    at_either = np.maximum(at_ends[:, :-1], at_ends[:, 1:])
    return np.asarray(np.maximum(np.stack(inside, axis=1), at_either))


def with_growth(system: System, **changes: object) -> System:
    """
    Return a system with another growth section: some of its fields replaced.

    Parameters
    ----------
    system : System
        With a growth section or without.
    **changes
        Fields as a file has them: ``rate="10 %/month"``, ``start="2026-12-01"``; None removes one.

    Raises
    ------
    ValueError
        If the section is then no valid one.
    """
    before = system.growth
    fields = {} if before is None else {n: getattr(before, n) for n in before.model_fields_set}
    fields |= changes
    growth = Growth.model_validate({name: v for name, v in fields.items() if v is not None})
    return system.model_copy(update={"growth": growth})


def demand_of(
    system: System,
    days: int,
    *,
    start: dt.date | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Demand:
    """
    Draw courses of the daily peak from what a system's growth section says.

    Parameters
    ----------
    system : System
        With a growth section that has a rate, a target curve or both.
    days : int
        Days after the first, at most `MOST_DAYS`. [day]
    start : date, optional
        The day on which there are `workload.users`; what the file says by default.
    draws : int
        Courses, where anything is doubted. [draw]
    seed : int
        Of the draws. [whole number]

    Returns
    -------
    Demand
        Rate, ceiling, events and target are drawn from their ranges, each by itself. Today's users
        are the question, and are not.

    Raises
    ------
    ValueError
        If nothing is known of the growth, a date is needed and there is none, the ceiling is below
        today's users, or `days` is out of range.
    """
    growth = system.growth
    if growth is None or (growth.rate is None and not growth.target):
        raise ValueError(
            f"{system.title!r}: nothing is known of its growth; give a rate, such as 10 %/month, "
            "a target curve or a history."
        )
    if not 1 <= days <= MOST_DAYS or days != int(days):
        raise ValueError(f"days(={days}) must be a whole number from 1 to {MOST_DAYS:,}.")
    first = start or growth.start
    _dated(growth, first)
    deal = _Deal(draws, seed, growth)
    now = np.full((deal.count, 1), max(value_at(system.workload.users), _LEAST))
    when = np.arange(days + 1, dtype=float)
    courses, before, basis = _base(growth, deal, now, when, first)
    if growth.ceiling is not None:
        ceiling = deal.of(growth.ceiling)[:, None]
        courses = trajectories.saturating(courses, now, ceiling)
        basis = [*basis, f"at most {growth.ceiling}"]
    for event in growth.events:
        courses = with_event(courses, event, deal.of_event(event), first)
        basis = [*basis, f"{event.name} on {event.date}"]
    return Demand(first, np.maximum(courses, _LEAST), before, tuple(basis))


def _dated(growth: Growth, first: dt.date | None) -> None:
    """Refuse dates without a first day to count them from."""
    if first is None and (growth.target or growth.events):
        raise ValueError("growth names dates: give `start`, the day on which today's users are.")


def _base(
    growth: Growth, deal: _Deal, now: Array, when: Array, first: dt.date | None
) -> tuple[Array, float, list[str]]:
    """Return courses without ceiling and events, the growth before, and what they rest on."""
    basis, before = list[str](), 0.0
    courses = np.zeros((now.shape[0], when.size))
    if growth.rate is not None:
        factor = deal.of_growth(growth.rate)[:, None]
        courses = trajectories.compound(now, factor, when / DAYS_A_MONTH)
        # What was kept until today was written by fewer, if it grew like this before.
        before = float(np.log1p(value_at(growth.rate))) / MONTH
        basis.append(f"growth of {growth.rate}")
    if growth.target and first is not None:
        later = [each for each in growth.target if each.date > first]
        at = [0.0, *(float((each.date - first).days) for each in later)]
        planned = [deal.of(each.users) for each in later]
        curves = [
            trajectories.through_points(when, at, [float(row[0]), *(float(u[d]) for u in planned)])
            for d, row in enumerate(now)
        ]
        courses = np.maximum(courses, np.stack(curves))
        basis.append(f"the target curve of {len(growth.target)} points")
    return courses, before, basis


def with_event(courses: Array, event: GrowthEvent, size: Array, first: dt.date | None) -> Array:
    """
    Return courses with an event on top.

    Parameters
    ----------
    courses : ndarray
        Shape (draws, days). [user]
    event : GrowthEvent
        When and how long.
    size : ndarray
        Its factor or its users, by draw. [ratio or user]
    first : date or None
        The first day of the courses.
    """
    if first is None:
        return courses
    begin = (event.date - first).days
    last = begin + max(1, int(np.ceil(value_at(event.duration) / DAY)))
    days = slice(max(begin, 0), max(last, 0))
    changed = courses.copy()
    if event.factor is not None:
        changed[:, days] *= size[:, None]
    else:
        changed[:, days] += size[:, None]
    return changed


class _Deal:
    """One even point per draw for every number that is doubted, so that each is drawn once."""

    def __init__(self, draws: int, seed: int, growth: Growth) -> None:
        sizes = [each.factor or each.users for each in growth.events]
        planned = [each.users for each in growth.target]
        given = [growth.rate, growth.ceiling, *sizes, *planned]
        doubted = [each for each in given if each is not None and each.doubted]
        self.count = int(draws) if doubted else 1
        if not 1 <= self.count <= 1_000_000 or seed < 0:
            raise ValueError(f"draws(={draws}) must be from 1 to 1,000,000 and seed from 0 up.")
        even = points.latin(self.count, len(doubted), np.random.default_rng(int(seed)))
        self._points = {id(each): even[:, i] for i, each in enumerate(doubted)}

    def of(self, number: Estimate) -> Array:
        """Return draws of a number, or the number itself as often. [its unit]"""
        column = self._points.get(id(number))
        if column is None:
            return np.full(self.count, value_at(number))
        return drawn(number, column)

    def of_growth(self, rate: Estimate) -> Array:
        """
        Return draws of the factor per month. [ratio]

        A rate that may be 0 or less has no lognormal distribution, but its factor has one.
        """
        if rate.low is None or rate.high is None or rate.low > 0 or rate.shape:
            return 1.0 + self.of(rate)
        factor = replace(
            rate,
            value=1.0 + value_at(rate),
            low=1.0 + rate.low,
            high=1.0 + rate.high,
            unit="ratio",
            bounds=(0.0, np.inf),
            above=True,
        )
        column = self._points.get(id(rate))
        return np.full(self.count, value_at(factor)) if column is None else drawn(factor, column)

    def of_event(self, event: GrowthEvent) -> Array:
        """Return draws of an event's factor or users."""
        size = event.factor or event.users
        assert size is not None  # the section refuses an event without
        return self.of(size)


def levels(quantiles: Sequence[float]) -> list[str]:
    """
    Return names of quantiles for tables.

    >>> levels([0.5, 0.9])
    ['p50', 'p90']
    """
    return [f"p{round(each * 100)}" for each in quantiles]
