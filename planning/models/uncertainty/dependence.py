r"""
Draws of several quantities that go up and down together.

A draw of one quantity is a number between 0 and 1 put through its quantile function. So how
quantities depend on each other can be said of those numbers alone, whatever their shapes: by the
Gaussian copula, normal deviates with correlations, turned back into numbers between 0 and 1::

    points (even in 0..1)  ─ndtri─>  normal  ─Cholesky─>  correlated  ─ndtr─>  points

What people can say is a rank correlation (Spearman's), which no shape changes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from planning.models._guards import Array
from planning.models.formula import formula

# Rounding may leave a least eigenvalue a little below 0 where correlations are consistent.
_ROUNDING = 1e-9
_LEAST = 1e-16  # a probability of 0 has no quantile


@formula(
    "2 * sin(pi / 6 * rank_correlation)",
    source="Kruskal (1958), J. Amer. Statist. Assoc. 53, 814-861, section 5",
    arithmetic=False,
)
def normal_correlation(rank_correlation: ArrayLike) -> Array:
    """
    Correlation of two normal deviates whose ranks have a given (Spearman's) correlation.

    Parameters
    ----------
    rank_correlation : array_like
        Between -1 and 1. [ratio]

    Returns
    -------
    ndarray
        A little larger, by at most 0.018; the same at -1, 0 and 1. [ratio]

    Raises
    ------
    ValueError
        If it is outside -1 to 1.

    References
    ----------
    .. [1] Kruskal, W. H. (1958), Ordinal Measures of Association, J. Amer. Statist. Assoc. 53,
       814-861.

    Examples
    --------
    >>> normal_correlation([-1.0, 0.0, 0.5, 1.0]).round(4).tolist()
    [-1.0, 0.0, 0.5176, 1.0]
    """
    rank = np.asarray(rank_correlation, dtype=float)
    good = np.abs(rank) <= 1
    if not np.all(good):
        bad = rank[~good].flat[0] if rank.ndim else rank
        raise ValueError(f"rank_correlation(={float(bad):g}) must be between -1 and 1.")
    return np.asarray(2 * np.sin(np.pi / 6 * rank))


@formula(
    "ndtr(Cholesky factor of the correlations * ndtri(points))",
    source="Nelsen (2006), An Introduction to Copulas, 2nd ed.",
    arithmetic=False,
)
def together(points: ArrayLike, rank_correlations: ArrayLike) -> Array:
    """
    Give independent points between 0 and 1 some rank correlations (Gaussian copula).

    Parameters
    ----------
    points : array_like
        A row per draw and a column per quantity, each even between 0 and 1. [fraction]
    rank_correlations : array_like
        Square and symmetric, 1 on the diagonal. [ratio]

    Returns
    -------
    ndarray
        As many points, each column still even between 0 and 1; the first column unchanged.

    Raises
    ------
    ValueError
        If the correlations contradict each other: where a goes with b and b with c, a cannot go
        against c.

    References
    ----------
    .. [1] Nelsen, R. B. (2006), An Introduction to Copulas, 2nd ed., Springer.

    Examples
    --------
    >>> same = together([[0.2, 0.9], [0.7, 0.4]], [[1.0, 1.0], [1.0, 1.0]])
    >>> same.round(6).tolist()
    [[0.2, 0.2], [0.7, 0.7]]
    """
    matrix = normal_correlation(rank_correlations)
    least = float(np.linalg.eigvalsh(matrix)[0])
    if least < -_ROUNDING:
        raise ValueError(
            f"rank correlations contradict each other (least eigenvalue {least:.3g}): where a goes "
            "with b and b with c, a cannot go against c; bring them nearer to 0."
        )
    deviates = ndtri(np.clip(np.asarray(points, dtype=float), _LEAST, 1 - _LEAST))
    return np.asarray(ndtr(deviates @ _root(matrix).T))


def _root(matrix: Array) -> Array:
    """Return a lower triangle whose square is the matrix, which may be singular."""
    size = len(matrix)
    lower = np.zeros_like(matrix)
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i, j] - lower[i, :j] @ lower[j, :j]
            if i == j:
                lower[i, i] = np.sqrt(max(rest, 0.0))
            elif lower[j, j] > _ROUNDING:
                lower[i, j] = rest / lower[j, j]
    return lower
