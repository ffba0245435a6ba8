"""
Forecast of daily peaks from their history.

Three forecasts of the logarithm are averaged, which is hard to beat by choosing one of them
(Makridakis, Spiliotis and Assimakopoulos 2020, The M4 Competition, Int. J. Forecasting 36(1),
54-74): exponential smoothing with a damped trend and a weekly pattern, the Theta method, and last
week again. The last year is looked at; what was before it says little of the next months.
"""

from __future__ import annotations

import warnings

import numpy as np

from planning.models.growth import scores
from planning.numbers.nodes import Array

SEASON = 7
LOOKED_AT = 365
LEAST_HISTORY = 8 * SEASON


def bridged(users: Array) -> Array:
    """
    Return logarithms of users, straight across days that were not counted.

    Parameters
    ----------
    users : ndarray
        Above 0, NaN where not counted; counted on the first day. [user]
    """
    days = np.arange(users.size)
    seen = ~np.isnan(users)
    return np.asarray(np.interp(days, days[seen], np.log(users[seen])))


def forecast(logs: Array, horizon: int) -> Array:
    """
    Return the forecast of the logarithm of the next days.

    Parameters
    ----------
    logs : ndarray
        Of the users of the days so far, at least `LEAST_HISTORY`. [log user]
    horizon : int
        Days ahead. [day]

    Raises
    ------
    ValueError
        If the history is too short to know a trend and a weekly pattern.
    """
    if logs.size < LEAST_HISTORY:
        raise ValueError(f"history of {logs.size} days: {LEAST_HISTORY} are the least to forecast.")
    known = logs[-LOOKED_AT:]
    again = scores.seasonal_naive(known, SEASON, horizon)
    if np.ptp(known) < 1e-9:
        return again  # users who never changed: there is nothing to fit
    return np.asarray((_smoothed(known, horizon) + _theta(known, horizon) + again) / 3.0)


def _smoothed(logs: Array, horizon: int) -> Array:
    """Return additive exponential smoothing of logarithms, with damped trend and weekly pattern."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing  # slow to import

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an optimum at a bound of a parameter is still one
        fitted = ExponentialSmoothing(
            logs,
            trend="add",
            damped_trend=True,
            seasonal="add",
            seasonal_periods=SEASON,
            initialization_method="estimated",
        ).fit()
        return np.asarray(fitted.forecast(horizon), dtype=float)


def _theta(logs: Array, horizon: int) -> Array:
    """Return the Theta method's forecast (Assimakopoulos and Nikolopoulos 2000)."""
    import pandas as pd
    from statsmodels.tsa.forecasting.theta import ThetaModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        series = pd.Series(logs, index=pd.RangeIndex(logs.size))
        fitted = ThetaModel(
            series, period=SEASON, deseasonalize=True, use_test=False, method="additive"
        ).fit()
        return np.asarray(fitted.forecast(horizon), dtype=float)
