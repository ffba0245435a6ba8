r"""
Queues with a limit: so many places (M/M/c/K), or so long a wait (M/M/c+D).

A limit is what gives an overloaded system a steady state: work that finds no
place is refused, work that waits too long gives up, and the rest is served::

    arrivals ──> [ queue, at most K - c places ] ──> [ c servers ] ──> done
                   or at most `wait_limit` long

So these two hold at any load, and are how a pool with a bounded queue or a
connection wait limit is planned. Both are written from the end that stays
finite: nothing here grows like :math:`\rho^K` or :math:`e^{(\lambda - c\mu) T}`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, station, whole
from planning.models.formula import formula
from planning.models.queueing._impatience import patience
from planning.models.queueing._series import (
    geometric_sum,
    log_below_one,
    truncated_geometric_mean,
)
from planning.models.queueing.erlang import erlang_b, log_erlang_b


@dataclass(frozen=True, slots=True, eq=False)
class LimitedPlaces:
    """Steady state of M/M/c/K (arrays of one shape)."""

    blocking_probability: Array
    """Share of arrivals that find every place taken, 0–1."""
    throughput: Array
    """Work completed [1/s]."""
    mean_in_system: Array
    """Mean number waiting or in service."""
    mean_queue_length: Array
    """Mean number waiting."""
    response_time: Array
    """Mean wait plus service of those admitted [s]."""
    idle_probability: Array
    """Share of time in which the system is empty, 0–1."""


@dataclass(frozen=True, slots=True, eq=False)
class LimitedWait:
    """Steady state of M/M/c where work gives up after a fixed wait (arrays of one shape)."""

    throughput: Array
    """Work completed [1/s]."""
    failed_share: Array
    """Share of arrivals that give up, 0–1."""
    wait_probability: Array
    """Share of arrivals that do not get a server at once, 0–1; includes those that give up."""
    mean_wait_served: Array
    """Mean wait of those that are served, at most the limit [s]."""
    backlog: Array
    """Mean number waiting, including those that will give up."""


@formula(
    "states 0..capacity of the birth–death chain with rates arrival_rate and "
    "min(state, servers) / service_time",
    source="Gross & Harris, Fundamentals of Queueing Theory, M/M/c/K",
    arithmetic=False,
)
def mmck(
    arrival_rate: ArrayLike, service_time: ArrayLike, servers: ArrayLike, capacity: ArrayLike
) -> LimitedPlaces:
    r"""
    Queue with `servers` and room for `capacity` in all (M/M/c/K), at any load.

    With :math:`B` Erlang B, :math:`r = a/c` and :math:`n = K - c` waiting places, the states
    from :math:`c` up are a truncated geometric series, and all below weigh :math:`1/B - 1`
    times the state :math:`c`.

    Parameters
    ----------
    arrival_rate : array_like
        Non-negative. [1/s]
    service_time : array_like
        Mean, exponentially distributed, above 0. [s]
    servers : array_like of int
        :math:`c`, at least 1. [count]
    capacity : array_like of int
        :math:`K`, places waiting and in service together, at least `servers`. Equal to
        `servers` it is Erlang B; ever larger, below saturation, M/M/c. [count]

    Returns
    -------
    LimitedPlaces
        Without arrivals the response time is the service time. Past saturation throughput
        is at most ``servers / service_time`` and the rest is refused.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Gross, D. & Harris, C. M. (1998), Fundamentals of Queueing Theory, 3rd ed., M/M/c/K.

    Examples
    --------
    One server, one waiting place, arrivals as fast as service: three equal states.

    >>> full = mmck(arrival_rate=2, service_time=0.5, servers=1, capacity=2)
    >>> [round(float(x), 9) for x in (full.blocking_probability, full.mean_in_system)]
    [0.333333333, 1.0]
    """
    from scipy import special

    (places,) = whole(capacity=capacity)
    rate, time, count, load = station(arrival_rate, service_time, servers)
    rate, time, count, load, places = np.broadcast_arrays(rate, time, count, load, places)
    if np.any(places < count):
        bad = places < count
        raise ValueError(
            f"capacity(={places[bad].flat[0]:g}) must be at least servers "
            f"(={count[bad].flat[0]:g}): places in service count too."
        )
    waiting = places - count
    log_blocking = log_erlang_b(load, count)
    ratio = load / count
    shrink = log_below_one(ratio)
    fading = np.exp(np.where(waiting > 0, shrink * np.maximum(waiting, 1.0), 0.0))
    # Weight of states c..K and of states below c, both relative to the heavier end of c..K.
    upper = geometric_sum(shrink, waiting)
    blocking = np.exp(log_blocking)
    over = ratio > 1.0
    scale = np.where(over, fading, blocking)
    lower = -np.expm1(log_blocking) / np.where(over, blocking, 1.0)
    total = np.where(over, upper + fading * lower, blocking * upper + lower)
    all_busy = np.where(over, upper, blocking * upper) / total
    full = np.where(over, 1.0, blocking * fading) / total
    first_busy = scale / total

    # All states but the last, which far past saturation has all the weight a float can tell.
    before = np.exp(shrink) * geometric_sum(shrink, np.maximum(waiting - 1.0, 0.0))
    before = np.where(waiting > 0, before, 0.0) + fading * lower
    admitted = np.where(over, before / total, 1.0 - full)

    queue = all_busy * truncated_geometric_mean(ratio, waiting)
    served = np.minimum(rate * admitted, count / time)
    carried = served * time
    used = np.where(load > 0, load, 1.0)
    log_empty = special.gammaln(count + 1) - special.xlogy(count, used)
    # Below saturation state c may be too rare to be a float; state 0 then is not.
    log_first = np.where(over, _log(first_busy), log_blocking - np.log(total))
    empty = np.where(load > 0, np.exp(np.minimum(log_first + log_empty, 0.0)), 1.0)
    return LimitedPlaces(
        blocking_probability=full,
        throughput=served,
        mean_in_system=queue + carried,
        mean_queue_length=queue,
        response_time=time + np.where(served > 0, queue / np.where(served > 0, served, 1.0), 0.0),
        idle_probability=empty,
    )


@formula(
    "virtual wait v has density ~ exp(-(servers/service_time - arrival_rate) * v) below "
    "wait_limit and ~ exp(-servers/service_time * v) above it",
    source="Baccelli & Hébuterne (1981), On queues with impatient customers; "
    "Boots & Tijms (1999), Management Science 45(3), 444–448, doi:10.1287/mnsc.45.3.444",
    arithmetic=False,
)
def wait_limited(
    arrival_rate: ArrayLike, service_time: ArrayLike, servers: ArrayLike, wait_limit: ArrayLike
) -> LimitedWait:
    r"""
    Queue that work leaves unserved after `wait_limit`, first come first served (M/M/c+D).

    Let :math:`V` be the wait an infinitely patient arrival would have. It is 0 with weight
    :math:`1-B`; its density is :math:`c\mu B e^{-\theta v}`, :math:`\theta = c\mu - \lambda`,
    up to the limit :math:`T`, and falls as :math:`e^{-c\mu v}` beyond, where nobody joins, with
    weight :math:`B e^{-\theta T}`. Who finds :math:`V > T` gives up; the rest wait :math:`V`.

    Parameters
    ----------
    arrival_rate : array_like
        Non-negative. [1/s]
    service_time : array_like
        Mean, exponentially distributed, above 0. [s]
    servers : array_like of int
        At least 1. [count]
    wait_limit : array_like
        Longest wait, the same for all, at least 0 and finite. Service is not cut short. [s]

    Returns
    -------
    LimitedWait
        A limit of 0 is Erlang B; ever larger, below saturation, M/M/c. Past saturation
        throughput is at most ``servers / service_time`` and waits approach the limit.

    Raises
    ------
    ValueError
        If an argument is outside its range or infinite: a queue without limit is
        :func:`~planning.models.queueing.waiting.mean_wait`.

    References
    ----------
    .. [1] Baccelli, F. & Hébuterne, G. (1981), On queues with impatient customers.
    .. [2] Boots, N. K. & Tijms, H. (1999), A Multiserver Queueing System with Impatient Customers,
       Management Science 45(3), 444–448, doi:10.1287/mnsc.45.3.444.

    Examples
    --------
    Twice the load a pool can carry, half of it fails, and the rest waits nearly the limit.

    >>> late = wait_limited(arrival_rate=400, service_time=0.1, servers=20, wait_limit=5)
    >>> round(float(late.failed_share), 6), round(float(late.mean_wait_served), 3)
    (0.5, 4.995)
    """
    (limit,) = finite(wait_limit=wait_limit)
    rate, time, count, load = station(arrival_rate, service_time, servers)
    rate, time, count, load, limit = np.broadcast_arrays(rate, time, count, load, limit)
    blocking = erlang_b(load, count)
    fare = patience(blocking, load, count, time, limit)
    served_share = fare.at_once + fare.waits
    return LimitedWait(
        throughput=np.minimum(rate * served_share, count / time),
        failed_share=fare.gives_up,
        wait_probability=fare.waits + fare.gives_up,
        mean_wait_served=fare.mean_of_waits * fare.waits / served_share,
        backlog=rate * (fare.mean_of_waits * fare.waits + limit * fare.gives_up),
    )


def _log(probability: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(probability))
