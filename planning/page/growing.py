"""
What a page needs to follow a system whose users grow.

The program of a phase answers for any number of users, so a course of users is all that limits
which depend on users alone need. What is kept of what is written (rows, logs) is not today's rate
for ever but the area under the course; its slots are named here, so that the page can put what was
really written there in place of what the program computes::

    users of each day ──> rate, time kept ──> area under the course ──> what is kept ──> limits
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planning.flow.flows import Accrual
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, depends_on, value_at
from planning.numbers.units import DAY
from planning.questions.assess import Assessment
from planning.questions.growth.courses import DAYS_A_MONTH, to_come
from planning.questions.growth.runway import HORIZON
from planning.system.growth import ASSUMED_RATE, Growth
from planning.system.phase import Phase
from planning.system.system import System


def growth_record(system: System) -> Mapping[str, Any]:
    """
    Return what a file says of its users' growth, and what its page cannot follow of that.

    Parameters
    ----------
    system : System
        As it is today.

    Returns
    -------
    mapping
        Today's ``users``, ``rate`` per month (None for a plan without one), ``stated`` (who says
        so; empty where nobody does), ``start`` as a date or empty, ``ceiling``, points of the
        target ``curve`` and ``events`` by day, and ``left`` out: what it says that the page does
        not follow, in words.
    """
    growth = system.growth or Growth(rate=Estimate(ASSUMED_RATE, "fraction/month"))
    told = system.growth is not None
    rate = None if growth.rate is None else value_at(growth.rate)
    first, left = growth.start, list[str]()
    if growth.history:
        left.append(f"the history {growth.history}")
    planned = to_come(growth, first)
    curve = [[float((each.date - first).days), value_at(each.users)] for each in planned if first]
    events = []
    for event in growth.events if first else ():
        days = max(1, int(np.ceil(value_at(event.duration) / DAY)))
        size = event.factor or event.users
        assert first is not None
        assert size is not None  # the section refuses an event without
        begin = (event.date - first).days
        events.append([event.name, begin, days, event.factor is not None, value_at(size)])
    if first is None and (growth.target or growth.events):
        left.append("its target curve and events, which need the day on which it starts")
    return {
        "users": max(value_at(system.workload.users), 1.0),
        # Without a rate a target curve is followed alone; without either, some rate is assumed.
        "rate": rate if rate is not None or curve else ASSUMED_RATE,
        "stated": str(growth.rate) if told and growth.rate is not None else "",
        "start": first.isoformat() if first else "",
        "ceiling": None if growth.ceiling is None else value_at(growth.ceiling),
        "curve": curve,
        "events": events,
        "left": left,
        "horizon": HORIZON,
        "daysAMonth": DAYS_A_MONTH,
    }


def kept_times(result: Assessment) -> list[Node]:
    """Return how long what is kept stays, for what does not stay for ever."""
    return [each.stays for each in result.scene.accruals if each.stays is not None]


def accruals_record(result: Assessment, slots: Mapping[int, int]) -> list[list[int]]:
    """
    Return slots of what is kept, of its rate and of how long it stays.

    Parameters
    ----------
    result : Assessment
        Of one phase.
    slots : mapping of int to int
        Slot of each node of its program, by identity.

    Returns
    -------
    list of list of int
        Of what the program contains; -1 for what stays for ever.
    """
    return [
        [slots[id(each.kept)], slots[id(each.rate)], _slot(each, slots)]
        for each in result.scene.accruals
        if id(each.kept) in slots
    ]


def fills(result: Assessment, *ends: Node) -> bool:
    """Return whether a load or a limit depends on something that is kept."""
    return any(depends_on(end, each.kept) for end in ends for each in result.scene.accruals)


def lead_days(phase: Phase | None) -> float | None:
    """Return a phase's lead time; None where there is none or nobody stated it. [day]"""
    if phase is None or phase.lead_time is None:
        return None
    return value_at(phase.lead_time) / DAY


def _slot(each: Accrual, slots: Mapping[int, int]) -> int:
    return -1 if each.stays is None else slots[id(each.stays)]
