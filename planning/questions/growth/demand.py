"""
How many users there will be: draws of a trajectory, and its quantiles by day and by month.

What a system's growth section says becomes so many possible courses of the daily peak. Their
median is the demand to expect, the 90 % quantile the one that nine of ten courses stay below::

    history ────────┐
    rate, ceiling ──┼─> courses of the daily peak ─> quantile of each day, of each month
    target curve ───┤
    events ─────────┘

A history that forecasts is followed as far ahead as it was tested, a rate from there on. Of these
and a target curve each day has the greater.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from planning.numbers.nodes import Array, value_at
from planning.questions.growth.courses import DAYS_A_MONTH, Courses, Deal, to_come
from planning.questions.growth.outlook import Outlook, outlook_of
from planning.system.growth import Growth
from planning.system.system import System

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
    known: Outlook | None = None,
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
    known : Outlook, optional
        Of the history that the file names, where it has been asked for already: that takes seconds.

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
    days = int(np.ceil(months * DAYS_A_MONTH))
    found = demand_of(system, days, start=start, seed=seed, known=known or outlook_of(system))
    if found.days[-1] < days:
        raise ValueError(
            f"{system.title!r}: the history says nothing past {found.days[-1]:.0f} days; give a "
            "rate or a target curve for what comes after."
        )
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
    known: Outlook | None = None,
) -> Demand:
    """
    Draw courses of the daily peak from what a system's growth section says.

    Parameters
    ----------
    system : System
        With a growth section.
    days : int
        Days after the first, at most `MOST_DAYS`. [day]
    start : date, optional
        The day on which there are `workload.users`; what the file says by default.
    draws : int
        Courses, where anything is doubted. [draw]
    seed : int
        Of the draws. [whole number]
    known : Outlook, optional
        What the history says, see :func:`planning.questions.growth.outlook.outlook_of`; the first
        day is then the one after it. It is followed only if it forecasts.

    Returns
    -------
    Demand
        For fewer days than asked where a history is all that is known: as far ahead as it was
        tested. Rate, ceiling, events and target are drawn from their ranges, each by itself.
        Today's users are the question, and are not.

    Raises
    ------
    ValueError
        If nothing is known of the growth, a date is needed and there is none, the target curve is
        past, the ceiling is below today's users, or `days` is out of range.
    """
    growth = system.growth
    followed = known is not None and known.forecasts
    if growth is None or (growth.rate is None and not growth.target and not followed):
        raise ValueError(f"{system.title!r}: {unknown(system, known)}")
    if not 1 <= days <= MOST_DAYS or days != int(days):
        raise ValueError(f"days(={days}) must be a whole number from 1 to {MOST_DAYS:,}.")
    first = start or growth.start
    if known is not None and followed:
        first = known.start
    if first is None and (growth.target or growth.events):
        raise ValueError("growth names dates: give `start`, the day on which today's users are.")
    if growth.rate is None and not followed and not to_come(growth, first):
        raise ValueError(
            f"{system.title!r}: the target curve ends on {growth.target[-1].date}, not after "
            f"{first}; give what is planned after that, or a rate."
        )
    deal = Deal(draws, seed, growth, known if followed else None)
    base = Courses(deal, growth, np.arange(days + 1, dtype=float), first)
    if known is not None and followed:
        base.follow(known)
    else:
        base.compound(max(value_at(system.workload.users), _LEAST))
    base.plan()
    if growth.ceiling is not None:
        base.bend(growth.ceiling)
    for event in growth.events:
        base.add(event)
    courses = np.maximum(base.courses, _LEAST)
    highest = None if base.highest is None else np.maximum(base.highest, courses)
    return Demand(first, courses, base.before, tuple(base.basis), highest)


def unknown(system: System, known: Outlook | None) -> str:
    """Return why nothing is known of a system's growth, and what to give."""
    give = "give a rate, such as 10 %/month, or a target curve"
    if known is None:
        return f"nothing is known of its growth; {give}, or a history."
    return f"its history does not forecast: {known.test.reason}; {give}."


def levels(quantiles: Sequence[float]) -> list[str]:
    """
    Return names of quantiles for tables.

    >>> levels([0.5, 0.9])
    ['p50', 'p90']
    """
    return [f"p{round(each * 100)}" for each in quantiles]
