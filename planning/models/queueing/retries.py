r"""
Retries, and the retry storm that outlives its cause.

Who waits longer than a limit gives up and tries again, so failures bring load
and load brings failures::

    requests λ ──>(+)── attempts λ' ──> [ c servers ] ──> done
                   ^                         | gives up, a share p(λ')
                   └──── up to r times ──────┘       λ' = λ (1 + p + ... + p^r)

Whether this has one solution or three is decided by *wasted work*: by what share
of the abandoned attempts the servers do all the same, since nobody told them. If
none, giving up costs the servers nothing, the work done grows with load, and there
is one solution. If all, a queue longer than the limit serves only those who have
left: above c/s/(1+r) an overload, once there, feeds itself (a metastable failure).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.models._guards import Array, finite, fraction, non_negative, positive
from planning.models.formula import formula
from planning.models.queueing._storms import failure, folds, solve_branches

_QUEUE = (
    "Baccelli & Hébuterne (1981), On queues with impatient customers; Zeltyn & Mandelbaum (2005), "
    "Queueing Systems 51, 361-402, https://doi.org/10.1007/s11134-005-3699-8"
)
_METASTABLE = (
    "Bronson, Aghayev, Charapko and Zhu (2021), Metastable Failures in Distributed Systems, "
    "HotOS '21, https://doi.org/10.1145/3458336.3465286"
)


@dataclass(frozen=True, slots=True, eq=False)
class RetryEquilibria:
    """
    All loads at which a system with retries can stay.

    The last axis of the arrays has three places: the lowest (calm), the middle (the tipping
    point: from less load it calms down, from more it collapses) and the highest (a storm). Where
    there is only one equilibrium all three are it.
    """

    count: NDArray[np.int64]
    """How many differ: 1 or 3."""
    attempt_rate: Array
    """First attempts and retries together [1/s], last axis of three."""
    fail_probability: Array
    """Share of attempts that give up, 0–1, last axis of three."""
    failed_share: Array
    """Share of requests whose every attempt gives up, 0–1, last axis of three."""
    metastable: NDArray[np.bool_]
    """Whether a storm would last although the system can also be calm."""


@formula(
    "P(V > wait_limit), V the wait in M/M/c where all but wasted_share leave at wait_limit; "
    "its density is ~ exp(-(c*mu - lambda) * v) up to wait_limit "
    "and ~ exp(-(c*mu - wasted_share * lambda) * v) beyond",
    source=_QUEUE,
    arithmetic=False,
)
def attempt_failure(
    attempt_rate: ArrayLike,
    service_time: ArrayLike,
    servers: ArrayLike,
    wait_limit: ArrayLike,
    wasted_share: ArrayLike = 1.0,
) -> Array:
    r"""
    Probability that an attempt waits longer than the limit, first come first served.

    With none of the abandoned work done it is the failed share of
    :func:`~planning.models.queueing.finite.wait_limited`, with all of it the tail of M/M/c, and in
    between M/M/c+G, exactly: patience is the limit for some, endless for others. 1 from where the
    wasted attempts alone fill the servers, since the queue then grows without end.

    Parameters
    ----------
    attempt_rate : array_like
        Attempts per second, retries included, as if at random. Non-negative. [1/s]
    service_time : array_like
        Mean, exponentially distributed, above 0. [s]
    servers : array_like
        Above 0; a fraction is rounded down and those left are faster, as in
        :func:`~planning.models.servers.connections.pool_wait`. [count]
    wait_limit : array_like
        Longest wait for a server, finite and non-negative; service is not cut short. [s]
    wasted_share : array_like
        Share of the abandoned attempts that are served all the same: 1 where the server does not
        notice, as without cancellation; 0 where giving up takes the attempt out of the queue, as
        in a connection pool, and nothing was done for it before. [fraction]

    Returns
    -------
    ndarray
        Share of attempts that give up, 0–1; 0 without load. [fraction]

    Raises
    ------
    ValueError
        If an argument is outside its range or infinite.

    References
    ----------
    .. [1] Baccelli, F. & Hébuterne, G. (1981), On queues with impatient customers (any
       distribution of patience).
    .. [2] Zeltyn, S. & Mandelbaum, A. (2005), Call Centers with Impatient Customers: Many-Server
       Asymptotics of the M/M/n+G Queue, Queueing Systems 51, 361-402,
       https://doi.org/10.1007/s11134-005-3699-8.

    Examples
    --------
    Ten percent too much load, with and without cancellation.

    >>> attempt_failure(22, 1, servers=20, wait_limit=1, wasted_share=[0, 0.9, 1]).round(3)
    array([0.098, 0.916, 1.   ])
    """
    time, *system = _system(service_time, servers, wait_limit, 0.0, wasted_share)
    (rate,) = finite(attempt_rate=attempt_rate)
    (load,) = finite(offered_load=rate * time)
    return failure(load, *system[:-1])


@formula(
    "all attempt rates x with x = arrival_rate * (1 + p + ... + p**retries), "
    "p = attempt_failure(x, ...)",
    source=_METASTABLE,
    arithmetic=False,
)
def retry_equilibria(
    arrival_rate: ArrayLike,
    service_time: ArrayLike,
    servers: ArrayLike,
    wait_limit: ArrayLike,
    retries: ArrayLike,
    wasted_share: ArrayLike = 1.0,
) -> RetryEquilibria:
    r"""
    Loads at which requests, failures and retries balance.

    Solves :math:`\lambda' = \lambda (1 + p + \dots + p^r)`, :math:`p` of
    :func:`attempt_failure`. Retries are taken to come at random, as a backoff with jitter of
    several wait limits makes them; retries at once come together and are worse. Two equilibria
    whose arrival rates differ by less than 0.1 % may be overlooked.

    Without wasted work there is only one. Of requests :math:`\lambda (1 - p^{r+1})` are done, and
    those are the attempts done, :math:`X = \lambda' (1 - p)`; so
    :math:`\lambda = X / (1 - p^{r+1})`. Work done, :math:`X`, then never falls with load, so
    :math:`d \ln p / d \ln \lambda' \le (1 - p) / p`, too little for the ratio ever to fall.

    Parameters
    ----------
    arrival_rate : array_like
        Requests per second, retries not counted, finite and non-negative. [1/s]
    service_time, servers, wait_limit, wasted_share : array_like
        As in :func:`attempt_failure`. [s], [count], [s], [fraction]
    retries : array_like
        Further attempts of one request, at most, non-negative; a fraction, such as a retry budget
        of 0.2, interpolates the geometric series. [count]

    Returns
    -------
    RetryEquilibria
        One equilibrium without retries (the arrival rate) or without wasted work. Past
        :func:`collapse_arrival_rate` only the storm, of at most ``1 + retries`` attempts per
        request; where all of them fail the queue grows without end.

    Raises
    ------
    ValueError
        If an argument is outside its range or infinite.

    References
    ----------
    .. [1] Bronson, N., Aghayev, A., Charapko, A. & Zhu, T. (2021), Metastable Failures in
       Distributed Systems, HotOS '21, https://doi.org/10.1145/3458336.3465286.
    .. [2] Brooker, M. (2021), Metastability and Distributed Systems: clients leave, the work is
       done, goodput is zero. https://brooker.co.za/blog/2021/05/24/metastable.html

    Examples
    --------
    The example of [1]_: a database good for 300 queries a second, one retry, 280 requests.

    >>> state = retry_equilibria(280, 0.1, servers=30, wait_limit=1, retries=1, wasted_share=1)
    >>> int(state.count), bool(state.metastable), state.attempt_rate.round().tolist()
    (3, True, [280.0, 297.0, 560.0])
    """
    time, *system = _system(service_time, servers, wait_limit, retries, wasted_share)
    (rate,) = finite(arrival_rate=arrival_rate)
    (load,) = finite(offered_load=rate * time)
    calm_end, calm_most, storm_start, storm_least = folds(*system)
    calm = load <= calm_most
    three = calm & (load >= storm_least)
    most = load * (1.0 + system[-1])
    # The first branch is the calm one where there is one; what does not exist repeats it.
    low = np.where(calm, load, storm_start)
    high = np.where(calm, np.minimum(calm_end, most), most)
    low = _branches(three, low, calm_end, storm_start)
    high = _branches(three, high, storm_start, most)
    falling = three[..., None] & np.array([False, True, False])
    along = [part[..., None] for part in system]
    solved = solve_branches(load[..., None], low, high, falling, along)
    failing = failure(solved, *along[:-1])
    return RetryEquilibria(
        count=np.where(three, 3, 1),
        attempt_rate=solved / time[..., None],
        fail_probability=failing,
        failed_share=failing ** (1.0 + along[-1]),
        metastable=three,
    )


@formula(
    "the least attempt_rate / (1 + p + ... + p**retries), p = attempt_failure(attempt_rate, ...), "
    "past the first maximum of it",
    source=_METASTABLE,
    arithmetic=False,
)
def storm_arrival_rate(
    service_time: ArrayLike,
    servers: ArrayLike,
    wait_limit: ArrayLike,
    retries: ArrayLike,
    wasted_share: ArrayLike = 1.0,
) -> Array:
    """
    Lowest arrival rate at which a retry storm, once there, lasts.

    Below it the system calms down by itself whatever happened; above it, and up to
    :func:`collapse_arrival_rate`, only if the storm is ended from outside. With all abandoned
    work done it is ``servers / service_time / (1 + retries)``, however long the limit. Cancelled
    work, fewer retries, and a queue too short for anyone in it to wait past the limit prevent it.

    Parameters
    ----------
    service_time, servers, wait_limit, retries, wasted_share : array_like
        As in :func:`retry_equilibria`. [s], [count], [s], [count], [fraction]

    Returns
    -------
    ndarray
        Requests per second, below capacity; infinite where no storm can last: without retries,
        without wasted work, or with a few servers, one retry and hardly any patience. [1/s]

    Raises
    ------
    ValueError
        If an argument is outside its range or infinite.

    References
    ----------
    .. [1] Bronson, N., Aghayev, A., Charapko, A. & Zhu, T. (2021), Metastable Failures in
       Distributed Systems, HotOS '21, https://doi.org/10.1145/3458336.3465286.

    Examples
    --------
    300 queries a second with one retry are safe up to 150, or always where clients cancel.

    >>> storm_arrival_rate(0.1, 30, wait_limit=1, retries=1, wasted_share=[0, 1]).round(3).tolist()
    [inf, 150.0]
    """
    time, *system = _system(service_time, servers, wait_limit, retries, wasted_share)
    if all(each.ndim == 0 for each in (time, *system)):
        return np.asarray(_lowest_fold(*(float(each) for each in system)) / time)
    return np.asarray(folds(*system)[3] / time)


@lru_cache(maxsize=256)
def _lowest_fold(count: float, patience: float, wasted: float, retries: float) -> float:
    """Return the fold of one system; a slider asks for the same one over and over."""
    return float(folds(*(np.asarray(each) for each in (count, patience, wasted, retries)))[3])


@formula("servers / service_time / (1 + retries)", source=_METASTABLE)
def safe_arrival_rate(service_time: ArrayLike, servers: ArrayLike, retries: ArrayLike) -> Array:
    """
    Arrival rate below which no retry storm lasts, whatever part of the work is wasted.

    It is :func:`storm_arrival_rate` with all abandoned work done, the worst case: then every
    request costs all of its tries. Clients that cancel what they gave up may go beyond it.

    Parameters
    ----------
    service_time : array_like
        Time a request is served, above 0. [s]
    servers : array_like
        Places that serve, non-negative. [count]
    retries : array_like
        Most further tries of a request, non-negative. [count]

    Returns
    -------
    ndarray
        Requests per second; the capacity itself without retries. [1/s]

    Raises
    ------
    ValueError
        If `service_time` is not above 0, or another argument is negative.

    References
    ----------
    .. [1] Bronson, N., Aghayev, A., Charapko, A. & Zhu, T. (2021), Metastable Failures in
       Distributed Systems, HotOS '21, https://doi.org/10.1145/3458336.3465286.

    Examples
    --------
    >>> safe_arrival_rate(service_time=0.1, servers=30, retries=[0, 1, 3]).tolist()
    [300.0, 150.0, 75.0]
    """
    (time,) = positive(service_time=service_time)
    places, tries = non_negative(servers=servers, retries=retries)
    return np.asarray(places / time / (1.0 + tries))


@formula(
    "the first maximum of attempt_rate / (1 + p + ... + p**retries), "
    "p = attempt_failure(attempt_rate, ...)",
    source=_METASTABLE,
    arithmetic=False,
)
def collapse_arrival_rate(
    service_time: ArrayLike,
    servers: ArrayLike,
    wait_limit: ArrayLike,
    retries: ArrayLike,
    wasted_share: ArrayLike = 1.0,
) -> Array:
    """
    Arrival rate above which a retry storm begins by itself.

    Parameters
    ----------
    service_time, servers, wait_limit, retries, wasted_share : array_like
        As in :func:`retry_equilibria`. [s], [count], [s], [count], [fraction]

    Returns
    -------
    ndarray
        Requests per second; infinite where failures grow with load without a jump. [1/s]

    Raises
    ------
    ValueError
        If an argument is outside its range or infinite.

    References
    ----------
    .. [1] Bronson, N., Aghayev, A., Charapko, A. & Zhu, T. (2021), Metastable Failures in
       Distributed Systems, HotOS '21, https://doi.org/10.1145/3458336.3465286.

    Examples
    --------
    Between 150 and 293 requests a second this system is metastable.

    >>> rate = collapse_arrival_rate(0.1, 30, wait_limit=1, retries=1, wasted_share=1)
    >>> float(rate.round())
    293.0
    """
    time, *system = _system(service_time, servers, wait_limit, retries, wasted_share)
    return np.asarray(folds(*system)[1] / time)


def _branches(three: NDArray[np.bool_], calm: Array, middle: Array, storm: Array) -> Array:
    """Stack bounds of three branches, or three times those of the only one."""
    others = [np.where(three, bound, calm) for bound in (middle, storm)]
    return np.stack(np.broadcast_arrays(calm, *others), axis=-1)


def _system(
    service_time: ArrayLike,
    servers: ArrayLike,
    wait_limit: ArrayLike,
    retries: ArrayLike,
    wasted_share: ArrayLike,
) -> list[Array]:
    """Check all but the load; return service time, servers, limit / time, waste and retries."""
    (time,) = positive(service_time=service_time)
    (places,) = positive(servers=servers)
    finite(service_time=time, servers=places)
    count = np.maximum(1.0, np.floor(places))
    time = time * count / places
    limit, number = finite(wait_limit=wait_limit, retries=retries)
    (wasted,) = fraction(wasted_share=wasted_share)
    parts = np.broadcast_arrays(time, count, limit / time, wasted, number)
    return [np.asarray(part) for part in parts]
