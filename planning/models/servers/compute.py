r"""
Whole units, and what replicas leave to the primary.

Servers come whole, so what is needed is rounded up and what fits is rounded
down; rounding error of the arithmetic (0.07 * 100 > 7) never adds a server.
Replicas share reads; every write is done by the primary.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, fraction, non_negative, positive
from planning.models.formula import formula

_DENNING = (
    "Denning and Buzen (1978), The Operational Analysis of Queueing Network Models, "
    "ACM Computing Surveys 10(3), 225-261, utilisation law, doi:10.1145/356733.356735"
)


@formula("ceil(amount / unit)", source="definition of a started unit")
def units_needed(amount: ArrayLike, unit: ArrayLike) -> Array:
    """
    Whole units that carry an amount; zero for nothing.

    A quotient within a few rounding errors of a whole number counts as that number.

    Parameters
    ----------
    amount : array_like
        What has to be carried, non-negative. [any]
    unit : array_like
        What one unit carries, above 0. [same as `amount`]

    Returns
    -------
    ndarray
        Units, a whole number. [count]

    Raises
    ------
    ValueError
        If `amount` is negative or `unit` is not above 0.

    References
    ----------
    .. [1] Goldberg, D. (1991). What Every Computer Scientist Should Know About
       Floating-Point Arithmetic. ACM Computing Surveys 23(1), 5-48.
       https://doi.org/10.1145/103162.103163 (why ``ceil(0.07 * 100)`` is 8).

    Examples
    --------
    >>> float(units_needed(amount=1001, unit=1000)), float(units_needed(0.07 * 100, 1))
    (2.0, 7.0)
    """
    (amount,) = non_negative(amount=amount)
    (unit,) = positive(unit=unit)
    needed: Array = np.ceil(_snapped(amount / unit))
    return needed


@formula("floor(space / unit)", source="definition of a whole unit")
def units_that_fit(space: ArrayLike, unit: ArrayLike) -> Array:
    """
    Whole units that fit into a space; zero where not even one does.

    A quotient within a few rounding errors of a whole number counts as that number.

    Parameters
    ----------
    space : array_like
        What there is room for, non-negative. [any]
    unit : array_like
        What one unit takes, above 0. [same as `space`]

    Returns
    -------
    ndarray
        Units, a whole number. [count]

    Raises
    ------
    ValueError
        If `space` is negative or `unit` is not above 0.

    References
    ----------
    .. [1] Goldberg, D. (1991). What Every Computer Scientist Should Know About
       Floating-Point Arithmetic. ACM Computing Surveys 23(1), 5-48.
       https://doi.org/10.1145/103162.103163 (why ``floor(0.3 / 0.1)`` is 2).

    Examples
    --------
    >>> float(units_that_fit(space=999, unit=1000)), float(units_that_fit(0.3, 0.1))
    (0.0, 3.0)
    """
    (space,) = non_negative(space=space)
    (unit,) = positive(unit=unit)
    fitting: Array = np.floor(_snapped(space / unit))
    return fitting


@formula("load * (1 - read_share + read_share / (1 + replicas))", source=_DENNING)
def primary_load(load: ArrayLike, read_share: ArrayLike, replicas: ArrayLike) -> Array:
    """
    Load left on the primary when reads are spread evenly over it and its replicas.

    Parameters
    ----------
    load : array_like
        Load of all queries on one machine, non-negative. [cores]
    read_share : array_like
        Share of it that replicas can take. [fraction]
    replicas : array_like
        Replicas of the primary's size, non-negative; 0 leaves everything. [count]

    Returns
    -------
    ndarray
        Load of the primary; writes stay, whatever the replicas. [cores]

    Raises
    ------
    ValueError
        If a number is negative or `read_share` is outside 0–1.

    References
    ----------
    .. [1] Denning, P. J. and Buzen, J. P. (1978). The Operational Analysis of Queueing
       Network Models. ACM Computing Surveys 10(3), 225-261.
       https://doi.org/10.1145/356733.356735

    Examples
    --------
    >>> primary_load(load=10, read_share=0.8, replicas=[0, 1, 3]).round(12).tolist()
    [10.0, 6.0, 4.0]
    """
    load, replicas = non_negative(load=load, replicas=replicas)
    (read_share,) = fraction(read_share=read_share)
    return load * (1.0 - read_share + read_share / (1.0 + replicas))


def _snapped(quotient: Array) -> Array:
    """Return `quotient` with what is a whole number but for rounding error made whole."""
    with np.errstate(invalid="ignore"):  # infinity minus infinity: not near, stays infinite
        nearest = np.rint(quotient)
        near = np.abs(quotient - nearest) <= 8 * np.finfo(float).eps * quotient
    return np.where(near, nearest, quotient)
