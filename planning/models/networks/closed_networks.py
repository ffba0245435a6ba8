r"""
Closed networks: users who wait for an answer, think, and ask again.

A request visits stations (a database, a worker pool, a lock) some number of times. With a
fixed number of users the system slows its own arrivals, so there is a steady state at any
number of them::

    ┌─> [db x 3] ──> [pool x 1] ──> think ─┐
    └───────────── N users ────────────────┘

Stations lie on the *last* axis of every array; axes before it are draws or cases. A station
has one server, several, or ``inf``: a pure delay at which nobody waits. All is exact for
exponential service (product-form networks). Several classes of users are in
:mod:`planning.models.networks.multiclass`, and any number of users at once in closed form in
:mod:`planning.models.networks.layers`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, cycle, finite, positive, stations
from planning.models.formula import formula
from planning.models.networks._mva import solve


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """What a network does; arrays named ``station_`` have stations on the last axis."""

    throughput: Array
    """Requests completed by the whole network [1/s]."""
    response_time: Array
    """Time from request to answer over all stations, without thinking [s]."""
    station_throughput: Array
    """Visits completed [1/s]."""
    station_response_time: Array
    """Wait plus service of one visit [s]."""
    station_residence_time: Array
    """Wait plus service of all visits of one request [s]."""
    station_queue_length: Array
    """Mean number waiting or in service."""
    station_utilisation: Array
    """Share of server time in use, 0–1; 0 at a delay station, which has no limit."""


@formula(
    "residence = visits * service_time * (1 + queue with one user fewer); "
    "throughput = users / (think_time + sum of residence); queue = throughput * residence",
    source="Reiser & Lavenberg (1980), Mean-value analysis of closed multichain queuing "
    "networks, doi:10.1145/322186.322195",
    arithmetic=False,
)
def closed_network(
    users: ArrayLike,
    visits: ArrayLike,
    service_time: ArrayLike,
    servers: ArrayLike = 1,
    think_time: ArrayLike = 0.0,
) -> Network:
    """
    Fixed number of users who wait, think and ask again (exact mean value analysis).

    Stations with one server and delays are added user by user. Stations with several servers
    are then joined one at a time to all the others taken together, which needs sums of positive
    terms only: the usual recursion over their state probabilities cancels, and for a busy pool
    of 60 returns a negative throughput.

    Parameters
    ----------
    users : array_like of int, shape (...)
        At least 0. A sweep costs no more than its largest value. [users]
    visits : array_like, shape (..., stations)
        Visits of one request to each station, non-negative. [count]
    service_time : array_like, shape (..., stations)
        Mean of one visit, non-negative. [s]
    servers : array_like, shape (stations,)
        Whole numbers from 1, or ``inf`` for a delay station. [count]
    think_time : array_like, shape (...)
        Mean time between answer and next request, non-negative. [s]

    Returns
    -------
    Network
        Without users, times are those of a lone request. Throughput never passes the slowest
        station's. Memory grows with users x cases x stations, and each station with several
        servers takes time that grows with users squared.

    Raises
    ------
    ValueError
        If an argument is outside its range, or a request takes no time at all.

    References
    ----------
    .. [1] Bolch, G. et al. (2006), Queueing Networks and Markov Chains, 2nd ed., 8.2 (MVA), 8.3
       (flow-equivalent servers: Norton's theorem).

    Examples
    --------
    >>> shop = closed_network(20, [16, 10, 5], [0.125, 0.3, 0.2], think_time=4)
    >>> shop.station_queue_length.round(3).tolist()
    [1.991, 16.177, 0.5]
    """
    count, time, number = stations(visits, service_time, servers)
    number = _same_in_all_cases(number)
    present, think = cycle(users, think_time, count * time)
    steps = np.arange(1.0, np.max(present, initial=0) + 1.0)
    speedup = [None if c in (1.0, np.inf) else np.minimum(steps, c) for c in number]
    throughput, residence = solve(present, count * time, np.isinf(number), think, speedup)
    return _record(throughput, residence, count, time, number)


@formula(
    "as closed_network, a station with j requests working speedup[j] times as fast as with one",
    source="Chandy, Herzog & Woo (1975), Parametric analysis of queuing networks, "
    "doi:10.1147/rd.191.0036",
    arithmetic=False,
)
def load_dependent_network(
    users: ArrayLike,
    visits: ArrayLike,
    service_time: ArrayLike,
    speedup: ArrayLike,
    think_time: ArrayLike = 0.0,
) -> Network:
    """
    Closed network whose stations speed up or slow down with the number present.

    A row lock that each waiter slows, or a database measured under rising load, is such a
    station: give its measured rate with 1, 2, … requests relative to the rate with one.

    Parameters
    ----------
    users : array_like of int, shape (...)
        At least 0. [users]
    visits : array_like, shape (..., stations)
        Visits of one request to each station, non-negative. [count]
    service_time : array_like, shape (..., stations)
        Mean of one visit to an otherwise empty station, non-negative. [s]
    speedup : array_like, shape (stations, present)
        Rate with 1, 2, … present over the rate with one, above 0; the last value holds from
        there on. One server is ``[1]``, two are ``[1, 2]``. [ratio]
    think_time : array_like, shape (...)
        Mean time between answer and next request, non-negative. [s]

    Returns
    -------
    Network
        As :func:`closed_network`; utilisation is relative to the fastest rate given.

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
    Each waiter slows a lock by 5 %: ten users get less out of it than two.

    >>> slower = [[1 / (1 + 0.05 * waiting) for waiting in range(10)]]
    >>> load_dependent_network([2, 10], [1], [0.01], slower).throughput.round(2).tolist()
    [95.24, 68.97]
    """
    (rates,) = positive(speedup=speedup)
    finite(speedup=rates)
    if rates.ndim != 2 or np.any(rates[:, :1] != 1.0):
        raise ValueError(
            f"speedup(shape={rates.shape}) must be one row per station that begins with 1: "
            "rates are relative to the rate with one request present."
        )
    count, time, _ = stations(visits, service_time, np.ones(rates.shape[0]))
    present, think = cycle(users, think_time, count * time)
    last = np.minimum(np.arange(int(np.max(present, initial=0))), rates.shape[1] - 1)
    no_delay = np.zeros(rates.shape[0], dtype=bool)
    throughput, residence = solve(present, count * time, no_delay, think, list(rates[:, last]))
    return _record(throughput, residence, count, time, rates.max(axis=1))


def _same_in_all_cases(number: Array) -> Array:
    rows = number.reshape(-1, number.shape[-1])
    if np.any(rows != rows[0]):
        raise ValueError("servers must be the same in all cases: call once for each.")
    return np.asarray(rows[0])


def _record(
    throughput: Array, residence: Array, visits: Array, service_time: Array, limit: Array
) -> Network:
    with np.errstate(divide="ignore", over="ignore"):
        slowest = np.min(limit / (visits * service_time), axis=-1)
    throughput = np.minimum(throughput, slowest)  # it may pass it by a rounding error
    rate = throughput[..., np.newaxis]
    once = np.where(visits > 0, visits, 1.0)
    return Network(
        throughput=throughput,
        response_time=np.sum(residence, axis=-1),
        station_throughput=rate * np.broadcast_to(visits, residence.shape),
        station_response_time=np.where(visits > 0, residence / once, service_time),
        station_residence_time=residence,
        station_queue_length=rate * residence,
        station_utilisation=np.minimum(rate * visits * service_time / limit, 1.0),
    )
