"""
Jobs in a queue: how many wait, how old the oldest is, and how long it takes to catch up.

A queue hides an overload: nothing is refused, and the backlog grows in a straight line
for as long as jobs come faster than they are done::

    backlog = (arrival rate - service rate) * time        age = backlog / arrival rate …
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula
from planning.models.queueing.erlang import wait_probability

_NEWELL = "Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2 (fluid queues)"


@formula("ceil(busy)", source="a worker does one job at a time")
def workers_needed(busy: ArrayLike) -> Array:
    """
    Fewest workers with which a backlog does not grow.

    Parameters
    ----------
    busy : array_like
        Workers wanted on average: arrival rate × time of a job, non-negative. [worker]

    Returns
    -------
    ndarray
        Whole workers. At a whole number of wanted workers they are busy all the time, and any
        chance makes jobs wait. [worker]

    Raises
    ------
    ValueError
        If `busy` is negative.

    Examples
    --------
    640 jobs a minute of 1.7 s.

    >>> float(workers_needed(640 / 60 * 1.7))
    19.0
    """
    (busy,) = non_negative(busy=busy)
    return np.asarray(np.ceil(busy))


@formula("max(arrival_rate - service_rate, 0) * time", source=_NEWELL)
def backlog_after(arrival_rate: ArrayLike, service_rate: ArrayLike, time: ArrayLike) -> Array:
    """
    Jobs that wait after a time of overload that began with an empty queue.

    Parameters
    ----------
    arrival_rate : array_like
        Jobs that come, non-negative. [1/s]
    service_rate : array_like
        Jobs that all workers finish, non-negative. [1/s]
    time : array_like
        How long it lasts, non-negative. [s]

    Returns
    -------
    ndarray
        0 where workers keep up. [job]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2.

    Examples
    --------
    >>> float(backlog_after(640 / 60, 8 / 1.7, time=3600).round())
    21459.0
    """
    arrival_rate, service_rate = non_negative(arrival_rate=arrival_rate, service_rate=service_rate)
    (time,) = non_negative(time=time)
    # A service rate is infinite where jobs take no time.
    behind = np.where(np.isinf(service_rate), 0.0, np.maximum(arrival_rate - service_rate, 0.0))
    return np.asarray(behind * time)


@formula(
    "max(1 - service_rate / arrival_rate, 0) * time; 0 without arrivals",
    source=_NEWELL,
    arithmetic=False,
)
def oldest_age(arrival_rate: ArrayLike, service_rate: ArrayLike, time: ArrayLike) -> Array:
    """
    How long the job that is taken up next has waited, after a time of overload.

    First come, first served: after ``time`` the workers have finished what came in the first
    ``time × service_rate / arrival_rate``.

    Parameters
    ----------
    arrival_rate, service_rate, time : array_like
        As for :func:`backlog_after`. [1/s], [1/s], [s]

    Returns
    -------
    ndarray
        0 where workers keep up, at most `time`. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2.

    Examples
    --------
    >>> float(oldest_age(arrival_rate=10, service_rate=5, time=3600))
    1800.0
    """
    arrival_rate, service_rate = non_negative(arrival_rate=arrival_rate, service_rate=service_rate)
    (time,) = non_negative(time=time)
    arrival_rate, service_rate = np.broadcast_arrays(arrival_rate, service_rate)
    done = np.ones(arrival_rate.shape)
    np.divide(service_rate, arrival_rate, out=done, where=arrival_rate > 0)
    return np.asarray(np.maximum(1.0 - done, 0.0) * time)


@formula(
    "backlog / service_rate; without end where nothing is done", source=_NEWELL, arithmetic=False
)
def time_to_drain(backlog: ArrayLike, service_rate: ArrayLike) -> Array:
    """
    Time until a backlog is worked off once nothing more comes.

    Parameters
    ----------
    backlog : array_like
        Jobs that wait, non-negative. [job]
    service_rate : array_like
        Jobs that all workers finish, non-negative. [1/s]

    Returns
    -------
    ndarray
        0 without a backlog; infinite where there is one and nobody works on it. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2.

    Examples
    --------
    >>> float(time_to_drain(backlog=21_459, service_rate=8 / 1.7).round())
    4560.0
    """
    backlog, service_rate = non_negative(backlog=backlog, service_rate=service_rate)
    backlog, service_rate = np.broadcast_arrays(backlog, service_rate)
    never = np.array(np.where(backlog > 0, np.inf, 0.0))
    return np.asarray(np.divide(backlog, service_rate, out=never, where=service_rate > 0))


@formula(
    "mean wait of M/M/c below saturation, the age of the oldest job after `time` above it",
    source="Cooper, R. B. (1981), Introduction to Queueing Theory, 2nd ed., ch. 3; " + _NEWELL,
    arithmetic=False,
)
def job_age(
    arrival_rate: ArrayLike, service_time: ArrayLike, workers: ArrayLike, time: ArrayLike
) -> Array:
    """
    How long jobs wait for a worker, kept up with or not.

    Parameters
    ----------
    arrival_rate : array_like
        Jobs that come, non-negative. [1/s]
    service_time : array_like
        Mean time a job keeps a worker, non-negative. [s]
    workers : array_like of int
        At least 1. [worker]
    time : array_like
        How long an overload lasts, above 0. [s]

    Returns
    -------
    ndarray
        At most `time`: just below saturation the steady wait would take longer than that to build
        up. 0 without jobs. [s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Cooper, R. B. (1981), Introduction to Queueing Theory, 2nd ed., ch. 3.
    .. [2] Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2.

    Examples
    --------
    >>> job_age([0, 4, 10], service_time=1.7, workers=8, time=3600).round(1).tolist()
    [0.0, 0.8, 1905.9]
    """
    arrival_rate, service_time = non_negative(arrival_rate=arrival_rate, service_time=service_time)
    workers, time = positive(workers=workers, time=time)
    arrival_rate, service_time, workers, time = np.broadcast_arrays(
        arrival_rate, service_time, workers, time
    )
    load = arrival_rate * service_time
    below = load < workers
    waits = np.array(time, dtype=float)
    spare = np.where(below, workers - load, 1.0)
    steady = wait_probability(np.where(below, load, 0.0), workers) * service_time / spare
    waits = np.where(below, np.minimum(steady, time), waits)
    rate = np.divide(workers, service_time, out=np.full(load.shape, np.inf), where=service_time > 0)
    return np.where(below, waits, oldest_age(arrival_rate, np.minimum(rate, 1e300), time))
