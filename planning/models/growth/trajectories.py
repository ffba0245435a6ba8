r"""
Trajectories: how many users there are as time goes on, and what they leave behind.

::

    users   compound        ___ saturating          rows     what all have written so far:
      |         /      __---                          |  /   the area under the users,
      |      _-‾   _--‾                               | /    not the last users times the time
      |___--‾  __-‾                                   |/
      +-------------> time                            +-------------> time

Users are daily peaks. What accumulates (rows, bytes, months of logs) grows with the area under
the trajectory: at a steady growth of :math:`g` per second an endless history holds
:math:`u/g` user-seconds, however long it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula


@formula(
    "users * factor ** time",
    source="Verhulst (1838), Correspondance mathématique et physique 10, 113-121",
)
def compound(users: ArrayLike, factor: ArrayLike, time: ArrayLike) -> Array:
    """
    Users after growing by the same factor in every unit of time.

    A factor of 1 keeps them, one below 1 lets them go.

    Parameters
    ----------
    users : array_like
        At time 0, non-negative. [user]
    factor : array_like
        Growth in one unit of time: 1.1 at 10 % a month; above 0. [ratio]
    time : array_like
        Non-negative. [unit of time, such as month]

    Returns
    -------
    ndarray
        Users. [user]

    Raises
    ------
    ValueError
        If an argument is negative, or the factor 0.

    References
    ----------
    .. [1] Verhulst, P.-F. (1838), Notice sur la loi que la population suit dans son
       accroissement, Correspondance mathématique et physique 10, 113-121: unchecked, it is a
       geometric progression.

    Examples
    --------
    >>> float(compound(users=1000, factor=1.1, time=12).round())
    3138.0
    """
    users, time = non_negative(users=users, time=time)
    (factor,) = positive(factor=factor)
    grown: Array = users * factor**time
    return grown


@formula(
    "ceiling * users / (ceiling - start + users)",
    source="Verhulst (1838), Correspondance mathématique et physique 10, 113-121",
)
def saturating(users: ArrayLike, start: ArrayLike, ceiling: ArrayLike) -> Array:
    r"""
    Bend a trajectory under a ceiling: the logistic curve, for growth of any shape.

    A compound trajectory :math:`u_0 e^{gt}` becomes Verhulst's logistic one, which starts at
    :math:`u_0` with the growth :math:`g (1 - u_0/K)` and never passes :math:`K`.

    Parameters
    ----------
    users : array_like
        As they would grow without an end, non-negative. [user]
    start : array_like
        Users at time 0, above 0. [user]
    ceiling : array_like
        The most that there will ever be, above 0 and at least `start`. [user]

    Returns
    -------
    ndarray
        `start` where `users` is `start`, below `ceiling` for all. [user]

    Raises
    ------
    ValueError
        If an argument is outside its range, or the ceiling is below the start.

    References
    ----------
    .. [1] Verhulst, P.-F. (1838), Notice sur la loi que la population suit dans son
       accroissement, Correspondance mathématique et physique 10, 113-121.

    Examples
    --------
    >>> saturating(users=[100, 1e9], start=100, ceiling=1000).round(2).tolist()
    [100.0, 1000.0]
    """
    (users,) = non_negative(users=users)
    start, ceiling = positive(start=start, ceiling=ceiling)
    if np.any(ceiling < start):
        raise ValueError(
            f"ceiling(={float(np.min(ceiling)):g}) must be at least the users at the start "
            f"(={float(np.max(start)):g}); growth to a ceiling that is passed is none."
        )
    bent: Array = ceiling * users / (ceiling - start + users)
    return bent


@formula(
    "a straight line through the logarithms of the points; level before and after them",
    source="compound growth between each two points, as in Verhulst (1838)",
    arithmetic=False,
)
def through_points(time: ArrayLike, at: ArrayLike, users: ArrayLike) -> Array:
    """
    Users on a curve through stated points, with compound growth between each two.

    Before the first point it is that point's users; after the last one they stay: nobody said
    that growth goes on.

    Parameters
    ----------
    time : array_like
        When to ask. [day]
    at : array_like
        Times of the points, ascending. [day]
    users : array_like
        Users at the points along the last axis, above 0. [user]

    Returns
    -------
    ndarray
        Users, of the shape of `time`. [user]

    Raises
    ------
    ValueError
        If the points do not ascend, are not as many as users, or have no users.

    References
    ----------
    .. [1] Verhulst, P.-F. (1838), Correspondance mathématique et physique 10, 113-121.

    Examples
    --------
    >>> through_points([0, 15, 30, 60], at=[0, 30], users=[100, 400]).round(6).tolist()
    [100.0, 200.0, 400.0, 400.0]
    """
    (points,) = positive(users=users)
    when = np.asarray(at, dtype=float)
    if when.shape != points.shape or when.ndim != 1 or not when.size:
        raise ValueError(f"at(={when.size} times) and users(={points.size}) must be as many.")
    if np.any(np.diff(when) <= 0):
        raise ValueError("at must ascend: each point of a curve is later than the one before.")
    return np.asarray(np.exp(np.interp(np.asarray(time, dtype=float), when, np.log(points))))


@formula(
    "the area under the users over the last `window`, over the users now",
    source="Little (1961), Oper. Res. 9(3), 383-387: what is there is what came while it stays",
    arithmetic=False,
)
def equivalent_time(
    time: ArrayLike, users: ArrayLike, window: ArrayLike, growth_before: ArrayLike = 0.0
) -> Array:
    r"""
    Time at the present rate in which as much is written as was in the last `window`.

    Rows that are kept for a window are not today's rate times the window: while users grow, most
    of the window had fewer. At a steady growth :math:`g` it is :math:`(1 - e^{-gw})/g`, below the
    window; without growth it is the window itself.

    Parameters
    ----------
    time : array_like
        Times of the trajectory, ascending, evenly or not. [s]
    users : array_like
        Users at those times along the last axis, above 0; linear between them. [user]
    window : array_like
        How long what is written is kept, one number or one per trajectory, non-negative. [s]
    growth_before : array_like
        Growth before the first time, one number or one per trajectory; 0 if users were then as
        many as at first. [1/s]

    Returns
    -------
    ndarray
        At each time, of the shape of `users`. [s]

    Raises
    ------
    ValueError
        If times do not ascend, users are 0 or negative, or a window is negative.

    References
    ----------
    .. [1] Little, J. D. C. (1961), Oper. Res. 9(3), 383-387.

    Examples
    --------
    A week of rows of users who doubled a week ago.

    >>> equivalent_time([0, 7, 7.001, 14], [100, 100, 200, 200], window=7).round(2).tolist()
    [7.0, 7.0, 3.5, 7.0]
    """
    when = np.asarray(time, dtype=float)
    (there,) = positive(users=users)
    (window,) = non_negative(window=window)
    if when.ndim != 1 or there.shape[-1:] != when.shape or np.any(np.diff(when) <= 0):
        raise ValueError("time must ascend and be as long as the last axis of users.")
    rows = there.reshape(-1, when.size)
    windows = np.broadcast_to(window.reshape(-1), (rows.shape[0],))
    growth = np.broadcast_to(np.asarray(growth_before, dtype=float).reshape(-1), (rows.shape[0],))
    found = np.empty_like(rows)
    for row, (path, wide, before) in enumerate(zip(rows, windows, growth, strict=True)):
        area = accumulated(when, path)
        begin = when - wide
        inside = np.clip(begin, when[0], None)
        # Linear users have a quadratic area: the rest of the step by its own trapezoid.
        step = np.clip(np.searchsorted(when, inside, side="right") - 1, 0, when.size - 1)
        level = np.interp(inside, when, path)
        until = area[step] + (inside - when[step]) * (path[step] + level) / 2
        early = np.clip(when[0] - begin, 0.0, None)
        earlier = path[0] * (early if before == 0 else -np.expm1(-before * early) / before)
        found[row] = (area - until + earlier) / path
    return found.reshape(there.shape)


@formula(
    "the area under a line through the values, by trapezoids",
    source="Davis and Rabinowitz (1984), Methods of Numerical Integration, section 2.1",
    arithmetic=False,
)
def accumulated(time: ArrayLike, rate: ArrayLike) -> Array:
    """
    What a rate has come to at each time, from the first time on.

    Parameters
    ----------
    time : array_like
        Ascending. [s]
    rate : array_like
        Along the last axis, linear between the times. [1/s]

    Returns
    -------
    ndarray
        0 at the first time, of the shape of `rate`. [count]

    References
    ----------
    .. [1] Davis, P. J. and Rabinowitz, P. (1984), Methods of Numerical Integration, section 2.1.

    Examples
    --------
    >>> accumulated([0, 1, 3], [0, 2, 2]).tolist()
    [0.0, 1.0, 5.0]
    """
    when, rates = np.asarray(time, dtype=float), np.asarray(rate, dtype=float)
    steps = np.diff(when) * (rates[..., 1:] + rates[..., :-1]) / 2
    start = np.zeros((*rates.shape[:-1], 1))
    return np.concatenate([start, np.cumsum(steps, axis=-1)], axis=-1)
