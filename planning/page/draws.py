"""
What a page needs to draw what is doubted: points, quantiles, and what goes together.

The page has no fits of its own. Each doubted input travels as a table of quantiles over the
normal deviate z, on a scale on which its distribution is nearly straight, so that a line between
two entries is as good as the distribution itself::

    Sobol' point u ──> z ──(Cholesky factor)──> z' ──(table)──> a value

A dimension of the points belongs to a path, so that all phases are asked of the same draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from planning.models.uncertainty.dependence import together
from planning.models.uncertainty.points import sobol
from planning.numbers.doubt import distribution_of
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array
from planning.questions.doubts import doubts, groups, rank_matrix
from planning.system.system import System

COUNT = 2048  # a power of two: the points are then balanced in every dimension
SEED = 0
BITS = 30  # of a point

_ENTRIES = 129
_FURTHEST = 6.0  # standard deviations that a table reaches: all but two in 1e9
_DIGITS = 9
_LEAST = 1e-300  # a fraction of 0 has no log-odds


def quantile_table(estimate: Estimate) -> list[Any]:
    """
    Return a doubted number's distribution as a page reads it.

    Parameters
    ----------
    estimate : Estimate
        With a range.

    Returns
    -------
    list
        Scale (``log``, ``odds`` or ``plain``), the ends between which it lies (None where there
        is none), and its value on that scale at even steps of the normal deviate from -6 to 6.

    Raises
    ------
    ValueError
        If no distribution of its shape has its range.

    Examples
    --------
    A lognormal is a straight line, which two entries say.

    >>> scale, least, most, entries = quantile_table(Estimate(2.0, "s", low=1.0, high=4.0))
    >>> scale, most, len(entries), round(sum(entries) / 2, 6) == round(float(np.log(2)), 6)
    ('log', None, 2, True)
    """
    found = distribution_of(estimate)
    least, most = found.least, found.most
    ends = [None if np.isinf(end) else float(end) for end in (least, most)]
    if found.shape == "lognormal":
        middle, spread = found.parameters
        return ["log", *ends, _short([middle - _FURTHEST * spread, middle + _FURTHEST * spread])]
    values = found.quantile(ndtr(deviates()))
    if found.shape == "normal":
        return ["plain", *ends, _short(values)]
    part = np.clip((values - least) / (most - least), _LEAST, 1 - 2.0**-53)
    return ["odds", *ends, _short(np.log(part) - np.log1p(-part))]


def deviates() -> Array:
    """Return the normal deviates at which tables have entries."""
    return np.linspace(-_FURTHEST, _FURTHEST, _ENTRIES)


def point_table(dimensions: int) -> list[list[int]]:
    """
    Return a scrambled Sobol' sequence as what one needs to make it.

    Parameters
    ----------
    dimensions : int
        At least 0.

    Returns
    -------
    list of list of int
        For every dimension its first point, and the numbers of which each further point takes
        one by exclusive or, in units of ``2**-BITS``.

    Notes
    -----
    In the order of the Gray code, point n + 1 is point n with the direction number of n's lowest
    zero bit (Antonov and Saleev 1979), so points 2^k - 1 and 2^k show the k-th of them.
    """
    found = sobol(COUNT, dimensions, np.random.default_rng(SEED)) if dimensions else None
    if found is None:
        return []
    whole = np.round(found * 2.0**BITS).astype(np.int64)
    powers = 2 ** np.arange(COUNT.bit_length() - 1)
    rows = np.vstack([whole[:1], whole[powers] ^ whole[powers - 1]]).T
    return [[int(each) for each in row] for row in rows]


class Doubts:
    """The doubted inputs of a page's phases, each with its dimension and its table."""

    def __init__(self) -> None:
        self._dimensions: dict[str, int] = {}
        self._tables: list[Any] = []
        self._places: dict[Estimate, int] = {}

    def phase(self, system: System, slots: Mapping[str, int], needed: Iterable[str]) -> Any:
        """
        Return how a phase is drawn.

        Parameters
        ----------
        system : System
            Of the phase.
        slots : mapping of str to int
            Where its program has each input, by path.
        needed : iterable of str
            Paths on which its limits, loads and cost depend.

        Returns
        -------
        mapping
            ``drawn``: dimension, slot and table of each input; ``groups``: which of them go
            together, and the factor of their correlations; or ``refused``: why nothing is drawn.
        """
        reached = set(needed)
        found = {path: each for path, each in doubts(system).items() if path in reached}
        paths = list(found)
        try:
            drawn = [
                [self._dimension(path), slots[path], self._table(path, found[path])]
                for path in paths
            ]
            return {"drawn": drawn, "groups": _groups(system, paths)}
        except ValueError as error:
            return {"drawn": [], "groups": [], "refused": str(error)}

    def record(self) -> Mapping[str, Any]:
        """Return points and tables of all phases."""
        return {
            "count": COUNT,
            "seed": SEED,
            "bits": BITS,
            "furthest": _FURTHEST,
            "points": point_table(len(self._dimensions)),
            "tables": self._tables,
        }

    def _dimension(self, path: str) -> int:
        return self._dimensions.setdefault(path, len(self._dimensions))

    def _table(self, path: str, estimate: Estimate) -> int:
        if estimate not in self._places:
            try:
                made = quantile_table(estimate)
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from None
            self._places[estimate] = len(self._tables)
            self._tables.append([*made, *_whole(estimate)])
        return self._places[estimate]


def _whole(estimate: Estimate) -> list[Any]:
    """Return the least and the most of what only whole numbers make sense of; else nothing."""
    if not estimate.whole:
        return []
    least, most = estimate.bounds
    return [float(np.ceil(least)), None if np.isinf(most) else float(np.floor(most))]


def _groups(system: System, paths: Sequence[str]) -> list[Any]:
    """Return indices of inputs that go together, and the lower triangle that correlates them."""
    found = []
    for group in groups(system, paths):
        if len(group) > 1:
            matrix = rank_matrix(system, [paths[index] for index in group])
            # What the unit deviates become, one by one, is the factor, column by column.
            factor = ndtri(together(ndtr(np.eye(len(group))), matrix)).T
            found.append([list(group), [_short(row) for row in np.tril(factor)]])
    return found


def _short(values: Iterable[float]) -> list[float]:
    return [float(f"{value:.{_DIGITS}g}") for value in values]
