"""
Everyone in the same second: what a burst does to a limit.

A burst is not a steady state, so no queueing average describes it. Without a queue,
what does not fit is refused at once (:mod:`planning.flow.surge`). With a queue and
a wait limit T, work drains at the service rate X like water through a
hole (a fluid queue, Newell): in T seconds X·T get through, and those already
inside when the clock stops — a pool's worth — are still finished. The rest fail.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative
from planning.models.formula import formula

_NEWELL = "Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2 (fluid queues)"


@formula("min(arrivals, service_rate * (duration + wait_limit) + inside)", source=_NEWELL)
def served(
    arrivals: ArrayLike,
    service_rate: ArrayLike,
    inside: ArrayLike,
    wait_limit: ArrayLike,
    duration: ArrayLike = 0.0,
) -> Array:
    """
    Arrivals of a burst that are served before their patience ends.

    Parameters
    ----------
    arrivals : array_like
        Size of the burst. [count]
    service_rate : array_like
        Throughput while the queue is full, X. [1/s]
    inside : array_like
        How many wait past the point where the limit applies (connections of the pool whose
        holders queue on a row lock): they are finished even after the limit. [count]
    wait_limit : array_like
        Longest wait for a place, T. [s]
    duration : array_like
        Time over which they come, evenly; 0 for one instant. [s]

    Returns
    -------
    ndarray
        Served arrivals, at most `arrivals`: all where they come no faster than they are served.
        [count]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2.

    Notes
    -----
    Measured on PostgreSQL 15: of 1,000 gifts with T = 5 s and a 20 ms hold, 270 succeeded with a
    pool of 20 (this formula: 270) and 288 with 60 (310): pool size hardly matters.

    Examples
    --------
    >>> float(served(arrivals=1000, service_rate=50, inside=20, wait_limit=5))
    270.0
    """
    arrivals, service_rate, inside, wait_limit = non_negative(
        arrivals=arrivals, service_rate=service_rate, inside=inside, wait_limit=wait_limit
    )
    (duration,) = non_negative(duration=duration)
    time = duration + wait_limit
    # No time at an endless rate serves nobody more than those inside.
    done = np.where(time > 0, service_rate, 0.0) * time
    return np.minimum(arrivals, done + inside)


@formula(
    "arrival_rate * max(limit - already, 0) / (load - already); without end where the crowd "
    "takes nothing",
    source="proportional sharing of what is left; utilisation law, Denning & Buzen (1978), "
    "doi:10.1145/356733.356735",
    arithmetic=False,
)
def spare_rate(
    arrival_rate: ArrayLike, load: ArrayLike, already: ArrayLike, limit: ArrayLike
) -> Array:
    """
    How many of a crowd a resource carries per second beside those who are there already.

    Parameters
    ----------
    arrival_rate : array_like
        How fast the crowd comes, non-negative. [1/s]
    load : array_like
        Load of everyone at that rate, non-negative. [any unit]
    already : array_like
        Load of those who are there already, non-negative. [unit of `load`]
    limit : array_like
        What there is, non-negative. [unit of `load`]

    Returns
    -------
    ndarray
        Infinite where the crowd takes nothing of the resource, 0 where those who are there take
        all of it. [1/s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Denning, P. J. & Buzen, J. P. (1978), The Operational Analysis of Queueing Network
       Models, doi:10.1145/356733.356735.

    Examples
    --------
    500 a second would keep five cores busy; of the one there is, a fifth is taken.

    >>> float(spare_rate(arrival_rate=500, load=5.2, already=0.2, limit=1))
    80.0
    """
    arrival_rate, load, already, limit = non_negative(
        arrival_rate=arrival_rate, load=load, already=already, limit=limit
    )
    arrival_rate, load, already, limit = np.broadcast_arrays(arrival_rate, load, already, limit)
    own = load - already
    touched = own > 1e-12 * load
    left = np.maximum(limit - already, 0.0)
    endless = np.full(own.shape, np.inf)
    return np.asarray(np.divide(arrival_rate * left, own, out=endless, where=touched))
