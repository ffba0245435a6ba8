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

from planning.models._guards import Array, finite, fraction, non_negative, positive
from planning.models.formula import formula
from planning.models.queueing.general import mean_wait_single_server
from planning.models.servers.compute import units_needed

_REPLAY = (
    "one process replays: PostgreSQL documentation, pg_stat_replication, "
    "https://www.postgresql.org/docs/current/monitoring-stats.html"
)
_TIJMS = "Pollaczek–Khinchine; Tijms, A First Course in Stochastic Models (2003), 2.5"
_NEWELL = "Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2 (fluid queues)"


@formula("write_rate * replay_time", source=_REPLAY)
def replay_utilisation(write_rate: ArrayLike, replay_time: ArrayLike) -> Array:
    """
    Share of the time that a replica's one replaying process is busy; above 1 the lag grows.

    Parameters
    ----------
    write_rate : array_like
        Commits per second on the primary, non-negative. [1/s]
    replay_time : array_like
        Mean time to replay one commit, non-negative. [s]

    Returns
    -------
    ndarray
        Utilisation, at least 0 and possibly above 1; 0 without writes. [fraction]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Chen, H. (2015), on the delay of PostgreSQL's streaming replication: with 1,906
       inserts/s the startup process of the standby used 8 % of a core.
       https://github.com/ChenHuajun/chenhuajun.github.io (17 July 2015)

    Examples
    --------
    Inserts of one row replay in 42 µs, so such a standby falls behind at 24,000 of them.

    >>> replay_utilisation(write_rate=[1906, 24_000], replay_time=42e-6).round(2).tolist()
    [0.08, 1.01]
    """
    write_rate, replay_time = non_negative(write_rate=write_rate, replay_time=replay_time)
    return write_rate * replay_time


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


@formula(
    "lag * write_rate * replay_time / (1 - write_rate * replay_time)",
    source=_NEWELL,
    arithmetic=False,
)
def catch_up_time(lag: ArrayLike, write_rate: ArrayLike, replay_time: ArrayLike) -> Array:
    """
    Time until a replica that fell behind has replayed all, new writes included.

    The lag is taken as that many seconds of writes at `write_rate`. What was written twice as
    fast counts twice: pass commits not yet replayed over `write_rate`. No lag takes no time;
    a standstill of 10 minutes on a replica half busy takes another 10.

    Parameters
    ----------
    lag : array_like
        How far it is behind, non-negative. [s]
    write_rate : array_like
        Commits per second, before and now, finite and non-negative. [1/s]
    replay_time : array_like
        Mean time to replay one commit, finite and non-negative. [s]

    Returns
    -------
    ndarray
        Mean time; ``inf`` for any lag from saturation on. [s]

    Raises
    ------
    ValueError
        If an argument is negative, or the rate or the replay time infinite.

    References
    ----------
    .. [1] Newell, G. F. (1982). Applications of Queueing Theory, 2nd ed., ch. 2.
    .. [2] Conway, R. W., Maxwell, W. L. and Miller, L. W. (1967). Theory of Scheduling, chapter
       8, delay cycles: for M/G/1 it is the exact mean.

    Examples
    --------
    >>> catch_up_time(lag=600, write_rate=[500, 900, 1000], replay_time=0.001).round(6).tolist()
    [600.0, 5400.0, inf]
    """
    (lag,) = non_negative(lag=lag)
    write_rate, replay_time = finite(write_rate=write_rate, replay_time=replay_time)
    lag, busy = np.broadcast_arrays(lag, write_rate * replay_time)
    drains = busy < 1.0
    behind = (lag > 0) & (busy > 0)
    per_second = np.where(drains, busy / np.where(drains, 1.0 - busy, 1.0), np.inf)
    time: Array = np.multiply(lag, per_second, out=np.zeros(lag.shape), where=behind)
    return time


@formula(
    "ceil(read_load / (replica_capacity * target_utilisation - replay_load)), "
    "infinite where replay leaves nothing for reads",
    source="definition of utilisation; every replica replays every write: " + _REPLAY,
    arithmetic=False,
)
def replicas_needed(
    read_load: ArrayLike,
    replica_capacity: ArrayLike,
    target_utilisation: ArrayLike = 1.0,
    replay_load: ArrayLike = 0.0,
) -> Array:
    """
    Replicas that carry the reads, each replaying all the writes besides.

    No reads need none. Infinite where replay alone takes what a replica may be used for: no
    number of replicas will do.

    Parameters
    ----------
    read_load : array_like
        Reads to carry, finite and non-negative. [cores]
    replica_capacity : array_like
        Capacity of one replica, finite and above 0. [cores]
    target_utilisation : array_like
        Share of it one is willing to use, above 0. [fraction]
    replay_load : array_like
        What replay takes of each replica, at most its one core, non-negative. [cores]

    Returns
    -------
    ndarray
        Replicas, a whole number or infinity. [count]

    Raises
    ------
    ValueError
        If a load is negative or infinite, or the capacity or the target outside its range.

    References
    ----------
    .. [1] PostgreSQL documentation, Log-Shipping Standby Servers.
       https://www.postgresql.org/docs/current/warm-standby.html

    Examples
    --------
    Ten cores of reads on replicas of four cores at 70 %, without and with half a core of replay.

    >>> replicas_needed(10, 4, target_utilisation=0.7, replay_load=[0, 0.5, 2.8]).tolist()
    [4.0, 5.0, inf]
    """
    read_load, replay_load = finite(read_load=read_load, replay_load=replay_load)
    finite(replica_capacity=replica_capacity)
    replica_capacity, target_utilisation = positive(
        replica_capacity=replica_capacity, target_utilisation=target_utilisation
    )
    (target_utilisation,) = fraction(target_utilisation=target_utilisation)
    left = replica_capacity * target_utilisation - replay_load
    # A remainder of rounding error is nothing left, not a replica for each trillionth of a core.
    enough = left > 1e-12 * replica_capacity
    needed = np.where(enough, units_needed(read_load, np.where(enough, left, 1.0)), np.inf)
    return np.where(read_load > 0, needed, 0.0)
