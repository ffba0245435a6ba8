"""
Points between 0 and 1 that fill a space of many inputs evenly.

Draws that are merely random leave gaps and heaps. A Latin hypercube has one draw in each of n
equal slices of every input, for any n; a Sobol' sequence fills all inputs together and wants a
power of two. Both are random by a seed: the same seed gives the same points, and 0 is a seed.
"""

from __future__ import annotations

import numpy as np

from planning.models._guards import Array
from planning.models.formula import formula

_OPEN = 2.0**-53  # no point is 0 or 1 itself, where a quantile may be infinite


@formula(
    "one point in each of `count` equal slices of every input, in random order",
    source="McKay, Beckman and Conover (1979), Technometrics 21(2), 239-245",
    arithmetic=False,
)
def latin(count: int, inputs: int, rng: np.random.Generator) -> Array:
    """
    Points of a Latin hypercube.

    Parameters
    ----------
    count : int
        Points, at least 1. [draw]
    inputs : int
        Columns. [input]
    rng : numpy.random.Generator
        Source of randomness. [generator]

    Returns
    -------
    ndarray
        Shape (count, inputs), between 0 and 1, ends excluded. [fraction]

    References
    ----------
    .. [1] McKay, M. D., Beckman, R. J. and Conover, W. J. (1979), Technometrics 21(2), 239-245.

    Examples
    --------
    >>> points = latin(4, 2, np.random.default_rng(0))
    >>> np.sort(np.floor(points * 4), axis=0).T.tolist()
    [[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0]]
    """
    from scipy.stats import qmc  # heavy to import, and many questions draw nothing

    _counted(count)
    if not inputs:
        return np.empty((count, 0))
    return _inside(qmc.LatinHypercube(inputs, rng=rng).random(count))


@formula(
    "the Sobol' sequence, scrambled",
    source="Joe and Kuo (2008), SIAM J. Sci. Comput. 30, 2635-2654",
    arithmetic=False,
)
def sobol(count: int, inputs: int, rng: np.random.Generator) -> Array:
    """
    Points of a scrambled Sobol' sequence.

    Parameters
    ----------
    count : int
        Points, at least 1; a power of two is balanced, others are the start of the next. [draw]
    inputs : int
        Columns, at most 21,201. [input]
    rng : numpy.random.Generator
        Source of randomness. [generator]

    Returns
    -------
    ndarray
        Shape (count, inputs), between 0 and 1, ends excluded. [fraction]

    References
    ----------
    .. [1] Joe, S. and Kuo, F. Y. (2008), Constructing Sobol sequences with better
       two-dimensional projections, SIAM J. Sci. Comput. 30, 2635-2654.

    Examples
    --------
    >>> points = sobol(8, 3, np.random.default_rng(0))
    >>> np.sort(np.floor(points[:, 2] * 8)).tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    """
    from scipy.stats import qmc

    _counted(count)
    if not inputs:
        return np.empty((count, 0))
    power = int(np.ceil(np.log2(count)))
    return _inside(qmc.Sobol(inputs, rng=rng).random_base2(power)[:count])


def _counted(count: int) -> None:
    if count < 1:
        raise ValueError(f"count(={count}) must be at least 1.")


def _inside(points: Array) -> Array:
    return np.clip(points, _OPEN, 1 - _OPEN)
