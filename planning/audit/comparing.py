"""
A claimed number held against a computed one: do they measure the same, and do they agree.

Time, information and money must match; nouns are lenient (:mod:`planning.numbers.dimensions`).
One way of writing is understood beside that: what is computed over a stretch of time and
claimed per that stretch, as in "$0.045/hour × 730 hours = $33/month".
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from planning.audit.parsed import Said
from planning.numbers.dimensions import (
    DimensionError,
    Quantity,
    describe,
    one,
    period_of,
)

APPROXIMATE = 0.25  # "about 50" is not refuted by 45
_SAME_PERIOD = 0.1  # months have 28 to 31 days, and 720 to 744 hours


class MismatchError(DimensionError):
    """What is computed does not measure what is claimed."""


def quantity(said: Said, value: float) -> Quantity:
    """
    Return a value in the unit of what was said, with what it measures.

    Parameters
    ----------
    said : Said
        A number of a document.
    value : float
        One of its ends, or another value. [`said.unit`]
    """
    each = one(said.unit)
    return Quantity(value * each.value, each.powers)


def over(claimed: Quantity, text: str, computed: Quantity, given: Iterable[Quantity]) -> Quantity:
    """
    Return the time by which a claim must be multiplied to measure what is computed.

    Parameters
    ----------
    claimed : Quantity
        What is claimed.
    text : str
        As written: in "$33/month" the month is what matters.
    computed : Quantity
        What is computed.
    given : iterable of Quantity
        What it is computed from.

    Returns
    -------
    Quantity
        One, a plain number, where both measure the same; else the time that the claim is per.

    Raises
    ------
    MismatchError
        If they do not measure the same; the message says what each does.

    Examples
    --------
    >>> hours = Quantity(730 * 3600, (("time", 1),))
    >>> over(one("$/month"), "$33/month", one("$"), [hours]).value == hours.value
    True
    >>> over(one("GB"), "72 GB", one("GB/s"), [])
    Traceback (most recent call last):
    planning.audit.comparing.MismatchError: this computes a data rate, the document claims a size.
    """
    if claimed.physical == computed.physical:
        return Quantity(1.0)
    period = period_of(text)
    if period is not None and (claimed * period).physical == computed.physical:
        for each in given:
            stretch = each.physical == period.physical and each.value / period.value - 1
            if stretch is not False and abs(stretch) <= _SAME_PERIOD:
                return period
    raise MismatchError(
        f"this computes {describe(computed)}, the document claims {_kind(claimed)}."
    )


def _kind(claimed: Quantity) -> str:
    return describe(claimed) if claimed.powers else "a plain number without a unit"


def overlap(said: Said, low: float, high: float, tolerance: float) -> bool:
    """
    Whether what was said and a range have a number in common.

    Parameters
    ----------
    said : Said
        The claim.
    low, high : float
        The range. [`said.unit`]
    tolerance : float
        Share by which the claim may differ; a quarter where it was said to be rough. [fraction]
    """
    slack = max(tolerance, APPROXIMATE) if said.approximate else tolerance
    least, most = (end * (1 + slack) if end * side > 0 else end * (1 - slack)
                   for end, side in ((said.low, -1.0), (said.high, 1.0)))  # fmt: skip
    return bool(low <= most and high >= least)


def ratio(said: Said, low: float, high: float) -> float | None:
    """
    Return how many times the claim the nearest end of a range is.

    Returns
    -------
    float or None
        Above 1 where more is computed than claimed; None where a ratio says nothing, since an end
        is zero, negative or open.
    """
    nearest = min(max(low, said.low), said.high)
    if nearest <= 0 or low <= 0 or math.isinf(nearest):
        return None
    end = low if low > nearest else min(high, low)
    return (high if high < nearest else end) / nearest
