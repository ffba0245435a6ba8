r"""
Availability: the share of time that a system is up.

::

    in series    up only if all are:     a1 * a2 * ...                   0.99, 0.99 -> 0.98
    in parallel  down only if all are:   1 - (1 - a1) * (1 - a2) * ...   0.99, 0.99 -> 0.9999

Both take failures to be independent. Two servers on one database are in
parallel with each other and in series with it; a shared region, deployment or
mistake fails both, so nines multiplied on paper are an upper bound.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, fraction, non_negative
from planning.models.formula import formula

_TRIVEDI = (
    "Trivedi and Bobbio (2017), Reliability and Availability Engineering, chapter 4, "
    "doi:10.1017/9781316163047"
)


@formula("(1 - availability) * period", source=_TRIVEDI)
def downtime(availability: ArrayLike, period: ArrayLike) -> Array:
    """
    Time that a system is down in a period.

    Parameters
    ----------
    availability : array_like
        Share of time it is up; 1 is never down. [fraction]
    period : array_like
        The period, non-negative. [s]

    Returns
    -------
    ndarray
        Down time. [s]

    Raises
    ------
    ValueError
        If `availability` is outside 0–1 or `period` is negative.

    References
    ----------
    .. [1] Trivedi, K. S. and Bobbio, A. (2017). Reliability and Availability Engineering,
       chapter 4. https://doi.org/10.1017/9781316163047
    .. [2] Beyer, B. et al. (2016). Site Reliability Engineering, appendix A, Availability
       Table. https://sre.google/sre-book/availability-table/

    Examples
    --------
    Two and three nines over 30 days, in minutes.

    >>> (downtime([0.99, 0.999], 30 * 86_400) / 60).round(6).tolist()
    [432.0, 43.2]
    """
    (availability,) = fraction(availability=availability)
    (period,) = non_negative(period=period)
    return (1.0 - availability) * period


@formula("1 - (1 - availability) ** copies", source=_TRIVEDI)
def redundant_availability(availability: ArrayLike, copies: ArrayLike) -> Array:
    """
    Availability of equal copies of which any one will do, and which fail independently.

    What takes all of them down at once (a bad release, one data centre) is not in it.

    Parameters
    ----------
    availability : array_like
        Availability of one copy. [fraction]
    copies : array_like
        Copies, at least 1. [count]

    Returns
    -------
    ndarray
        Availability of the group; that of one copy for a single one. [fraction]

    Raises
    ------
    ValueError
        If `availability` is outside 0–1 or `copies` is below 1.

    References
    ----------
    .. [1] Trivedi, K. S. and Bobbio, A. (2017). Reliability and Availability Engineering,
       chapter 4, parallel systems. https://doi.org/10.1017/9781316163047

    Examples
    --------
    >>> redundant_availability(availability=0.99, copies=[1, 2]).round(12).tolist()
    [0.99, 0.9999]
    """
    (availability,) = fraction(availability=availability)
    (copies,) = at_least_one(copies=copies)
    group: Array = 1.0 - (1.0 - availability) ** copies
    return group
