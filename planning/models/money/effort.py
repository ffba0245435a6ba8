r"""
What a change costs in people's time, and when it is done.

Effort is people times time, so two people for three days are six person-days; time on
the calendar is effort over the people, stretched by what else they do::

    in a row        [ a ][ b ][ c ]     a + b + c
    side by side    [ a ]
                    [ b ....... ]       the longest
    with an order   [ a ][ c ]
                    [ b ....... ]       the longest chain (the critical path)

A day is 24 h here, as in all units. Count effort and price in the same kind of day and
the cost is right; for a duration, ``focus`` must say how much of that day is worked.
Estimates have a range: (low + 4 likely + high) / 6 leans on the likely value.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, fraction, non_negative, positive
from planning.models.formula import formula

_BROOKS = "Brooks, The Mythical Man-Month, anniversary ed. (1995), chapter 2"
_KELLEY = (
    "Kelley and Walker (1959), Critical-Path Planning and Scheduling, Proc. Eastern Joint "
    "Computer Conference, 160-173, doi:10.1145/1460299.1460318"
)
_MALCOLM = (
    "Malcolm, Roseboom, Clark and Fazar (1959), Application of a Technique for Research and "
    "Development Program Evaluation, Operations Research 7(5), 646-669, doi:10.1287/opre.7.5.646"
)


@formula("effort * rate", source="definition of a price")
def effort_cost(effort: ArrayLike, rate: ArrayLike) -> Array:
    """
    Cost of people's time; nothing for no effort.

    Parameters
    ----------
    effort : array_like
        People times time, non-negative. [person*s]
    rate : array_like
        Price of a person's time, non-negative, in the same kind of day. [USD/person/s]

    Returns
    -------
    ndarray
        Cost. [USD]

    Raises
    ------
    ValueError
        If an argument is negative.

    Examples
    --------
    Six person-days at $600 a day.

    >>> day = 86_400
    >>> float(effort_cost(effort=6 * day, rate=600 / day).round(6))
    3600.0
    """
    effort, rate = non_negative(effort=effort, rate=rate)
    return effort * rate


@formula("effort / (people * focus)", source=_BROOKS)
def duration(effort: ArrayLike, people: ArrayLike, focus: ArrayLike = 1.0) -> Array:
    """
    Time on the calendar that an effort takes.

    The best case: work that divides freely, without the time in which people explain it to each
    other. No effort takes no time.

    Parameters
    ----------
    effort : array_like
        People times time, non-negative. [person*s]
    people : array_like
        People who work on it, above 0; half of one is 0.5. [person]
    focus : array_like
        Share of the calendar that goes into it, above 0. Half of each of five days a week is
        0.36 for effort in days, and 0.12 for effort in hours, eight to a day. [fraction]

    Returns
    -------
    ndarray
        Time. [s]

    Raises
    ------
    ValueError
        If `effort` is negative, `people` is not above 0, or `focus` is not above 0 and at most 1.

    References
    ----------
    .. [1] Brooks, F. P. (1995). The Mythical Man-Month, anniversary ed., chapter 2: people and
       months are interchangeable only where work needs no communication.

    Examples
    --------
    Six person-days by two people who give it half their days: six days.

    >>> float(duration(effort=6 * 86_400, people=2, focus=0.5)) / 86_400
    6.0
    """
    (effort,) = non_negative(effort=effort)
    people, focus = positive(people=people, focus=focus)
    (focus,) = fraction(focus=focus)
    return effort / (people * focus)


@formula("the sum of durations", source=_KELLEY, arithmetic=False)
def sequential_duration(durations: ArrayLike) -> Array:
    """
    Time of tasks one after the other; none take no time.

    Parameters
    ----------
    durations : array_like
        Time of each task along the last axis, non-negative. [s]

    Returns
    -------
    ndarray
        Time; the last axis is gone. [s]

    Raises
    ------
    ValueError
        If a time is negative.

    References
    ----------
    .. [1] Kelley, J. E. and Walker, M. R. (1959). Critical-Path Planning and Scheduling. Proc.
       Eastern Joint Computer Conference, 160-173. https://doi.org/10.1145/1460299.1460318

    Examples
    --------
    >>> float(sequential_duration([1, 2, 3]))
    6.0
    """
    (durations,) = non_negative(durations=durations)
    total: Array = np.sum(durations, axis=-1)
    return total


@formula("the longest of durations", source=_KELLEY, arithmetic=False)
def parallel_duration(durations: ArrayLike) -> Array:
    """
    Time of tasks side by side, each with people of its own; none take no time.

    With uncertain times, pass draws: the mean of the longest is more than the longest mean.

    Parameters
    ----------
    durations : array_like
        Time of each task along the last axis, non-negative. [s]

    Returns
    -------
    ndarray
        Time; the last axis is gone. [s]

    Raises
    ------
    ValueError
        If a time is negative.

    References
    ----------
    .. [1] Kelley, J. E. and Walker, M. R. (1959). Critical-Path Planning and Scheduling. Proc.
       Eastern Joint Computer Conference, 160-173. https://doi.org/10.1145/1460299.1460318

    Examples
    --------
    >>> float(parallel_duration([1, 2, 3]))
    3.0
    """
    (durations,) = non_negative(durations=durations)
    longest: Array = np.max(durations, axis=-1, initial=0.0)
    return longest


@formula(
    "the longest chain of durations, each task after those it depends on",
    source=_KELLEY,
    arithmetic=False,
)
def critical_path(durations: ArrayLike, dependencies: ArrayLike) -> Array:
    """
    Time until the last of several tasks is done, each started as soon as it may be.

    Without dependencies it is `parallel_duration`; in one chain, `sequential_duration`; without
    tasks 0. People are not counted: who works on two tasks at once makes a dependency.

    Parameters
    ----------
    durations : array_like
        Time of each of n tasks along the last axis, non-negative. [s]
    dependencies : array_like of bool
        n by n: row i is true where task i waits for task j.

    Returns
    -------
    ndarray
        Time; the last axis is gone. [s]

    Raises
    ------
    ValueError
        If a time is negative, the shapes do not match, or tasks wait for each other in a circle.

    References
    ----------
    .. [1] Kelley, J. E. and Walker, M. R. (1959). Critical-Path Planning and Scheduling. Proc.
       Eastern Joint Computer Conference, 160-173. https://doi.org/10.1145/1460299.1460318

    Examples
    --------
    The third task (1 s) waits for the first (2 s), beside a second of 2.5 s.

    >>> waits = [[False, False, False], [False, False, False], [True, False, False]]
    >>> float(critical_path([2, 2.5, 1], waits))
    3.0
    """
    (durations,) = non_negative(durations=durations)
    waits = np.asarray(dependencies, dtype=bool)
    tasks = durations.shape[-1] if durations.ndim else 0
    if not durations.ndim or waits.shape != (tasks, tasks):
        raise ValueError(
            f"dependencies(shape={waits.shape}) must be a square of the length of durations, "
            f"({tasks}, {tasks})."
        )
    done = np.zeros(tasks, dtype=bool)
    finished: Array = durations
    # No chain is longer than the number of tasks.
    for _ in range(tasks):
        done = ~np.any(waits & ~done, axis=-1)
        before = np.where(waits, finished[..., np.newaxis, :], 0.0)
        finished = durations + np.max(before, axis=-1, initial=0.0)
    if not np.all(done):
        raise ValueError(
            f"dependencies(={np.flatnonzero(~done).tolist()}) must not form a circle: "
            "one of these tasks waits for itself."
        )
    return parallel_duration(finished)


@formula("(low + 4 * likely + high) / 6", source=_MALCOLM)
def pert_mean(low: ArrayLike, likely: ArrayLike, high: ArrayLike) -> Array:
    """
    Mean of a three-point estimate; three equal points are their own mean.

    Parameters
    ----------
    low : array_like
        The least it can be, non-negative. [any]
    likely : array_like
        The most likely, between the two. [as `low`]
    high : array_like
        The most it can be. [as `low`]

    Returns
    -------
    ndarray
        Mean, in the unit of the estimate.

    Raises
    ------
    ValueError
        If a point is negative or they are not in order.

    References
    ----------
    .. [1] Malcolm, D. G., Roseboom, J. H., Clark, C. E. and Fazar, W. (1959). Application of a
       Technique for Research and Development Program Evaluation. Operations Research 7(5),
       646-669. https://doi.org/10.1287/opre.7.5.646

    Examples
    --------
    Two to twelve days, most likely four: five.

    >>> float(pert_mean(low=2, likely=4, high=12))
    5.0
    """
    low, likely, high = non_negative(low=low, likely=likely, high=high)
    _in_order(low=low, likely=likely)
    _in_order(likely=likely, high=high)
    mean: Array = (low + 4.0 * likely + high) / 6.0
    return mean


@formula("(high - low) / 6", source=_MALCOLM)
def pert_deviation(low: ArrayLike, high: ArrayLike) -> Array:
    """
    Standard deviation of a three-point estimate: a sixth of its range, 0 without one.

    A convention, near the bell curve's three deviations to each side. The beta distribution with
    the same points has 0.189 of the range where the likely value is in the middle.

    Parameters
    ----------
    low : array_like
        The least it can be, non-negative. [any]
    high : array_like
        The most it can be, at least `low`. [as `low`]

    Returns
    -------
    ndarray
        Standard deviation, in the unit of the estimate.

    Raises
    ------
    ValueError
        If a point is negative or they are not in order.

    References
    ----------
    .. [1] Malcolm, D. G., Roseboom, J. H., Clark, C. E. and Fazar, W. (1959). Application of a
       Technique for Research and Development Program Evaluation. Operations Research 7(5),
       646-669. https://doi.org/10.1287/opre.7.5.646

    Examples
    --------
    >>> float(pert_deviation(low=2, high=14))
    2.0
    """
    low, high = non_negative(low=low, high=high)
    _in_order(low=low, high=high)
    deviation: Array = (high - low) / 6.0
    return deviation


def _in_order(**points: Array) -> None:
    """Refuse two points of which the first is above the second."""
    (smaller, larger), (first, second) = points, np.broadcast_arrays(*points.values())
    wrong = first > second
    if np.any(wrong):
        raise ValueError(
            f"{smaller}(={first[wrong].flat[0]:g}) must be at most "
            f"{larger}(={second[wrong].flat[0]:g}): swap them."
        )
