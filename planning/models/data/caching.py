r"""
What a cache takes off its origin, and how old its answers are.

A copy is fetched on a miss and kept for a time to live T. With reads of one
key at random at a rate λ (Poisson), each fetch is followed by λT hits::

    fetch  hit hit hit hit | fetch  hit hit ...       hit ratio = λT / (1 + λT)
    <--------- T --------->

λ is per key and per cache: a thousand keys read 100 times a second in total
hit far less often than one key. A client that refetches by its own clock asks
once per T however little it reads, so a million clients are a million / T.
Stale answers add up: behind a chain of caches the oldest answer is as old as
the sum of their times to live.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, fraction, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_that_fit

_JUNG = (
    "Jung, Berger and Balakrishnan (2003), Modeling TTL-based Internet Caches, IEEE INFOCOM, "
    "vol. 1, p. 417, http://www.sds.lcs.mit.edu/publications/modeling-ttl.html"
)
_HTTP = "RFC 9111, HTTP Caching (2022), section 4.2, https://www.rfc-editor.org/rfc/rfc9111"


@formula("request_rate * (1 - hit_ratio)", source="definition of the hit ratio")
def origin_rate(request_rate: ArrayLike, hit_ratio: ArrayLike) -> Array:
    """
    Requests per second that pass the cache.

    A hit ratio of 0 passes all of them, 1 none.

    Parameters
    ----------
    request_rate : array_like
        Requests per second to the cache, non-negative. [1/s]
    hit_ratio : array_like
        Share answered by the cache. [fraction]

    Returns
    -------
    ndarray
        Requests per second to the origin. [1/s]

    Raises
    ------
    ValueError
        If `request_rate` is negative or `hit_ratio` is outside 0–1.

    References
    ----------
    .. [1] Breslau, L. et al. (1999). Web Caching and Zipf-like Distributions: Evidence and
       Implications. IEEE INFOCOM, 126-134. https://doi.org/10.1109/INFCOM.1999.749260

    Examples
    --------
    From 90 % to 95 % halves the load of the origin.

    >>> origin_rate(request_rate=1000, hit_ratio=[0.90, 0.95]).round(9).tolist()
    [100.0, 50.0]
    """
    (request_rate,) = non_negative(request_rate=request_rate)
    (hit_ratio,) = fraction(hit_ratio=hit_ratio)
    return request_rate * (1.0 - hit_ratio)


@formula("request_rate_per_key * ttl / (1 + request_rate_per_key * ttl)", source=_JUNG)
def ttl_hit_ratio(request_rate_per_key: ArrayLike, ttl: ArrayLike) -> Array:
    """
    Hit ratio of one key in one cache that keeps a fetched copy for a time to live.

    0 for a key that is not read or not kept; 1 in the limit of a key read all the time.
    Holds for Poisson reads; reads in bursts hit more often, evenly spaced reads less often.

    Parameters
    ----------
    request_rate_per_key : array_like
        Reads per second of the key, at this cache, finite and non-negative. [1/s]
    ttl : array_like
        Time to live, finite and non-negative. [s]

    Returns
    -------
    ndarray
        Share of reads answered by the cache. [fraction]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Jung, J., Berger, A. W. and Balakrishnan, H. (2003). Modeling TTL-based Internet
       Caches. IEEE INFOCOM, vol. 1, p. 417 (renewal model, Poisson arrivals).
       http://www.sds.lcs.mit.edu/publications/modeling-ttl.html

    Examples
    --------
    90 % at 30 s needs a read every 3.3 s of every single key.

    >>> float(ttl_hit_ratio(request_rate_per_key=0.3, ttl=30))
    0.9
    """
    request_rate_per_key, ttl = non_negative(request_rate_per_key=request_rate_per_key, ttl=ttl)
    reads = request_rate_per_key * ttl
    return reads / (1.0 + reads)


@formula(
    "the mean of the keys' ttl_hit_ratio, weighted by their request rates",
    source=_JUNG,
    arithmetic=False,
)
def ttl_hit_ratio_over_keys(request_rates: ArrayLike, ttl: ArrayLike) -> Array:
    """
    Hit ratio over all reads of keys that are not equally popular.

    0 where nothing is read.

    Parameters
    ----------
    request_rates : array_like
        Reads per second of each key along the last axis, finite and non-negative. [1/s]
    ttl : array_like
        Time to live, of all keys or of each, finite and non-negative. [s]

    Returns
    -------
    ndarray
        Share of all reads answered by the cache; the last axis is gone. [fraction]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Jung, J., Berger, A. W. and Balakrishnan, H. (2003). Modeling TTL-based Internet
       Caches. IEEE INFOCOM, vol. 1, p. 417.
       http://www.sds.lcs.mit.edu/publications/modeling-ttl.html

    Examples
    --------
    The same 10 reads a second for a minute, of one key and of a thousand.

    >>> import numpy as np
    >>> float(ttl_hit_ratio_over_keys([10.0], 60).round(4))
    0.9983
    >>> float(ttl_hit_ratio_over_keys(np.full(1000, 0.01), 60).round(4))
    0.375
    """
    (request_rates,) = non_negative(request_rates=request_rates)
    hits: Array = np.sum(request_rates * ttl_hit_ratio(request_rates, ttl), axis=-1)
    total: Array = np.sum(request_rates, axis=-1)
    return hits / np.where(total > 0, total, 1.0)


@formula("clients / ttl", source=_HTTP)
def refresh_rate(clients: ArrayLike, ttl: ArrayLike) -> Array:
    """
    Requests per second of clients that each refetch once per time to live.

    For polling, for per-user content that no cache shares, and for refetching browsers.

    Parameters
    ----------
    clients : array_like
        Clients with a clock of their own, non-negative. [users]
    ttl : array_like
        Time between the fetches of one client, above 0. [s]

    Returns
    -------
    ndarray
        Requests per second. [1/s]

    Raises
    ------
    ValueError
        If `clients` is negative or `ttl` is not above 0.

    References
    ----------
    .. [1] RFC 9111, HTTP Caching (2022), section 4.2: a stored answer is fresh for its
       lifetime. https://www.rfc-editor.org/rfc/rfc9111

    Examples
    --------
    A million users with ``max-age=60`` on personal content.

    >>> float(refresh_rate(clients=1_000_000, ttl=60).round())
    16667.0
    """
    (clients,) = non_negative(clients=clients)
    (ttl,) = positive(ttl=ttl)
    return clients / ttl


@formula("the sum of ttls over the chain", source=_HTTP, arithmetic=False)
def staleness_worst(ttls: ArrayLike) -> Array:
    """
    Age of the oldest answer behind a chain of caches that do not pass on the age.

    Each layer may take its copy at the end of the life of the one before. A job that runs
    every T seconds and a poller are layers too.

    Parameters
    ----------
    ttls : array_like
        Time to live of each layer along the last axis, non-negative. [s]

    Returns
    -------
    ndarray
        Age; the last axis is gone. [s]

    Raises
    ------
    ValueError
        If a time is negative.

    References
    ----------
    .. [1] RFC 9111, HTTP Caching (2022), section 4.2.3: the ``Age`` header exists so that
       lifetimes do not add up; application caches lack it.
       https://www.rfc-editor.org/rfc/rfc9111

    Examples
    --------
    A job, an edge and a client of five minutes each are 15 minutes, not five.

    >>> float(staleness_worst(ttls=[300, 300, 300])) / 60
    15.0
    """
    (ttls,) = non_negative(ttls=ttls)
    worst: Array = np.sum(ttls, axis=-1)
    return worst


@formula("half the sum of ttls over the chain", source=_HTTP, arithmetic=False)
def staleness_mean(ttls: ArrayLike) -> Array:
    """
    Mean age of an answer behind a chain of caches with unrelated clocks, read all the time.

    Each layer's copy is on average half its life old. A key read rarely is fresher: with
    Poisson reads, one layer gives ``ttl_hit_ratio * ttl / 2``.

    Parameters
    ----------
    ttls : array_like
        Time to live of each layer along the last axis, non-negative. [s]

    Returns
    -------
    ndarray
        Mean age; the last axis is gone. [s]

    Raises
    ------
    ValueError
        If a time is negative.

    References
    ----------
    .. [1] Ross, S. M. Introduction to Probability Models, 11th ed. (2014), section 7.4: the
       mean age of a renewal process of constant period T is T/2.

    Examples
    --------
    Balances written every 10 s are 5 s old on average.

    >>> float(staleness_mean(ttls=[10]))
    5.0
    """
    return staleness_worst(ttls) / 2


@formula("floor(memory / object_size)", source="definition of a whole object")
def objects_that_fit(memory: ArrayLike, object_size: ArrayLike) -> Array:
    """
    Objects that a cache holds; 0 where not even one fits.

    Parameters
    ----------
    memory : array_like
        Memory for objects, non-negative. [B]
    object_size : array_like
        Mean size with key and overhead, above 0. [B]

    Returns
    -------
    ndarray
        Objects, a whole number. [count]

    Raises
    ------
    ValueError
        If `memory` is negative or `object_size` is not above 0.

    Examples
    --------
    >>> float(objects_that_fit(memory=30 * 1024**2, object_size=2 * 1024))
    15360.0
    """
    (memory,) = non_negative(memory=memory)
    (object_size,) = positive(object_size=object_size)
    return units_that_fit(memory, object_size)
