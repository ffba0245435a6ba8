"""
How a number that is doubted is distributed.

An estimate says between what and what the truth lies, and how surely. Where it says no shape, its
unit and range choose one::

    a fraction                beta        stays within 0 and 1
    above 0                   lognormal   as likely half as double
    from 0                    PERT        from 0, most likely at its value

Where it was measured often, its samples are the distribution, and no shape stands between. Draws
respect the field the number stands in: whole numbers are whole, and none leaves its bounds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models.uncertainty._distribution import Distribution
from planning.models.uncertainty.distributions import fitted
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Array, value_at


def shape_of(estimate: Estimate) -> str:
    """Return the shape that an estimate says, or the one that suits its unit and range."""
    if estimate.samples:
        return "samples"
    if estimate.shape:
        return estimate.shape
    if np.isfinite(estimate.bounds[1]):
        return "beta"
    return "lognormal" if estimate.low is not None and estimate.low > 0 else "pert"


def distribution_of(estimate: Estimate) -> Distribution:
    """
    Return the distribution of a number that is doubted.

    Raises
    ------
    ValueError
        If it has no range, or no distribution of its shape has that range.
    """
    if estimate.low is None or estimate.high is None or not estimate.doubted:
        raise ValueError(f"{estimate} has no range: nobody doubts it; give low and high.")
    least, most = estimate.bounds
    value = min(max(value_at(estimate), estimate.low), estimate.high)
    shape = shape_of(estimate)
    if shape == "samples":
        return Distribution(shape, estimate.samples, least, most)
    return fitted(shape, estimate.low, estimate.high, value, estimate.confidence, least, most)


def drawn(estimate: Estimate, points: ArrayLike) -> Array:
    """
    Return draws of a number that is doubted.

    Parameters
    ----------
    estimate : Estimate
        With a range.
    points : array_like
        Even between 0 and 1. [fraction]

    Returns
    -------
    ndarray
        Whole where only whole numbers make sense, within its field's bounds. [its unit]

    Examples
    --------
    >>> workers = Estimate(4.0, "process", low=1.0, high=8.0, whole=True, bounds=(1.0, np.inf))
    >>> drawn(workers, [0.001, 0.2, 0.5, 0.8]).tolist()
    [1.0, 1.0, 3.0, 8.0]
    """
    found = distribution_of(estimate).quantile(points)
    if estimate.whole:
        least, most = estimate.bounds
        found = np.clip(np.round(found), np.ceil(least), np.floor(most))
    return found
