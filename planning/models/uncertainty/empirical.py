r"""
Quantiles of what was measured, without a shape between.

Sorted, the i-th of n samples is taken as the quantile at a *plotting position*, and what lies
between two samples is interpolated::

    p_i = (i - 1/3) / (n + 1/3)        p_1 > 0 and p_n < 1

so that a quantile's median over repeated measurements is right whatever the distribution. Beyond
the first and the last position there is no evidence: draws stay at the least and at the greatest
sample.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array
from planning.models.formula import formula


@formula(
    "samples interpolated at positions (i - 1/3) / (n + 1/3)",
    source="Hyndman and Fan (1996), Amer. Statist. 50(4), 361-365, definition 8",
    arithmetic=False,
)
def sample_quantile(samples: ArrayLike, probability: ArrayLike) -> Array:
    """
    Value below which a quantity lies with a probability, by measured samples of it.

    Parameters
    ----------
    samples : array_like
        In ascending order, at least one. [unit of the quantity]
    probability : array_like
        Between 0 and 1. [fraction]

    Returns
    -------
    ndarray
        Between the least and the greatest sample; of one sample always that. [unit of the quantity]

    Raises
    ------
    ValueError
        If there is no sample, or they are not in order.

    References
    ----------
    .. [1] Hyndman, R. J. and Fan, Y. (1996), Sample quantiles in statistical packages, Amer.
       Statist. 50(4), 361-365, definition 8 (median-unbiased).

    Examples
    --------
    >>> sample_quantile([10.0, 20.0, 40.0], [0.0, 0.2, 0.5, 0.8, 1.0]).tolist()
    [10.0, 10.0, 20.0, 40.0, 40.0]
    """
    known = np.asarray(samples, dtype=float)
    if known.ndim != 1 or not known.size:
        raise ValueError("samples must be a list of at least one.")
    if np.any(np.diff(known) < 0):
        raise ValueError("samples must be in ascending order; sort them.")
    positions = (np.arange(1, known.size + 1) - 1 / 3) / (known.size + 1 / 3)
    return np.asarray(np.interp(np.asarray(probability, dtype=float), positions, known))
