"""
Writes spread over rows and gathered into batches: what relieves a hot row.

One row carries what :mod:`planning.models.queueing.contention` says. Over many receivers the
system carries more: until the most popular row saturates (skew), until the
connections are all busy, or until the CPU is. A batch writes several gifts for one
receiver in one transaction, so that the row's ceiling counts batches.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, fraction, non_negative, positive
from planning.models.formula import formula

_MEASURED = "measured on PostgreSQL 15.18 with pgbench, one hot row, 1 to 200 clients"


@formula("gifts / batch_size", source="counting")
def transactions(gifts: ArrayLike, batch_size: ArrayLike) -> Array:
    """
    Transactions that carry a number (or rate) of gifts.

    Parameters
    ----------
    gifts : array_like
        Gifts, or gifts per second. [gift or gift/s]
    batch_size : array_like
        Gifts per transaction, at least 1. [gift]

    Returns
    -------
    ndarray
        Transactions, on average; not rounded up. [transaction or transaction/s]

    Raises
    ------
    ValueError
        If `gifts` is negative or `batch_size` is below 1.

    Examples
    --------
    >>> float(transactions(gifts=1000, batch_size=100))
    10.0
    """
    (gifts,) = non_negative(gifts=gifts)
    (batch_size,) = at_least_one(batch_size=batch_size)
    return gifts / batch_size


@formula("row_ceiling / top_share", source="the busiest row saturates first")
def skewed_throughput(row_ceiling: ArrayLike, top_share: ArrayLike) -> Array:
    """
    Transactions per second over all receivers when the most popular one saturates.

    Parameters
    ----------
    row_ceiling : array_like
        Ceiling of one row. [1/s]
    top_share : array_like
        Share of all transactions that goes to the most popular receiver, above 0. [fraction]

    Returns
    -------
    ndarray
        Throughput of the whole system; the row's ceiling where there is one receiver. [1/s]

    Raises
    ------
    ValueError
        If `row_ceiling` is negative, or `top_share` is 0 or above 1.

    References
    ----------
    .. [1] Denning & Buzen (1978), The Operational Analysis of Queueing Network Models, ACM Comput.
       Surv. 10(3), 225–261: the bottleneck bound X ≤ 1 / max demand.

    Examples
    --------
    >>> float(skewed_throughput(row_ceiling=100, top_share=0.5))
    200.0
    """
    (row_ceiling,) = non_negative(row_ceiling=row_ceiling)
    (top_share,) = fraction(top_share=top_share)
    positive(top_share=top_share)
    return row_ceiling / top_share


@formula(
    "1 / H, H the sum of 1 / rank**exponent over all receivers",
    source="Zipf's law; measured gifting is far more skewed than uniform",
    arithmetic=False,
)
def zipf_top_share(receivers: int, exponent: float) -> Array:
    """
    Share of the most popular of many receivers under Zipf popularity.

    Parameters
    ----------
    receivers : int
        How many, at least 1. [count]
    exponent : float
        0 for uniform, about 1 for most popularity data. [1]

    Returns
    -------
    ndarray
        Share in (0, 1]; 1 for one receiver. [fraction]

    Raises
    ------
    ValueError
        If `receivers` is below 1 or `exponent` is negative.

    References
    ----------
    .. [1] Breslau et al. (1999), Web Caching and Zipf-like Distributions, INFOCOM, section 3.

    Examples
    --------
    >>> float(zipf_top_share(receivers=1, exponent=1.0))
    1.0
    """
    at_least_one(receivers=receivers)
    non_negative(exponent=exponent)
    ranks = np.arange(1, int(receivers) + 1, dtype=float)
    return np.asarray(1.0 / np.sum(ranks**-exponent))


@formula("min(batch_size / hold_time, cpu_limit)", source=_MEASURED)
def batched_throughput(batch_size: ArrayLike, hold_time: ArrayLike, cpu_limit: ArrayLike) -> Array:
    """
    Gifts per second on one row when several are written in one transaction.

    Parameters
    ----------
    batch_size : array_like
        Gifts per transaction, at least 1. [gift]
    hold_time : array_like
        Hold of one transaction, above 0. [s]
    cpu_limit : array_like
        Gifts per second at which the database's CPU binds. [1/s]

    Returns
    -------
    ndarray
        Gifts per second; the row's own ceiling at batch size 1. [1/s]

    Raises
    ------
    ValueError
        If `batch_size` is below 1, `hold_time` not above 0 or `cpu_limit` negative.

    References
    ----------
    .. [1] Measured: 4,200/s at 10 per batch, 38,000/s at 100; 1,000 gained nothing over 100.

    Examples
    --------
    >>> float(batched_throughput(batch_size=100, hold_time=0.01, cpu_limit=38_000))
    10000.0
    """
    (batch_size,) = at_least_one(batch_size=batch_size)
    (hold_time,) = positive(hold_time=hold_time)
    (cpu_limit,) = non_negative(cpu_limit=cpu_limit)
    return np.minimum(batch_size / hold_time, cpu_limit)


@formula(
    "round_trips * round_trip_time + statement_time + 1.5 * commit_flush",
    source=_MEASURED,
)
def transaction_time(
    round_trips: ArrayLike,
    round_trip_time: ArrayLike,
    commit_flush: ArrayLike,
    statement_time: ArrayLike,
) -> Array:
    """
    Time a whole transaction holds its connection when it waits for no lock.

    Parameters
    ----------
    round_trips : array_like
        Round trips of the whole transaction, COMMIT included. [count]
    round_trip_time : array_like
        Client to database and back. [s]
    commit_flush : array_like
        The write-ahead log reaching the disk. A flush is shared with others (group commit), and a
        commit waits for half of the one under way. [s]
    statement_time : array_like
        The statements' own time, as one call. [s]

    Returns
    -------
    ndarray
        Time. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Measured with pgbench, PostgreSQL 15.18, 8 to 28 commits per flush.

    Examples
    --------
    >>> float(transaction_time(5, round_trip_time=4e-3, commit_flush=2e-3, statement_time=1e-3))
    0.024
    """
    round_trips, round_trip_time, commit_flush, statement_time = non_negative(
        round_trips=round_trips,
        round_trip_time=round_trip_time,
        commit_flush=commit_flush,
        statement_time=statement_time,
    )
    return round_trips * round_trip_time + statement_time + 1.5 * commit_flush


@formula("min(clients / transaction_time, cpu_limit)", source=_MEASURED)
def spread_throughput(
    clients: ArrayLike, transaction_time: ArrayLike, cpu_limit: ArrayLike
) -> Array:
    """
    Transactions per second when receivers are spread, so that no row is hot.

    Parameters
    ----------
    clients : array_like
        Connections in use. [count]
    transaction_time : array_like
        Time a transaction holds one, above 0, from :func:`transaction_time`. [s]
    cpu_limit : array_like
        Transactions per second at which CPU binds. [1/s]

    Returns
    -------
    ndarray
        Throughput. [1/s]

    Raises
    ------
    ValueError
        If `transaction_time` is not above 0 or another argument is negative.

    References
    ----------
    .. [1] Measured with pgbench, PostgreSQL 15.18: clients over transaction time until CPU binds.

    Examples
    --------
    >>> float(spread_throughput(clients=24, transaction_time=0.024, cpu_limit=1e6).round())
    1000.0
    """
    clients, cpu_limit = non_negative(clients=clients, cpu_limit=cpu_limit)
    (transaction_time,) = positive(transaction_time=transaction_time)
    return np.minimum(clients / transaction_time, cpu_limit)
