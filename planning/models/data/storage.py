r"""
How large a table grows, how long its rows live, and when the disk is full.

Rows come at a rate and are kept for a while; by Little's law a table that has
been written for longer than that holds rate × kept time. How long "kept" is
depends on how rows go. DELETE drops each at its age and costs a write per row;
partitions are dropped whole, for next to nothing, once their last row is old
enough, so the oldest rows stay a partition longer than the retention::

    |-- partition --|-- partition --|-- now
    oldest row      newest row of the dropped one
    <-- partition --><-- retention -->

A row on disk is more than its values (:mod:`planning.models.data.row_size`), and every
index is written with every row.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_needed

SECONDS_PER_DAY = 86_400.0
"""Seconds of a day without leap seconds."""

_LITTLE = (
    "Little, J. D. C. (1961), A Proof for the Queuing Formula L = λW, Oper. Res. 9(3), 383–387"
)
_PARTITIONS = (
    "PostgreSQL 15 documentation, Table Partitioning, "
    "https://www.postgresql.org/docs/15/ddl-partitioning.html"
)


@formula("users / interval / peak_to_mean", source="definition of a rate and of a mean")
def row_rate(users: ArrayLike, interval: ArrayLike, peak_to_mean: ArrayLike) -> Array:
    """
    Rows written per second on average, from the users at the peak.

    A table grows by the mean, although the database must carry the peak.

    Parameters
    ----------
    users : array_like
        Concurrent users at the peak, non-negative. [users]
    interval : array_like
        Mean time between two rows of one user, above 0. [s]
    peak_to_mean : array_like
        Peak over mean, at least 1; 1 for an audience that never sleeps. [ratio]

    Returns
    -------
    ndarray
        Rows per second; 0 without users. [1/s]

    Raises
    ------
    ValueError
        If `users` is negative, `interval` is not above 0 or `peak_to_mean` is below 1.

    Examples
    --------
    A heartbeat every 30 s of 10,000 users at the peak, with a mean of a third of it.

    >>> float(row_rate(users=10_000, interval=30, peak_to_mean=3).round(1))
    111.1
    """
    (users,) = non_negative(users=users)
    (interval,) = positive(interval=interval)
    (peak_to_mean,) = at_least_one(peak_to_mean=peak_to_mean)
    rate: Array = users / interval / peak_to_mean
    return rate


@formula("rows_per_second * 86400", source="definition of a day")
def rows_per_day(rows_per_second: ArrayLike) -> Array:
    """
    Rows of a day, from rows per second.

    Parameters
    ----------
    rows_per_second : array_like
        Mean over the day, non-negative. [1/s]

    Returns
    -------
    ndarray
        Rows. [count]

    Raises
    ------
    ValueError
        If `rows_per_second` is negative.

    Examples
    --------
    >>> float(rows_per_day(rows_per_second=100))
    8640000.0
    """
    (rows_per_second,) = non_negative(rows_per_second=rows_per_second)
    return rows_per_second * SECONDS_PER_DAY


@formula("retention + partition", source=_PARTITIONS)
def kept_time(retention: ArrayLike, partition: ArrayLike) -> Array:
    """
    Longest life of a row where whole partitions are dropped.

    A partition goes when its newest row is past the retention; its oldest is then a partition
    older. Without partitions, 0, rows are deleted one by one at the retention.

    Parameters
    ----------
    retention : array_like
        Age at which a row may go, non-negative. [s]
    partition : array_like
        Time that one partition covers, non-negative; a job that drops late adds its interval. [s]

    Returns
    -------
    ndarray
        Age of the oldest row just before a drop. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] PostgreSQL 15 documentation, Table Partitioning: dropping a partition is far
       faster than deleting its rows. https://www.postgresql.org/docs/15/ddl-partitioning.html

    Examples
    --------
    Seven days in monthly partitions are up to 37.

    >>> float(kept_time(retention=7 * 86_400, partition=30 * 86_400)) / 86_400
    37.0
    """
    retention, partition = non_negative(retention=retention, partition=partition)
    longest: Array = retention + partition
    return longest


@formula("row_rate * kept", source=_LITTLE)
def table_rows(row_rate: ArrayLike, kept: ArrayLike) -> Array:
    """
    Rows of a table once the first of them are dropped, or of a history of so long.

    Parameters
    ----------
    row_rate : array_like
        Rows written per second, mean, non-negative. [1/s]
    kept : array_like
        Time a row is kept, or since the first where all are, non-negative. [s]

    Returns
    -------
    ndarray
        Rows. [count]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Little, J. D. C. (1961), Oper. Res. 9(3), 383–387.

    Examples
    --------
    >>> float(table_rows(row_rate=100, kept=30 * 86_400))
    259200000.0
    """
    row_rate, kept = non_negative(row_rate=row_rate, kept=kept)
    return row_rate * kept


@formula("rows * (row_bytes + indexes * index_entry_bytes)", source="definition of a sum")
def table_bytes(
    rows: ArrayLike, row_bytes: ArrayLike, indexes: ArrayLike, index_entry_bytes: ArrayLike
) -> Array:
    """
    Disk space of a table with its indexes.

    Parameters
    ----------
    rows : array_like
        Rows, non-negative. [count]
    row_bytes : array_like
        Of one row, as :func:`~planning.models.data.row_size.heap_row_bytes` says, non-negative. [B]
    indexes : array_like
        Indexes that hold every row, the primary key among them, non-negative. [count]
    index_entry_bytes : array_like
        Of one entry, see :func:`~planning.models.data.row_size.btree_entry_bytes`, at least 0. [B]

    Returns
    -------
    ndarray
        Bytes; 0 for an empty table. [B]

    Raises
    ------
    ValueError
        If an argument is negative.

    Examples
    --------
    A billion rows of 100 bytes with three indexes: two thirds as much again.

    >>> round(float(table_bytes(1e9, row_bytes=100, indexes=3, index_entry_bytes=22)) / 1e9, 3)
    166.0
    """
    rows, row_bytes, indexes, index_entry_bytes = non_negative(
        rows=rows, row_bytes=row_bytes, indexes=indexes, index_entry_bytes=index_entry_bytes
    )
    return rows * (row_bytes + indexes * index_entry_bytes)


@formula("row_rate * (1 + indexes)", source="an inserted row is entered in every index")
def index_writes(row_rate: ArrayLike, indexes: ArrayLike) -> Array:
    """
    Entries written per second: each row, and its entry in each index (write amplification).

    Parameters
    ----------
    row_rate : array_like
        Rows inserted per second, non-negative. [1/s]
    indexes : array_like
        Indexes on the table, non-negative; a partial index counts as its share. [count]

    Returns
    -------
    ndarray
        Entries per second; `row_rate` without an index. [1/s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] PostgreSQL 15 documentation, Indexes, Introduction: an index has to be kept
       synchronized with the table. https://www.postgresql.org/docs/15/indexes-intro.html

    Examples
    --------
    >>> float(index_writes(row_rate=100, indexes=4))
    500.0
    """
    row_rate, indexes = non_negative(row_rate=row_rate, indexes=indexes)
    return row_rate * (1.0 + indexes)


@formula("max(0, disk - used) / growth_rate", source="definition of a rate")
def time_until_full(disk: ArrayLike, used: ArrayLike, growth_rate: ArrayLike) -> Array:
    """
    Time until a disk is full at a steady growth.

    0 where it is full already, even if nothing grows; infinite where nothing grows.

    Parameters
    ----------
    disk : array_like
        Size of the disk, non-negative. [B]
    used : array_like
        Of it in use, non-negative. [B]
    growth_rate : array_like
        Bytes per second that stay, non-negative. [B/s]

    Returns
    -------
    ndarray
        Time. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    Examples
    --------
    100 rows a second of 167 bytes with their indexes fill 500 GB in less than a year.

    >>> round(float(time_until_full(disk=500e9, used=0, growth_rate=100 * 167)) / 86_400)
    347
    """
    disk, used, growth_rate = non_negative(disk=disk, used=used, growth_rate=growth_rate)
    free, growth_rate = np.broadcast_arrays(np.maximum(0.0, disk - used), growth_rate)
    time: Array = np.where(free > 0, np.inf, 0.0)
    with np.errstate(over="ignore"):  # a byte in an aeon: the time is infinite
        np.divide(free, growth_rate, out=time, where=growth_rate > 0)
    return time


@formula("ceil(kept / partition) + 1", source=_PARTITIONS)
def partition_count(kept: ArrayLike, partition: ArrayLike) -> Array:
    """
    Partitions that exist at most: those that hold rows, and one made ahead for the next.

    Parameters
    ----------
    kept : array_like
        Longest life of a row, as :func:`kept_time` says, non-negative. [s]
    partition : array_like
        Time that one partition covers, above 0. [s]

    Returns
    -------
    ndarray
        A whole number; a query without the partition key reads them all. [count]

    Raises
    ------
    ValueError
        If `kept` is negative or `partition` is not above 0.

    References
    ----------
    .. [1] PostgreSQL 15 documentation, Table Partitioning: up to a few thousand are fine
       if queries name the key. https://www.postgresql.org/docs/15/ddl-partitioning.html

    Examples
    --------
    Seven days in daily partitions: eight that hold rows, and tomorrow's.

    >>> float(partition_count(kept=8 * 86_400, partition=86_400))
    9.0
    """
    (kept,) = non_negative(kept=kept)
    (partition,) = positive(partition=partition)
    return units_needed(kept, partition) + 1.0
