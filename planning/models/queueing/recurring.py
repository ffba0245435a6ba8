r"""
Jobs that run on a schedule: how long a run takes, and whether it ends before the next.

What has come in since the last run is worked off in one go, after a fixed start-up. The
longer a run takes, the more there is for the next::

    run time T = start + items × time / parallel,    items = rate × (time since the last run)

While a run is shorter than the interval that is one pass. Once it is not, runs either overlap
(and take the same cores from each other) or are skipped (and each takes up what has piled up).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula

_FLUID = (
    "fixed point of a gated vacation, Takagi, H. (1991), Queueing Analysis, vol. 1, ch. 2, in the "
    "fluid limit of Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2"
)


@formula(
    "start + work * interval while that is at most the interval; start / (1 - work) where runs "
    "follow one another; without end from work = 1",
    source=_FLUID,
    arithmetic=False,
)
def run_time(start: ArrayLike, work: ArrayLike, interval: ArrayLike) -> Array:
    """
    How long a run takes in the long run, where a run that is due waits for the one before it.

    A run works off what has come since the start of the last one: an interval's worth while runs
    are shorter than that, and as long as the last run took otherwise: T = start + work × T.

    Parameters
    ----------
    start : array_like
        Time of a run that finds nothing to do, non-negative. [s]
    work : array_like
        Time to work off what comes in a second, non-negative: ``rate * time / parallel``. [ratio]
    interval : array_like
        Time between two runs that are due, above 0. [s]

    Returns
    -------
    ndarray
        Infinite where more comes than a run without end works off. [s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Takagi, H. (1991), Queueing Analysis, vol. 1, ch. 2 (gated service).
    .. [2] Newell, G. F. (1982), Applications of Queueing Theory, 2nd ed., ch. 2.

    Examples
    --------
    Every five minutes with half a minute to start: at 50, 95 and 100 % of what it can do.

    >>> run_time(start=30, work=[0.5, 0.95, 1.0], interval=300).round(6).tolist()
    [180.0, 600.0, inf]
    """
    start, work = non_negative(start=start, work=work)
    (interval,) = positive(interval=interval)
    start, work, interval = np.broadcast_arrays(start, work, interval)
    once = start + work * interval
    left = np.where(work < 1.0, 1.0 - work, 1.0)
    follow = np.where(work < 1.0, start / left, np.inf)
    # Where nothing needs starting, work = 1 just fits.
    return np.asarray(np.where(once <= interval * (1.0 + 1e-12), once, follow))
