"""
How a system's users grow: what is known of the past, and what is planned.

A growth section says at least one of: a history to forecast from, a rate, a target curve. Events
come on top, for a day or more::

    growth:
      start: 2026-12-01
      rate: {value: 10 %/month, low: 5 %/month, high: 20 %/month}
      ceiling: 1M users
      events:
        - {name: television, date: 2027-03-01, factor: {value: 3, low: 2, high: 6}}

It is a question asked of the system, not an input of it: nothing here changes what the system
holds.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from planning.numbers.estimate import Estimate
from planning.numbers.quantities import Amount, AtLeastOne, Closed, PositiveSeconds, Users, default

# Growth per month: users may also leave, but not all of them at once.
GrowthRate = Annotated[Estimate, Amount("fraction/month", at_least=-0.9)]
PositiveUsers = Annotated[Estimate, Amount("user", above=0.0)]
# What is taken where a file says nothing of growth; whoever shows it says that it is assumed.
ASSUMED_RATE = 0.1  # [fraction/month]
# From the first computers to the end of the calendar of most programs.
_FIRST, _LAST = dt.date(1950, 1, 1), dt.date(2199, 12, 31)


def sensible(date: dt.date) -> dt.date:
    """
    Return a date that can be planned with.

    Raises
    ------
    ValueError
        If it is before 1950 or after 2199: a slip of the pen.
    """
    if not _FIRST <= date <= _LAST:
        raise ValueError(f"date {date} must be between {_FIRST} and {_LAST}.")
    return date


class Milestone(Closed):
    """A point of the target curve."""

    date: dt.date = Field(description="When")
    users: PositiveUsers = Field(description="Daily peak of concurrent users that is planned then")

    @field_validator("date")
    @classmethod
    def _sensible(cls, date: dt.date) -> dt.date:
        return sensible(date)


class GrowthEvent(Closed):
    """A launch, a campaign, a broadcast: more users than usual, for a while."""

    name: str = Field(min_length=1, max_length=120, description="What people call it")
    date: dt.date = Field(description="Its first day")
    duration: PositiveSeconds = default("1 day", "a day", description="How long it lasts")
    factor: AtLeastOne | None = Field(default=None, description="Times the users of that day")
    users: Users | None = Field(default=None, description="Users on top of those of that day")

    @field_validator("date")
    @classmethod
    def _sensible(cls, date: dt.date) -> dt.date:
        return sensible(date)

    @model_validator(mode="after")
    def _one_of_two(self) -> GrowthEvent:
        if (self.factor is None) == (self.users is None):
            raise ValueError(f"event {self.name!r}: give `factor` or `users`, one of the two.")
        return self


class Growth(Closed):
    """Where users go from today's."""

    start: dt.date | None = Field(
        default=None,
        description="Day on which there are `workload.users`; the day of the question if not given",
    )
    rate: GrowthRate | None = Field(
        default=None, description="Growth of the daily peak per month, compound"
    )
    ceiling: PositiveUsers | None = Field(
        default=None, description="The most users that there will ever be; growth slows towards it"
    )
    target: list[Milestone] = Field(
        default_factory=list, max_length=200, description="Users planned for, by date"
    )
    events: list[GrowthEvent] = Field(
        default_factory=list, max_length=100, description="What brings more users for a while"
    )
    history: str | None = Field(
        default=None,
        max_length=200,
        description="CSV of date and daily peak users to forecast from, beside this file",
    )
    column: str | None = Field(
        default=None, max_length=80, description="Column of the history; its second if not given"
    )

    @field_validator("start")
    @classmethod
    def _sensible(cls, date: dt.date | None) -> dt.date | None:
        return None if date is None else sensible(date)

    @field_validator("history")
    @classmethod
    def _beside(cls, name: str | None) -> str | None:
        # A system file that somebody sends is not to read what lies elsewhere on this machine.
        path = PurePosixPath(name or "history.csv")
        if path.is_absolute() or ".." in path.parts or "\\" in str(path) or path.suffix != ".csv":
            raise ValueError(
                f"history {(name or '')[:60]!r} must be a .csv file beside this file or below it."
            )
        return name

    @field_validator("target")
    @classmethod
    def _ascending(cls, points: list[Milestone]) -> list[Milestone]:
        for before, after in pairwise(points):
            if after.date <= before.date:
                raise ValueError(
                    f"target: {after.date} comes after {before.date}; each date is later than the "
                    "one before."
                )
        return points

    @model_validator(mode="after")
    def _says_something(self) -> Growth:
        if self.column is not None and self.history is None:
            raise ValueError("`column` is one of `history`: name the file as well.")
        if self.rate is None and self.history is None and not self.target and not self.events:
            raise ValueError("growth says nothing: give `rate`, `history`, `target` or `events`.")
        return self
