"""
What a reader may ask of growth with sliders: users today, rate, start and headroom.

These are no inputs of a system but the question itself, so they have paths of their own, which
start with ``growth.``; where the file says nothing of growth, a rate is assumed and says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from planning.numbers.estimate import Estimate
from planning.numbers.nodes import value_at
from planning.numbers.units import DAY
from planning.questions.growth.demand import with_growth
from planning.system.growth import ASSUMED_RATE
from planning.system.system import System

PREFIX = "growth."
_MOST_USERS, _MOST_RATE, _LATEST = 1e7, 0.5, 365 * DAY


class Asked(NamedTuple):
    """A system with the growth that is asked for, its first day, and the share kept free."""

    system: System
    start: dt.date | None
    headroom: float


def growth_inputs(system: System) -> dict[str, tuple[Estimate, str]]:
    """Return what may be asked, by path: the number it starts at, and what it is called."""
    growth, users = system.growth, max(value_at(system.workload.users), 1.0)
    rate = growth.rate if growth is not None else None
    known = growth is not None and bool(growth.target or growth.history)
    value = value_at(rate) if rate is not None else 0.0 if known else ASSUMED_RATE
    source = "nothing is stated of the growth; your own numbers say better"
    if rate is not None or known:
        source = rate.source if rate is not None else "the history or the target curve is followed"
    free = 1.0 - value_at(system.warn_at)
    return {
        "growth.users": (
            Estimate(users, "user", low=1.0, high=max(_MOST_USERS, users), whole=True,
                     source=system.workload.users.source),
            "Users today",
        ),
        "growth.rate": (
            Estimate(value, "fraction/month", low=min(0.0, value), high=max(_MOST_RATE, value),
                     source=source),
            "Growth of users",
        ),
        "growth.start": (
            Estimate(0.0, "s", low=0.0, high=_LATEST, source="the day on which today's users are"),
            "Start, from today",
        ),
        "growth.headroom": (
            Estimate(free, "fraction", low=0.0, high=0.9, source="what is left above `warn_at`"),
            "Share of each limit kept free",
        ),
    }  # fmt: skip


def growth_asked(system: System, moved: Mapping[str, float], today: dt.date | None) -> Asked:
    """
    Return a system with the growth that its file and the sliders say.

    Parameters
    ----------
    system : System
        As it is today.
    moved : mapping of str to float
        Paths of :func:`growth_inputs` to values. [their units]
    today : date or None
        The day that the start is counted from, where the file names none.
    """
    inputs = growth_inputs(system)
    values = {path: moved.get(path, value_at(each)) for path, (each, _) in inputs.items()}
    start = system.growth.start if system.growth is not None else None
    if start is None or "growth.start" in moved:
        later = dt.timedelta(days=round(values["growth.start"] / DAY))
        start = None if today is None else today + later
    asked = system
    if "growth.users" in moved:
        asked = asked.at({"workload.users": values["growth.users"]})
    # A stated rate keeps its range until somebody sets it by hand.
    if "growth.rate" in moved or system.growth is None:
        why = "set by hand" if "growth.rate" in moved else "the file says nothing of its growth"
        rate = f"{values['growth.rate'] * 100:.6g} %/month"
        asked = with_growth(asked, rate={"value": rate, "source": why})
    return Asked(asked, start, values["growth.headroom"])
