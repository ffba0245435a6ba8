"""How many come, month by month: what a schedule of upgrades must hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from planning.numbers.nodes import Array
from planning.numbers.units import show
from planning.questions.growth.courses import DAYS_A_MONTH
from planning.questions.growth.demand import demand_by_month
from planning.system.system import System

MONTH = DAYS_A_MONTH  # [days]


@dataclass(frozen=True)
class MonthlyDemand:
    """
    How many come, month by month.

    Attributes
    ----------
    start : date
        The first day of the first month.
    users : ndarray
        What each month must hold. [user]
    expected : ndarray
        What each month is billed for. [user]
    words : str
        Where they come from.
    """

    start: dt.date
    users: Array
    expected: Array
    words: str

    def date(self, month: int) -> dt.date:
        """Return the day on which a month starts."""
        return self.start + dt.timedelta(days=round(month * MONTH))


def ramp(start: dt.date, now: float, target: float, months: int, reached: int) -> MonthlyDemand:
    """
    Return demand that grows by the same share every month to a target, and stays there.

    Parameters
    ----------
    start : date
        First day.
    now, target : float
        Users at the start and from the month `reached` on. [user]
    months : int
        Months there are.
    reached : int
        Month from which the target must be held; from the start on where 0.

    Raises
    ------
    ValueError
        If the target is below one user: nobody is held by any system.
    """
    if not target >= 1.0:
        raise ValueError(f"target(={target:g} users) must be at least 1 user.")
    share = np.minimum(np.arange(months) / reached, 1.0) if reached else np.ones(months)
    first = max(now, 1.0)
    users = np.where(share >= 1.0, target, first * (target / first) ** share)
    way = "more" if target >= now else "fewer"
    words = (
        f"{show(now, 'user')} today, the same share {way} every month to {show(target, 'user')} "
        f"in month {reached}"
        if reached
        else f"{show(target, 'user')} from the first month on"
    )
    return MonthlyDemand(start, users, users, words)


def as_it_grows(
    system: System, start: dt.date, months: int, quantile: float = 0.9, seed: int = 0
) -> MonthlyDemand:
    """
    Return demand as the system's growth section says it: what nine of ten courses stay below.

    Parameters
    ----------
    system : System
        With a growth section.
    start : date
        First day.
    months : int
        Months there are.
    quantile : float
        Share of the courses that a month's demand is not below. [fraction]
    seed : int
        Of the draws of what is doubted.
    """
    both = demand_by_month(system, months, quantile=(quantile, 0.5), seed=seed, start=start)
    words = f"what {show(quantile, 'fraction')} of the courses of its growth stay below"
    return MonthlyDemand(start, both[0], both[1], words)
