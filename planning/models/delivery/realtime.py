r"""
A realtime service that watches a table: its ceiling on changes, and the wait before it.

Each change is read once, then asked about for every subscriber (may this one see it?) and
written to each who may. One worker does that change after change, so the time of a change grows
with those who listen, and the changes per second that can be carried shrink with it::

    time of a change = read + subscribers × (check + share reached × deliver)
    changes per second ≤ 1 / time of a change

A larger database raises none of the three. Towards the ceiling changes wait for those before
them; past it they fall behind for good.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, fraction, non_negative, positive
from planning.models.formula import formula

_SUPABASE = (
    "Supabase, Postgres Changes, database instance and realtime performance, "
    "https://supabase.com/docs/guides/realtime/postgres-changes"
)


@formula(
    "change_time + subscribers * (check_time + reach * delivery_time)",
    source=_SUPABASE,
)
def time_of_change(
    change_time: ArrayLike,
    subscribers: ArrayLike,
    check_time: ArrayLike,
    reach: ArrayLike,
    delivery_time: ArrayLike,
) -> Array:
    """
    Time that one change keeps the service busy.

    Parameters
    ----------
    change_time : array_like
        Time to read a change, whoever listens, non-negative. [s]
    subscribers : array_like
        Subscribers that a change is checked for, non-negative. [users]
    check_time : array_like
        Time to check one of them, non-negative; 0 where nothing is checked. [s]
    reach : array_like
        Share of them that may see the change. [fraction]
    delivery_time : array_like
        Time to write the change to one of those, non-negative. [s]

    Returns
    -------
    ndarray
        Time per change; `change_time` where nobody listens. [s]

    Raises
    ------
    ValueError
        If an argument is negative or `reach` is outside 0–1.

    References
    ----------
    .. [1] Supabase. Postgres Changes. https://supabase.com/docs/guides/realtime/postgres-changes

    Examples
    --------
    Authorised one by one, 500 subscribers leave 30 changes/s and 3,000 leave 5.

    >>> busy = time_of_change(0, [500, 3000], check_time=66.7e-6, reach=0.2, delivery_time=0)
    >>> (1 / busy).round(1).tolist()
    [30.0, 5.0]
    """
    change_time, subscribers = non_negative(change_time=change_time, subscribers=subscribers)
    check_time, delivery_time = non_negative(check_time=check_time, delivery_time=delivery_time)
    (reach,) = fraction(reach=reach)
    time: Array = change_time + subscribers * (check_time + reach * delivery_time)
    return time


@formula(
    "service_time + min(wait_limit, load * service_time / (2 * max(1 - load, 1e-12)))",
    source="M/D/1, Pollaczek–Khinchine: Cooper, Introduction to Queueing Theory, 2nd ed., ch. 5",
)
def time_to_deliver(service_time: ArrayLike, load: ArrayLike, wait_limit: ArrayLike) -> Array:
    """
    Mean time from a change until the last subscriber has it.

    Changes take the same time each and come at random (M/D/1). The wait is cut at `wait_limit`:
    from ``load = 1`` on there is no steady wait, and clients are behind by that much or have
    lost the change.

    Parameters
    ----------
    service_time : array_like
        Time of one change, non-negative. [s]
    load : array_like
        Busy share of the service, non-negative. [ratio]
    wait_limit : array_like
        Longest time that a change waits, above 0. [s]

    Returns
    -------
    ndarray
        Mean time to deliver; `service_time` at no load. [s]

    Raises
    ------
    ValueError
        If an argument is negative or `wait_limit` is not above 0.

    References
    ----------
    .. [1] Cooper, R. B. (1981). Introduction to Queueing Theory, 2nd ed., ch. 5.

    Examples
    --------
    >>> time_to_deliver(service_time=0.2, load=[0, 0.5, 0.9, 2], wait_limit=10).round(2).tolist()
    [0.2, 0.3, 1.1, 10.2]
    """
    service_time, load = non_negative(service_time=service_time, load=load)
    (wait_limit,) = positive(wait_limit=wait_limit)
    wait = load * service_time / (2 * np.maximum(1 - load, 1e-12))
    time: Array = service_time + np.minimum(wait_limit, wait)
    return time
