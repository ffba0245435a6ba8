r"""
What the processors of a machine are worth, and what a reading of their load says.

A cloud's vCPU is most often one of two hardware threads of a core. The first gives the core, the
second what the first leaves unused while it waits for memory: a fifth to a third more, not as
much again. An operating system gives work to idle cores first::

    work done   |            .-----*  cores x yield
    at once     |       .--*
                |    /                 up to one thread per core: as fast as cores
                | /
                +------------------> threads busy
                        cores      threads

And a reading of the CPU holds what the machine does without any load: two rows tell them apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, finite, fraction, non_negative, positive
from planning.models.formula import formula

_HYPER = (
    "Arao (2013), oracle-l, 14 January 2013; Drouvot (2015), bdrouvot.github.io, 24 September "
    "2015; AWS (2024), aws-graviton-getting-started, System Load and Compute Headroom"
)
_LAW = (
    "Denning and Buzen (1978), The Operational Analysis of Queueing Network Models, utilisation "
    "law, doi:10.1145/356733.356735, with a constant for the idle machine"
)


@formula(
    "min(busy, threads / threads_per_core) + max(min(busy, threads) - threads / threads_per_core, "
    "0) * (core_yield - 1) / max(threads_per_core - 1, 1)",
    source=_HYPER,
)
def hardware_threads_worth(
    busy: ArrayLike, threads: ArrayLike, threads_per_core: ArrayLike, core_yield: ArrayLike
) -> Array:
    """
    Cores' worth of work that busy hardware threads do.

    Parameters
    ----------
    busy : array_like
        Hardware threads that have work, such as processes that run, non-negative. [core]
    threads : array_like
        Hardware threads there are (vCPUs), finite and non-negative. [core]
    threads_per_core : array_like
        Of them per core, whole, finite and at least 1; two with Intel and most AMD machines.
        [ratio]
    core_yield : array_like
        What a core does with all its threads busy over what it does with one, finite and at least
        1. [ratio]

    Returns
    -------
    ndarray
        Cores; `busy` up to one thread per core, and ``threads / threads_per_core * core_yield``
        with all of them. With one thread per core a thread is a core; without a gain, a
        ``core_yield`` of 1, a second thread adds nothing. [core]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Arao, K. (2013), Re: Hyperthreading – Oracle license, oracle-l, 14 January 2013: 16 to
       17 % more logical reads from the second threads of three machines.
    .. [2] Drouvot, B. (2015), Hyper-threading: measure its impact during SLOB runs,
       https://bdrouvot.github.io: 32 % more.
    .. [3] AWS (2024), System Load and Compute Headroom,
       https://github.com/aws/aws-graviton-getting-started: 26 % compiling, 71 % in a HTTP server.
    .. [4] Hassanein, W. M. et al. (2008), Analyzing the effects of hyperthreading on the
       performance of data management systems, doi:10.1007/s10766-007-0066-x: 16 to 26 %.

    Examples
    --------
    Eight vCPUs are four cores: the first four busy ones count whole, then a quarter each.

    >>> hardware_threads_worth([2, 4, 6, 8, 20], 8, threads_per_core=2, core_yield=1.25).tolist()
    [2.0, 4.0, 4.5, 5.0, 5.0]
    """
    (busy,) = non_negative(busy=busy)
    (threads,) = finite(threads=threads)
    (threads_per_core,) = at_least_one(threads_per_core=threads_per_core)
    (core_yield,) = at_least_one(core_yield=core_yield)
    finite(threads_per_core=threads_per_core, core_yield=core_yield)
    more = np.maximum(threads_per_core - 1.0, 1.0)
    cores = threads / threads_per_core
    second = np.maximum(np.minimum(busy, threads) - cores, 0.0)
    return np.minimum(busy, cores) + second * (core_yield - 1.0) / more


@formula("cores * further_reading / further_rate", source=_LAW)
def demand_from_readings(
    cores: ArrayLike, further_rate: ArrayLike, further_reading: ArrayLike
) -> Array:
    """
    CPU of one request, from two readings of the machine's CPU at two rates.

    Parameters
    ----------
    cores : array_like
        Cores that 100 % is, finite and non-negative. [core]
    further_rate : array_like
        Requests at the higher reading less those at the lower, finite and above 0. [1/s]
    further_reading : array_like
        Share of the CPU in use at the higher reading less that at the lower. [fraction]

    Returns
    -------
    ndarray
        CPU of one request, without what the machine does anyway. A reading divided by its rate
        counts that as well: the more, the lower the load it was taken at. [s]

    Raises
    ------
    ValueError
        If a number is outside its range.

    References
    ----------
    .. [1] Denning, P. J. & Buzen, J. P. (1978), The Operational Analysis of Queueing Network
       Models, ACM Computing Surveys 10(3), 225–261, doi:10.1145/356733.356735.

    Examples
    --------
    Four cores read 5 % at 10 requests/s and 17 % at 50.

    >>> float(demand_from_readings(4, further_rate=50 - 10, further_reading=0.17 - 0.05).round(9))
    0.012
    """
    (cores,) = finite(cores=cores)
    (further_reading,) = fraction(further_reading=further_reading)
    (further_rate,) = positive(further_rate=further_rate)
    finite(further_rate=further_rate)
    return cores * further_reading / further_rate


@formula("max(quiet_reading - quiet_rate * demand / cores, 0)", source=_LAW)
def idle_reading(
    cores: ArrayLike, quiet_rate: ArrayLike, quiet_reading: ArrayLike, demand: ArrayLike
) -> Array:
    """
    Share of the CPU that a machine uses without any request.

    Parameters
    ----------
    cores : array_like
        Cores that 100 % is, finite and above 0. [core]
    quiet_rate : array_like
        Requests at a reading, finite and non-negative. [1/s]
    quiet_reading : array_like
        Share of the CPU in use there. [fraction]
    demand : array_like
        CPU of one request, finite and non-negative: :func:`demand_from_readings`. [s]

    Returns
    -------
    ndarray
        What the requests do not explain; 0 where they explain more than was read. [fraction]

    Raises
    ------
    ValueError
        If a number is outside its range.

    References
    ----------
    .. [1] Denning, P. J. & Buzen, J. P. (1978), The Operational Analysis of Queueing Network
       Models, ACM Computing Surveys 10(3), 225–261, doi:10.1145/356733.356735.

    Examples
    --------
    >>> float(idle_reading(4, quiet_rate=10, quiet_reading=0.05, demand=0.012).round(12))
    0.02
    """
    (cores,) = positive(cores=cores)
    (quiet_reading,) = fraction(quiet_reading=quiet_reading)
    finite(cores=cores)
    quiet_rate, demand = finite(quiet_rate=quiet_rate, demand=demand)
    return np.maximum(quiet_reading - quiet_rate * demand / cores, 0.0)
