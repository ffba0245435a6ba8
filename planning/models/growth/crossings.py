"""
When a demand that moves passes a level, and how much time is left to act.

::

    demand        ___---   a crossing is the first time at or above the level;
      |   level --/------   what starts above it has crossed at the first time already,
      |      __--‾          what never reaches it crosses at no time: infinity, no date
      +---------------->
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array
from planning.models.formula import formula


@formula(
    "the first time at which the value passes 1, on a line between two times",
    source="linear interpolation; Press et al. (2007), Numerical Recipes, section 3.2",
    arithmetic=False,
)
def first_crossing(time: ArrayLike, share: ArrayLike) -> Array:
    """
    First time at which a used share passes 1.

    Parameters
    ----------
    time : array_like
        Ascending. [day]
    share : array_like
        Demand over what may be used, along the last axis. NaN passes nothing. [ratio]

    Returns
    -------
    ndarray
        Without the last axis: the first time itself where the share is past 1 from the start,
        infinite where it never is. [day]

    References
    ----------
    .. [1] Press, W. H. et al. (2007), Numerical Recipes, 3rd ed., section 3.2.

    Examples
    --------
    >>> first_crossing([0, 10, 20], [[0.5, 0.9, 1.1], [2, 2, 2], [0.1, 0.1, 0.1]]).round(9).tolist()
    [15.0, 0.0, inf]
    """
    when, used = np.asarray(time, dtype=float), np.asarray(share, dtype=float)
    # A share that equals 1 is still held; arithmetic in another order may miss that by 1e-15.
    past = used > 1.0 + 1e-9
    at = np.argmax(past, axis=-1)
    before = np.maximum(at - 1, 0)
    high = np.take_along_axis(used, at[..., None], -1)[..., 0]
    low = np.take_along_axis(used, before[..., None], -1)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(np.isfinite(high) & (at > before), (1.0 - low) / (high - low), 1.0)
    # What is unknown before it passes has passed when that is seen.
    part = np.clip(np.nan_to_num(part, nan=1.0), 0.0, 1.0)
    found = when[before] + part * (when[at] - when[before])
    return np.asarray(np.where(past.any(axis=-1), found, np.inf))


@formula("crossing - lead_time", source="a subtraction; may lie in the past", arithmetic=False)
def latest_start(crossing: ArrayLike, lead_time: ArrayLike) -> Array:
    """
    Return the last moment to begin what has to be there at a crossing.

    Parameters
    ----------
    crossing : array_like
        When it has to be there; infinite where never. [day]
    lead_time : array_like
        From decision to effect, non-negative; NaN where nobody said. [day]

    Returns
    -------
    ndarray
        Negative where it is too late already, NaN where the lead time is unknown. [day]

    References
    ----------
    .. [1] Silver, Pyke and Thomas (2017), Inventory and Production Management in Supply Chains,
       4th ed., section 6.2: an order is placed a lead time before stock runs out.

    Examples
    --------
    >>> latest_start([90.0, float("inf")], 14.0).tolist()
    [76.0, inf]
    """
    needed = np.asarray(crossing, dtype=float)
    lead = np.asarray(lead_time, dtype=float)
    if np.any(lead < 0):
        raise ValueError(f"lead_time(={float(np.nanmin(lead)):g}) must be at least 0.")
    return np.asarray(needed - lead)
