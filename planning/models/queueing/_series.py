"""
Sums and means of truncated geometric and exponential weights, at any ratio.

The textbook forms divide zero by zero where load equals capacity and overflow past it. Here
each is written in a ratio of at most one and in a function without a pole.
"""

from __future__ import annotations

import numpy as np

from planning.models._guards import Array


def log_below_one(ratio: Array) -> Array:
    """Return ``-abs(log(ratio))``: of the ratio or its inverse, whichever is below one."""
    with np.errstate(divide="ignore"):
        return -np.abs(np.log1p(ratio - 1.0))


def geometric_sum(log_ratio: Array, terms: Array) -> Array:
    """Sum ``exp(j * log_ratio)`` over j = 0..terms, for ``log_ratio <= 0``."""
    flat = log_ratio == 0.0
    safe = np.where(flat, -1.0, log_ratio)
    return np.where(flat, terms + 1.0, np.expm1((terms + 1.0) * safe) / np.expm1(safe))


def truncated_geometric_mean(ratio: Array, terms: Array) -> Array:
    """Mean of j = 0..terms weighted with ``ratio**j``; by symmetry from the side below one."""
    slope = -log_below_one(ratio)
    gentle = np.minimum(slope, 0.5)
    near = _less_pole(gentle) - (terms + 1.0) * _less_pole((terms + 1.0) * gentle)
    steep = np.maximum(slope, 0.5)
    far = _one_over_expm1(steep) - (terms + 1.0) * _one_over_expm1((terms + 1.0) * steep)
    below = np.maximum(np.where(slope > 0.5, far, near), 0.0)
    return np.where(ratio > 1.0, terms - below, below)


def truncated_exponential_mean(exponent: Array) -> Array:
    """Mean of x in 0..1 weighted with ``exp(-exponent * x)``, for either sign of `exponent`."""
    return -_less_pole(exponent)


def _one_over_expm1(y: Array) -> Array:
    return np.exp(-y) / -np.expm1(-y)


def _less_pole(y: Array) -> Array:
    r"""Evaluate :math:`1/(e^y - 1) - 1/y`, which is smooth, without cancellation near 0."""
    near = np.abs(y) < 0.5
    small = np.where(near, y, 0.0)
    square = small * small
    # Bernoulli numbers over factorials, B_2k / (2k)!, k = 1..6.
    series = 0.0 * square
    for coefficient in (
        -691 / 1307674368000,
        1 / 47900160,
        -1 / 1209600,
        1 / 30240,
        -1 / 720,
        1 / 12,
    ):
        series = coefficient + square * series
    large = np.where(near, 1.0, np.abs(y))
    above = _one_over_expm1(large) - 1.0 / large
    far = np.where(y > 0, above, -1.0 - above)
    return np.where(near, small * series - 0.5, far)
