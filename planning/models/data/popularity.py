r"""
What a cache hits when few keys are popular and most are not.

Popularity falls with rank as a power law (Zipf): of all requests the share

    p_k = k^-s / (1 + 2^-s + ... + N^-s)        s about 0.6–1.2 for web objects

asks for the k-th most popular of N keys. Requests are independent (Poisson), so
t seconds after a cold start a key has been fetched with probability
1 - exp(-λ p_k t). A sum of this gives the distinct keys, and a sum weighted with
p_k the hit ratio; a full LRU cache is one in which every key is forgotten after
the time in which as many distinct keys are asked for as it has places (Che).
Sums over up to billions of keys cost 160 terms (`_zipf.py`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, non_negative
from planning.models.data._zipf import (
    in_blocks,
    keys_by_rank,
    log_requests_until,
    summed,
    whole_keys,
)
from planning.models.formula import formula

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
    return in_blocks(_kept_hits, reads, whole_keys(keys), slope)


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
    places, number, slope = np.broadcast_arrays(objects, whole_keys(keys), slope)
    ratio: Array = np.where(places >= number, 1.0, 0.0)
    # Only where some fit and some do not is there anything to solve.
    open_cases = (places > 0) & (places < number)
    if np.any(open_cases):
        ratio[open_cases] = in_blocks(
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
    popularity, weight = keys_by_rank(keys, exponent)
    asked = _asked(request_rate, keys, exponent, time)
    return summed(asked, popularity * weight, most=1.0)


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
    places = whole_keys(keys)
    ranks = keys_by_rank(places, exponent)
    requests = np.exp(log_requests_until(objects, places, exponent, ranks))
    requests = np.where(objects >= places, np.inf, requests)
    seconds = requests / np.where(request_rate > 0, request_rate, 1.0)
    return np.where(objects > 0, np.where(request_rate > 0, seconds, np.inf), 0.0)


def _kept_hits(reads: Array, number: Array, slope: Array) -> Array:
    """Hit ratio of keys that are kept for a time in which there are so many reads in all."""
    popularity, weight = keys_by_rank(number, slope)
    hits = reads[..., None] * popularity
    hits /= 1.0 + hits
    return summed(hits, popularity * weight, most=1.0)


def _full_hits(places: Array, number: Array, slope: Array) -> Array:
    """Hit ratio of a full cache, between no place and one for every key."""
    popularity, weight = keys_by_rank(number, slope)
    requests = np.exp(log_requests_until(places, number, slope, (popularity, weight)))
    weight *= popularity
    popularity *= -requests[..., None]
    known = np.negative(np.expm1(popularity, out=popularity), out=popularity)
    return summed(known, weight, most=1.0)


def _asked(request_rate: ArrayLike, keys: ArrayLike, exponent: ArrayLike, time: ArrayLike) -> Array:
    """Probability that a key has been asked for, of each of the 160 ranks."""
    request_rate, time = finite(request_rate=request_rate, time=time)
    (requests,) = finite(requests=request_rate * time)
    return np.asarray(-np.expm1(-requests[..., None] * keys_by_rank(keys, exponent)[0]))
