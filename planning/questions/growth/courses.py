"""
Courses of the daily peak in the making, a draw each.

What is stated is put together in this order: today's users or the forecast of a history, the rate
from there on, the target curve where it is greater, the ceiling, and events on top.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from planning.models.growth import trajectories
from planning.models.uncertainty import points
from planning.numbers.doubt import drawn
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, value_at
from planning.numbers.units import DAY, MONTH
from planning.questions.growth.outlook import Outlook
from planning.system.growth import Growth, GrowthEvent, Milestone

DAYS_A_MONTH = MONTH / DAY  # 30.4: the month of price lists, as everywhere here


class Deal:
    """One even point per draw for every number that is doubted, so that each is drawn once."""

    def __init__(self, draws: int, seed: int, growth: Growth, known: Outlook | None) -> None:
        sizes = [each.factor or each.users for each in growth.events]
        planned = [each.users for each in growth.target]
        given = [growth.rate, growth.ceiling, *sizes, *planned]
        doubted = [each for each in given if each is not None and each.doubted]
        self.count = int(draws) if doubted or known is not None else 1
        if not 1 <= self.count <= 1_000_000 or seed < 0:
            raise ValueError(f"draws(={draws}) must be from 1 to 1,000,000 and seed from 0 up.")
        columns = len(doubted) + (known is not None)
        even = points.latin(self.count, columns, np.random.default_rng(int(seed)))
        self.history: Array = even[:, -1] if known is not None else np.empty(0)
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


class Courses:
    """Courses in the making, from what is stated first to what comes on top."""

    def __init__(self, deal: Deal, growth: Growth, when: Array, first: dt.date | None) -> None:
        self.deal, self.growth, self.when, self.first = deal, growth, when, first
        self.courses = np.zeros((deal.count, when.size))
        self.highest: Array | None = None
        self.before = 0.0
        self.basis = list[str]()
        self.planned = to_come(growth, first)

    def compound(self, users: float) -> None:
        """Grow by the rate from today's users, where one is stated."""
        self.now = np.full((self.deal.count, 1), users)
        rate = self.growth.rate
        if rate is None:
            return
        factor = self.deal.of_growth(rate)[:, None]
        self.courses = trajectories.compound(self.now, factor, self.when / DAYS_A_MONTH)
        # What was kept until today was written by fewer, if it grew like this before.
        self.before = float(np.log1p(value_at(rate))) / MONTH
        self.basis.append(f"growth of {rate}")

    def follow(self, known: Outlook) -> None:
        """Follow a forecast as far as it was tested, and grow by the rate from there on."""
        level = self.deal.history
        daily, highest = known.daily(level), known.highest(level)
        self.now = daily[:, :1]
        tested = min(known.logs.size, self.when.size)
        self.basis.append(
            f"{known.history.column} until {known.history.last}, forecast for {tested} days"
        )
        if self.growth.rate is not None:
            later = np.clip(self.when[tested:] - self.when[tested - 1], 0.0, None) / DAYS_A_MONTH
            factor = self.deal.of_growth(self.growth.rate)[:, None]
            grown = [
                trajectories.compound(each[:, tested - 1 : tested], factor, later)
                for each in (daily, highest)
            ]
            daily, highest = (
                np.concatenate([near[:, :tested], far], axis=1)
                for near, far in zip((daily, highest), grown, strict=True)
            )
            self.basis.append(f"then growth of {self.growth.rate}")
        elif not self.planned:
            self.when = self.when[:tested]
        else:
            # The plan goes on where the forecast ends.
            rest = self.when.size - tested
            daily, highest = (
                np.pad(each[:, :tested], ((0, 0), (0, rest)), mode="edge")
                for each in (daily, highest)
            )
        self.courses, self.highest = daily[:, : self.when.size], highest[:, : self.when.size]

    def plan(self) -> None:
        """Take the target curve on the days on which it is greater."""
        if not self.planned or self.first is None:
            return
        at = [0.0, *(float((each.date - self.first).days) for each in self.planned)]
        planned = [self.deal.of(each.users) for each in self.planned]
        curves = [
            trajectories.through_points(self.when, at, [row[0], *(users[d] for users in planned)])
            for d, row in enumerate(self.now)
        ]
        self._raise_to(np.maximum(self.courses, np.stack(curves)))
        last = self.planned[-1].date
        self.basis.append(f"a target curve until {last}, and as many users from then on")

    def bend(self, ceiling: Estimate) -> None:
        """Let all grow towards a ceiling and no further."""
        most = self.deal.of(ceiling)[:, None]
        self.courses = trajectories.saturating(self.courses, self.now, most)
        if self.highest is not None:
            self.highest = trajectories.saturating(self.highest, self.now, most)
        self.basis.append(f"at most {ceiling}")

    def add(self, event: GrowthEvent) -> None:
        """Put an event on top."""
        if self.first is None:
            return
        size = self.deal.of_event(event)
        self._raise_to(with_event(self.courses, event, size, self.first))
        self.basis.append(f"{event.name} on {event.date}")

    def _raise_to(self, courses: Array) -> None:
        if self.highest is not None:
            more = np.where(courses > self.courses, courses, 0.0)
            self.highest = np.maximum.accumulate(np.maximum(self.highest, more), axis=1)
        self.courses = courses


def to_come(growth: Growth, first: dt.date | None) -> list[Milestone]:
    """Return the points of the target curve after a day; what is past plans nothing."""
    return [] if first is None else [each for each in growth.target if each.date > first]


def with_event(courses: Array, event: GrowthEvent, size: Array, first: dt.date) -> Array:
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
    first : date
        The first day of the courses.
    """
    begin = (event.date - first).days
    last = begin + max(1, int(np.ceil(value_at(event.duration) / DAY)))
    days = slice(max(begin, 0), max(last, 0))
    changed = courses.copy()
    if event.factor is not None:
        changed[:, days] *= size[:, None]
    else:
        changed[:, days] += size[:, None]
    return changed
