r"""
Layers: who waits below holds a place above.

A request that waits for the database holds its connection, its thread and its user all the
while, so congestion climbs from layer to layer::

    users ──> [ pool of places ] ──> [ delay ] ──> [ database x servers ]
              held_time              `hold` in all, without any waiting
              <── full exactly when what is below can do no more ──>

A layered queueing network is usually solved by iteration. Here each layer is one closed form,
told only how busy what lies below would be, so the layers are solved in one pass from the
bottom up: how long a place is held then says how busy the pool above is. Each layer seen from
above is a closed network of a delay and a queue for each thing below. Who waits for a place is in
:mod:`planning.models.networks.pools`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, fraction, non_negative, positive
from planning.models.formula import formula
from planning.models.networks._crowd import called_pool
from planning.models.queueing._parts import whole_servers
from planning.models.queueing.finite import mmck
from planning.models.queueing.waiting import mean_wait

_SCHWEITZER = (
    "Schweitzer (1979), Bard (1979); Lazowska et al. (1984), Quantitative System Performance, "
    "6.4, solved for one queue and a delay"
)


@formula(
    "min(inside, 1) * 2 * max(inside, 1) / (max(inside, 1) + idle_ratio "
    "+ ((max(inside, 1) - idle_ratio)**2 + 4 * idle_ratio)**(1 / 2))",
    source=_SCHWEITZER,
)
def crowded_share(inside: ArrayLike, idle_ratio: ArrayLike) -> Array:
    r"""
    Utilisation of the slowest station of a closed network, all other time a delay.

    Parameters
    ----------
    inside : array_like
        :math:`n`, customers in the network, non-negative; a fraction or infinity too. [count]
    idle_ratio : array_like
        :math:`z`, delay over service time of one customer, non-negative and finite. [s/s]

    Returns
    -------
    ndarray
        Utilisation, 0–1: 0 of nobody, ``1 / (1 + idle_ratio)`` of one customer, who never waits,
        towards 1 of many. Never above exact mean value analysis and at most 6.8 % below it (five
        customers, an idle ratio of 2.3), 0.01 % in the median of 1–1000 customers and ratios of
        0–300. [fraction]

    Raises
    ------
    ValueError
        If an argument is negative, or `idle_ratio` infinite.

    References
    ----------
    .. [1] Lazowska, E. D. et al. (1984), Quantitative System Performance, 6.4.

    Notes
    -----
    In units of the service time, who arrives finds :math:`f = (n-1)/n` of the mean queue
    :math:`Q`. So a visit takes :math:`1 + fQ` and, at a throughput of :math:`u`,
    :math:`Q = u (1 + f Q) = u / (1 - f u)`. All customers are somewhere: :math:`n = uz + Q`.
    Hence :math:`f z u^2 - (n + z) u + n = 0`, whose root in 0–1 is

    .. math:: u = \frac{2n}{n + z + \sqrt{(n + z)^2 - 4 z (n - 1)}},

    where the root is of :math:`(n - z)^2 + 4z`. Below one customer nobody waits, and
    :math:`u = n / (1 + z)`.

    Examples
    --------
    >>> crowded_share([0, 0.5, 1, 4, 100], idle_ratio=3).round(3).tolist()
    [0.0, 0.125, 0.25, 0.754, 1.0]
    """
    (inside,) = non_negative(inside=inside)
    (idle_ratio,) = finite(idle_ratio=idle_ratio)
    crowd = np.maximum(inside, 1.0)
    # Divided by the crowd, so that it may be infinite.
    idle = idle_ratio / crowd
    root = np.hypot(1.0 - idle, 2.0 * np.sqrt(idle / crowd))
    return np.minimum(np.minimum(inside, 1.0) * 2.0 / (1.0 + idle + root), 1.0)


@formula(
    "min(users / cycle_time, capacity * crowded_share(users, max(cycle_time * capacity - 1, 0)))",
    source=_SCHWEITZER,
    arithmetic=False,
)
def closed_throughput(users: ArrayLike, cycle_time: ArrayLike, capacity: ArrayLike) -> Array:
    """
    Requests per second of users who wait for the answer, think and ask again.

    Parameters
    ----------
    users : array_like
        Non-negative; a fraction or infinity too. [user]
    cycle_time : array_like
        Think time plus response without any waiting, above 0 and finite. [s]
    capacity : array_like
        Of the slowest station, non-negative: servers over service time, or infinite. [1/s]

    Returns
    -------
    ndarray
        Throughput: never above ``users / cycle_time`` nor above `capacity`, the two asymptotes
        that it follows for few and for many users. Below exact mean value analysis by at most
        6.8 % with one server, and 23 % with as many servers as users, where none would wait. [1/s]

    Raises
    ------
    ValueError
        If `users` or `capacity` is negative, or `cycle_time` not above 0 or infinite.

    References
    ----------
    .. [1] Lazowska, E. D. et al. (1984), Quantitative System Performance, 5.2 (asymptotes), 6.4.
    .. [2] Seidmann, A., Schweitzer, P. J. & Shalev-Oren, S. (1987), Computerized closed queueing
       network models of flexible manufacturing systems, Large Scale Systems 12, 91–107 (several
       servers as one as fast as all, and a delay for the rest of the service).

    Examples
    --------
    >>> closed_throughput([1, 50, 100], cycle_time=0.125, capacity=25).round(2).tolist()
    [8.0, 24.98, 24.99]
    """
    users, capacity = non_negative(users=users, capacity=capacity)
    (cycle_time,) = positive(cycle_time=cycle_time)
    finite(cycle_time=cycle_time)
    with np.errstate(over="ignore"):
        alone = users / cycle_time
        idle = np.maximum(cycle_time * capacity - 1.0, 0.0)
    roomy = np.isinf(idle)
    at_station = crowded_share(users, np.where(roomy, 0.0, idle)) * np.where(roomy, 0.0, capacity)
    return np.where(roomy, alone, np.minimum(alone, at_station))


@formula(
    "hold + wait * (share of it spent inside): mean number inside of a machine repair network of "
    "places customers, fed from a queue, over arrival_rate; at most places / pool_throughput",
    source="Chandy, Herzog & Woo (1975), Parametric analysis of queuing networks, "
    "doi:10.1147/rd.191.0036 (flow-equivalent server)",
    arithmetic=False,
)
def held_time(
    hold: ArrayLike,
    wait: ArrayLike,
    places: ArrayLike,
    arrival_rate: ArrayLike,
    utilisation: ArrayLike,
    servers: ArrayLike = 1.0,
    **others: ArrayLike,
) -> Array:
    """
    How long a place is held when what is called is congested.

    Only those who have a place can wait below; the others wait for a place. So of the wait there
    would be with places for all, a part is spent inside and the rest before
    (:func:`planning.models.networks.pools.called_wait`).

    Parameters
    ----------
    hold : array_like
        Time a place is held if nobody waits, non-negative and finite. [s]
    wait : array_like
        What the requests would wait below for all they call there if there were places for all
        of them, non-negative, infinite from saturation on. [s]
    places : array_like
        Threads or pooled connections, above 0; a fraction or infinity too. [count]
    arrival_rate : array_like
        Requests that want a place, non-negative and finite. [1/s]
    utilisation : array_like
        Of a resource below at this arrival rate, non-negative and finite, above 1 where it is
        overloaded; 0 where nothing below can run out. [erlang per server]
    servers : array_like
        Of that resource, above 0 and finite; below 1 it is one, slower. [count]
    **others : array_like
        ``utilisation: name`` and ``servers: name`` of every other resource that a holder waits
        for, one after the other; one server where none are given. [erlang per server], [count]

    Returns
    -------
    ndarray
        Held time, from `hold` up. It only rises with load, and past saturation ``places / held
        time`` is the throughput that the places can get out of what they call. Within 3.6 % of
        the exact chain of a pool, a delay and 1–16 servers with `wait` of M/M/c, at 30–95 % of
        what the pool can do. [s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Chandy, K. M., Herzog, U. & Woo, L. (1975), Parametric analysis of queuing networks,
       doi:10.1147/rd.191.0036.

    Examples
    --------
    Twenty connections, each held 100 ms; the database below them does 100 requests a second.

    >>> rate, wait = np.array([0.0, 50.0, 400.0]), [0.0, 0.01, np.inf]
    >>> held_time(0.1, wait, places=20, arrival_rate=rate, utilisation=rate / 100).round(3).tolist()
    [0.1, 0.11, 0.2]

    Two resources as busy as each other let only 20 of 21 of what each can do through.

    >>> two = held_time(0.02, np.inf, 20, 400, 4, **{"utilisation: other": 4})
    >>> float((20 / two).round(1))
    95.2
    """
    (usual,) = non_negative(wait=wait)
    (number,) = positive(places=places)
    endless = np.isinf(number)
    there = np.where(endless, 1.0, number)
    pool = called_pool(hold, there, arrival_rate, utilisation, servers, others)
    inside = pool.held - pool.hold
    known = np.isfinite(usual) & np.isfinite(pool.usual_wait) & (pool.usual_wait > 0)
    # The part of the usual wait that is inside, taken of the wait that is given.
    part = np.divide(inside, pool.usual_wait, out=np.zeros(known.shape), where=known)
    longer = np.where(known, np.where(known, usual, 0.0) * np.minimum(part, 1.0), inside)
    held = np.minimum(pool.hold + longer, number / pool.throughput)
    held = np.where(pool.limited & ~endless, np.maximum(held, pool.hold), pool.hold + usual)
    return np.where(pool.loaded, held, np.asarray(hold, dtype=float))


@formula(
    "mean wait of those admitted to M/M/c/K, K = places; of M/M/c with endless places",
    source="Gross & Harris, Fundamentals of Queueing Theory, M/M/c/K",
    arithmetic=False,
)
def place_wait(
    busy: ArrayLike, arrival_rate: ArrayLike, servers: ArrayLike, places: ArrayLike
) -> Array:
    """
    Mean wait for a server when only so many can be inside, at any load.

    Parameters
    ----------
    busy : array_like
        Servers wanted at once: arrival rate × service time, non-negative and finite. [erlang]
    arrival_rate : array_like
        Requests for a server, non-negative and finite. [1/s]
    servers : array_like
        Above 0 and finite; a fraction is rounded down and those left are faster (or, below one,
        the only one is slower), so that together they carry the same. [count]
    places : array_like
        Most requests waiting or in service, above 0; a fraction is rounded down, and there is a
        place at every server. May be infinite. [count]

    Returns
    -------
    ndarray
        Mean wait of those who get a place: 0 at zero load, in overload towards the service time
        times ``(places - servers) / servers``, which with endless places is infinite. [s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Gross, D. & Harris, C. M. (1998), Fundamentals of Queueing Theory, 3rd ed., M/M/c/K.

    Examples
    --------
    >>> place_wait([0, 3.2, 40], [0, 320, 4000], servers=4, places=20).round(4).tolist()
    [0.0, 0.0067, 0.0397]
    """
    busy, arrival_rate = finite(busy=busy, arrival_rate=arrival_rate)
    (servers,) = positive(servers=servers)
    (places,) = positive(places=places)
    part = whole_servers(busy, arrival_rate, servers)
    endless = np.isinf(places)
    if np.all(endless):
        wait = mean_wait(part.rate, part.time, part.number)
        return np.where(part.loaded, wait, 0.0)
    room = np.maximum(np.floor(np.where(endless, 1.0, places)), part.number)
    queue = mmck(part.rate, part.time, part.number, room)
    served = np.where(part.loaded, queue.throughput, 1.0)
    wait = queue.mean_queue_length / served
    if np.any(endless):
        wait = np.where(endless, mean_wait(part.rate, part.time, part.number), wait)
    return np.where(part.loaded, wait, 0.0)


@formula("1 - (1 - failed)**steps", source="chance of at least one of independent failures")
def any_failed(failed: ArrayLike, steps: ArrayLike) -> Array:
    """
    Share of requests that fail because at least one of their steps does.

    Parameters
    ----------
    failed : array_like
        Share of steps that fail, each independent of the others. [fraction]
    steps : array_like
        Steps of one request, non-negative and finite; a mean number is taken as exact. [count]

    Returns
    -------
    ndarray
        Share of requests, 0–1; about ``failed * steps`` where that is small. [fraction]

    Raises
    ------
    ValueError
        If `failed` is not a fraction, or `steps` negative or infinite.

    References
    ----------
    .. [1] Feller, W. (1968), An Introduction to Probability Theory, vol. 1, ch. V.3.

    Examples
    --------
    >>> any_failed(failed=0.01, steps=[0, 1, 10]).round(4).tolist()
    [0.0, 0.01, 0.0956]
    """
    (failed,) = fraction(failed=failed)
    (steps,) = finite(steps=steps)
    with np.errstate(divide="ignore"):
        survival = np.log1p(-failed)
    several: Array = 0.0 - np.expm1(steps * np.where(steps > 0, survival, 0.0))
    return several
