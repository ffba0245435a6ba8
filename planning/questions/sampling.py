"""
How sure are we: the same question asked of ten thousand draws of what is doubted.

A file says of its numbers between what and what they lie. :func:`sample` draws all of them, asks
each draw whether it holds so many users, and counts::

    draws ──> used share of each limit ──> holds or not ──> the chance that it holds
          └─> each draw's own capacity  ──> what breaks first, and the spread of capacity

Every draw is accounted for: one that no formula takes is counted as not holding, and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.flow.constraint import FULL, Constraint
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, value_at
from planning.numbers.units import show
from planning.questions import frames
from planning.questions.breaking import Share, Slice, shares, spread
from planning.questions.capacity import Capacity, capacity
from planning.questions.doubts import doubts
from planning.questions.drawn import DrawnSystem, Indices
from planning.questions.drawn_capacity import (
    NOTHING,
    REFUSED,
    DrawnCapacity,
    drawn_capacity,
)
from planning.questions.shared_draws import SharedDraws
from planning.system.system import System

if TYPE_CHECKING:
    import pandas as pd

MOST_DRAWS = 1_000_000


@dataclass(frozen=True, eq=False, repr=False)
class Sample:
    """
    Draws of a system, and what comes of each.

    Attributes
    ----------
    system : System
        What was asked.
    users : float
        Users asked about. [user]
    seed : int
        What the draws were made from; the same seed gives the same draws.
    draws : mapping of str to ndarray
        Every doubted input that the answer depends on, by path. [their units]
    doubted : mapping of str to Estimate
        The same inputs as stated.
    constraints : tuple of Constraint
        Everything that can run out.
    used : ndarray
        Load over limit, constraint by draw; NaN where a formula refuses the draw. [ratio]
    monthly : ndarray
        Cost by draw; NaN where a formula refuses it, or no cost is stated. [USD/month]
    model : DrawnSystem
        The system as a program, and why it refuses draws.
    """

    system: System
    users: float
    seed: int
    draws: Mapping[str, Array]
    doubted: Mapping[str, Estimate]
    constraints: tuple[Constraint, ...]
    used: Array
    monthly: Array
    model: DrawnSystem

    def __repr__(self) -> str:
        """The chance in short."""
        return (
            f"<{self.system.title} at {show(self.users, 'user')}: holds in "
            f"{show(self.probability, 'fraction')} of {self.count:,} draws of {len(self.draws)} "
            f"inputs, seed {self.seed}>"
        )

    @property
    def count(self) -> int:
        """Draws, those that a formula refuses among them."""
        return int(self.used.shape[1])

    @cached_property
    def holds(self) -> NDArray[np.bool_]:
        """Whether each draw holds the users asked about: no limit but a budget is passed."""
        # NaN is not at most anything: what is refused does not hold.
        return np.asarray(np.all(self.used[self.model.technical] <= FULL, axis=0))

    @property
    def probability(self) -> float:
        """Chance that the system holds the users asked about. [fraction]"""
        return float(np.mean(self.holds))

    @property
    def by_constraint(self) -> Mapping[str, float]:
        """Chance that each constraint holds them by itself, by its id. [fraction]"""
        chances = np.mean(self.used <= FULL, axis=1)
        return {item.id: float(each) for item, each in zip(self.constraints, chances, strict=True)}

    @property
    def within_budget(self) -> float | None:
        """Chance that the cost is within the budget; None without one. [fraction]"""
        paid = ~self.model.technical
        if not paid.any():
            return None
        return float(np.mean(np.all(self.used[paid] <= FULL, axis=0)))

    @cached_property
    def point(self) -> Capacity:
        """Capacity of the stated numbers, without their ranges."""
        return capacity(self.system)

    @cached_property
    def by_draw(self) -> DrawnCapacity:
        """Capacity of every draw, searched for when it is first asked for."""
        return drawn_capacity(self.model, self.draws, self.count, self.point.users)

    @property
    def capacity(self) -> Array:
        """Whole users that each draw holds: infinite if nothing binds, NaN if refused. [user]"""
        return self.by_draw.held

    @cached_property
    def _accepted(self) -> Array:
        """Capacities in order, without those of draws that a formula refuses."""
        held = self.capacity
        return np.sort(held[~np.isnan(held)])

    def capacity_at(self, share: ArrayLike) -> Array:
        """
        Return the users that a share of the draws does not hold: 0.1 gives the careful answer.

        Parameters
        ----------
        share : array_like
            Between 0 and 1. [fraction]

        Returns
        -------
        ndarray
            A capacity that some draw has; infinite where nothing binds. [user]
        """
        if not self._accepted.size:
            return np.full(np.shape(share), np.nan)
        return np.asarray(np.quantile(self._accepted, np.asarray(share, float), method="lower"))

    @property
    def below_point(self) -> float:
        """Share of the draws whose capacity is below that of the stated numbers. [fraction]"""
        below = np.searchsorted(self._accepted, self.point.users, side="left")
        return float((below + np.isnan(self.capacity).sum()) / self.count)

    def holding(self, users: ArrayLike) -> Array:
        """
        Return the chance to hold each of some numbers of users.

        Parameters
        ----------
        users : array_like
            At least 0. [user]

        Returns
        -------
        ndarray
            Share of all draws whose capacity is at least that. [fraction]
        """
        below = np.searchsorted(self._accepted, np.asarray(users, dtype=float), side="left")
        return np.asarray((self._accepted.size - below) / self.count)

    @cached_property
    def breaks_first(self) -> tuple[Share, ...]:
        """What breaks first in what share of the draws, the most frequent first; adds up to 1."""
        return shares(self.constraints, self.by_draw, self.model.refused)

    def spread(self, slices: int) -> tuple[Slice, ...]:
        """Return how capacities are spread, in so many slices of equal ratio, by what breaks."""
        return spread(self.constraints, self.by_draw, slices)

    @property
    def cost(self) -> float:
        """
        Mean cost at the users asked about, of the draws that no formula refuses. [USD/month]

        NaN where no cost is stated: that is no zero.
        """
        return float(np.nanmean(self.monthly)) if np.isfinite(self.monthly).any() else np.nan

    def cost_at(self, share: ArrayLike) -> Array:
        """Return the cost that a share of the draws does not exceed, NaN without. [USD/month]"""
        if not np.isfinite(self.monthly).any():
            return np.full(np.shape(share), np.nan)
        return np.asarray(np.nanquantile(self.monthly, np.asarray(share, float)))

    def to_frame(self) -> pd.DataFrame:
        """Return a row per draw: its inputs, whether it holds, its capacity, what breaks, cost."""
        return frames.table_of(
            {
                "draw": np.arange(self.count),
                "users": np.full(self.count, self.users),
                "holds": self.holds,
                "capacity": self.capacity,
                "breaks_first": self._named(self.by_draw.binding),
                "monthly_usd": self.monthly,
                **self.draws,
            }
        )

    def _named(self, which: Indices) -> list[str]:
        names = {index: item.id for index, item in enumerate(self.constraints)}
        names |= {NOTHING: "nothing", REFUSED: "refused"}
        return [names[int(index)] for index in which]

    def constraint_frame(self) -> pd.DataFrame:
        """Return a row per constraint: its chance, how full it is, how often it breaks first."""
        first = {each.id: each.share for each in self.breaks_first}
        middle, high = np.nanquantile(self.used, [0.5, 0.9], axis=1, method="lower")
        return frames.table(
            {
                "constraint": item.id,
                "holds": self.by_constraint[item.id],
                "used_p50": float(middle[row]),
                "used_p90": float(high[row]),
                "breaks_first": first.get(item.id, 0.0),
            }
            for row, item in enumerate(self.constraints)
        )

    def _repr_html_(self) -> str:
        """Show the table by constraint in a notebook; names from files are escaped."""
        html: str = self.constraint_frame().to_html(max_rows=60)
        return html


def sample(
    system: System,
    n: int = 10_000,
    seed: int = 0,
    users: float | None = None,
    shared: SharedDraws | None = None,
) -> Sample:
    """
    Ask a system with all its doubts: how sure is it that it holds?

    Parameters
    ----------
    system : System
        Its inputs with ranges are drawn, as their confidence and shape say.
    n : int
        Draws, from 1 to `MOST_DRAWS`; a Latin hypercube, so that a thousand are many. [draw]
    seed : int
        At least 0; the same seed gives the same answer. [whole number]
    users : float, optional
        Users asked about; the workload's target by default. [user]
    shared : SharedDraws, optional
        Draws that are shared with other systems, of as many draws; its own by default.

    Returns
    -------
    Sample
        Chance to hold, spread of capacity and cost, what breaks first. Draws keep to the bounds
        and whole numbers of their fields. Capacities are searched for when they are asked for.

    Raises
    ------
    ValueError
        If `n` or `seed` is outside its range, a range has no distribution of its shape, what goes
        together contradicts itself, or very many draws make no system.

    Examples
    --------
    >>> import planning
    >>> found = sample(planning.load_system("ten_thousand_users"), n=500, seed=1, users=30)
    >>> found.count, len(found.breaks_first) > 1, bool(0.5 < found.probability < 0.9)
    (500, True, True)
    """
    if not 1 <= n <= MOST_DRAWS or n != int(n):
        raise ValueError(f"n(={n}) must be a whole number from 1 to {MOST_DRAWS:,}.")
    if seed < 0 or seed != int(seed):
        raise ValueError(f"seed(={seed}) must be a whole number from 0 up.")
    asked = value_at(system.workload.target) if users is None else float(users)
    model = DrawnSystem.of(system, asked)
    doubted = {path: each for path, each in doubts(system).items() if path in model.program.inputs}
    draws = (SharedDraws(int(n), int(seed)) if shared is None else shared).of(system, doubted)
    used, monthly = model.used(np.full(int(n), asked), draws, np.arange(int(n)))
    return Sample(system, asked, int(seed), draws, doubted, model.constraints, used, monthly, model)
