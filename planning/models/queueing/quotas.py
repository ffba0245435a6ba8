r"""
Quotas of somebody else's service: what is refused (429), tried again, and waited for.

A quota lets so many calls through and refuses the rest. Who is refused waits a while
and tries again, a few times, so past the quota more is tried than is wanted::

    calls λ ─▶ (+) ─▶ tries A ─▶ quota q ─▶ answered, at most q
                ▲                  │ p = 1 − q/A refused
                └── back-off ◀─────┘ and up to r times tried again

Tries are λ(1 + p + … + p^r) and those answered are q, so p^(r+1) = 1 − q/λ: whatever the
number of retries, the same share fails in the end. Retries help against bursts, which this
steady state does not have; against a lasting overload they only add tries and waiting.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, fraction, non_negative
from planning.models.formula import formula

_SRE = (
    "balance of tries at a quota, with the retry budget of Beyer et al., Site Reliability "
    "Engineering (2016), ch. 21, https://sre.google/sre-book/handling-overload/"
)
_BACK_OFF = (
    "exponential back-off, Brooker, M. (2015), Exponential Backoff And Jitter, "
    "https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/"
)


@formula("max(1 - 1 / demand, 0) ** (1 / (retries + 1))", source=_SRE)
def refused_share(demand: ArrayLike, retries: ArrayLike) -> Array:
    """
    Share of tries that a quota refuses in a lasting overload.

    Parameters
    ----------
    demand : array_like
        Calls wanted over calls allowed, before any retry, non-negative; up to 1 all fit. [ratio]
    retries : array_like
        Further tries of a refused call, non-negative. [ratio]

    Returns
    -------
    ndarray
        0 within the quota, towards 1 far past it. [fraction]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Beyer, B. et al. (2016), Site Reliability Engineering, ch. 21.
       https://sre.google/sre-book/handling-overload/

    Examples
    --------
    Twice the quota: half is refused, and of a call's three tries seven in nine.

    >>> refused_share(demand=2, retries=[0, 2]).round(3).tolist()
    [0.5, 0.794]
    """
    demand, retries = non_negative(demand=demand, retries=retries)
    over = np.divide(1.0, demand, out=np.ones(demand.shape), where=demand > 1.0)
    return np.asarray((1.0 - over) ** (1.0 / (retries + 1.0)))


@formula(
    "1 + refused + refused^2 + ... + refused^retries: each further try follows a refusal",
    source=_SRE,
    arithmetic=False,
)
def tries_per_call(refused: ArrayLike, retries: ArrayLike) -> Array:
    """
    Tries that one call takes on the mean, the first included.

    Parameters
    ----------
    refused : array_like
        Share of tries that are refused, 0 to 1. [fraction]
    retries : array_like
        Further tries of a refused call, non-negative. [ratio]

    Returns
    -------
    ndarray
        1 where nothing is refused, ``retries + 1`` where everything is. [ratio]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Beyer, B. et al. (2016), Site Reliability Engineering, ch. 21.
       https://sre.google/sre-book/handling-overload/

    Examples
    --------
    >>> tries_per_call(refused=[0, 0.5, 1], retries=2).tolist()
    [1.0, 1.75, 3.0]
    """
    (refused,) = fraction(refused=refused)
    (retries,) = non_negative(retries=retries)
    return _series(refused, retries + 1.0)


@formula(
    "first_wait * (refused + 2 * refused^2 + 4 * refused^3 + ... ), a term per retry: the wait "
    "doubles each time",
    source=_BACK_OFF,
    arithmetic=False,
)
def back_off_time(refused: ArrayLike, retries: ArrayLike, first_wait: ArrayLike) -> Array:
    """
    Time that a call waits between its tries, mean over all calls, those that give up included.

    Parameters
    ----------
    refused : array_like
        Share of tries that are refused, 0 to 1. [fraction]
    retries : array_like
        Further tries of a refused call, non-negative. [ratio]
    first_wait : array_like
        Wait before the second try, non-negative; each later wait is twice the one before. [s]

    Returns
    -------
    ndarray
        0 where nothing is refused; ``first_wait * (2^retries - 1)`` where everything is. [s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Brooker, M. (2015), Exponential Backoff And Jitter.
       https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

    Examples
    --------
    >>> back_off_time(refused=[0, 0.5, 1], retries=3, first_wait=1).tolist()
    [0.0, 1.5, 7.0]
    """
    (refused,) = fraction(refused=refused)
    retries, first_wait = non_negative(retries=retries, first_wait=first_wait)
    return np.asarray(first_wait * refused * _series(2.0 * refused, retries))


def _series(ratio: Array, terms: Array) -> Array:
    """Return 1 + ratio + ratio² + …, so many terms; as many as there are at a ratio of 1."""
    ratio, terms = np.broadcast_arrays(ratio, terms)
    apart = np.abs(ratio - 1.0) > 1e-9
    less = np.where(apart, ratio - 1.0, 1.0)
    return np.where(apart, (ratio**terms - 1.0) / less, terms)
