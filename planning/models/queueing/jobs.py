"""
Jobs in a queue: how many wait, how old the oldest is, and how long it takes to catch up.

A queue hides an overload: nothing is refused, and the backlog grows in a straight line
for as long as jobs come faster than they are done::

    backlog = (arrival rate - service rate) * time      age = backlog / arrival rate …
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula
from planning.models.queueing.erlang import wait_probability

_NEWELL = "Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2 (fluid queues)"


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
        Jobs that come, jobs that all workers finish, and how long the overload lasts, which began
        with an empty queue; non-negative. [1/s], [1/s], [s]

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
