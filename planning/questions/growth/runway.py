"""
When does it run out: for each limit the day on which growing demand passes what may be used.

::

    users   P90 ___/   ___--- P50
      |  usable __/____--______ limit × (1 - headroom)
      |        /__--
      +-------|---|-----------> days      order by = the P90 day less the lead time
              P90  P50                    of the next phase that moves the limit

A day is given only where it is known. What does not pass within the horizon has none, nor has
what is past already, and a forecast is followed no further than it was tested.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from planning.flow.constraint import Constraint
from planning.models.growth.crossings import first_crossing, latest_start
from planning.numbers.nodes import Array, value_at
from planning.numbers.units import DAY
from planning.questions import frames
from planning.questions.capacity import Capacity, capacity
from planning.questions.growth.demand import Demand, demand_of
from planning.questions.growth.growing import GrowingSystem
from planning.questions.growth.outlook import Outlook
from planning.questions.growth.passing import Passing, passing
from planning.system.patches import ladder_systems
from planning.system.system import Phase, System

if TYPE_CHECKING:
    import pandas as pd

HORIZON = 1095  # three years
QUANTILES = (0.5, 0.9)


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
    """

    system: System
    demand: Demand
    headroom: float
    limits: tuple[LimitRunway, ...]
    phases: tuple[PhaseRunway, ...]
    outlook: Outlook | None
    drawn: Passing | None

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


def runway(
    system: System,
    *,
    start: dt.date | None = None,
    horizon: int = HORIZON,
    headroom: float | None = None,
    known: Outlook | None = None,
    draws: int = 0,
    seed: int = 0,
    ladder: Sequence[tuple[str, System]] | None = None,
) -> Runway:
    """
    Say when each limit of a system runs out as its users grow.

    Parameters
    ----------
    system : System
        With a growth section, or one that :func:`planning.questions.growth.demand.with_growth`
        added.
    start : date, optional
        The day on which there are `workload.users`; what the file says by default. Without any,
        days are counted and no dates given.
    horizon : int
        Days to look ahead. [day]
    headroom : float, optional
        Share of each limit to keep free; by default what is left above `warn_at`. A budget is
        used whole. [fraction]
    known : Outlook, optional
        What the system's history says, see :func:`planning.questions.growth.outlook.outlook_of`.
    draws : int
        Draws of the system's own ranges; 0 for the stated numbers alone. [draw]
    seed : int
        Of all draws. [whole number]
    ladder : sequence, optional
        The phases' systems, where they are known.

    Returns
    -------
    Runway
        Limits in the order in which they run out.

    Raises
    ------
    ValueError
        If nothing is known of the growth, or an argument is outside its range.

    Examples
    --------
    >>> import planning
    >>> from planning.questions.growth.demand import with_growth
    >>> system = planning.load_system("ten_thousand_users").at({"workload.users": 20})
    >>> found = runway(with_growth(system, rate="10 %/month"))
    >>> found.first.constraint.name, found.first.phase.name
    ('app pool', 'Phase 1: quick wins')
    """
    free = 1.0 - value_at(system.warn_at) if headroom is None else float(headroom)
    if not 0 <= free < 1:
        raise ValueError(f"headroom(={free:g}) must be at least 0 and below 1.")
    demand = demand_of(system, int(horizon), start=start, seed=seed, known=known)
    climbed = list(ladder_systems(system)) if ladder is None else list(ladder)
    held = [capacity(each) for _, each in climbed]
    growing = GrowingSystem.of(system, float(demand.at(0.5)[0]))
    used = _used(growing, demand)
    days = _crossings(growing, used, free)
    limits = [
        LimitRunway(
            item, float(used[row, 0, 0]), bool(growing.grows[row] or growing.kept[row]),
            float(days[row, 0]), float(days[row, 1]), *_mover(system, held, item),
        )
        for row, item in enumerate(growing.constraints)
    ]  # fmt: skip
    phases = [_phase(*each, demand, free) for each in zip(climbed, held, strict=True)]
    drawn = passing(system, growing, demand, free, draws, seed) if draws else None
    return Runway(
        system, demand, free, tuple(sorted(limits, key=_urgency)), tuple(phases), known, drawn
    )


def _used(growing: GrowingSystem, demand: Demand) -> Array:
    """Return what is used of each limit by both demands, shape (constraints, 2, days). [ratio]"""
    return growing.used(demand.at(QUANTILES), demand.so_far_at(QUANTILES), demand.growth_before)


def usable(growing: GrowingSystem, headroom: float) -> Array:
    """Return the share of each limit that may be used; what never grows is used whole. [ratio]"""
    free = np.where(growing.grows | growing.kept, headroom, 0.0)
    return 1.0 - np.where([item.technical for item in growing.constraints], free, 0.0)


def _crossings(growing: GrowingSystem, used: Array, headroom: float) -> Array:
    """Return the first whole day past what may be used, NaN where a formula refused one. [day]"""
    share = used / usable(growing, headroom)[:, None, None]
    day = np.ceil(first_crossing(np.arange(used.shape[-1], dtype=float), share))
    return np.asarray(np.where(np.isnan(used).any(axis=-1) & np.isinf(day), np.nan, day))


def _mover(system: System, held: Sequence[Capacity], item: Constraint) -> tuple[Phase | None, int]:
    """Return the first phase after which a limit holds more users or is gone, and its place."""
    today = _held(held[0], item.id)
    for place, (phase, after) in enumerate(zip(system.phases, held[1:], strict=True)):
        then = _held(after, item.id)
        if then is None or (today is not None and then > today):
            return phase, place
    return None, 0


def _held(found: Capacity, name: str) -> float | None:
    return next(
        (
            float(np.min(users))
            for item, users in zip(found.constraints, found.by_constraint, strict=True)
            if item.id == name
        ),
        None,
    )


def _phase(
    step: tuple[str, System], held: Capacity, demand: Demand, headroom: float
) -> PhaseRunway:
    name, patched = step
    growing = GrowingSystem.of(patched, float(demand.at(0.5)[0]))
    used = _used(growing, demand)
    days = _crossings(growing, used, headroom)
    users = np.flatnonzero([item.technical for item in growing.constraints])
    # What a formula refuses is not known; what is known to run out before is known all the same.
    known = np.where(np.isnan(days[users]), np.inf, days[users])
    # Of several on one day the fullest, as in the table of limits.
    row = int(np.lexsort((-used[users, 0, 0], known[:, 0], known[:, 1]))[0])
    ends = known.min(axis=0)
    ends = np.where(np.isinf(ends) & np.isnan(days[users]).any(axis=0), np.nan, ends)
    first = growing.constraints[users[row]] if np.isfinite(ends[1]) else None
    return PhaseRunway(name, held, float(ends[0]), float(ends[1]), first)


def _urgency(each: LimitRunway) -> tuple[float, float, float]:
    """Sort by the P90 day, then P50; of what is past already the fullest first."""
    p90, p50 = (np.inf if np.isnan(day) else day for day in (each.p90, each.p50))
    return p90, p50, -each.used if each.constraint.technical else np.inf
