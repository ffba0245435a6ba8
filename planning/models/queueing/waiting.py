r"""
Waiting for one of c servers: the M/M/c queue, and what happens past saturation.

Arrivals and service times are random, the queue is unlimited::

    arrivals ──> [ queue ] ──> [ c servers, service_time each ] ──> done
      1/s                        offered load a = rate x service_time

There is a steady state only while ``a < c``. Past that the queue grows for ever:
waits are ``inf`` here, and :func:`overload` says what is served, what is not, and
how fast the backlog grows. Limited queues are in :mod:`planning.models.queueing.finite`,
other service times in :mod:`planning.models.queueing.general`, the Erlang formulas
themselves in :mod:`planning.models.queueing.erlang`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, fraction, station
from planning.models.formula import formula
from planning.models.queueing.erlang import log_wait_probability, wait_probability


@dataclass(frozen=True, slots=True, eq=False)
class Overload:
    """What c servers do with a load they may not be able to carry (arrays of one shape)."""

    utilisation: Array
    """Share of server time in use, 0–1."""
    throughput: Array
    """Work completed [1/s]."""
    failed_share: Array
    """Share of arrivals that can never be served unless the queue grows, 0–1."""
    backlog_growth: Array
    """How fast the queue grows [1/s]; 0 below saturation."""


@formula(
    "wait_probability(arrival_rate * service_time, servers) * service_time "
    "/ (servers - arrival_rate * service_time)",
    source="Cooper, Introduction to Queueing Theory, 2nd ed. (1981), ch. 3",
    arithmetic=False,
)
def mean_wait(arrival_rate: ArrayLike, service_time: ArrayLike, servers: ArrayLike) -> Array:
    """
    Mean time an arrival waits for a server in M/M/c; service itself is not included.

    Parameters
    ----------
    arrival_rate : array_like
        Non-negative. [1/s]
    service_time : array_like
        Mean time a server is held, exponentially distributed, above 0. [s]
    servers : array_like of int
        At least 1. [count]

    Returns
    -------
    ndarray
        Wait [s]; 0 without arrivals; ``inf`` from saturation on, where no steady state
        exists: use :func:`overload`.

    Raises
    ------
    ValueError
        If an argument is outside its range or infinite.

    References
    ----------
    .. [1] Cooper, R. B. (1981), Introduction to Queueing Theory, 2nd ed., ch. 3.

    Examples
    --------
    >>> round(float(mean_wait(arrival_rate=0.8, service_time=1, servers=1)), 9)
    4.0
    """
    _, time, count, load = station(arrival_rate, service_time, servers)
    with np.errstate(divide="ignore"):
        mean_if_waiting = time / np.maximum(count - load, 0.0)
    return np.where(load < count, wait_probability(load, count) * mean_if_waiting, np.inf)


@formula(
    "service_time / (servers - arrival_rate * service_time) * max(0, log("
    "wait_probability(arrival_rate * service_time, servers) / (1 - quantile)))",
    source="Cooper, Introduction to Queueing Theory, 2nd ed. (1981), ch. 3",
    arithmetic=False,
)
def wait_percentile(
    arrival_rate: ArrayLike, service_time: ArrayLike, servers: ArrayLike, quantile: ArrayLike
) -> Array:
    """
    Wait that a share `quantile` of arrivals does not exceed in M/M/c, first come first served.

    Parameters
    ----------
    arrival_rate, service_time, servers : array_like
        As in :func:`mean_wait`. [1/s], [s], [count]
    quantile : array_like
        At least 0 and below 1; the 95th percentile is 0.95. [fraction]

    Returns
    -------
    ndarray
        Wait [s]; 0 while fewer than ``1 - quantile`` wait at all; ``inf`` from saturation
        on, where no steady state exists: use :func:`overload`.

    Raises
    ------
    ValueError
        If an argument is outside its range: at 1 the wait is unbounded.

    References
    ----------
    .. [1] Cooper, R. B. (1981), Introduction to Queueing Theory, 2nd ed., ch. 3.

    Examples
    --------
    Half of the arrivals at a half-busy server do not wait.

    >>> float(wait_percentile(0.5, 1, servers=1, quantile=[0.4, 0.75])[1].round(9))
    1.386294361
    """
    _, time, count, load = station(arrival_rate, service_time, servers)
    (share,) = fraction(quantile=quantile)
    if np.any(share == 1.0):
        raise ValueError("quantile(=1) must be below 1: the longest wait has no bound.")
    log_excess = np.maximum(log_wait_probability(load, count) - np.log1p(-share), 0.0)
    with np.errstate(divide="ignore"):
        mean_if_waiting = time / np.where(load < count, count - load, 1.0)
    return np.where(load < count, mean_if_waiting * log_excess, np.inf)


@formula(
    "throughput = min(arrival_rate, servers / service_time); failed and growth are the rest",
    source="conservation of flow: what is not served is turned away or waits",
    arithmetic=False,
)
def overload(arrival_rate: ArrayLike, service_time: ArrayLike, servers: ArrayLike) -> Overload:
    """
    Tell what `servers` do with any load, also one they cannot carry.

    Parameters
    ----------
    arrival_rate, service_time, servers : array_like
        As in :func:`mean_wait`; service times may have any distribution. [1/s], [s], [count]

    Returns
    -------
    Overload
        Below saturation: throughput equals `arrival_rate`, nothing fails or piles up.
        Above: ``servers / service_time`` is served, the rest must fail or queue.

    Raises
    ------
    ValueError
        If an argument is outside its range or infinite.

    References
    ----------
    .. [1] Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2.

    Examples
    --------
    >>> late = overload(arrival_rate=50, service_time=0.1, servers=4)
    >>> float(late.throughput), round(float(late.failed_share), 12), float(late.backlog_growth)
    (40.0, 0.2, 10.0)
    """
    rate, time, count, load = station(arrival_rate, service_time, servers)
    served = np.minimum(rate, count / time)
    saturated = load > count
    return Overload(
        utilisation=np.minimum(load / count, 1.0),
        throughput=served,
        failed_share=np.where(saturated, 1.0 - count / np.maximum(load, count), 0.0),
        backlog_growth=np.where(saturated, rate - served, 0.0),
    )
