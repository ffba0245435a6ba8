"""
When limits run out over draws: of the demand, and of what is doubted about the system.

Each draw has its own course of users and its own system. The days on which they run out are the
spread of the answer; a draw that no formula takes is counted as not known, and never as holding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planning.flow.constraint import Constraint
from planning.models.growth.crossings import first_crossing
from planning.models.uncertainty import points
from planning.numbers.nodes import Array
from planning.questions.doubts import doubts, draws_of
from planning.questions.growth.demand import Demand
from planning.questions.growth.growing import GrowingSystem
from planning.system.system import System

MOST_DRAWS = 20_000
# Days that are looked at in every draw; between them loads are nearly straight on logarithms.
_LOOKS = 49


@dataclass(frozen=True, eq=False, repr=False)
class Passing:
    """
    Draws of when limits run out.

    Attributes
    ----------
    constraints : tuple of Constraint
        Everything that can run out.
    days : ndarray
        First day past what may be used, constraint by draw: 0 if already, infinite if not within
        the horizon, NaN where a formula refuses the draw. [day]
    seed : int
        Of the draws.
    """

    constraints: tuple[Constraint, ...]
    days: Array
    seed: int

    @property
    def first(self) -> Array:
        """Day on which the first limit of users runs out, per draw; NaN where refused. [day]"""
        technical = np.array([item.technical for item in self.constraints])
        return np.asarray(self.days[technical].min(axis=0))

    @property
    def refused(self) -> int:
        """Draws that a formula refuses."""
        return int(np.isnan(self.first).sum())

    def chance(self, day: ArrayLike) -> Array:
        """Return the share of all draws in which some limit of users has run out. [fraction]"""
        first = np.sort(self.first[~np.isnan(self.first)])
        passed = np.searchsorted(first, np.asarray(day, dtype=float), side="right")
        return np.asarray(passed / self.days.shape[1])

    def day_at(self, share: ArrayLike) -> Array:
        """
        Return the day by which a share of the draws is known to have run out.

        Infinite if it is later than the horizon, NaN if draws that a formula refuses leave it
        open whether it is. [day]
        """
        # What is refused stands behind every known day and before what holds for sure.
        refused = np.finfo(float).max
        first = np.where(np.isnan(self.first), refused, self.first)
        found = np.quantile(first, np.asarray(share, dtype=float), method="higher")
        return np.asarray(np.where(found == refused, np.nan, found))

    def shares(self) -> dict[str, float]:
        """Return which limit runs out first in what share of the draws, by id; most first."""
        technical = [row for row, item in enumerate(self.constraints) if item.technical]
        known = ~np.isnan(self.first) & np.isfinite(self.first)
        which = np.argmin(np.where(np.isnan(self.days), np.inf, self.days)[technical], axis=0)
        counts = {
            self.constraints[row].id: int(np.sum(known & (which == place)))
            for place, row in enumerate(technical)
        }
        ranked = sorted(counts.items(), key=lambda pair: -pair[1])
        return {name: count / self.days.shape[1] for name, count in ranked if count}


def passing(
    system: System, growing: GrowingSystem, demand: Demand, headroom: float, draws: int, seed: int
) -> Passing:
    """
    Draw a system's doubts, and find when each draw runs out.

    Parameters
    ----------
    system : System
        Its inputs with ranges are drawn.
    growing : GrowingSystem
        The same as a program over days.
    demand : Demand
        Its courses are dealt to the draws.
    headroom : float
        Share of each limit that is kept free. [fraction]
    draws : int
        From 1 to `MOST_DRAWS`. [draw]
    seed : int
        Of the draws. [whole number]

    Raises
    ------
    ValueError
        If `draws` is outside its range.
    """
    if not 1 <= draws <= MOST_DRAWS:
        raise ValueError(f"draws(={draws}) must be from 1 to {MOST_DRAWS:,}.")
    known = growing.program.inputs, growing.written.inputs
    doubted = {p: e for p, e in doubts(system).items() if any(p in each for each in known)}
    even = points.latin(draws, len(doubted), np.random.default_rng(seed + 1))
    values = draws_of(system, doubted, even)
    deal = np.arange(draws) % demand.courses.shape[0]
    days = np.unique(np.round(np.linspace(0, demand.days.size - 1, _LOOKS)).astype(np.intp))
    used = growing.used(
        demand.courses[deal], demand.so_far[deal], demand.growth_before, days, values
    )
    may = growing.usable(headroom)
    with np.errstate(divide="ignore"):
        # Past 1 is past 0 on logarithms, on which loads are nearly straight between two looks.
        share = 1.0 + np.log(used / may[:, None, None])
    found = np.ceil(first_crossing(days.astype(float), share))
    return Passing(growing.constraints, np.where(np.isnan(used).any(axis=-1), np.nan, found), seed)
