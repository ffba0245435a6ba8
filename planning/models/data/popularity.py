r"""
What a cache hits when few keys are popular and most are not.

Popularity falls with rank as a power law (Zipf): of all requests the share

    p_k = k^-s / (1 + 2^-s + ... + N^-s)        s about 0.6–1.2 for web objects

asks for the k-th most popular of N keys. Requests are independent (Poisson), so
t seconds after a cold start a key has been fetched with probability
1 - exp(-λ p_k t). A sum of this gives the distinct keys, and a sum weighted with
p_k the hit ratio; a full LRU cache is one in which every key is forgotten after
the time in which as many distinct keys are asked for as it has places (Che).
Sums over up to billions of keys cost 160 terms: the first 64 ranks one by one,
the rest by Gauss–Legendre quadrature over the logarithm of the rank, with fewer
nodes where the ranks do not span much.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, finite, non_negative
from planning.models.formula import formula

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

_JUNG = (
    "Jung, Berger and Balakrishnan (2003), Modeling TTL-based Internet Caches, IEEE INFOCOM, "
    "vol. 1, p. 417, http://www.sds.lcs.mit.edu/publications/modeling-ttl.html"
)
_CHE = (
    "Che, Tung and Wang (2002), Hierarchical Web Caching Systems, IEEE JSAC 20(7), 1305-1314, "
    "https://doi.org/10.1109/JSAC.2002.801752"
)
_POISSON = "independent reference model: a key's requests are a Poisson process of rate λ p_k"


@formula(
    "sum over k of p(k) * x(k) / (1 + x(k)), x(k) = request_rate * p(k) * ttl, "
    "p(k) ~ k**-exponent, k = 1..keys",
    source=_JUNG,
    arithmetic=False,
)
def zipf_ttl_hit_ratio(
    request_rate: ArrayLike, keys: ArrayLike, exponent: ArrayLike, ttl: ArrayLike
) -> Array:
    """
    Hit ratio over keys of Zipf popularity, each kept for a time to live after its fetch.

    0 where nothing is read or kept. As good as the direct sum to 2e-6, at any number of keys.

    Parameters
    ----------
    request_rate : array_like
        Requests per second to the cache, all keys together, finite and non-negative. [1/s]
    keys : array_like
        Keys that may be asked for, at least 1 and finite; a fraction is rounded down. [count]
    exponent : array_like
        s, non-negative: 0 for all alike, about 1 for most popularity data. [1]
    ttl : array_like
        Time to live, finite and non-negative. [s]

    Returns
    -------
    ndarray
        Share of requests answered by the cache. [fraction]

    Raises
    ------
    ValueError
        If `request_rate`, `exponent` or `ttl` is negative or infinite, or `keys` below 1.

    References
    ----------
    .. [1] Jung, J., Berger, A. W. and Balakrishnan, H. (2003). Modeling TTL-based Internet
       Caches. IEEE INFOCOM, vol. 1, p. 417.
       http://www.sds.lcs.mit.edu/publications/modeling-ttl.html
    .. [2] Breslau, L. et al. (1999). Web Caching and Zipf-like Distributions: Evidence and
       Implications. IEEE INFOCOM, 126-134. https://doi.org/10.1109/INFCOM.1999.749260

    Examples
    --------
    A million profiles kept for a minute: what hits depends on who shares the cache.

    >>> zipf_ttl_hit_ratio([10, 1000, 100_000], keys=1_000_000, exponent=0.9, ttl=60).round(3)
    array([0.158, 0.469, 0.895])
    """
    request_rate, ttl = finite(request_rate=request_rate, ttl=ttl)
    (reads,) = finite(requests_per_ttl=request_rate * ttl)
    (slope,) = finite(exponent=exponent)
    return _in_blocks(_kept_hits, reads, _whole(keys), slope)


@formula(
    "sum over k of p(k) * (1 - exp(-p(k) * t)), t such that "
    "the sum over k of 1 - exp(-p(k) * t) = objects; p(k) ~ k**-exponent, k = 1..keys",
    source=_CHE,
    arithmetic=False,
)
def lru_hit_ratio(objects: ArrayLike, keys: ArrayLike, exponent: ArrayLike) -> Array:
    """
    Hit ratio of a full cache that drops what was not used for longest (LRU), by Che.

    However fast requests come; 1 where all keys fit, 0 where no object does. A little low for a
    tiny cache: at an exponent of 1.5 by 0.02 with one place, by less than 0.003 with ten.

    Parameters
    ----------
    objects : array_like
        Places of the cache, of equal size, non-negative. [count]
    keys : array_like
        Keys that may be asked for, at least 1 and finite; a fraction is rounded down. [count]
    exponent : array_like
        s, finite and non-negative. [1]

    Returns
    -------
    ndarray
        Share of requests answered by the cache. [fraction]

    Raises
    ------
    ValueError
        If `objects` or `exponent` is negative or `keys` below 1.

    References
    ----------
    .. [1] Che, H., Tung, Y. and Wang, Z. (2002). Hierarchical Web Caching Systems: Modeling,
       Design and Experimental Results. IEEE JSAC 20(7), 1305-1314.
       https://doi.org/10.1109/JSAC.2002.801752
    .. [2] Fricker, C., Robert, P. and Roberts, J. (2012). A Versatile and Accurate
       Approximation for LRU Cache Performance. 24th International Teletraffic Congress.
       https://arxiv.org/abs/1202.3974

    Examples
    --------
    Places for a hundredth of the keys answer more than half of the requests.

    >>> lru_hit_ratio([0, 10_000, 1_000_000], keys=1_000_000, exponent=1).round(3)
    array([0.   , 0.585, 1.   ])
    """
    (objects,) = non_negative(objects=objects)
    (slope,) = finite(exponent=exponent)
    places, number, slope = np.broadcast_arrays(objects, _whole(keys), slope)
    ratio: Array = np.where(places >= number, 1.0, 0.0)
    # Only where some fit and some do not is there anything to solve.
    open_cases = (places > 0) & (places < number)
    if np.any(open_cases):
        ratio[open_cases] = _in_blocks(
            _full_hits, places[open_cases], number[open_cases], slope[open_cases]
        )
    return ratio


@formula(
    "sum over k of p(k) * (1 - exp(-request_rate * p(k) * time)), p(k) ~ k**-exponent, k = 1..keys",
    source=_POISSON,
    arithmetic=False,
)
def cold_hit_ratio(
    request_rate: ArrayLike, keys: ArrayLike, exponent: ArrayLike, time: ArrayLike
) -> Array:
    """
    Hit ratio at a moment after a cold start, while nothing is dropped yet.

    0 at once, when the origin takes everything; towards 1 where all keys fit and nothing expires.
    A cache with fewer places follows this until it is full (:func:`warm_up_time`).

    Parameters
    ----------
    request_rate : array_like
        Requests per second, all keys together, finite and non-negative. [1/s]
    keys : array_like
        Keys that may be asked for, at least 1 and finite; a fraction is rounded down. [count]
    exponent : array_like
        s, finite and non-negative. [1]
    time : array_like
        Since the cache was empty, finite and non-negative. [s]

    Returns
    -------
    ndarray
        Share of the requests of that moment, not of all since the start. [fraction]

    Raises
    ------
    ValueError
        If `request_rate`, `exponent` or `time` is negative or infinite, or `keys` below 1.

    References
    ----------
    .. [1] Flajolet, P., Gardy, D. and Thimonier, L. (1992). Birthday Paradox, Coupon Collectors,
       Caching Algorithms and Self-Organizing Search. Discrete Applied Mathematics 39, 207-229.
       https://doi.org/10.1016/0166-218X(92)90177-C

    Examples
    --------
    >>> cold_hit_ratio(1000, keys=1_000_000, exponent=1, time=[0, 1, 60, 3600]).round(3)
    array([0.   , 0.375, 0.659, 0.927])
    """
    popularity, weight = _keys(keys, exponent)
    asked = _asked(request_rate, keys, exponent, time)
    return _summed(asked, popularity * weight, most=1.0)


@formula(
    "time t such that the sum over k of 1 - exp(-request_rate * p(k) * t) = objects, "
    "p(k) ~ k**-exponent, k = 1..keys",
    source=_CHE,
    arithmetic=False,
)
def warm_up_time(
    request_rate: ArrayLike, objects: ArrayLike, keys: ArrayLike, exponent: ArrayLike
) -> Array:
    """
    Time until a cold cache is full, and so hits as it does in the long run.

    At this moment :func:`cold_hit_ratio` is :func:`lru_hit_ratio`: it is Che's characteristic time.
    0 for no places; infinite without requests, and where all keys fit, since the rarest are asked
    for so late: choose a hit ratio that will do and look it up in :func:`cold_hit_ratio`.

    Parameters
    ----------
    request_rate : array_like
        Requests per second, all keys together, finite and non-negative. [1/s]
    objects : array_like
        Places of the cache, non-negative. [count]
    keys : array_like
        Keys that may be asked for, at least 1 and finite; a fraction is rounded down. [count]
    exponent : array_like
        s, finite and non-negative. [1]

    Returns
    -------
    ndarray
        Time since the cache was empty. [s]

    Raises
    ------
    ValueError
        If `request_rate`, `objects` or `exponent` is negative, or `keys` below 1.

    References
    ----------
    .. [1] Che, H., Tung, Y. and Wang, Z. (2002). Hierarchical Web Caching Systems: Modeling,
       Design and Experimental Results. IEEE JSAC 20(7), 1305-1314.
       https://doi.org/10.1109/JSAC.2002.801752

    Examples
    --------
    A restarted cache of 100,000 places at 1,000 requests a second.

    >>> float(warm_up_time(1000, objects=100_000, keys=1_000_000, exponent=1).round())
    346.0
    """
    (request_rate,) = finite(request_rate=request_rate)
    (objects,) = non_negative(objects=objects)
    places = _whole(keys)
    ranks = _keys(places, exponent)
    requests = np.exp(_log_requests_until(objects, places, exponent, ranks))
    requests = np.where(objects >= places, np.inf, requests)
    seconds = requests / np.where(request_rate > 0, request_rate, 1.0)
    return np.where(objects > 0, np.where(request_rate > 0, seconds, np.inf), 0.0)


def _in_blocks(function: Callable[[Array, Array, Array], Array], *cases: Array) -> Array:
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


def _kept_hits(reads: Array, number: Array, slope: Array) -> Array:
    """Hit ratio of keys that are kept for a time in which there are so many reads in all."""
    popularity, weight = _keys(number, slope)
    hits = reads[..., None] * popularity
    hits /= 1.0 + hits
    return _summed(hits, popularity * weight, most=1.0)


def _full_hits(places: Array, number: Array, slope: Array) -> Array:
    """Hit ratio of a full cache, between no place and one for every key."""
    popularity, weight = _keys(number, slope)
    requests = np.exp(_log_requests_until(places, number, slope, (popularity, weight)))
    weight *= popularity
    popularity *= -requests[..., None]
    known = np.negative(np.expm1(popularity, out=popularity), out=popularity)
    return _summed(known, weight, most=1.0)


def _keys(keys: ArrayLike, exponent: ArrayLike) -> tuple[Array, Array]:
    """
    Popularity of up to 160 ranks, on a last axis, and how many keys each stands for.

    Ranks that no case has are left out.
    """
    number, (slope,) = _whole(keys), finite(exponent=exponent)
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


def _whole(keys: ArrayLike) -> Array:
    (number,) = at_least_one(keys=keys)
    finite(keys=number)
    return np.asarray(np.floor(number))


@cache
def _quadrature(nodes: int) -> tuple[Array, Array]:
    """Gauss–Legendre nodes and weights over 0..1."""
    node, share = np.polynomial.legendre.leggauss(nodes)
    return (node + 1.0) / 2.0, share / 2.0


def _asked(request_rate: ArrayLike, keys: ArrayLike, exponent: ArrayLike, time: ArrayLike) -> Array:
    """Probability that a key has been asked for, of each of the 160 ranks."""
    request_rate, time = finite(request_rate=request_rate, time=time)
    (requests,) = finite(requests=request_rate * time)
    return np.asarray(-np.expm1(-requests[..., None] * _keys(keys, exponent)[0]))


def _log_requests_until(
    objects: Array, keys: Array, exponent: ArrayLike, ranks: tuple[Array, Array]
) -> Array:
    r"""
    Logarithm of the number of requests until `objects` distinct keys are asked for (Che).

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


def _summed(values: Array, weight: Array, most: ArrayLike) -> Array:
    """Sum over keys, without the rounding error of a sum that should end at `most`."""
    return np.asarray(np.minimum(np.einsum("...k,...k->...", values, weight), most))
