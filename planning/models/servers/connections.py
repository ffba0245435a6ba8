r"""
Connections needed per user.

A connection is needed while it is *held*, not while a user is online. Little's
law turns rate and hold time into connections in use, :math:`L = \lambda W`; lock
waits and round trips are part of the hold. Three arrangements differ in what is
held: every client keeps one (direct, or a pooler in session mode); every server
process keeps a pool, so limits multiply by processes; or a pooler in transaction
mode lends one for a transaction, so that only the connections in use count.
A pooler adds clients, never throughput.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula
from planning.models.queueing._parts import whole_servers
from planning.models.queueing.finite import LimitedWait, wait_limited

_LITTLE = (
    "Little, J. D. C. (1961), A Proof for the Queuing Formula L = λW, Oper. Res. 9(3), 383–387"
)


@formula(
    "min(processes * pool_size, max(processes * pool_warm, busy))",
    source="pools open on demand and keep a warm minimum: node-postgres docs, pg.Pool `min`, `max`",
)
def opened_connections(
    busy: ArrayLike, processes: ArrayLike, pool_warm: ArrayLike, pool_size: ArrayLike
) -> Array:
    """
    Connections that the processes' pools have open at the database.

    Parameters
    ----------
    busy : array_like
        Connections in use. [connection]
    processes : array_like
        Server processes. [process]
    pool_warm, pool_size : array_like
        Least and most connections per pool. [connection]

    Returns
    -------
    ndarray
        Open connections: never below the warm ones, never above the pools' total. [connection]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] node-postgres documentation, https://node-postgres.com/apis/pool.

    Examples
    --------
    >>> [float(opened_connections(busy, 4, 10, 100)) for busy in (5, 120, 900)]
    [40.0, 120.0, 400.0]
    """
    busy, processes, pool_warm, pool_size = non_negative(
        busy=busy, processes=processes, pool_warm=pool_warm, pool_size=pool_size
    )
    return np.minimum(processes * pool_size, np.maximum(processes * pool_warm, busy))


@formula(
    "mean wait in M/M/c where nobody waits longer than the wait limit",
    source="Baccelli & Hébuterne (1981); see planning.models.queueing.finite",
    arithmetic=False,
)
def pool_wait(
    busy: ArrayLike, arrival_rate: ArrayLike, servers: ArrayLike, wait_limit: ArrayLike
) -> Array:
    """
    Mean wait for a place in a pool, at any load.

    Parameters
    ----------
    busy : array_like
        Places wanted at once: arrival rate × hold time. [erlang]
    arrival_rate : array_like
        Requests for a place. [1/s]
    servers : array_like
        Places, above 0; a fraction is rounded down and those left are faster (or, below one, the
        only one is slower), so that together they carry the same. [count]
    wait_limit : array_like
        Longest wait before a request gives up, above 0. [s]

    Returns
    -------
    ndarray
        Mean wait of those who get a place: 0 at zero load, towards `wait_limit` in overload. [s]

    Raises
    ------
    ValueError
        If an argument is negative, or `servers` or `wait_limit` is not above 0.

    References
    ----------
    .. [1] Baccelli & Hébuterne (1981), On Queues with Impatient Customers, Performance '81.

    Examples
    --------
    >>> pool_wait([0, 19, 40], [0, 190, 400], servers=20, wait_limit=10).round(3)
    array([0.   , 0.076, 9.9...])
    """
    loaded, queue = _pool(busy, arrival_rate, servers, wait_limit)
    return np.where(loaded, queue.mean_wait_served, 0.0)


@formula(
    "share of M/M/c that gives up within the wait limit",
    source="Baccelli & Hébuterne (1981); see planning.models.queueing.finite",
    arithmetic=False,
)
def pool_failed(
    busy: ArrayLike, arrival_rate: ArrayLike, servers: ArrayLike, wait_limit: ArrayLike
) -> Array:
    """
    Share of requests that give up waiting for a place in a pool, at any load.

    Parameters
    ----------
    busy, arrival_rate, servers, wait_limit : array_like
        As in :func:`pool_wait`. [erlang], [1/s], [count], [s]

    Returns
    -------
    ndarray
        Share of all requests, 0–1: 0 at zero load, towards ``1 - servers / busy`` in overload.
        [fraction]

    Raises
    ------
    ValueError
        If an argument is negative, or `servers` or `wait_limit` is not above 0.

    References
    ----------
    .. [1] Baccelli & Hébuterne (1981), On Queues with Impatient Customers, Performance '81.

    Examples
    --------
    >>> pool_failed([0, 19, 40], [0, 190, 400], servers=20, wait_limit=0.1).round(3)
    array([0.   , 0.019, 0.5  ])
    """
    loaded, queue = _pool(busy, arrival_rate, servers, wait_limit)
    return np.where(loaded, queue.failed_share, 0.0)


@formula(
    "share of M/M/c that finds every server busy, where nobody waits longer than the wait limit",
    source="Baccelli & Hébuterne (1981); see planning.models.queueing.finite",
    arithmetic=False,
)
def pool_full(
    busy: ArrayLike, arrival_rate: ArrayLike, servers: ArrayLike, wait_limit: ArrayLike
) -> Array:
    """
    Share of requests that find every place of a pool taken, at any load.

    They wait for one, or give up. A pool that is half empty in the mean is full now and then: with
    six of ten wanted one request in ten finds none. How unequal the hold times are hardly matters
    for that, only for how long it lasts: in simulations of ten places of which six are wanted it
    was 9.5 to 10.7 % where one hold in a hundred lasted 7 to 43 times the mean.

    Parameters
    ----------
    busy, arrival_rate, servers, wait_limit : array_like
        As in :func:`pool_wait`. [erlang], [1/s], [count], [s]

    Returns
    -------
    ndarray
        Share of all requests, 0–1: 0 at zero load, Erlang C for a long `wait_limit`, towards 1 in
        overload. [fraction]

    Raises
    ------
    ValueError
        If an argument is negative, or `servers` or `wait_limit` is not above 0.

    References
    ----------
    .. [1] Baccelli & Hébuterne (1981), On Queues with Impatient Customers, Performance '81.

    Examples
    --------
    >>> pool_full([0, 6, 40], [0, 20, 133], servers=10, wait_limit=10).round(3)
    array([0.   , 0.101, 1.   ])
    """
    loaded, queue = _pool(busy, arrival_rate, servers, wait_limit)
    return np.where(loaded, queue.wait_probability, 0.0)


@formula("max(busy / arrival_rate, 1e-6)", source=_LITTLE)
def mean_hold_time(busy: ArrayLike, arrival_rate: ArrayLike) -> Array:
    """
    Mean time that each of the arrivals holds what it holds; a microsecond where none arrives.

    Parameters
    ----------
    busy : array_like
        Mean number in use, non-negative. [count]
    arrival_rate : array_like
        Arrivals per second, non-negative. [1/s]

    Returns
    -------
    ndarray
        Mean hold time, at least a microsecond. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Little, J. D. C. (1961). A Proof for the Queuing Formula L = λW. Operations Research
       9(3), 383-387. https://doi.org/10.1287/opre.9.3.383

    Examples
    --------
    >>> mean_hold_time(busy=[13.3, 0], arrival_rate=[1330, 0]).tolist()
    [0.01, 1e-06]
    """
    busy, arrival_rate = non_negative(busy=busy, arrival_rate=arrival_rate)
    none = np.zeros(np.broadcast_shapes(busy.shape, arrival_rate.shape))
    mean = np.divide(busy, arrival_rate, out=none, where=arrival_rate > 0)
    held: Array = np.maximum(mean, 1e-6)
    return held


def _pool(
    busy: ArrayLike, arrival_rate: ArrayLike, servers: ArrayLike, wait_limit: ArrayLike
) -> tuple[NDArray[np.bool_], LimitedWait]:
    """Return whether anybody asks a pool for a place, and the queue for its places."""
    busy, arrival_rate = non_negative(busy=busy, arrival_rate=arrival_rate)
    servers, wait_limit = positive(servers=servers, wait_limit=wait_limit)
    part = whole_servers(busy, arrival_rate, servers)
    return part.loaded, wait_limited(part.rate, part.time, part.number, wait_limit)
