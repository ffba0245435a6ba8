"""
The cheapest way through time: which set of upgrades is in effect in which month.

A *set* is a place on a grid with an axis for everything that can be chosen (a phase reached,
an upgrade in effect or not, a size). Time is a row of months; each month has a cost in every
set, and moving along an axis from one month to the next has a price of its own::

    month 0        month 1        month 2
    (0, 0) ──────> (0, 0) ──┐     (0, 0)         cost of a month, plus the price of each move
    (1, 0)         (1, 0)   └───> (1, 1)         infinite: not possible

Moves along different axes add, so a month's best predecessor is found axis by axis (a
min-plus product each) instead of for every two sets.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.models._guards import Array
from planning.models.formula import formula

Indices = NDArray[np.intp]


@formula(
    "least over sequences of sets of the sum over months of costs + moves from the set before",
    source="Bellman, R. (1957), Dynamic Programming, Princeton University Press",
    arithmetic=False,
)
def cheapest_schedule(
    costs: ArrayLike, moves: Sequence[ArrayLike], start: Sequence[int]
) -> tuple[float, Indices]:
    """
    Return the cheapest sequence of sets over months, exactly.

    Parameters
    ----------
    costs : array_like
        What each month costs in each set; infinite where it must not be in it.
        Shape (months, *axes). [USD]
    moves : sequence of array_like
        For each axis, the price of a move from one place on it (row) to another (column) between
        two months; infinite where there is no such move. Shape (size, size) each. [USD]
    start : sequence of int
        The set before the first month, a place on each axis. [index]

    Returns
    -------
    total : float
        Cost of all months and moves; infinite where no sequence is possible. [USD]
    places : ndarray of int
        The set of each month, shape (months, axes); empty where none is possible.

    Raises
    ------
    ValueError
        If shapes do not fit, or a price is not a number.

    Notes
    -----
    Dynamic programming [1]_ over months; of several cheapest sequences the one that moves last.

    References
    ----------
    .. [1] Bellman, R. (1957). Dynamic Programming. Princeton University Press.

    Examples
    --------
    One upgrade for $50 that makes the second month cheaper by $80:

    >>> total, places = cheapest_schedule([[20, 20], [100, 20]], [[[0, 50], [np.inf, 0]]], [0])
    >>> total, places[:, 0].tolist()
    (90.0, [0, 1])
    """
    monthly = np.asarray(costs, dtype=float)
    prices = [np.asarray(each, dtype=float) for each in moves]
    _check(monthly, prices, start)
    best = np.full(monthly.shape[1:], np.inf)
    best[tuple(start)] = 0.0
    before: list[list[Indices]] = []
    for month in monthly:
        taken: list[Indices] = []
        for axis, price in enumerate(prices):
            best, came = _moved(best, price, axis)
            taken.append(came)
        before.append(taken)
        best = best + month
    place = tuple(int(at) for at in np.unravel_index(int(np.argmin(best)), best.shape))
    total = float(best[place])
    if not np.isfinite(total):
        return np.inf, np.empty((0, len(prices)), np.intp)
    places = np.empty((len(monthly), len(prices)), np.intp)
    for month in range(len(monthly) - 1, -1, -1):
        places[month] = place
        # The axes were moved along one after the other: undone in the opposite order.
        for axis in range(len(prices) - 1, -1, -1):
            come = int(before[month][axis][place])
            place = (*place[:axis], come, *place[axis + 1 :])
    return total, places


def _moved(best: Array, price: Array, axis: int) -> tuple[Array, Indices]:
    """Return the best cost after a move along one axis, and from where on it that came."""
    size = len(price)
    rows = np.moveaxis(best, axis, 0)
    stay = np.arange(size)
    flat = rows.reshape(size, -1)
    # Staying is compared last: of equals the one that moves now did not move before.
    moving = np.where(np.eye(size, dtype=bool), np.inf, price)
    totals = flat[:, None, :] + moving[:, :, None]
    came = np.asarray(np.argmin(totals, axis=0), np.intp)
    lowest = np.take_along_axis(totals, came[None], axis=0)[0]
    staying = flat + price[stay, stay][:, None]
    stays = staying < lowest
    lowest = np.where(stays, staying, lowest)
    came = np.where(stays, stay[:, None], came)
    shape = rows.shape
    return (
        np.moveaxis(np.asarray(lowest, float).reshape(shape), 0, axis),
        np.moveaxis(came.reshape(shape), 0, axis),
    )


def _check(monthly: Array, prices: Sequence[Array], start: Sequence[int]) -> None:
    sizes = monthly.shape[1:]
    if monthly.ndim < 1 or len(monthly) < 1 or 0 in sizes:
        raise ValueError(f"costs(shape {monthly.shape}) must have a month and a set at least.")
    if len(prices) != len(sizes) or len(start) != len(sizes):
        raise ValueError(f"{len(sizes)} axes need as many moves and starts.")
    for axis, (price, size) in enumerate(zip(prices, sizes, strict=True)):
        if price.shape != (size, size):
            raise ValueError(f"moves[{axis}](shape {price.shape}) must be {size} by {size}.")
        if not 0 <= start[axis] < size:
            raise ValueError(f"start[{axis}](={start[axis]}) must be a place on its axis.")
    if any(np.isnan(each).any() for each in (monthly, *prices)):
        raise ValueError("costs and moves must be numbers; infinite where impossible.")
