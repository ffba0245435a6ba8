r"""
What a load test shows, and what it does not.

A test that lets users in at a rate and keeps each for a while has far fewer at once
than it created::

    present    arrival_rate * stay  ________
                                   /        \
                                  /          \        created: arrival_rate * duration
                                 +------------+----
                                 0   stay     duration

Users picked at random over rooms do not fill them evenly. A claim beyond what was
tested is untested; and a test without an error proves no more than its number of
requests allows: after n good ones, an error share of 3 / n is still credible (95 %).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, finite, fraction, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_needed

_LITTLE = (
    "Little, J. D. C. (1961), A Proof for the Queuing Formula L = λW, Oper. Res. 9(3), 383–387"
)
_BINOMIAL = "binomial distribution: Ross, Introduction to Probability Models, 11th ed. (2014), 2.2"
_HANLEY = (
    "Hanley and Lippman-Hand (1983), If Nothing Goes Wrong, Is Everything All Right?, JAMA "
    "249(13), 1743-1745, doi:10.1001/jama.1983.03330370053031"
)


@formula("arrival_rate * duration", source="definition of a rate")
def users_created(arrival_rate: ArrayLike, duration: ArrayLike) -> Array:
    """
    Users that a test creates; they are never all there at once unless all stay.

    Parameters
    ----------
    arrival_rate : array_like
        New users per second, non-negative. [1/s]
    duration : array_like
        Time in which they arrive, non-negative; 0 creates none. [s]

    Returns
    -------
    ndarray
        Users. [users]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Artillery documentation, test phases: ``arrivalRate`` and ``duration``.
       https://www.artillery.io/docs/reference/test-script

    Examples
    --------
    >>> float(users_created(arrival_rate=100, duration=120))
    12000.0
    """
    arrival_rate, duration = non_negative(arrival_rate=arrival_rate, duration=duration)
    return arrival_rate * duration


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


@formula("concurrency / stay", source=_LITTLE)
def arrival_rate_for(concurrency: ArrayLike, stay: ArrayLike) -> Array:
    """
    Arrival rate that keeps a number of users at once; none for nobody.

    Parameters
    ----------
    concurrency : array_like
        Users at once, non-negative. [users]
    stay : array_like
        Time each user stays, above 0; the test must last longer. [s]

    Returns
    -------
    ndarray
        New users per second. [1/s]

    Raises
    ------
    ValueError
        If `concurrency` is negative or `stay` is not above 0.

    References
    ----------
    .. [1] Little, J. D. C. (1961). Oper. Res. 9(3), 383–387, solved for the rate.

    Examples
    --------
    >>> float(arrival_rate_for(concurrency=20_000, stay=60).round(1))
    333.3
    """
    (concurrency,) = non_negative(concurrency=concurrency)
    (stay,) = positive(stay=stay)
    return concurrency / stay


@formula("concurrency / arrival_rate", source=_LITTLE)
def stay_for(concurrency: ArrayLike, arrival_rate: ArrayLike) -> Array:
    """
    Stay that a reported concurrency implies; compare it with the one in the script.

    Parameters
    ----------
    concurrency : array_like
        Users at once, non-negative. [users]
    arrival_rate : array_like
        New users per second, above 0. [1/s]

    Returns
    -------
    ndarray
        Time each user stayed; 0 where nobody was there. [s]

    Raises
    ------
    ValueError
        If `concurrency` is negative or `arrival_rate` is not above 0.

    References
    ----------
    .. [1] Little, J. D. C. (1961). Oper. Res. 9(3), 383–387, solved for the time.

    Examples
    --------
    5,000 at once from 100 a second left after 50 s, whatever the script says.

    >>> float(stay_for(concurrency=5000, arrival_rate=100))
    50.0
    """
    (concurrency,) = non_negative(concurrency=concurrency)
    (arrival_rate,) = positive(arrival_rate=arrival_rate)
    return concurrency / arrival_rate


@formula("concurrency / rooms", source="definition of a mean")
def users_per_room(concurrency: ArrayLike, rooms: ArrayLike) -> Array:
    """
    Mean users in a room; a cap above it may still never have been tried.

    Parameters
    ----------
    concurrency : array_like
        Users at once, finite and non-negative. [users]
    rooms : array_like
        Rooms, at least 1. [count]

    Returns
    -------
    ndarray
        Users in a room, on average. [users]

    Raises
    ------
    ValueError
        If `concurrency` is negative or infinite or `rooms` is below 1.

    Examples
    --------
    >>> float(users_per_room(concurrency=6000, rooms=100))
    60.0
    """
    (concurrency,) = finite(concurrency=concurrency)
    (rooms,) = at_least_one(rooms=rooms)
    return concurrency / rooms


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


@formula("max(1 - tested / claimed, 0)", source="definition of a share")
def untested_share(tested: ArrayLike, claimed: ArrayLike) -> Array:
    """
    Share of a claimed capacity that no test has reached; 0 where the test went further.

    Parameters
    ----------
    tested : array_like
        What was reached without failure, finite and non-negative. [any]
    claimed : array_like
        What is claimed, above 0. [as `tested`]

    Returns
    -------
    ndarray
        Untested share; 1 where nothing was tested. [fraction]

    Raises
    ------
    ValueError
        If `tested` is negative or infinite or `claimed` is not above 0.

    Examples
    --------
    >>> untested_share(tested=[0, 5000, 20_000], claimed=20_000).tolist()
    [1.0, 0.75, 0.0]
    """
    (tested,) = finite(tested=tested)
    (claimed,) = positive(claimed=claimed)
    return np.maximum(1.0 - tested / claimed, 0.0)


@formula("ceil(log(1 - confidence) / log(1 - error_share))", source=_HANLEY)
def requests_to_see(error_share: ArrayLike, confidence: ArrayLike) -> Array:
    """
    Requests that must all succeed before an error share may be called lower.

    Were the share as high as `error_share`, so many successes in a row would have had a chance
    of at most ``1 - confidence``. At 95 % it is about three over the share. No confidence takes
    no request. It holds for errors that come independently, not in outages.

    Parameters
    ----------
    error_share : array_like
        Share of failing requests to exclude, above 0 and below 1. [fraction]
    confidence : array_like
        Confidence, below 1: no number of requests makes certain. [fraction]

    Returns
    -------
    ndarray
        Requests, a whole number. [count]

    Raises
    ------
    ValueError
        If `error_share` is not between 0 and 1, or `confidence` is not below 1.

    References
    ----------
    .. [1] Hanley, J. A. and Lippman-Hand, A. (1983). If Nothing Goes Wrong, Is Everything All
       Right? JAMA 249(13), 1743-1745. https://doi.org/10.1001/jama.1983.03330370053031

    Examples
    --------
    "Less than 1 % errors" and "99.99 % succeed", each said with 95 % confidence.

    >>> requests_to_see(error_share=[0.01, 0.0001], confidence=0.95).tolist()
    [299.0, 29956.0]
    """
    (error_share,) = positive(error_share=error_share)
    error_share, confidence = _below_one(error_share=error_share, confidence=confidence)
    return units_needed(-np.log1p(-confidence), -np.log1p(-error_share))


def _below_one(**values: ArrayLike) -> list[Array]:
    """Return `values` as float arrays, refusing all but fractions below 1."""
    checked = fraction(**values)
    for name, array in zip(values, checked, strict=True):
        if np.any(array >= 1.0):
            raise ValueError(f"{name}(=1) must be below 1: ask for 0.99 or 0.999.")
    return checked
