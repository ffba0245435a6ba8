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

import numpy as np

from planning.flow.constraint import Constraint
from planning.models.growth.crossings import first_crossing
from planning.numbers.nodes import Array, value_at
from planning.questions.capacity import Capacity, capacity
from planning.questions.growth.demand import Demand, demand_of
from planning.questions.growth.growing import GrowingSystem
from planning.questions.growth.lasting import LimitRunway, PhaseRunway, Runway
from planning.questions.growth.outlook import Outlook
from planning.questions.growth.passing import passing
from planning.system.patches import ladder_systems
from planning.system.phase import Phase
from planning.system.system import System

HORIZON = 1095  # three years
QUANTILES = (0.5, 0.9)


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
        If nothing is known of the growth, nothing limits users, or an argument is outside its
        range.

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
    if not growing.technical.any():
        raise ValueError(
            f"{system.title!r}: nothing in it limits users, so when it runs out is not known; add "
            "the parts that serve them."
        )
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
        system, demand, free, tuple(sorted(limits, key=_urgency)), tuple(phases), known, drawn,
        growing.severe,
    )  # fmt: skip


def _used(growing: GrowingSystem, demand: Demand) -> Array:
    """Return what is used of each limit by both demands, shape (constraints, 2, days). [ratio]"""
    return growing.used(demand.at(QUANTILES), demand.so_far_at(QUANTILES), demand.growth_before)


def _crossings(growing: GrowingSystem, used: Array, headroom: float) -> Array:
    """Return the first whole day past what may be used, NaN where a formula refused one. [day]"""
    share = used / growing.usable(headroom)[:, None, None]
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
    users = np.flatnonzero(growing.technical)
    if not users.size:
        return PhaseRunway(name, held, np.nan, np.nan, None)
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
