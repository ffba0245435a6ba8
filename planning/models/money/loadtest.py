r"""
How many a load test has at once, which is not how many it creates.

A test that lets users in at a rate and keeps each for a while has far fewer at once
than it created::

    present    arrival_rate * stay  ________
                                   /        \
                                  /          \        created: arrival_rate * duration
                                 +------------+----
                                 0   stay     duration

Users picked at random over rooms do not fill them evenly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, finite, fraction, non_negative
from planning.models.formula import formula

_LITTLE = (
    "Little, J. D. C. (1961), A Proof for the Queuing Formula L = λW, Oper. Res. 9(3), 383–387"
)
_BINOMIAL = "binomial distribution: Ross, Introduction to Probability Models, 11th ed. (2014), 2.2"


@formula("arrival_rate * min(stay, duration)", source=_LITTLE)
def peak_concurrency(arrival_rate: ArrayLike, stay: ArrayLike, duration: ArrayLike) -> Array:
    """
    Most users that a test has at once, on average.

    A test shorter than the stay is still filling when it ends, and has all it created. For
    stays that differ it is an upper bound, met once the longest stay has passed.

    Parameters
    ----------
    arrival_rate : array_like
        New users per second, non-negative. [1/s]
    stay : array_like
        Time each user stays, non-negative. [s]
    duration : array_like
        Time in which users arrive, non-negative. [s]

    Returns
    -------
    ndarray
        Users at once. [users]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Little, J. D. C. (1961). Oper. Res. 9(3), 383–387.

    Examples
    --------
    12,000 users created are 6,000 at once.

    >>> float(peak_concurrency(arrival_rate=100, stay=60, duration=120))
    6000.0
    """
    arrival_rate, stay, duration = non_negative(
        arrival_rate=arrival_rate, stay=stay, duration=duration
    )
    return arrival_rate * np.minimum(stay, duration)


@formula("(concurrency / rooms * (1 - 1 / rooms)) ** 0.5", source=_BINOMIAL)
def users_per_room_deviation(concurrency: ArrayLike, rooms: ArrayLike) -> Array:
    """
    Standard deviation of the users in one room when each user picks a room at random.

    One room holds all of them: no deviation. Real audiences crowd into few rooms, so
    theirs is larger.

    Parameters
    ----------
    concurrency : array_like
        Users at once, finite and non-negative. [users]
    rooms : array_like
        Rooms, all equally popular, at least 1. [count]

    Returns
    -------
    ndarray
        Standard deviation. [users]

    Raises
    ------
    ValueError
        If `concurrency` is negative or infinite or `rooms` is below 1.

    References
    ----------
    .. [1] Ross, S. M. Introduction to Probability Models, 11th ed. (2014), section 2.2.2.

    Examples
    --------
    60 ± 8 in a room: a cap of 100 is five deviations away and was never reached.

    >>> float(users_per_room_deviation(concurrency=6000, rooms=100).round(2))
    7.71
    """
    (concurrency,) = finite(concurrency=concurrency)
    (rooms,) = at_least_one(rooms=rooms)
    return np.sqrt(concurrency / rooms * (1.0 - 1.0 / rooms))


def _below_one(**values: ArrayLike) -> list[Array]:
    """Return `values` as float arrays, refusing all but fractions below 1."""
    checked = fraction(**values)
    for name, array in zip(values, checked, strict=True):
        if np.any(array >= 1.0):
            raise ValueError(f"{name}(=1) must be below 1: ask for 0.99 or 0.999.")
    return checked
