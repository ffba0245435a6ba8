"""
How sure a set holds so many users: its system drawn as :func:`planning.sample` draws it.

A set is drawn when a schedule wants to use it, and never otherwise: draws of all sets would
take minutes, and those of the few that are nearly chosen take milliseconds each.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from planning.flow.constraint import FULL
from planning.numbers.nodes import Array
from planning.questions.sampling import Sample, sample
from planning.questions.upgrades.choices import Choices, Set


@dataclass(frozen=True)
class Chance:
    """
    How sure a set holds so many users.

    Attributes
    ----------
    holds : float
        Share of the draws in which no limit is passed. [fraction]
    constraint : str
        What is passed in most of the others; empty where nothing is.
    """

    holds: float
    constraint: str = ""


@dataclass(eq=False)
class Chances:
    """
    The chances of sets, drawn when they are asked for.

    Attributes
    ----------
    choices : Choices
        The sets.
    wanted : float
        Chance that a set must have to hold. [fraction]
    draws, seed : int
        As for :func:`planning.sample`: the same chance is printed for the same system.
    """

    choices: Choices
    wanted: float
    draws: int
    seed: int
    _samples: dict[Set, Sample | None] = field(default_factory=dict, repr=False)
    _known: dict[tuple[Set, float], Chance] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse a chance that is none."""
        if not 0.0 < self.wanted < 1.0:
            raise ValueError(f"probability(={self.wanted:g}) must be between 0 and 1.")

    def of(self, place: Set, users: float) -> Chance:
        """Return the chance that a set holds so many users."""
        key = place, float(users)
        if key not in self._known:
            self._known[key] = self._drawn(place, float(users))
        return self._known[key]

    def enough(self, place: Set, users: float) -> bool:
        """Return whether a set holds so many users with the chance that is wanted."""
        return self.of(place, users).holds >= self.wanted

    def first_unsure(self, place: Set, users: Array) -> float | None:
        """
        Return the fewest of some numbers of users that a set does not hold surely enough.

        None where it holds all. More users never make it surer, so the first is searched for by
        halves.
        """
        asked = np.unique(users)
        if self.enough(place, asked[-1]):
            return None
        low, high = 0, len(asked) - 1
        while low < high:
            middle = (low + high) // 2
            if self.enough(place, asked[middle]):
                low = middle + 1
            else:
                high = middle
        return float(asked[high])

    def _drawn(self, place: Set, users: float) -> Chance:
        if place not in self._samples:
            try:
                self._samples[place] = sample(
                    self.choices.system_of(place), self.draws, self.seed, users
                )
            except ValueError:  # its ranges make no system in very many draws
                self._samples[place] = None
        found = self._samples[place]
        if found is None:
            return Chance(0.0)
        model = found.model
        used, _ = model.used(np.full(self.draws, users), found.draws, np.arange(self.draws))
        within = used[model.technical] <= FULL
        names = [item.id for item in found.constraints if item.technical]
        passed = np.mean(~within, axis=1)
        worst = names[int(np.argmax(passed))] if passed.max(initial=0.0) > 0 else ""
        return Chance(float(np.mean(within.all(axis=0))), worst)
