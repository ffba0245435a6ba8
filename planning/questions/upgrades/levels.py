"""
About how many users sets hold: every set asked at the same few numbers of users.

The exact capacity of one set takes a search of its own; that of thousands at once is known to a
step, which is enough to rank them.
"""

from __future__ import annotations

import numpy as np

from planning.flow.constraint import FULL
from planning.numbers.nodes import Array

PER_TENFOLD = 24


def levels_to(users: float) -> Array:
    """Return numbers of users from 1 to so many, at least 10, by equal ratios. [user]"""
    most = max(users, 10.0)
    return np.geomspace(1.0, most, int(np.log10(most) * PER_TENFOLD) + 2)


def last_held(used: Array, levels: Array, limit: float = FULL, nobody: float = 0.0) -> Array:
    """
    Return the last level that each set holds.

    Parameters
    ----------
    used : ndarray
        What is used at each level, shape (levels, *axes). [ratio]
    levels : ndarray
        Rising. [user]
    limit : float
        What may be used. [ratio]
    nobody : float
        What stands for a set that does not hold even the first level. [user]

    Examples
    --------
    >>> last_held(np.array([[0.5, 2.0], [1.5, 4.0]]), np.array([1.0, 10.0])).tolist()
    [1.0, 0.0]
    """
    full = used > limit
    first = np.where(full.any(axis=0), np.argmax(full, axis=0), len(levels))
    return np.asarray(np.concatenate(([nobody], levels))[first])
