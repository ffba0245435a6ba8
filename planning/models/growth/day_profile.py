r"""
A day's profile: the load of each hour, of which planning needs the peak over the mean.

::

    load       /\           servers are bought for the peak,
      |      _/  \_    peak   tables and bills grow by the mean
      |  ___/      \__ mean
      +---------------> hour
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative
from planning.models.formula import formula


@formula(
    "the largest of the hours over their mean",
    source="ITU-T E.500 (1998), Traffic intensity measurement principles: busy hour and day",
    arithmetic=False,
)
def peak_to_mean(hours: ArrayLike) -> Array:
    """
    Peak over the mean of a day.

    Parameters
    ----------
    hours : array_like
        Load of each hour along the last axis, non-negative and not all 0. [any unit]

    Returns
    -------
    ndarray
        At least 1; 1 where the load never changes, 24 where all comes in one hour. [ratio]

    Raises
    ------
    ValueError
        If an hour is negative, or all are 0: a day without load has no peak.

    References
    ----------
    .. [1] ITU-T Recommendation E.500 (1998), Traffic intensity measurement principles.

    Examples
    --------
    >>> float(peak_to_mean([1] * 12 + [3] * 12)), float(peak_to_mean([0] * 23 + [5]))
    (1.5, 24.0)
    """
    (load,) = non_negative(hours=hours)
    mean = load.mean(axis=-1)
    if np.any(mean == 0):
        raise ValueError("hours(=0 at all of them) must have some load.")
    return np.asarray(load.max(axis=-1) / mean)
