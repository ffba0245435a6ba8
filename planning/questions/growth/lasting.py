"""
What a runway says: the day of each limit and each phase, and the last day to order.

A day counts from the first one. Each has a number where it is known: 0 is past already, infinite
is not within the horizon, NaN is not known.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from planning.flow.constraint import Constraint
from planning.flow.finding import Finding
from planning.models.growth.crossings import latest_start
from planning.numbers.nodes import value_at
from planning.numbers.units import DAY
from planning.questions import frames
from planning.questions.capacity import Capacity
from planning.questions.growth.demand import Demand
from planning.questions.growth.outlook import Outlook
from planning.questions.growth.passing import Passing
from planning.system.phase import Phase
from planning.system.system import System

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class LimitRunway:
    """
    When one limit runs out, and by when to act.

    Attributes
    ----------
    constraint : Constraint
        What can run out, as it is today.
    used : float
        Share of the limit that is used on the first day, by the median demand. [ratio]
    grows : bool
        Whether it depends on users or fills with time.
    p50, p90 : float
        First day on which that demand passes what may be used: 0 if it is past already, infinite
        if not within the horizon, NaN where a formula refuses to say. [day]
    phase : Phase or None
        The next phase that moves it; None where none does.
    before : int
        Phases that come before that one.
    """

    constraint: Constraint
    used: float
    grows: bool
    p50: float
    p90: float
    phase: Phase | None
    before: int

    def __repr__(self) -> str:
        """Name and days in short."""
        return f"<{self.constraint.name}: P50 day {self.p50:g}, P90 day {self.p90:g}>"

    @property
    def lead_time(self) -> float:
        """Of the phase; NaN where there is none, or its lead time is not stated. [day]"""
        if self.phase is None or self.phase.lead_time is None:
            return np.nan
        return value_at(self.phase.lead_time) / DAY

    @property
    def order_by(self) -> float:
        """
        Last day to begin the phase, for the P90 demand.

        Below 0 if it is too late already, infinite if nothing runs out within the horizon, NaN if
        no phase helps or its lead time is unknown. [day]
        """
        if np.isinf(self.p90):
            return np.inf
        return float(latest_start(self.p90, self.lead_time))


@dataclass(frozen=True, eq=False, repr=False)
class PhaseRunway:
    """
    How long a phase lasts, as if it were there from the first day.

    Attributes
    ----------
    name : str
        ``today``, then the phases' names.
    capacity : Capacity
        Of the patched system, with limits used whole.
    p50, p90 : float
        As for a limit, of its first one to run out. [day]
    first : Constraint or None
        What runs out first by the P90 demand; None where nothing does within the horizon.
    """

    name: str
    capacity: Capacity
    p50: float
    p90: float
    first: Constraint | None


@dataclass(frozen=True, eq=False, repr=False)
class Runway:
    """
    When each limit of a system runs out.

    Attributes
    ----------
    system : System
        As it is today.
    demand : Demand
        The users there will be.
    headroom : float
        Share of each limit that is kept free. [fraction]
    limits : tuple of LimitRunway
        What runs out first on top.
    phases : tuple of PhaseRunway
        Today first.
    outlook : Outlook or None
        What the history says, where one is named.
    drawn : Passing or None
        The same over draws of the system's own ranges, where that was asked.
    severe : tuple of Finding
        What is wrong with today's system whatever the load: no date is good beside it.
    """

    system: System
    demand: Demand
    headroom: float
    limits: tuple[LimitRunway, ...]
    phases: tuple[PhaseRunway, ...]
    outlook: Outlook | None
    drawn: Passing | None
    severe: tuple[Finding, ...] = ()

    def __repr__(self) -> str:
        """What runs out first in short."""
        first = self.limits[0]
        return f"<{self.system.title}: {first!r} first, of {self.horizon:.0f} days>"

    @property
    def horizon(self) -> float:
        """Last day that was looked at. [day]"""
        return float(self.demand.days[-1])

    @property
    def start(self) -> dt.date | None:
        """The first day."""
        return self.demand.start

    @cached_property
    def technical(self) -> tuple[LimitRunway, ...]:
        """Limits of users; a budget limits money."""
        return tuple(each for each in self.limits if each.constraint.technical)

    @property
    def first(self) -> LimitRunway:
        """What runs out first, by the P90 demand."""
        return self.technical[0]

    @property
    def past(self) -> tuple[LimitRunway, ...]:
        """What is past its usable part on the first day."""
        return tuple(each for each in self.technical if each.p50 == 0)

    @property
    def late(self) -> tuple[LimitRunway, ...]:
        """What runs out before the phase that moves it can be there."""
        return tuple(each for each in self.technical if each.order_by < 0)

    @property
    def unfilled(self) -> tuple[str, ...]:
        """Tables that only grow and whose rows of today nobody stated: counted from 0."""
        return tuple(
            f"{name} {table}"
            for name, part in self.system.parts.items()
            for table, each in getattr(part, "tables", {}).items()
            if getattr(each, "retention", 0) is None and getattr(each, "there", 0) is None
        )

    def date(self, day: float) -> dt.date | None:
        """Return the date of a day; None where it has none, or nobody said when to start."""
        return self.demand.date(day)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per limit: days and dates, the phase that moves it, the day to order by."""
        return frames.table(
            {
                "constraint": each.constraint.id,
                "used": each.used,
                "p50_days": each.p50,
                "p90_days": each.p90,
                "p50_date": self.date(each.p50) if each.p50 > 0 else None,
                "p90_date": self.date(each.p90) if each.p90 > 0 else None,
                "phase": None if each.phase is None else each.phase.name,
                "lead_time_days": each.lead_time,
                "order_by_days": each.order_by,
                "order_by": self.date(each.order_by),
            }
            for each in self.limits
        )

    def _repr_html_(self) -> str:
        """Show the table in a notebook; names from files are escaped."""
        html: str = self.to_frame().to_html(max_rows=60)
        return html
