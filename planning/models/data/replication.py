r"""
Read replicas, and how far behind they are.

The primary commits with many processes at once; a replica replays the commits in
order with one. That one is a queue with a single server::

    commit --> send, flush --> [ waiting for replay ] --> replay --> visible
                 delay              wait                replay_time
               |<--------------------- lag ---------------------->|

Past saturation the lag grows for as long as the writes go on. Every replica replays
every write, so replicas add reads and never writes. Replay times vary (one row, or a
million in one statement): hence M/G/1, with their variation as an argument. Replay also
stands still while a query on the replica holds what it would change: that is not here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, non_negative, positive
from planning.models.formula import formula
from planning.models.queueing.general import mean_wait_single_server

_TIJMS = "Pollaczek–Khinchine; Tijms, A First Course in Stochastic Models (2003), 2.5"
_NEWELL = "Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2 (fluid queues)"


@formula(
    "delay + replay_time + write_rate * replay_time**2 * (1 + replay_scv) "
    "/ (2 * (1 - write_rate * replay_time))",
    source=_TIJMS,
    arithmetic=False,
)
def replication_lag(
    write_rate: ArrayLike,
    replay_time: ArrayLike,
    delay: ArrayLike,
    replay_scv: ArrayLike = 1.0,
) -> Array:
    """
    Mean time from a commit on the primary until a replica shows it.

    Exact for commits at random (Poisson) replayed in order by one process (M/G/1). It is a
    mean over commits: reads long after the last write miss nothing. Commits in bursts wait
    longer. Without writes it is what a single commit would take.

    Parameters
    ----------
    write_rate : array_like
        Commits per second, finite and non-negative. [1/s]
    replay_time : array_like
        Mean time to replay one commit, finite and above 0. [s]
    delay : array_like
        Time to send a commit and flush it on the replica, non-negative. [s]
    replay_scv : array_like
        Variance of the replay time over its squared mean, finite and non-negative: 0 for equal
        commits, 1 for exponential, far above with bulk updates among small ones. [ratio]

    Returns
    -------
    ndarray
        Lag; ``inf`` from saturation on, where it grows by `lag_growth`. [s]

    Raises
    ------
    ValueError
        If an argument is outside its range or infinite.

    References
    ----------
    .. [1] Tijms, H. C. (2003). A First Course in Stochastic Models, 2.5 (Pollaczek–Khinchine).
    .. [2] PostgreSQL documentation, ``pg_stat_replication.replay_lag``: the time until the
       standby has written, flushed and applied recent WAL.
       https://www.postgresql.org/docs/current/monitoring-stats.html

    Examples
    --------
    Milliseconds of lag of a replica 1 ms away that needs 1 ms per commit.

    >>> (1000 * replication_lag([0, 500, 900, 1000], 0.001, delay=0.001)).round(6).tolist()
    [2.0, 3.0, 11.0, inf]
    """
    write_rate, replay_scv = finite(write_rate=write_rate, replay_scv=replay_scv)
    finite(replay_time=replay_time)
    (replay_time,) = positive(replay_time=replay_time)
    (delay,) = non_negative(delay=delay)
    lag: Array = delay + mean_wait_single_server(write_rate, replay_time, replay_scv) + replay_time
    return lag


@formula("1 - 1 / max(write_rate * replay_time, 1)", source=_NEWELL)
def lag_growth(write_rate: ArrayLike, replay_time: ArrayLike) -> Array:
    """
    Seconds of lag that a replica gains per second; 0 up to saturation.

    In t seconds it replays what was written in the first ``t / utilisation`` of them.

    Parameters
    ----------
    write_rate : array_like
        Commits per second, finite and non-negative. [1/s]
    replay_time : array_like
        Mean time to replay one commit, finite and non-negative. [s]

    Returns
    -------
    ndarray
        Growth, at least 0 and below 1, that of a replica which stands still. [s/s]

    Raises
    ------
    ValueError
        If an argument is negative or infinite.

    References
    ----------
    .. [1] Newell, G. F. (1982). Applications of Queueing Theory, 2nd ed., ch. 2.

    Examples
    --------
    A quarter more writes than it can replay: 12 minutes behind after an hour.

    >>> lag_growth(write_rate=[800, 1000, 1250], replay_time=0.001).round(12).tolist()
    [0.0, 0.0, 0.2]
    """
    write_rate, replay_time = finite(write_rate=write_rate, replay_time=replay_time)
    return 1.0 - 1.0 / np.maximum(write_rate * replay_time, 1.0)
