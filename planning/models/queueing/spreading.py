"""
A gift to a receiver whose row nobody else wants: what it takes of a connection.

One row carries what :mod:`planning.models.queueing.contention` says. Over many receivers the
system carries more: until the connections are all busy, or until the CPU is.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative
from planning.models.formula import formula

_MEASURED = "measured on PostgreSQL 15.18 with pgbench, one hot row, 1 to 200 clients"


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
