r"""
Time of a page that takes several steps.

Steps in a row add up; steps side by side take waves; steps of random length
take as long as the slowest of them::

    in a row      [a][b][c][d]            4 t        holds 1 connection
    2 at a time   [a][c]                  2 t        holds 2
                  [b][d]
    all at once   [a] [b] [c] [d]         t          holds 4, and if the lengths are
                                                     exponential H_4 t = 2.08 t

Side by side is faster for one page and harder on the pool: it wants all its
connections in the same moment. The sum of their hold times stays the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, fraction, non_negative
from planning.models.formula import formula
from planning.models.servers.compute import units_needed

_RENYI = (
    "Rényi (1953), On the theory of order statistics, Acta Mathematica Academiae Scientiarum "
    "Hungaricae 4, 191-231, doi:10.1007/BF02127580"
)
_GRAHAM = (
    "Graham (1969), Bounds on Multiprocessing Timing Anomalies, SIAM Journal on Applied "
    "Mathematics 17(2), 416-429, doi:10.1137/0117039"
)
_HENNESSY = (
    "Hennessy and Patterson, Computer Architecture, 5th ed. (2012), appendix B.1, "
    "average memory access time"
)


@formula("wait + service_time", source="definition of response time")
def response_time(wait: ArrayLike, service_time: ArrayLike) -> Array:
    """
    Response time: what is waited for, and what is waited.

    Parameters
    ----------
    wait : array_like
        Wait in the queue, non-negative. [s]
    service_time : array_like
        Time a server is held, non-negative. [s]

    Returns
    -------
    ndarray
        Their sum. [s]

    Raises
    ------
    ValueError
        If a time is negative.

    References
    ----------
    .. [1] Denning, P. J. and Buzen, J. P. (1978). The Operational Analysis of Queueing
       Network Models. ACM Computing Surveys 10(3), 225-261.
       https://doi.org/10.1145/356733.356735

    Examples
    --------
    >>> float(response_time(wait=0.25, service_time=0.25))
    0.5
    """
    wait, service_time = non_negative(wait=wait, service_time=service_time)
    total: Array = wait + service_time
    return total


@formula("steps * step_time", source="addition")
def sequential_time(steps: ArrayLike, step_time: ArrayLike) -> Array:
    """
    Time of steps one after the other; 0 without steps.

    Parameters
    ----------
    steps : array_like
        Steps, non-negative. [count]
    step_time : array_like
        Mean time of a step, round trip included, non-negative. [s]

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
    .. [1] Ross, S. M. Introduction to Probability Models, 11th ed. (2014), section 2.5: the
       mean of a sum is the sum of the means, whatever the distribution.

    Examples
    --------
    >>> float(sequential_time(steps=7, step_time=0.05).round(12))
    0.35
    """
    steps, step_time = non_negative(steps=steps, step_time=step_time)
    return steps * step_time


@formula("ceil(steps / width) * step_time", source=_GRAHAM)
def parallel_time(steps: ArrayLike, step_time: ArrayLike, width: ArrayLike) -> Array:
    """
    Time of equal steps, `width` at a time: the best case.

    Width 1 is `sequential_time`; a width beyond the steps gains nothing more. Real steps
    differ in length: see `expected_parallel_time`.

    Parameters
    ----------
    steps : array_like
        Steps that do not wait for each other, non-negative. [count]
    step_time : array_like
        Time of every step, non-negative. [s]
    width : array_like
        Steps at a time, at least 1. [count]

    Returns
    -------
    ndarray
        Time. [s]

    Raises
    ------
    ValueError
        If an argument is negative or `width` is below 1.

    References
    ----------
    .. [1] Graham, R. L. (1969). Bounds on Multiprocessing Timing Anomalies. SIAM Journal on
       Applied Mathematics 17(2), 416-429. https://doi.org/10.1137/0117039

    Examples
    --------
    >>> parallel_time(steps=7, step_time=0.5, width=[1, 2, 7, 100]).tolist()
    [3.5, 2.0, 0.5, 0.5]
    """
    steps, step_time = non_negative(steps=steps, step_time=step_time)
    (width,) = at_least_one(width=width)
    return units_needed(steps, width) * step_time


@formula("min(steps, width)", source="definition: a connection per running step")
def connections_per_page(steps: ArrayLike, width: ArrayLike) -> Array:
    """
    Connections that one page holds at its busiest moment.

    Parameters
    ----------
    steps : array_like
        Steps that do not wait for each other, non-negative. [count]
    width : array_like
        Steps at a time, at least 1; 1 in a row. [count]

    Returns
    -------
    ndarray
        Connections. [count]

    Raises
    ------
    ValueError
        If `steps` is negative or `width` is below 1.

    References
    ----------
    .. [1] PostgreSQL documentation, Frontend/Backend Protocol: a connection runs one query
       at a time. https://www.postgresql.org/docs/current/protocol.html

    Examples
    --------
    ``Promise.all`` over seven queries takes seven connections out of the pool.

    >>> connections_per_page(steps=7, width=[1, 4, 100]).tolist()
    [1.0, 4.0, 7.0]
    """
    (steps,) = non_negative(steps=steps)
    (width,) = at_least_one(width=width)
    held: Array = np.minimum(steps, width)
    return held


@formula("step_time * (1 + 1/2 + ... + 1/steps)", source=_RENYI, arithmetic=False)
def expected_slowest_time(steps: ArrayLike, step_time: ArrayLike) -> Array:
    r"""
    Mean time of the slowest of steps that start together and last exponentially long.

    One step takes its mean, no step takes no time, and a hundred take 5.2 times the mean.
    Between whole numbers the harmonic number is interpolated by its analytic continuation.

    Parameters
    ----------
    steps : array_like
        Independent steps, finite and non-negative. [count]
    step_time : array_like
        Mean time of a step, non-negative. [s]

    Returns
    -------
    ndarray
        Mean time of the slowest, :math:`H_n t`. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Rényi, A. (1953). On the theory of order statistics. Acta Mathematica Academiae
       Scientiarum Hungaricae 4, 191-231. https://doi.org/10.1007/BF02127580

    Examples
    --------
    >>> expected_slowest_time(steps=[1, 2, 4, 100], step_time=1).round(4).tolist()
    [1.0, 1.5, 2.0833, 5.1874]
    """
    steps, step_time = non_negative(steps=steps, step_time=step_time)
    return step_time * _harmonic(steps)


@formula(
    "step_time * (max(steps - width, 0) / width + 1 + 1/2 + ... + 1/min(steps, width))",
    source=_RENYI,
    arithmetic=False,
)
def expected_parallel_time(steps: ArrayLike, step_time: ArrayLike, width: ArrayLike) -> Array:
    r"""
    Mean time of exponentially long steps, `width` at a time, the next starting when one ends.

    While steps are left over, one ends every ``step_time / width``; the last `width` end as
    in `expected_slowest_time`. Width 1 is `sequential_time`; a width of all the steps is
    `expected_slowest_time`.

    Parameters
    ----------
    steps : array_like
        Independent steps, finite and non-negative. [count]
    step_time : array_like
        Mean time of a step, non-negative. [s]
    width : array_like
        Steps at a time, finite and at least 1. [count]

    Returns
    -------
    ndarray
        Mean time until the last step ends. [s]

    Raises
    ------
    ValueError
        If an argument is negative or `width` is below 1.

    References
    ----------
    .. [1] Rényi, A. (1953). On the theory of order statistics. Acta Mathematica Academiae
       Scientiarum Hungaricae 4, 191-231 (spacings of exponential order statistics).
       https://doi.org/10.1007/BF02127580

    Examples
    --------
    Seven queries of 50 ms, four at a time: 142 ms, not the 100 ms of equal steps.

    >>> float(expected_parallel_time(steps=7, step_time=0.05, width=4).round(4))
    0.1417
    """
    steps, step_time = non_negative(steps=steps, step_time=step_time)
    (width,) = at_least_one(width=width)
    left_over: Array = np.maximum(steps - width, 0.0)
    together: Array = np.minimum(steps, width)
    return step_time * (left_over / width + _harmonic(together))


@formula("steps * (hit_ratio * hit_time + (1 - hit_ratio) * miss_time)", source=_HENNESSY)
def page_time(
    steps: ArrayLike, hit_ratio: ArrayLike, hit_time: ArrayLike, miss_time: ArrayLike
) -> Array:
    """
    Mean time of a page whose steps, in a row, may each be answered by a cache.

    It is a mean: while the hit ratio is below 1, the slow pages take as long as before.

    Parameters
    ----------
    steps : array_like
        Steps one after the other, non-negative. [count]
    hit_ratio : array_like
        Share of steps answered by the cache. [fraction]
    hit_time : array_like
        Time of a step the cache answers, non-negative. [s]
    miss_time : array_like
        Time of a step it does not, the look in the cache included, non-negative. [s]

    Returns
    -------
    ndarray
        Mean time. [s]

    Raises
    ------
    ValueError
        If a count or time is negative or `hit_ratio` is outside 0–1.

    References
    ----------
    .. [1] Hennessy, J. L. and Patterson, D. A. Computer Architecture: A Quantitative
       Approach, 5th ed. (2012), appendix B.1, average memory access time.

    Examples
    --------
    >>> page_time(steps=5, hit_ratio=[0, 0.9, 1], hit_time=0.001, miss_time=0.05).round(4).tolist()
    [0.25, 0.0295, 0.005]
    """
    steps, hit_time, miss_time = non_negative(steps=steps, hit_time=hit_time, miss_time=miss_time)
    (hit_ratio,) = fraction(hit_ratio=hit_ratio)
    return steps * (hit_ratio * hit_time + (1.0 - hit_ratio) * miss_time)


def _harmonic(n: Array) -> Array:
    """
    Return the harmonic number of `n`, its analytic continuation between whole numbers.

    ``H(n) = H(n + 10) - 1/(n + 1) - ... - 1/(n + 10)``, and H of ten or more by its
    Euler–Maclaurin series (NIST Digital Library of Mathematical Functions, 5.11.2),
    whose first term left out is below 1e-13 there.
    """
    far = n + 10.0
    square = 1.0 / far**2
    series = square * (
        1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132)))
    )
    near: Array = np.sum(1.0 / (n[..., np.newaxis] + np.arange(1.0, 11.0)), axis=-1)
    log: Array = np.log(far)
    return np.where(n > 0, log + np.euler_gamma + 0.5 / far - series - near, 0.0)
