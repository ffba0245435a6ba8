r"""
Processor time: how many cores, processes and users a request rate needs.

A request holds a core for ``cpu_time`` seconds, so a rate of requests keeps
``request_rate * cpu_time`` cores busy (the utilisation law). A single-threaded
process can keep at most one core busy, and a core can be kept busy by at most
one process at a time::

    parallelism = min(processes, cores)      4 processes on 1 core: still 1

Requests per second and users differ by the rate of one user: say which.
Processes come whole, so what is needed is rounded up and what fits is rounded
down; rounding error of the arithmetic (0.07 * 100 > 7) never adds a process.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, fraction, non_negative, positive
from planning.models.formula import formula

_DENNING = (
    "Denning and Buzen (1978), The Operational Analysis of Queueing Network Models, "
    "ACM Computing Surveys 10(3), 225-261, utilisation law, doi:10.1145/356733.356735"
)


@formula("ceil(amount / unit)", source="definition of a started unit")
def units_needed(amount: ArrayLike, unit: ArrayLike) -> Array:
    """
    Whole units that carry an amount; zero for nothing.

    A quotient within a few rounding errors of a whole number counts as that number.

    Parameters
    ----------
    amount : array_like
        What has to be carried, non-negative. [any]
    unit : array_like
        What one unit carries, above 0. [same as `amount`]

    Returns
    -------
    ndarray
        Units, a whole number. [count]

    Raises
    ------
    ValueError
        If `amount` is negative or `unit` is not above 0.

    References
    ----------
    .. [1] Goldberg, D. (1991). What Every Computer Scientist Should Know About
       Floating-Point Arithmetic. ACM Computing Surveys 23(1), 5-48.
       https://doi.org/10.1145/103162.103163 (why ``ceil(0.07 * 100)`` is 8).

    Examples
    --------
    >>> float(units_needed(amount=1001, unit=1000)), float(units_needed(0.07 * 100, 1))
    (2.0, 7.0)
    """
    (amount,) = non_negative(amount=amount)
    (unit,) = positive(unit=unit)
    needed: Array = np.ceil(_snapped(amount / unit))
    return needed


@formula("floor(space / unit)", source="definition of a whole unit")
def units_that_fit(space: ArrayLike, unit: ArrayLike) -> Array:
    """
    Whole units that fit into a space; zero where not even one does.

    A quotient within a few rounding errors of a whole number counts as that number.

    Parameters
    ----------
    space : array_like
        What there is room for, non-negative. [any]
    unit : array_like
        What one unit takes, above 0. [same as `space`]

    Returns
    -------
    ndarray
        Units, a whole number. [count]

    Raises
    ------
    ValueError
        If `space` is negative or `unit` is not above 0.

    References
    ----------
    .. [1] Goldberg, D. (1991). What Every Computer Scientist Should Know About
       Floating-Point Arithmetic. ACM Computing Surveys 23(1), 5-48.
       https://doi.org/10.1145/103162.103163 (why ``floor(0.3 / 0.1)`` is 2).

    Examples
    --------
    >>> float(units_that_fit(space=999, unit=1000)), float(units_that_fit(0.3, 0.1))
    (0.0, 3.0)
    """
    (space,) = non_negative(space=space)
    (unit,) = positive(unit=unit)
    fitting: Array = np.floor(_snapped(space / unit))
    return fitting


@formula("request_rate * cpu_time", source=_DENNING)
def cpu_cores_needed(request_rate: ArrayLike, cpu_time: ArrayLike) -> Array:
    """
    Mean number of cores that a request rate keeps busy.

    Parameters
    ----------
    request_rate : array_like
        Requests per second, non-negative. [1/s]
    cpu_time : array_like
        Processor time of one request, without its waits, non-negative. [s]

    Returns
    -------
    ndarray
        Busy cores, not rounded; at 100 % utilisation, so leave headroom. [cores]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Denning, P. J. and Buzen, J. P. (1978). The Operational Analysis of Queueing
       Network Models. ACM Computing Surveys 10(3), 225-261.
       https://doi.org/10.1145/356733.356735

    Examples
    --------
    >>> float(cpu_cores_needed(request_rate=1500, cpu_time=0.004))
    6.0
    """
    request_rate, cpu_time = non_negative(request_rate=request_rate, cpu_time=cpu_time)
    return request_rate * cpu_time


@formula("request_rate * cpu_time / min(processes, cores)", source=_DENNING)
def cpu_utilisation(
    request_rate: ArrayLike, cpu_time: ArrayLike, processes: ArrayLike, cores: ArrayLike
) -> Array:
    """
    Share of the usable cores that is busy; above 1 the backlog grows.

    Parameters
    ----------
    request_rate : array_like
        Requests per second, non-negative. [1/s]
    cpu_time : array_like
        Processor time of one request, non-negative. [s]
    processes : array_like
        Single-threaded processes, above 0. [count]
    cores : array_like
        Cores, above 0; a shared half core is 0.5. [cores]

    Returns
    -------
    ndarray
        Utilisation, at least 0 and possibly above 1. [fraction]

    Raises
    ------
    ValueError
        If a rate or time is negative, or `processes` or `cores` is not above 0.

    References
    ----------
    .. [1] Denning, P. J. and Buzen, J. P. (1978). The Operational Analysis of Queueing
       Network Models. ACM Computing Surveys 10(3), 225-261.
       https://doi.org/10.1145/356733.356735

    Examples
    --------
    Three of four cores idle behind one single-threaded process.

    >>> float(cpu_utilisation(request_rate=90, cpu_time=0.01, processes=1, cores=4).round(12))
    0.9
    """
    request_rate, cpu_time = non_negative(request_rate=request_rate, cpu_time=cpu_time)
    processes, cores = positive(processes=processes, cores=cores)
    parallelism: Array = np.minimum(processes, cores)
    return request_rate * cpu_time / parallelism


@formula("min(processes, cores) * target_utilisation / cpu_time", source=_DENNING)
def usable_request_rate(
    processes: ArrayLike,
    cores: ArrayLike,
    cpu_time: ArrayLike,
    target_utilisation: ArrayLike = 1.0,
) -> Array:
    """
    Requests per second that single-threaded processes carry at a target utilisation.

    Processes beyond the cores add nothing, nor do cores beyond the processes.

    Parameters
    ----------
    processes : array_like
        Single-threaded processes; 0 carries nothing. [count]
    cores : array_like
        Cores, non-negative; a shared half core is 0.5. [cores]
    cpu_time : array_like
        Processor time of one request, above 0. [s]
    target_utilisation : array_like
        Busy share one is willing to run at. [fraction]

    Returns
    -------
    ndarray
        Request rate. [1/s]

    Raises
    ------
    ValueError
        If a count is negative, `cpu_time` is not above 0 or the target is outside 0–1.

    References
    ----------
    .. [1] Denning, P. J. and Buzen, J. P. (1978). The Operational Analysis of Queueing
       Network Models. ACM Computing Surveys 10(3), 225-261.
       https://doi.org/10.1145/356733.356735
    .. [2] Node.js documentation, cluster: a process runs in a single thread, and a cluster
       of processes takes advantage of multi-core systems.
       https://nodejs.org/api/cluster.html

    Examples
    --------
    A cluster forked on a host with one core is no faster.

    >>> usable_request_rate(processes=[1, 4], cores=1, cpu_time=0.01).tolist()
    [100.0, 100.0]
    """
    processes, cores = non_negative(processes=processes, cores=cores)
    (cpu_time,) = positive(cpu_time=cpu_time)
    (target_utilisation,) = fraction(target_utilisation=target_utilisation)
    parallelism: Array = np.minimum(processes, cores)
    return parallelism * target_utilisation / cpu_time


@formula("ceil(request_rate * cpu_time / target_utilisation)", source=_DENNING)
def processes_needed(
    request_rate: ArrayLike, cpu_time: ArrayLike, target_utilisation: ArrayLike = 1.0
) -> Array:
    """
    Single-threaded processes, each on a core of its own, that carry a request rate.

    Parameters
    ----------
    request_rate : array_like
        Requests per second; 0 needs no process. [1/s]
    cpu_time : array_like
        Processor time of one request, non-negative. [s]
    target_utilisation : array_like
        Busy share one is willing to run at, above 0. [fraction]

    Returns
    -------
    ndarray
        Processes, and as many cores: a whole number. [count]

    Raises
    ------
    ValueError
        If a rate or time is negative, or the target is not above 0 and at most 1.

    References
    ----------
    .. [1] Denning, P. J. and Buzen, J. P. (1978). The Operational Analysis of Queueing
       Network Models. ACM Computing Surveys 10(3), 225-261.
       https://doi.org/10.1145/356733.356735

    Examples
    --------
    >>> float(processes_needed(request_rate=1000, cpu_time=0.01, target_utilisation=0.7))
    15.0
    """
    request_rate, cpu_time = non_negative(request_rate=request_rate, cpu_time=cpu_time)
    (target_utilisation,) = positive(target_utilisation=target_utilisation)
    (target_utilisation,) = fraction(target_utilisation=target_utilisation)
    return units_needed(request_rate * cpu_time, target_utilisation)


@formula("floor(target_utilisation / (request_rate_per_user * cpu_time))", source=_DENNING)
def users_per_process(
    request_rate_per_user: ArrayLike, cpu_time: ArrayLike, target_utilisation: ArrayLike = 1.0
) -> Array:
    """
    Users that one single-threaded process carries; 0 where not even one fits.

    Parameters
    ----------
    request_rate_per_user : array_like
        Requests per second of one active user, above 0. [1/s]
    cpu_time : array_like
        Processor time of one request, above 0. [s]
    target_utilisation : array_like
        Busy share one is willing to run at. [fraction]

    Returns
    -------
    ndarray
        Users, a whole number. [users]

    Raises
    ------
    ValueError
        If a rate or time is not above 0 or the target is outside 0–1.

    References
    ----------
    .. [1] Denning, P. J. and Buzen, J. P. (1978). The Operational Analysis of Queueing
       Network Models. ACM Computing Surveys 10(3), 225-261.
       https://doi.org/10.1145/356733.356735

    Examples
    --------
    One request every 10 s, each of 10 ms: "a thousand users per process".

    >>> float(users_per_process(request_rate_per_user=0.1, cpu_time=0.01))
    1000.0
    """
    request_rate_per_user, cpu_time = positive(
        request_rate_per_user=request_rate_per_user, cpu_time=cpu_time
    )
    (target_utilisation,) = fraction(target_utilisation=target_utilisation)
    return units_that_fit(target_utilisation, request_rate_per_user * cpu_time)


@formula(
    "ceil(max(target - start, 0) / step) * cooldown",
    source="AWS, Scaling cooldowns for Amazon EC2 Auto Scaling, "
    "https://docs.aws.amazon.com/autoscaling/latest/userguide/Cooldown.html",
)
def scale_out_time(
    start: ArrayLike, target: ArrayLike, step: ArrayLike, cooldown: ArrayLike
) -> Array:
    """
    Time an autoscaler takes from one size to another, a step per cooldown.

    A surge that lasts less than this meets the old size. The last step is counted with its
    cooldown, in which its instances start; scaling in, or staying, takes no time.

    Parameters
    ----------
    start : array_like
        Instances running, non-negative. [count]
    target : array_like
        Instances wanted, non-negative. [count]
    step : array_like
        Instances added at a time, above 0. [count]
    cooldown : array_like
        Time from one step to the next, non-negative. [s]

    Returns
    -------
    ndarray
        Time until the target size serves. [s]

    Raises
    ------
    ValueError
        If a count or time is negative or `step` is not above 0.

    References
    ----------
    .. [1] Amazon Web Services. Scaling cooldowns for Amazon EC2 Auto Scaling.
       https://docs.aws.amazon.com/autoscaling/latest/userguide/Cooldown.html

    Examples
    --------
    From 2 to 20 containers, one a minute: 18 minutes.

    >>> float(scale_out_time(start=2, target=20, step=1, cooldown=60)) / 60
    18.0
    """
    start, target, cooldown = non_negative(start=start, target=target, cooldown=cooldown)
    (step,) = positive(step=step)
    growth: Array = np.maximum(target - start, 0.0)
    return units_needed(growth, step) * cooldown


@formula("load * (1 - read_share + read_share / (1 + replicas))", source=_DENNING)
def primary_load(load: ArrayLike, read_share: ArrayLike, replicas: ArrayLike) -> Array:
    """
    Load left on the primary when reads are spread evenly over it and its replicas.

    Parameters
    ----------
    load : array_like
        Load of all queries on one machine, non-negative. [cores]
    read_share : array_like
        Share of it that replicas can take. [fraction]
    replicas : array_like
        Replicas of the primary's size, non-negative; 0 leaves everything. [count]

    Returns
    -------
    ndarray
        Load of the primary; writes stay, whatever the replicas. [cores]

    Raises
    ------
    ValueError
        If a number is negative or `read_share` is outside 0–1.

    References
    ----------
    .. [1] Denning, P. J. and Buzen, J. P. (1978). The Operational Analysis of Queueing
       Network Models. ACM Computing Surveys 10(3), 225-261.
       https://doi.org/10.1145/356733.356735

    Examples
    --------
    >>> primary_load(load=10, read_share=0.8, replicas=[0, 1, 3]).round(12).tolist()
    [10.0, 6.0, 4.0]
    """
    load, replicas = non_negative(load=load, replicas=replicas)
    (read_share,) = fraction(read_share=read_share)
    return load * (1.0 - read_share + read_share / (1.0 + replicas))


def _snapped(quotient: Array) -> Array:
    """Return `quotient` with what is a whole number but for rounding error made whole."""
    with np.errstate(invalid="ignore"):  # infinity minus infinity: not near, stays infinite
        nearest = np.rint(quotient)
        near = np.abs(quotient - nearest) <= 8 * np.finfo(float).eps * quotient
    return np.where(near, nearest, quotient)
