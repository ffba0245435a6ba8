"""
How many servers, or how much load: Erlang's formulas read backwards.

Planning asks the inverse questions: how many connections so that at most 1 % of
requests find none, and how much load a pool of 60 carries at that. Servers come
in whole numbers, so those answers are the smallest that suffice; loads are exact.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.models._fewest import fewest
from planning.models._guards import Array, finite, fraction, whole
from planning.models.formula import formula
from planning.models.queueing.erlang import log_erlang_b, log_wait_probability
from planning.models.servers.scaling import usl_peak, usl_speedup


@formula(
    "smallest servers with erlang_b(offered_load, servers) <= blocking_probability",
    source="inverse of Erlang B, which falls as servers are added",
    arithmetic=False,
)
def servers_for_blocking(
    offered_load: ArrayLike, blocking_probability: ArrayLike
) -> NDArray[np.int64]:
    """
    Fewest servers that turn away at most `blocking_probability` of arrivals (no queue).

    Parameters
    ----------
    offered_load : array_like
        Arrival rate times service time, non-negative and finite. [erlang]
    blocking_probability : array_like
        Above 0, at most 1. [fraction]

    Returns
    -------
    ndarray of int
        At least 1, also at zero load.

    Raises
    ------
    ValueError
        If an argument is outside its range; no number of servers blocks nothing at all.

    References
    ----------
    .. [1] Cooper, R. B. (1981), Introduction to Queueing Theory, 2nd ed., ch. 3.

    Examples
    --------
    >>> int(servers_for_blocking(offered_load=4.5, blocking_probability=0.05))
    8
    """
    (load,) = finite(offered_load=offered_load)
    target = _reachable(blocking_probability, "blocking_probability")
    return _fewest(log_erlang_b, load, target, np.zeros_like(load))


@formula(
    "smallest servers above offered_load with "
    "exp(log_wait_probability(offered_load, servers)) <= wait_probability",
    source="inverse of Erlang C, which falls as servers are added",
    arithmetic=False,
)
def servers_for_wait(offered_load: ArrayLike, wait_probability: ArrayLike) -> NDArray[np.int64]:
    """
    Fewest servers at which at most `wait_probability` of arrivals wait (M/M/c).

    Parameters
    ----------
    offered_load : array_like
        Arrival rate times service time, non-negative and finite. [erlang]
    wait_probability : array_like
        Above 0, at most 1; at 1, any number with a steady state will do. [fraction]

    Returns
    -------
    ndarray of int
        Above `offered_load`, and at least 1.

    Raises
    ------
    ValueError
        If an argument is outside its range; no number of servers makes nobody wait.

    References
    ----------
    .. [1] Cooper, R. B. (1981), Introduction to Queueing Theory, 2nd ed., ch. 3.

    Examples
    --------
    >>> int(servers_for_wait(offered_load=100, wait_probability=0.2))
    111
    """
    (load,) = finite(offered_load=offered_load)
    target = _reachable(wait_probability, "wait_probability")
    return _fewest(log_wait_probability, load, target, np.floor(load))


@formula(
    "offered_load with erlang_b(offered_load, servers) == blocking_probability",
    source="inverse of Erlang B, which rises with the load",
    arithmetic=False,
)
def offered_load_for_blocking(servers: ArrayLike, blocking_probability: ArrayLike) -> Array:
    r"""
    Load that `servers` carry while turning away just `blocking_probability` of it (no queue).

    :math:`\ln B` is increasing and concave in :math:`\ln a`, with slope
    :math:`c - a(1-B)`, so Newton's method never overshoots.

    Parameters
    ----------
    servers : array_like of int
        :math:`c`, at least 1. [count]
    blocking_probability : array_like
        :math:`B`, at least 0 and below 1. [fraction]

    Returns
    -------
    ndarray
        Offered load :math:`a` [erlang]; 0 where nothing may be turned away.

    Raises
    ------
    ValueError
        If an argument is outside its range; everything is turned away only at infinite load.
    ArithmeticError
        If the iteration does not converge.

    References
    ----------
    .. [1] Cooper, R. B. (1981), Introduction to Queueing Theory, 2nd ed., ch. 3.

    Examples
    --------
    >>> round(float(offered_load_for_blocking(servers=8, blocking_probability=0.01)), 6)
    3.127562
    """
    from scipy import special

    (count,) = whole(servers=servers)
    (share,) = fraction(blocking_probability=blocking_probability)
    if np.any(share == 1.0):
        raise ValueError("blocking_probability(=1) must be below 1: no finite load blocks all.")
    count, share = np.broadcast_arrays(count, share)
    wanted = np.where(share > 0, share, 0.5)
    log_wanted = np.log(wanted)
    # Two bounds from below: the last term of 1/B, and its first two terms.
    log_load = np.maximum(
        (log_wanted + special.gammaln(count + 1)) / count, np.log(count * wanted / (1 - wanted))
    )
    for _ in range(100):
        load = np.exp(log_load)
        log_blocking = log_erlang_b(load, count)
        slope = np.maximum(count + load * np.expm1(log_blocking), 1e-12 * count)
        left = log_wanted - log_blocking
        step = left / slope
        log_load = log_load + step
        # Newton squares the error, so after a step this small only rounding is left.
        if np.all((np.abs(step) < 1e-9) | (np.abs(left) < 1e-14)):
            return np.where(share > 0, np.exp(log_load), 0.0)
    raise ArithmeticError(
        f"offered_load_for_blocking did not converge (last step {np.max(np.abs(step)):.1e})."
    )


@formula(
    "smallest processes with usl_speedup(processes, contention, coherency) >= speedup",
    source="inverse of the Universal Scalability Law, Gunther, N. J. (2007), Guerrilla Capacity "
    "Planning, ch. 6",
    arithmetic=False,
)
def processes_for_speedup(speedup: ArrayLike, contention: ArrayLike, coherency: ArrayLike) -> Array:
    """
    Fewest processes that do so many times the work of one, hindering each other (USL).

    Parameters
    ----------
    speedup : array_like
        Work over what one process does, non-negative and finite. [ratio]
    contention : array_like
        Share of the work that is done by one at a time. [fraction]
    coherency : array_like
        Work to agree with one other, over the work of one alone, non-negative. [ratio]

    Returns
    -------
    ndarray
        Whole processes, at least 1; infinite where no number of them does so much. [count]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Gunther, N. J. (2007). Guerrilla Capacity Planning. Springer, ch. 6.
       https://doi.org/10.1007/978-3-540-31010-5

    Examples
    --------
    With 5 % of the work one at a time, 14 cores' worth takes 45, and 21 cannot be had.

    >>> processes_for_speedup([8, 14, 21], contention=0.05, coherency=0).tolist()
    [13.0, 45.0, inf]
    """
    (wanted,) = finite(speedup=speedup)
    peak = usl_peak(contention, coherency)
    wanted, share, agreeing, peak = np.broadcast_arrays(wanted, contention, coherency, peak)
    wanted = wanted * (1.0 - 1e-9)  # what was missed by rounding is reached

    def suffices(number: Array) -> NDArray[np.bool_]:
        # Past the peak more do less; the best whole number is one of its two neighbours.
        sides = (np.minimum(number, np.maximum(side(peak), 1.0)) for side in (np.floor, np.ceil))
        most = (usl_speedup(np.minimum(each, 1e18), share, agreeing) for each in sides)
        return np.asarray(np.maximum(*most) >= wanted)

    return fewest(suffices, np.zeros(wanted.shape))


def _reachable(probability: ArrayLike, name: str) -> Array:
    (share,) = fraction(**{name: probability})
    if np.any(share == 0.0):
        raise ValueError(f"{name}(=0) must be above 0: no number of servers reaches it.")
    return share


def _fewest(
    log_probability: Callable[[ArrayLike, ArrayLike], Array],
    load: Array,
    target: Array,
    too_few: Array,
) -> NDArray[np.int64]:
    load, low, log_target = np.broadcast_arrays(load, too_few, np.log(target))
    found = fewest(lambda number: log_probability(load, number) <= log_target, low)
    return np.asarray(found, dtype=np.int64)
