r"""
Erlang's loss formula as a logarithm, at any size; servers need not be whole.

B is a Poisson probability over a sum of such, an incomplete gamma function:
:math:`1/B = e^a \Gamma(c+1, a) / a^c`. With 1e20 servers the probability's logarithm is a
difference of numbers of 22 digits, so from some size on it is written by Stirling's series, where
they cancel on paper (Loader 2000). Far past saturation the function underflows, and Legendre's
continued fraction takes its place:

.. math:: 1/B = \cfrac{a}{d + \cfrac{c}{d + 2 + \cfrac{2(c-1)}{d + 4 + \dots}}}, \quad d = a - c.
"""

from __future__ import annotations

import numpy as np

from planning.models._guards import Array

# Below this log probability scipy's incomplete gamma nears underflow (at about -708).
_DEEP_OVERLOAD = -600.0
# Terms of the continued fraction. So deep, d * d is above 1,000 c: 12 are exact to rounding.
_TERMS = 20
# From here on Stirling's series, cut after three terms, is exact to rounding.
_MANY = 100.0


def log_lost(load: Array, count: Array) -> Array:
    """
    Logarithm of Erlang B; see :func:`planning.models.queueing.erlang.log_erlang_b`.

    The time it takes does not depend on the arguments.
    """
    from scipy import special

    load, count = np.broadcast_arrays(load, count)
    log_last = log_poisson(count, load)
    deep = (load > count) & (log_last < _DEEP_OVERLOAD)
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Array = np.array(log_last - np.log(special.gammaincc(count + 1, load)))
    if np.any(deep):
        result[deep] = -np.log1p(_served_to_lost(load[deep], count[deep]))
    return np.minimum(result, 0.0)


def log_poisson(count: Array, mean: Array) -> Array:
    """Logarithm of the chance of `count` where `mean` are expected; -inf if none are."""
    from scipy import special

    many = count >= _MANY
    if not np.any(many):
        return np.asarray(special.xlogy(count, mean) - mean - special.gammaln(count + 1.0))
    large = np.where(many, count, _MANY)
    series = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / large**2) / large**2) / large
    stirling = -0.5 * np.log(2.0 * np.pi * large) - series - large * _excess(mean, large)
    if np.all(many):
        return np.asarray(stirling)
    few = np.where(many, 0.0, count)
    plain = special.xlogy(few, mean) - mean - special.gammaln(few + 1.0)
    return np.asarray(np.where(many, stirling, plain))


def _excess(mean: Array, count: Array) -> Array:
    """Evaluate ``r - 1 - log(r)``, r = mean / count, without cancellation near 1; inf at 0."""
    off = (mean - count) / count
    near = np.abs(off) < 0.1
    # log(1 + off) = 2 artanh(v), v = off / (2 + off).
    v = np.where(near, off, 0.0) / (2.0 + np.where(near, off, 0.0))
    square = v * v
    tail = square * 0.0
    for power in (15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0):
        tail = (tail + 1.0 / power) * square
    with np.errstate(divide="ignore"):
        # Rounded alike, off and its logarithm cancel well; near -1 nothing is left of 1 + off.
        far = off - np.where(off > -0.5, np.log1p(off), np.log(mean / count))
    return np.asarray(np.where(near, v * (np.where(near, off, 0.0) - 2.0 * tail), far))


def _served_to_lost(load: Array, count: Array) -> Array:
    """1/B - 1 far past saturation, from the innermost term of the continued fraction outwards."""
    over = load - count
    tail = np.zeros_like(over)
    for k in range(_TERMS, 1, -1):
        # Below zero it has ended: of whole servers there are no more than `count`.
        tail = k * np.maximum(count + 1.0 - k, 0.0) / (over + 2.0 * k + tail)
    first = 1.0 / (over + 2.0 + tail)
    return np.asarray(count * (1.0 - first) / (over + count * first))
