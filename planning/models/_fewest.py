"""The fewest that suffice: a search among whole numbers, for many cases at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from planning.models._guards import Array

# Past 2**60 more floats than whole numbers are missing: what needs more has no such number.
_DOUBLINGS = 60


def fewest(suffices: Callable[[Array], NDArray[np.bool_]], too_few: Array) -> Array:
    """
    Double a gap until it suffices, then halve it.

    Parameters
    ----------
    suffices : callable
        Whether so many suffice, case by case; where some do, more do.
    too_few : ndarray
        A whole number for each case that does not suffice.

    Returns
    -------
    ndarray
        Whole numbers above `too_few`; infinite where no number suffices.
    """
    low = np.array(too_few, dtype=float)
    gap = np.ones_like(low)
    for _ in range(_DOUBLINGS):
        short = ~suffices(low + gap)
        if not np.any(short):
            break
        low, gap = np.where(short, low + gap, low), np.where(short, 2.0 * gap, gap)
    never = ~suffices(low + gap)
    high = low + gap
    for _ in range(_DOUBLINGS):
        if not np.any(high - low > 1.0):
            break
        middle = np.ceil((low + high) / 2.0)
        enough = suffices(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(never, np.inf, high)
