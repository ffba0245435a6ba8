"""
The same draws for systems that are compared: two phases, or a system before and in an event.

Each input has one column of even points, by its path. So what two systems have in common is drawn
alike, and the difference of their answers is theirs and not the draws'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from planning.models.uncertainty import points
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array
from planning.questions.doubts import draws_of
from planning.system.system import System


class SharedDraws:
    """
    Columns of even points by path, made when an input is first asked for.

    Parameters
    ----------
    n : int
        Draws, at least 1. [draw]
    seed : int
        At least 0; the same seed and order of questions give the same columns, and what is asked
        for first is drawn as :func:`planning.questions.sampling.sample` draws the same inputs.
    """

    def __init__(self, n: int, seed: int) -> None:
        self.count = n
        self._rng = np.random.default_rng(seed)
        self._columns: dict[str, Array] = {}

    def points(self, paths: Sequence[str]) -> Array:
        """Return a row per draw and a column per path, between 0 and 1. [fraction]"""
        new = [path for path in paths if path not in self._columns]
        even = points.latin(self.count, len(new), self._rng)
        self._columns |= dict(zip(new, even.T, strict=True))
        if not paths:
            return np.empty((self.count, 0))
        return np.column_stack([self._columns[path] for path in paths])

    def of(self, system: System, doubted: Mapping[str, Estimate]) -> dict[str, Array]:
        """
        Return draws of a system's doubted inputs, by path. [their units]

        Raises
        ------
        ValueError
            If no distribution has a range, or what goes together contradicts itself.
        """
        return draws_of(system, doubted, self.points(list(doubted)))
