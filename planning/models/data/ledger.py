"""
Writing later: a buffer that is flushed, and a ledger that a job works off.

Both take the hot row out of the user's way. A *write-behind* buffer adds gifts up
in memory and writes one sum per receiver per interval: few writes, stale balances,
and an interval's worth of gifts lost if the process dies. A *ledger* stores each
gift as a row of its own (no hot row) and a scheduled job posts them in batches;
if nobody schedules the job, or it is too slow, the backlog grows without end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula

_BATCH = "deterministic batch service: one batch per interval"


@formula("receivers / flush_interval", source="one write per receiver per flush")
def flush_writes(receivers: ArrayLike, flush_interval: ArrayLike) -> Array:
    """
    Database writes per second of a write-behind buffer.

    Parameters
    ----------
    receivers : array_like
        Receivers that got something since the last flush. [count]
    flush_interval : array_like
        Time between flushes, above 0. [s]

    Returns
    -------
    ndarray
        Writes per second, whatever the gift rate. [1/s]

    Raises
    ------
    ValueError
        If `receivers` is negative or `flush_interval` is not above 0.

    Examples
    --------
    >>> float(flush_writes(receivers=1, flush_interval=5))
    0.2
    """
    (receivers,) = non_negative(receivers=receivers)
    (flush_interval,) = positive(flush_interval=flush_interval)
    return receivers / flush_interval


@formula("interval / 2", source="mean of a uniform wait for the next run")
def mean_staleness(interval: ArrayLike) -> Array:
    """
    Mean age of what a reader sees when the data is refreshed at intervals.

    Parameters
    ----------
    interval : array_like
        Time between refreshes; infinite when nothing is scheduled. [s]

    Returns
    -------
    ndarray
        Half the interval; the worst case is the whole interval plus the run. [s]

    Raises
    ------
    ValueError
        If `interval` is negative.

    Examples
    --------
    >>> float(mean_staleness(interval=5))
    2.5
    """
    (interval,) = non_negative(interval=interval)
    return interval / 2.0


@formula("arrival_rate * flush_interval", source="what came since the last flush")
def loss_window(arrival_rate: ArrayLike, flush_interval: ArrayLike) -> Array:
    """
    Gifts lost when the buffering process dies just before a flush.

    Parameters
    ----------
    arrival_rate : array_like
        Gifts per second. [1/s]
    flush_interval : array_like
        Time between flushes. [s]

    Returns
    -------
    ndarray
        Gifts at risk. [gift]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Little, J. D. C. (1961), Oper. Res. 9(3), 383–387, over one flush interval.

    Examples
    --------
    >>> float(loss_window(arrival_rate=200, flush_interval=5))
    1000.0
    """
    arrival_rate, flush_interval = non_negative(
        arrival_rate=arrival_rate, flush_interval=flush_interval
    )
    return arrival_rate * flush_interval


@formula("batch_size / interval", source=_BATCH)
def posting_rate(batch_size: ArrayLike, interval: ArrayLike) -> Array:
    """
    Ledger entries a scheduled job posts per second.

    Parameters
    ----------
    batch_size : array_like
        Most entries per run. [count]
    interval : array_like
        Time between runs, above 0; infinite where the job is not scheduled. [s]

    Returns
    -------
    ndarray
        Entries per second; 0 where the job is not scheduled. [1/s]

    Raises
    ------
    ValueError
        If `batch_size` is negative or `interval` is not above 0.

    Examples
    --------
    >>> float(posting_rate(batch_size=1000, interval=10)), float(posting_rate(1000, float("inf")))
    (100.0, 0.0)
    """
    (batch_size,) = non_negative(batch_size=batch_size)
    (interval,) = positive(interval=interval)
    return batch_size / interval


@formula("max(0, arrival_rate - posting_rate)", source="conservation of entries")
def backlog_growth(arrival_rate: ArrayLike, posting_rate: ArrayLike) -> Array:
    """
    Rate at which unposted entries pile up.

    Parameters
    ----------
    arrival_rate, posting_rate : array_like
        Entries in and out per second. [1/s]

    Returns
    -------
    ndarray
        Growth; 0 where the job keeps up. [1/s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2.

    Examples
    --------
    >>> float(backlog_growth(arrival_rate=50, posting_rate=0))
    50.0
    """
    arrival_rate, posting_rate = non_negative(arrival_rate=arrival_rate, posting_rate=posting_rate)
    return np.maximum(0.0, arrival_rate - posting_rate)
