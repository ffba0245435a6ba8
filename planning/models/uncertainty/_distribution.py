"""
A distribution as its quantiles: all that draws need.

A draw is a number between 0 and 1 put through ``quantile``; what was asked of a fit is asked of
the same function.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtr, ndtri

from planning.models._guards import Array
from planning.models.uncertainty.empirical import sample_quantile

# Beta quantiles cost microseconds each: more than this many are read off a table.
_TABLE = 1025
_FURTHEST = 6.0  # standard deviations that the table reaches: all but two in 1e9


@dataclass(frozen=True, slots=True)
class Distribution:
    """
    A fitted distribution.

    Attributes
    ----------
    shape : str
        A name from :data:`~planning.models.uncertainty._shapes.SHAPES`, or ``samples``.
    parameters : tuple of float
        Mean and deviation of the logarithm; or of the normal; or the two exponents of the beta; or
        the measured samples in order.
    least, most : float
        Ends between which it lies. [unit of the quantity]
    """

    shape: str
    parameters: tuple[float, ...]
    least: float
    most: float

    def quantile(self, probability: ArrayLike) -> Array:
        """
        Return the value below which it lies with a probability.

        Parameters
        ----------
        probability : array_like
            Between 0 and 1. [fraction]

        Returns
        -------
        ndarray
            Within ``least`` and ``most``. [unit of the quantity]
        """
        levels = np.asarray(probability, dtype=float)
        if self.shape == "samples":
            found = sample_quantile(self.parameters, levels)
            return np.asarray(np.clip(found, self.least, self.most))
        first, second = self.parameters
        if self.shape == "lognormal":
            found = np.exp(first + second * ndtri(levels))
        elif self.shape == "normal":
            found = truncated(levels, first, second, self.least, self.most)
        elif self.shape == "uniform":
            found = self.least + (self.most - self.least) * levels
        else:
            found = self.least + (self.most - self.least) * _beta(levels, first, second)
        return np.asarray(np.clip(found, self.least, self.most))


def truncated(levels: Array, mean: float, deviation: float, least: float, most: float) -> Array:
    """
    Return quantiles of a normal that lies between two ends.

    Where its mean is below both, it is counted from the upper tail, which has digits there.
    """
    if mean < least:
        return -truncated(1 - levels, -mean, deviation, -most, -least)
    below, above = ndtr((least - mean) / deviation), ndtr((most - mean) / deviation)
    return np.asarray(mean + deviation * ndtri(below + levels * (above - below)))


def _beta(levels: Array, first: float, second: float) -> Array:
    """Return quantiles of a beta; many of them from a table, as good as a tenth of a percent."""
    if levels.size <= 2 * _TABLE:
        return np.asarray(betaincinv(first, second, levels))
    z, odds = _beta_table(first, second)
    found = np.interp(ndtri(levels), z, odds)
    return np.asarray(1 / (1 + np.exp(-found)))


@lru_cache(maxsize=512)
def _beta_table(first: float, second: float) -> tuple[Array, Array]:
    """Return log-odds of a beta's quantiles, against the normal's: nearly a straight line."""
    z = np.linspace(-_FURTHEST, _FURTHEST, _TABLE)
    below = np.maximum(betaincinv(first, second, ndtr(z)), 1e-300)
    # What is left above it, from the other side, where 1 - below would be rounded away.
    above = np.maximum(betaincinv(second, first, ndtr(-z)), 1e-300)
    return z, np.log(below) - np.log(above)
