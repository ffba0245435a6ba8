r"""
Time of a page that takes several steps.

Steps in a row add up; steps side by side go a row at a time::

    in a row      [a][b][c][d]            4 t        holds 1 connection
    2 at a time   [a][c]                  2 t        holds 2
                  [b][d]
    all at once   [a] [b] [c] [d]         t          holds 4

Side by side is faster for one page and harder on the pool: it wants all its
connections in the same moment. The sum of their hold times stays the same.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, fraction, non_negative
from planning.models.formula import formula
from planning.models.servers.compute import units_needed

_GRAHAM = (
    "Graham (1969), Bounds on Multiprocessing Timing Anomalies, SIAM Journal on Applied "
    "Mathematics 17(2), 416-429, doi:10.1137/0117039"
)
_HENNESSY = (
    "Hennessy and Patterson, Computer Architecture, 5th ed. (2012), appendix B.1, "
    "average memory access time"
)


@formula("ceil(steps / width) * step_time", source=_GRAHAM)
def parallel_time(steps: ArrayLike, step_time: ArrayLike, width: ArrayLike) -> Array:
    """
    Time of equal steps, `width` at a time: the best case.

    Width 1 is one after the other; a width beyond the steps gains nothing more. Real steps
    differ in length, and the slowest of n exponential ones takes 1 + 1/2 + … + 1/n of their mean.

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
