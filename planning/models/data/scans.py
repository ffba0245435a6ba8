r"""
A query that reads the whole history against one that reads a prepared result.

What is summed up at reading time costs more with every row ever written; what
is summed up at writing time (a counter, a rollup) costs as many look-ups as the
answer has groups, for ever::

    time of a query                  scan = rate · t / scan rate
        |          ___---‾‾‾  limit
        |    __--‾‾________________  aggregate = groups · look-up
        +-----------------------------> age of the history t

So the question is not how fast the scan is today but when it passes the limit.
A scan whose rows go to the client to be summed there costs transfer and memory
as well. The number of rows is :func:`planning.models.data.storage.table_rows`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula

_EXPLAIN = (
    "PostgreSQL 15 documentation, Using EXPLAIN: a sequential scan costs in proportion to "
    "pages and rows, https://www.postgresql.org/docs/15/using-explain.html"
)


@formula("rows / scan_rate", source=_EXPLAIN)
def scan_time(rows: ArrayLike, scan_rate: ArrayLike) -> Array:
    """
    Time of a query that reads every row.

    0 for an empty table. Queries at the same time share the disk and cores behind `scan_rate`.

    Parameters
    ----------
    rows : array_like
        Rows read, however few are returned, non-negative. [count]
    scan_rate : array_like
        Rows per second of one query, measured from memory or disk as it will be, above 0. [1/s]

    Returns
    -------
    ndarray
        Time without planning and queueing. [s]

    Raises
    ------
    ValueError
        If `rows` is negative or `scan_rate` is not above 0.

    References
    ----------
    .. [1] PostgreSQL 15 documentation, Using EXPLAIN.
       https://www.postgresql.org/docs/15/using-explain.html

    Examples
    --------
    >>> scan_time(rows=[1e5, 1e8], scan_rate=5e6).tolist()
    [0.02, 20.0]
    """
    (rows,) = non_negative(rows=rows)
    (scan_rate,) = positive(scan_rate=scan_rate)
    time: Array = rows / scan_rate
    return time


@formula("time_limit * scan_rate", source=_EXPLAIN)
def rows_within(time_limit: ArrayLike, scan_rate: ArrayLike) -> Array:
    """
    Rows that a scan reads within a time limit.

    Parameters
    ----------
    time_limit : array_like
        Longest query, such as the statement timeout, non-negative. [s]
    scan_rate : array_like
        Rows per second of one query, non-negative. [1/s]

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
    .. [1] PostgreSQL 15 documentation, Using EXPLAIN, solved for the rows.
       https://www.postgresql.org/docs/15/using-explain.html

    Examples
    --------
    >>> float(rows_within(time_limit=0.2, scan_rate=5e6))
    1000000.0
    """
    time_limit, scan_rate = non_negative(time_limit=time_limit, scan_rate=scan_rate)
    return time_limit * scan_rate


@formula("time_limit * scan_rate / row_rate", source=_EXPLAIN)
def history_until(time_limit: ArrayLike, scan_rate: ArrayLike, row_rate: ArrayLike) -> Array:
    """
    Age of a history, written at a steady rate, at which its scan passes a time limit.

    Infinite where nothing is written. A retention below this age keeps the scan within the limit.

    Parameters
    ----------
    time_limit : array_like
        Longest query, non-negative. [s]
    scan_rate : array_like
        Rows per second of one query, non-negative. [1/s]
    row_rate : array_like
        Rows written per second, mean, non-negative. [1/s]

    Returns
    -------
    ndarray
        Time since the first row. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] PostgreSQL 15 documentation, Using EXPLAIN, with rows = row rate × age.
       https://www.postgresql.org/docs/15/using-explain.html

    Examples
    --------
    A dashboard that may take 2 s is good for a day, at 100 rows a second.

    >>> float(history_until(time_limit=2, scan_rate=5e6, row_rate=100).round()) / 3600
    27.77777777777778
    """
    time_limit, scan_rate, row_rate = non_negative(
        time_limit=time_limit, scan_rate=scan_rate, row_rate=row_rate
    )
    rows, row_rate = np.broadcast_arrays(time_limit * scan_rate, row_rate)
    age: Array = np.full(rows.shape, np.inf)
    with np.errstate(over="ignore"):  # a row in an aeon: the age is infinite
        np.divide(rows, row_rate, out=age, where=row_rate > 0)
    return age


@formula("rows * row_bytes", source="definition of a sum")
def result_bytes(rows: ArrayLike, row_bytes: ArrayLike) -> Array:
    """
    Bytes that a query sends to its client: of the rows it returns, not of those it reads.

    Parameters
    ----------
    rows : array_like
        Rows returned: all of them where the client does the sum, non-negative. [count]
    row_bytes : array_like
        Of one row on the wire, as text unless asked otherwise, non-negative. [B]

    Returns
    -------
    ndarray
        Bytes, which leave the database and may be paid for. [B]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] PostgreSQL 15 documentation, Message Formats, DataRow: 7 bytes per row and 4 per
       column beside the values. https://www.postgresql.org/docs/15/protocol-message-formats.html

    Examples
    --------
    >>> float(result_bytes(rows=1e6, row_bytes=120)) / 1e6
    120.0
    """
    rows, row_bytes = non_negative(rows=rows, row_bytes=row_bytes)
    return rows * row_bytes


@formula(
    "rows * object_bytes",
    source="PostgreSQL 15 documentation, Retrieving Query Results in Single-Row Mode: "
    "otherwise the entire result is collected first, "
    "https://www.postgresql.org/docs/15/libpq-single-row-mode.html",
)
def client_memory(rows: ArrayLike, object_bytes: ArrayLike) -> Array:
    """
    Memory of a client that reads a whole result before it goes on, as drivers do unless told.

    Parameters
    ----------
    rows : array_like
        Rows returned, of all queries in progress in one process, non-negative. [count]
    object_bytes : array_like
        Of one row as an object of the language, a few times its bytes on the wire; measure
        it. Non-negative. [B]

    Returns
    -------
    ndarray
        Bytes, at the end of the query and until they are collected. [B]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] PostgreSQL 15 documentation, Retrieving Query Results in Single-Row Mode.
       https://www.postgresql.org/docs/15/libpq-single-row-mode.html

    Examples
    --------
    A million rows as objects of 500 bytes do not fit a 512 MB process.

    >>> float(client_memory(rows=1e6, object_bytes=500)) / 1e6
    500.0
    """
    rows, object_bytes = non_negative(rows=rows, object_bytes=object_bytes)
    return rows * object_bytes


@formula("groups * lookup_time", source="one look-up by key per group of the answer")
def aggregated_time(groups: ArrayLike, lookup_time: ArrayLike) -> Array:
    """
    Time of a query that reads prepared sums: it does not grow with the history.

    Parameters
    ----------
    groups : array_like
        Rows of the prepared table that the answer needs: days, users or places of a chart,
        non-negative. [count]
    lookup_time : array_like
        Of one row by its key, non-negative. [s]

    Returns
    -------
    ndarray
        Time; groups that lie together take less. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Gray, J. et al. (1997). Data Cube: A Relational Aggregation Operator. Data Mining and
       Knowledge Discovery 1, 29-53. https://doi.org/10.1023/A:1009726021843

    Examples
    --------
    A month by day.

    >>> float(aggregated_time(groups=30, lookup_time=50e-6))
    0.0015
    """
    groups, lookup_time = non_negative(groups=groups, lookup_time=lookup_time)
    return groups * lookup_time


@formula("rows / scan_rate / aggregated_time", source="definition of a speed-up")
def speed_up(rows: ArrayLike, scan_rate: ArrayLike, aggregated_time: ArrayLike) -> Array:
    """
    How many times faster the prepared result is than the scan; below 1 it is slower.

    Parameters
    ----------
    rows : array_like
        Rows that the scan reads, non-negative. [count]
    scan_rate : array_like
        Rows per second of the scan, above 0. [1/s]
    aggregated_time : array_like
        Of the query on prepared sums, above 0. [s]

    Returns
    -------
    ndarray
        Times faster; 0 while there is nothing to scan. [ratio]

    Raises
    ------
    ValueError
        If `rows` is negative or another argument is not above 0.

    Examples
    --------
    It pays later: after an hour, and after a month at 100 rows a second.

    >>> speed_up(rows=[360e3, 259.2e6], scan_rate=5e6, aggregated_time=1.5e-3).round().tolist()
    [48.0, 34560.0]
    """
    (aggregated_time,) = positive(aggregated_time=aggregated_time)
    faster: Array = scan_time(rows, scan_rate) / aggregated_time
    return faster
