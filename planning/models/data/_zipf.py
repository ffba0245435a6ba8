"""
Sums over keys of Zipf popularity, up to billions of them, for the formulas of `popularity`.

The first 64 ranks are added one by one, the rest by Gauss–Legendre quadrature over the logarithm
of the rank, with fewer nodes where the ranks do not span much. Arrays have the cases first and
the ranks on their last axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, finite

_RANKS_ONE_BY_ONE = 64
_NODES = 96
# With p k^-s, the terms are analytic where the imaginary part of log k is below pi / (2 s). So n
# nodes over a width w are wrong by about r^(-2n), r = b + sqrt(1 + b^2), b = pi / (s w): 24 of them
# by less than 1e-12 where s w is at most 5.
_FEW_NODES, _NARROW = 24, 5.0
# Cases at a time, whose terms stay in the processor's cache.
_BLOCK = 512
# Its exponential is nearly the largest float.
_LONGEST = 700.0
# Three steps find the hit ratio to four digits, a fourth to eight, and the fifth to the last.
_NEWTONS = 5
# A step as small as this is the last: the next would be its square.
_LAST_STEP = 1e-9
# Share of the keys past which the rest is lost in rounding.
_NEARLY_ALL = 1.0 - 1e-15


def in_blocks(function: Callable[[Array, Array, Array], Array], *cases: Array) -> Array:
    """Apply a function of three arrays, broadcast together, to some cases at a time."""
    shape = np.broadcast_shapes(*(each.shape for each in cases))
    # What is the same for all cases stays one number: its keys are worked out once a block.
    flat = [
        np.ravel(each) if each.size == 1 else np.ravel(np.broadcast_to(each, shape))
        for each in cases
    ]
    found = np.empty(math.prod(shape))
    for start in range(0, found.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        found[part] = function(*(each if each.size == 1 else each[part] for each in flat))
    return found.reshape(shape)


def keys_by_rank(keys: ArrayLike, exponent: ArrayLike) -> tuple[Array, Array]:
    """
    Popularity of up to 160 ranks, on a last axis, and how many keys each stands for.

    Ranks that no case has are left out.
    """
    number, (slope,) = whole_keys(keys), finite(exponent=exponent)
    largest = float(np.max(number, initial=1.0))
    ranks = np.arange(1.0, min(largest, _RANKS_ONE_BY_ONE) + 1.0)
    one_by_one = ranks.size
    node, share = np.empty(0), np.empty(0)
    # A sum over whole ranks is nearly the integral that starts and ends half a rank outside.
    start = np.log(_RANKS_ONE_BY_ONE + 0.5)
    width = np.log(np.maximum(number, _RANKS_ONE_BY_ONE) + 0.5)[..., None] - start
    if largest > _RANKS_ONE_BY_ONE:
        steepest = max(1.0, float(np.max(slope, initial=0.0)))
        narrow = steepest * (np.log(largest + 0.5) - start) <= _NARROW
        node, share = _quadrature(_FEW_NODES if narrow else _NODES)
    log_rank = np.empty((*number.shape, one_by_one + node.size))
    weight = np.empty_like(log_rank)
    log_rank[..., :one_by_one] = np.log(ranks)
    log_rank[..., one_by_one:] = start + width * node
    weight[..., :one_by_one] = ranks <= number[..., None]
    np.exp(log_rank[..., one_by_one:], out=weight[..., one_by_one:])
    weight[..., one_by_one:] *= width * share
    popularity: Array = -slope[..., None] * log_rank
    np.exp(popularity, out=popularity)
    popularity /= np.einsum("...k,...k->...", weight, popularity)[..., None]
    return popularity, weight


def whole_keys(keys: ArrayLike) -> Array:
    """Return how many keys there are, rounded down; fewer than 1 or infinite is an error."""
    (number,) = at_least_one(keys=keys)
    finite(keys=number)
    return np.asarray(np.floor(number))


@cache
def _quadrature(nodes: int) -> tuple[Array, Array]:
    """Gauss–Legendre nodes and weights over 0..1."""
    node, share = np.polynomial.legendre.leggauss(nodes)
    return (node + 1.0) / 2.0, share / 2.0


def log_requests_until(
    objects: Array, keys: Array, exponent: ArrayLike, ranks: tuple[Array, Array]
) -> Array:
    r"""
    Logarithm of the number of requests until `objects` distinct keys are asked for (Che).

    Where no object or every key is asked for it means nothing: some finite number. `ranks` is what
    :func:`keys_by_rank` returns of `keys` and `exponent`.

    Were all keys alike, :math:`-\log(1 - u)` of the share u asked for would be proportional to the
    requests. At any exponent its logarithm is nearly a line over that of the requests, so Newton's
    method on the two is soon there; where it would leave the bracket, the bracket is halved.
    """
    popularity, weight = ranks
    least = np.log(popularity[..., 0]) - np.asarray(exponent, dtype=float) * np.log(keys)
    places = np.where((objects > 0) & (objects < keys), objects, keys / 2.0)
    alike = -np.log1p(-places / keys)
    # Every request brings at most one new key; no key is asked for less than the last one.
    low, high = np.broadcast_arrays(np.log(places), np.log(2.0 * alike) - least)
    low, high = np.minimum(low, _LONGEST), np.minimum(high, _LONGEST)
    number = np.sum(weight, axis=-1)
    wanted = -np.log1p(-np.minimum(places / number, _NEARLY_ALL))
    found: Array = np.clip(np.log(keys * alike), low, high)
    for _ in range(_NEWTONS):
        # Minus the requests for each key, and minus the chance that it was asked for.
        asked_for = popularity * -np.exp(found)[..., None]
        known = np.expm1(asked_for)
        asked = -np.einsum("...k,...k->...", known, weight)
        rest = number - asked
        known += 1.0
        known *= asked_for
        gained = -np.einsum("...k,...k->...", known, weight)
        unasked = -np.log1p(-np.minimum(asked / number, _NEARLY_ALL))
        step = np.divide(unasked * rest, gained, out=np.zeros_like(asked), where=gained > 0)
        step = step * np.log(wanted / unasked)
        enough = asked > places
        low, high = np.where(enough, low, found), np.where(enough, found, high)
        there, before = found + step, found
        found = np.where((there >= low) & (there <= high), there, (low + high) / 2.0)
        if np.all(np.abs(found - before) <= _LAST_STEP):
            break
    return found


def summed(values: Array, weight: Array, most: ArrayLike) -> Array:
    """Sum over keys, without the rounding error of a sum that should end at `most`."""
    return np.asarray(np.minimum(np.einsum("...k,...k->...", values, weight), most))
