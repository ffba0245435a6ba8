"""
Phases over the same draws: how surely each holds the target, and what choosing it may cost.

What phases have in common is drawn alike, so that they are compared draw by draw::

    draw k ──> today: held, cost    phase 1: held, cost    phase 2: held, cost
           └─> the best of them in draw k ──> what each phase misses of it: its regret

The best of a draw holds most of the target, and of those that hold as much it costs least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planning.numbers.nodes import Array, value_at
from planning.questions import frames
from planning.questions.sampling import Sample, sample
from planning.questions.shared_draws import SharedDraws
from planning.system.patches import ladder_systems
from planning.system.system import System

if TYPE_CHECKING:
    import pandas as pd

_CHOICE = 0.9


@dataclass(frozen=True, eq=False, repr=False)
class PhaseChances:
    """
    Today and all phases over the same draws.

    Attributes
    ----------
    names : tuple of str
        ``today``, then the phases' names.
    samples : tuple of Sample
        One each, of the same draws and users.
    """

    names: tuple[str, ...]
    samples: tuple[Sample, ...]

    def __repr__(self) -> str:
        """Chances in short."""
        each = (f"{n}: {s.probability:.0%}" for n, s in zip(self.names, self.samples, strict=True))
        return f"<{', '.join(each)}>"

    @property
    def users(self) -> float:
        """Users asked about. [user]"""
        return self.samples[0].users

    @property
    def count(self) -> int:
        """Draws."""
        return self.samples[0].count

    @cached_property
    def holds(self) -> NDArray[np.bool_]:
        """Whether each phase holds the users asked about, phase by draw."""
        return np.stack([each.holds for each in self.samples])

    @cached_property
    def held(self) -> Array:
        """Users that each phase holds, phase by draw; 0 where a formula refuses the draw. [user]"""
        return np.stack([np.nan_to_num(s.capacity, nan=0.0, posinf=np.inf) for s in self.samples])

    @cached_property
    def monthly(self) -> Array:
        """Cost at the users asked about, phase by draw; NaN where unknown. [USD/month]"""
        return np.stack([each.monthly for each in self.samples])

    @cached_property
    def better(self) -> Array:
        """
        Share of the draws in which one phase is better than another, row over column. [fraction]

        It is better where it holds more of the users asked about; where both hold as many, where
        it costs less per month. What is paid once is not counted.
        """
        enough, cost = np.minimum(self.held, self.users), self.monthly
        found = np.zeros((len(self.names), len(self.names)))
        # A row at a time: all pairs of a million draws at once would fill the memory.
        for row in range(len(self.names)):
            cheaper = (enough[row] == enough) & (cost[row] < cost)
            found[row] = np.mean((enough[row] > enough) | cheaper, axis=-1)
        return found

    @cached_property
    def short(self) -> Array:
        """
        Mean users that each phase holds fewer than the best of each draw, up to the target. [user]
        """
        enough = np.minimum(self.held, self.users)
        return np.asarray((enough.max(axis=0) - enough).mean(axis=-1))

    @cached_property
    def overpaid(self) -> Array:
        """
        Mean cost of each phase above the cheapest that holds as well. [USD/month]

        Nothing is overpaid in a draw that the phase does not hold; NaN where its cost is unknown.
        """
        known = np.where(self.holds & ~np.isnan(self.monthly), self.monthly, np.inf)
        cheapest = known.min(axis=0)
        with np.errstate(invalid="ignore"):
            extra = np.where(self.holds & np.isfinite(known), known - cheapest, 0.0)
        found = extra.mean(axis=-1)
        return np.asarray(np.where(np.isnan(self.monthly).all(axis=-1), np.nan, found))

    def first_likely(self, chance: float = _CHOICE) -> str | None:
        """Return the first phase that holds with a chance; None where none does."""
        pairs = zip(self.names, self.samples, strict=True)
        return next((name for name, each in pairs if each.probability >= chance), None)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per phase: chance, cost, and what it misses of the best."""
        return frames.table(
            {
                "phase": name,
                "users": self.users,
                "chance": each.probability,
                "capacity_p10": float(each.capacity_at(0.1)),
                "capacity_p90": float(each.capacity_at(0.9)),
                "monthly_mean": each.cost,
                "monthly_p90": float(each.cost_at(0.9)),
                "users_short": float(self.short[row]),
                "overpaid": float(self.overpaid[row]),
                "better_than_before": float(self.better[row, row - 1]) if row else np.nan,
            }
            for row, (name, each) in enumerate(zip(self.names, self.samples, strict=True))
        )

    def _repr_html_(self) -> str:
        """Show the table in a notebook; names from files are escaped."""
        html: str = self.to_frame().to_html(max_rows=60)
        return html


def phase_chances(
    system: System,
    n: int = 10_000,
    seed: int = 0,
    users: float | None = None,
    climbed: Sequence[tuple[str, System]] | None = None,
) -> PhaseChances:
    """
    Draw today and every phase alike.

    Parameters
    ----------
    system : System
        As it is today.
    n, seed : int
        As for :func:`planning.questions.sampling.sample`; of today the answer is the same.
    users : float, optional
        Users asked about; today's target by default. [user]
    climbed : sequence, optional
        The phases' systems, as from :func:`planning.system.patches.moved_systems`.

    Returns
    -------
    PhaseChances
        Chance and cost of each, and the regret of choosing it.

    Raises
    ------
    ValueError
        As :func:`planning.questions.sampling.sample` does.

    Examples
    --------
    >>> import planning
    >>> found = phase_chances(planning.load_system("ten_thousand_users"), n=500, users=1_000)
    >>> found.first_likely() in found.names, bool(found.short[0] > found.short[-1])
    (True, True)
    """
    asked = value_at(system.workload.target) if users is None else float(users)
    shared = SharedDraws(n, seed)
    pairs = list(ladder_systems(system) if climbed is None else climbed)
    found = tuple(sample(patched, n, seed, asked, shared) for _, patched in pairs)
    return PhaseChances(tuple(name for name, _ in pairs), found)
