r"""
Gifts per second when everyone writes the same row.

A transaction that updates a row holds its lock until after the commit has reached
the disk. On one receiver's row transactions therefore go one at a time::

    UPDATE receiver ──▶ INSERT ledger ──▶ UPDATE stats ──▶ COMMIT ─▶ flush
    └────────────── hold = k·r + F + c/2 ────────────────────────────┘

with k round trips of r seconds between the hot UPDATE and COMMIT, F the commit
flush and c the statements' own time. The ceiling 1/hold is *per receiver*, there
is no group commit on one row, and each waiter slows the queue by η (a lock
convoy). Measured on PostgreSQL 15.18 with pgbench; take shapes, not absolutes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, non_negative, positive
from planning.models.formula import formula

_MEASURED = "measured on PostgreSQL 15.18 with pgbench, one hot row, 1 to 200 clients"
_LOCKS = "PostgreSQL 15 documentation, 13.3.2 Row-Level Locks: held until the transaction ends"


@formula("statements - hot_position + 1", source=_LOCKS)
def round_trips_held(statements: ArrayLike, hot_position: ArrayLike) -> Array:
    """
    Round trips between the first statement that locks the hot row and the end of COMMIT.

    Parameters
    ----------
    statements : array_like
        Statements sent one by one before COMMIT, at least 1. [statement]
    hot_position : array_like
        Place of the first one that touches a hot row, from 1. [statement]

    Returns
    -------
    ndarray
        k; a stored procedure that does it all in one call has k = 0 and needs no formula.

    Raises
    ------
    ValueError
        If `hot_position` is below 1 or past `statements`.

    References
    ----------
    .. [1] PostgreSQL 15 documentation, 13.3.2 Row-Level Locks.

    Examples
    --------
    Deduct, **add**, ledger, stats, commit: three round trips with the receiver locked.

    >>> float(round_trips_held(statements=4, hot_position=2))
    3.0
    """
    statements, hot_position = at_least_one(statements=statements, hot_position=hot_position)
    if np.any(hot_position > statements):
        raise ValueError(
            f"hot_position(={np.max(hot_position):g}) must be one of the statements "
            f"1 to {np.min(statements):g}."
        )
    return statements - hot_position + 1


@formula(
    "round_trips * round_trip_time + commit_flush + statement_time / 2",
    source=_MEASURED,
)
def hold_time(
    round_trips: ArrayLike,
    round_trip_time: ArrayLike,
    commit_flush: ArrayLike,
    statement_time: ArrayLike,
) -> Array:
    """
    Time one transaction holds the hot row.

    Parameters
    ----------
    round_trips : array_like
        k, round trips between the hot UPDATE and COMMIT. [count]
    round_trip_time : array_like
        r, client to database and back. [s]
    commit_flush : array_like
        F, the write-ahead log reaching the disk. [s]
    statement_time : array_like
        c, the same work as one asynchronous call; about half of it is after the lock. [s]

    Returns
    -------
    ndarray
        Hold time. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Measured: six short pgbench runs give every parameter (PostgreSQL 15.18).

    Examples
    --------
    >>> float(hold_time(3, round_trip_time=4e-3, commit_flush=2e-3, statement_time=1e-3))
    0.0145
    """
    round_trips, round_trip_time, commit_flush, statement_time = non_negative(
        round_trips=round_trips,
        round_trip_time=round_trip_time,
        commit_flush=commit_flush,
        statement_time=statement_time,
    )
    return round_trips * round_trip_time + commit_flush + statement_time / 2


@formula("1 / (hold_time + convoy * waiters)", source=_MEASURED)
def crowded_throughput(hold_time: ArrayLike, convoy: ArrayLike, waiters: ArrayLike) -> Array:
    """
    Transactions per second on one row while a crowd waits for it (a lock convoy).

    Parameters
    ----------
    hold_time : array_like
        Time the row is held with nobody waiting, above 0. [s]
    convoy : array_like
        η, time each waiter adds; a fit of the runs below gives 9.6 µs, a probe must say it for a
        machine. [s]
    waiters : array_like
        Transactions waiting. [count]

    Returns
    -------
    ndarray
        Throughput, falling as waiters queue. [1/s]

    Raises
    ------
    ValueError
        If `hold_time` is not above 0 or another argument is negative.

    References
    ----------
    .. [1] Measured: 429 tps at 1 client, 406 at 16, 332 at 64, 238 at 200 (PostgreSQL 15.18,
       one stored-procedure call, 2 ms flush); with η = 9.6 µs every point is within 3 %.

    Examples
    --------
    >>> [round(float(crowded_throughput(1 / 430, 9.6e-6, n))) for n in (0, 63, 199)]
    [430, 341, 236]
    """
    (hold_time,) = positive(hold_time=hold_time)
    convoy, waiters = non_negative(convoy=convoy, waiters=waiters)
    return 1.0 / (hold_time + convoy * waiters)


@formula(
    "1 / (hold_time + (4 * hold_time * convoy) ** 0.5)",
    source="fixed point of M/M/1 with service hold_time + convoy × waiters (derivation in Notes)",
)
def stable_row_throughput(hold_time: ArrayLike, convoy: ArrayLike) -> Array:
    r"""
    Highest arrival rate at which a calm queue on one row stays calm.

    Near it the calm is only metastable: simulated at η/h = 0.0034, a queue at 0.85 of 1/h tipped
    over within minutes, at 0.70 never. Safe for certain is what :func:`crowded_throughput` gives
    for as many waiters as the pool allows.

    Parameters
    ----------
    hold_time : array_like
        h, above 0. [s]
    convoy : array_like
        η, time each waiter adds. [s]

    Returns
    -------
    ndarray
        Critical rate; :math:`1/h` without a convoy. [1/s]

    Raises
    ------
    ValueError
        If `hold_time` is not above 0 or `convoy` is negative.

    References
    ----------
    .. [1] Kleinrock (1975), Queueing Systems I, 3.2: the line :math:`L_q = \rho^2/(1-\rho)`.

    Notes
    -----
    With service :math:`s = h + \eta L_q(s)` and :math:`\rho = \lambda s`, clearing the denominator
    gives :math:`(\lambda + \eta\lambda^2)s^2 - (1 + h\lambda)s + h = 0`. It has a real root while
    :math:`(1 - h\lambda)^2 \ge 4 h \eta \lambda^2`: :math:`\lambda \le 1/(h + 2\sqrt{h\eta})`.
    Past that, each waiter slows the row enough to add another waiter.

    Examples
    --------
    >>> float(stable_row_throughput(hold_time=0.01, convoy=0.0))
    100.0
    """
    (hold_time,) = positive(hold_time=hold_time)
    (convoy,) = non_negative(convoy=convoy)
    return 1.0 / (hold_time + np.sqrt(4.0 * hold_time * convoy))


@formula(
    "smallest root s of (λ + η·λ²)·s² - (1 + h·λ)·s + h = 0;"
    " past the stable rate h + η·waiter_limit",
    source="fixed point of M/M/1 with service h + η × waiters",
    arithmetic=False,
)
def crowded_hold_time(
    arrival_rate: ArrayLike, hold_time: ArrayLike, convoy: ArrayLike, waiter_limit: ArrayLike
) -> Array:
    """
    Time the row is held once the waiters that it causes are counted: a fixed point.

    Parameters
    ----------
    arrival_rate : array_like
        λ, transactions per second for this row. [1/s]
    hold_time : array_like
        h, hold with nobody waiting, above 0. [s]
    convoy : array_like
        η, time each waiter adds. [s]
    waiter_limit : array_like
        Most that can wait at once (the connections of the pool). [count]

    Returns
    -------
    ndarray
        Effective hold: h at zero load; h + η·`waiter_limit` where the queue runs away. [s]

    Raises
    ------
    ValueError
        If `hold_time` is not above 0 or another argument is negative.

    References
    ----------
    .. [1] See :func:`stable_row_throughput`, Notes.

    Examples
    --------
    >>> float(crowded_hold_time(arrival_rate=0, hold_time=0.01, convoy=8e-6, waiter_limit=60))
    0.01
    """
    (hold_time,) = positive(hold_time=hold_time)
    arrival_rate, convoy, waiter_limit = non_negative(
        arrival_rate=arrival_rate, convoy=convoy, waiter_limit=waiter_limit
    )
    linear = 1.0 + hold_time * arrival_rate
    root = (1.0 - hold_time * arrival_rate) ** 2 - 4.0 * hold_time * convoy * arrival_rate**2
    # The form 2h / (b + √…) keeps its digits where η is tiny or zero.
    stable = 2.0 * hold_time / (linear + np.sqrt(np.maximum(root, 0.0)))
    runs_away = (root < 0.0) | (arrival_rate * hold_time >= 1.0)
    crowded = hold_time + convoy * waiter_limit
    return np.where(runs_away, crowded, np.minimum(stable, crowded))


@formula(
    "M/M/1 wait at the crowded hold time, at most waiter_limit × crowded hold time",
    source="Kleinrock (1975), Queueing Systems I, 3.2",
    arithmetic=False,
)
def lock_wait(
    arrival_rate: ArrayLike, crowded_hold_time: ArrayLike, waiter_limit: ArrayLike
) -> Array:
    """
    Mean wait for the row lock.

    Parameters
    ----------
    arrival_rate : array_like
        Transactions per second for this row. [1/s]
    crowded_hold_time : array_like
        From :func:`crowded_hold_time`, above 0. [s]
    waiter_limit : array_like
        Most that can wait at once. [count]

    Returns
    -------
    ndarray
        Mean wait; past saturation the line is as long as the pool allows and this is the time it
        takes to advance through it. Waits are not first come, first served: the 95th percentile
        measured 2.7 times the mean. [s]

    Raises
    ------
    ValueError
        If `crowded_hold_time` is not above 0 or another argument is negative.

    References
    ----------
    .. [1] Kleinrock, L. (1975), Queueing Systems I, section 3.2.

    Examples
    --------
    >>> float(lock_wait(arrival_rate=50, crowded_hold_time=0.01, waiter_limit=100))
    0.01
    """
    arrival_rate, waiter_limit = non_negative(arrival_rate=arrival_rate, waiter_limit=waiter_limit)
    (crowded_hold_time,) = positive(crowded_hold_time=crowded_hold_time)
    utilisation = arrival_rate * crowded_hold_time
    spare = np.maximum(1.0 - utilisation, 1e-12)
    steady = utilisation * crowded_hold_time / spare
    return np.minimum(steady, waiter_limit * crowded_hold_time)
