r"""
What a round trip to the database costs it beside the queries that it brings.

Each message wakes a process, is read, parsed as a message, answered and sent; each query in it is
planned and run. A page that sends twenty queries one by one pays the first twenty times, and once
where it sends them together (a pipeline, several statements, a stored procedure)::

    one by one    [trip|query] [trip|query] [trip|query]
    together      [trip|query query query]
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, finite
from planning.models.formula import formula


@formula(
    "query_cpu + round_trip_cpu / queries_per_round_trip",
    source="measured on PostgreSQL 18.4, one row by its key, 1 to 50 queries in a message",
)
def query_cpu_with_round_trip(
    query_cpu: ArrayLike, round_trip_cpu: ArrayLike, queries_per_round_trip: ArrayLike
) -> Array:
    """
    CPU that the database spends on one query, its share of the round trip included.

    Parameters
    ----------
    query_cpu : array_like
        CPU of the query itself: planning and running it, finite and non-negative. [s]
    round_trip_cpu : array_like
        CPU of a round trip with nothing to do, finite and non-negative. [s]
    queries_per_round_trip : array_like
        Queries that one message brings, at least 1. [ratio]

    Returns
    -------
    ndarray
        CPU: the sum of both where each query is sent by itself, `query_cpu` alone of ever more
        that are sent together. [s]

    Raises
    ------
    ValueError
        If a time is negative or infinite, or `queries_per_round_trip` below 1.

    References
    ----------
    .. [1] Measured on PostgreSQL 18.4: CPU time of one backend by /proc/PID/schedstat, client and
       backend on one core, `SELECT` of a row by its key in the simple protocol.
    .. [2] PostgreSQL 18 documentation, 32.5 Pipeline Mode.

    Notes
    -----
    Of [1], 10.5 µs for the round trip and 10.3 µs for the query explain all seven rows within 6 %.
    On cores of their own, woken for each message, a round trip took the backend up to 40 µs more.

    Examples
    --------
    >>> cost = query_cpu_with_round_trip(10e-6, 11e-6, queries_per_round_trip=[1, 10])
    >>> (cost * 1e6).round(3).tolist()
    [21.0, 11.1]
    """
    query_cpu, round_trip_cpu = finite(query_cpu=query_cpu, round_trip_cpu=round_trip_cpu)
    (queries_per_round_trip,) = at_least_one(queries_per_round_trip=queries_per_round_trip)
    return query_cpu + round_trip_cpu / queries_per_round_trip
