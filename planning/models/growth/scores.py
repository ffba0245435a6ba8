"""
Is a forecast any good: its error against the simplest rival, and whether its intervals hold.

A forecast that is worse than "as a week ago" is none. An interval that is said to hold the truth
in 95 of 100 cases is to hold it in about 95, over windows that were kept back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array
from planning.models.formula import formula


@formula(
    "as one season ago, again and again",
    source="Hyndman and Athanasopoulos (2021), Forecasting, section 5.2",
    arithmetic=False,
)
def seasonal_naive(history: ArrayLike, season: int, horizon: int) -> Array:
    """
    Forecast each day as the last known day of the same kind: last Monday for all Mondays.

    Parameters
    ----------
    history : array_like
        At least one season of values, the latest last. [user]
    season : int
        Values in a season, 7 for daily values with a weekly pattern. [count]
    horizon : int
        Values to forecast. [count]

    Returns
    -------
    ndarray
        Shape (horizon,). [user]

    Raises
    ------
    ValueError
        If there is less than a season of history.

    References
    ----------
    .. [1] Hyndman, R. J. and Athanasopoulos, G. (2021), Forecasting: principles and practice, 3rd
       ed., section 5.2. https://otexts.com/fpp3/simple-methods.html

    Examples
    --------
    >>> seasonal_naive([9, 1, 2, 3], season=3, horizon=5).tolist()
    [1.0, 2.0, 3.0, 1.0, 2.0]
    """
    values = np.asarray(history, dtype=float)
    if values.size < season:
        raise ValueError(f"history(={values.size} values) must have a season of {season} or more.")
    return values[-season:][np.arange(horizon) % season]


@formula(
    "mean absolute error over that of the seasonal naive forecast in the history",
    source="Hyndman and Koehler (2006), Int. J. Forecasting 22(4), 679-688",
    arithmetic=False,
)
def scaled_error(actual: ArrayLike, forecast: ArrayLike, history: ArrayLike, season: int) -> float:
    """
    Mean absolute scaled error (MASE): below 1 beats one season ahead by the naive forecast.

    Parameters
    ----------
    actual : array_like
        What came; NaN where it was not seen, which does not count. [user]
    forecast : array_like
        What was forecast. [user]
    history : array_like
        What was known; NaN where it was not seen. [user]
    season : int
        Values in a season. [count]

    Returns
    -------
    float
        NaN where nothing was seen, or the history did not move at all. [ratio]

    References
    ----------
    .. [1] Hyndman, R. J. and Koehler, A. B. (2006), Another look at measures of forecast accuracy,
       Int. J. Forecasting 22(4), 679-688, doi:10.1016/j.ijforecast.2006.03.001

    Examples
    --------
    >>> scaled_error([12, 14], [11, 13], history=[1, 3, 5, 7], season=1)
    0.5
    """
    known = np.asarray(history, dtype=float)
    moves = np.abs(known[season:] - known[:-season])
    errors = np.abs(np.asarray(actual, dtype=float) - np.asarray(forecast, dtype=float))
    seen, moved = errors[~np.isnan(errors)], moves[~np.isnan(moves)]
    scale = float(moved.mean()) if moved.size else 0.0
    return float(seen.mean()) / scale if seen.size and scale > 0 else float("nan")


@formula(
    "share of what came that lies between both ends",
    source="Hyndman and Athanasopoulos (2021), Forecasting, section 5.5",
    arithmetic=False,
)
def coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    """
    Share of what came that lies inside its interval, ends included.

    Parameters
    ----------
    actual : array_like
        What came; NaN where it was not seen, which does not count. [user]
    low, high : array_like
        Ends of each interval. [user]

    Returns
    -------
    float
        NaN where nothing was seen. [fraction]

    References
    ----------
    .. [1] Hyndman, R. J. and Athanasopoulos, G. (2021), Forecasting: principles and practice, 3rd
       ed., section 5.5. https://otexts.com/fpp3/prediction-intervals.html

    Examples
    --------
    >>> coverage([1, 5, float("nan"), 9], low=[0, 6, 0, 8], high=[2, 7, 9, 9])
    0.6666666666666666
    """
    came = np.asarray(actual, dtype=float)
    seen = ~np.isnan(came)
    inside = (came >= np.asarray(low, dtype=float)) & (came <= np.asarray(high, dtype=float))
    return float(inside[seen].mean()) if seen.any() else float("nan")


@formula(
    "the value that so large a share of errors does not exceed, with room for the next one",
    source="Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World, ch. 2",
    arithmetic=False,
)
def conformal_quantile(errors: ArrayLike, share: ArrayLike) -> Array:
    """
    Quantile of past errors as a bound for the next one.

    Of n errors and the next one, exchangeable, the next is as likely at any rank: the k-th
    smallest of n bounds it with probability k/(n + 1). Shares beyond the outermost ranks are
    bound by nothing that was seen; the outermost error is then scaled up by the normal
    distribution's tail.

    Parameters
    ----------
    errors : array_like
        Past errors, one or more. [log ratio]
    share : array_like
        Probability that the next is at most the bound, between 0 and 1. [fraction]

    Returns
    -------
    ndarray
        Of the shape of `share`. [log ratio]

    Raises
    ------
    ValueError
        If there are no errors.

    References
    ----------
    .. [1] Vovk, V., Gammerman, A. and Shafer, G. (2005), Algorithmic Learning in a Random World,
       ch. 2, doi:10.1007/b106715

    Examples
    --------
    >>> conformal_quantile([-1.0, 0.0, 1.0], [0.25, 0.5, 0.75]).tolist()
    [-1.0, 0.0, 1.0]
    """
    from scipy.special import ndtri  # heavy to import, and most questions forecast nothing

    known = np.sort(np.asarray(errors, dtype=float))
    if not known.size:
        raise ValueError("errors(=none) must be one or more: without a past nothing is bounded.")
    wanted = np.asarray(share, dtype=float)
    rank = np.arange(1, known.size + 1) / (known.size + 1)
    found = np.interp(wanted, rank, known)
    middle = float(np.median(known))
    for end, tail in ((0, wanted < rank[0]), (-1, wanted > rank[-1])):
        reach = 1.0 if known.size == 1 else ndtri(wanted) / ndtri(rank[end])
        found = np.where(tail, middle + (known[end] - middle) * np.maximum(reach, 1.0), found)
    return np.asarray(found)
