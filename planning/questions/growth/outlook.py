"""
A forecast of a history with its intervals, which are the errors that its back-test made.

Errors of all windows, over how calm the time before each was, give the quantiles; this history's
own last half year gives the scale. Each day ahead has its quantiles, and so has the highest peak
up to it, which is what capacity has to hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from planning.models.growth import scores
from planning.numbers.nodes import Array
from planning.numbers.reading import FileError, beside
from planning.questions.growth.backtest import (
    BackTest,
    back_test,
    calm_of,
    error_scale,
)
from planning.questions.growth.forecast import LEAST_HISTORY, bridged, forecast
from planning.questions.growth.history import History, read_history
from planning.system.system import System


@dataclass(frozen=True, eq=False, repr=False)
class Outlook:
    """
    What a history says of the days after it.

    Attributes
    ----------
    history : History
        What was counted.
    test : BackTest
        How well it forecasts.
    logs : ndarray
        Logarithms of the forecast, a day each; none where the history is too short. [log user]
    """

    history: History
    test: BackTest
    logs: Array

    def __repr__(self) -> str:
        """Product and judgement in short."""
        return f"<{self.history.column} after {self.history.last}: {self.test!r}>"

    @property
    def start(self) -> dt.date:
        """The first day that is forecast."""
        return self.history.last + dt.timedelta(days=1)

    @property
    def forecasts(self) -> bool:
        """Whether dates may rest on it."""
        return self.test.forecasts

    @cached_property
    def _scale(self) -> Array:
        return error_scale(calm_of(bridged(self.history.users)), self.logs.size)

    def daily(self, quantile: ArrayLike) -> Array:
        """
        Return quantiles of the daily peak.

        Parameters
        ----------
        quantile : array_like
            Between 0 and 1, one or several. [fraction]

        Returns
        -------
        ndarray
            A row of days for each. [user]
        """
        bounds = scores.conformal_quantile(self.test.pools[0], quantile)
        return np.asarray(np.exp(self.logs + bounds[..., None] * self._scale))

    def highest(self, quantile: ArrayLike) -> Array:
        """
        Return quantiles of the highest daily peak up to each day.

        Parameters
        ----------
        quantile : array_like
            Between 0 and 1, one or several. [fraction]

        Returns
        -------
        ndarray
            A row of days for each, never falling, nor below the daily peak's. [user]
        """
        bounds = scores.conformal_quantile(self.test.pools[1], quantile)
        top = np.exp(np.maximum.accumulate(self.logs) + bounds[..., None] * self._scale)
        return np.asarray(np.maximum.accumulate(np.maximum(top, self.daily(quantile)), axis=-1))


def outlook(
    history: History,
    horizon: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    method: Callable[[Array, int], Array] = forecast,
) -> Outlook:
    """
    Forecast a history, and say how well it forecasts.

    Parameters
    ----------
    history : History
        As read.
    horizon : int, optional
        Days ahead; 13 weeks by default, an eighth of a history that is shorter than two years.
    progress : callable, optional
        Told how many windows of the back-test are done, and of how many.
    method : callable
        As for :func:`planning.questions.growth.backtest.back_test`.

    Raises
    ------
    ValueError
        If most of the days were not counted: what would be forecast is the bridge across them.
    """
    users = history.users
    if history.unseen > users.size / 2:
        raise ValueError(
            f"{history.name}: {history.unseen} of {users.size} days of {history.column[:40]!r} "
            "were not counted; a history is mostly days that were."
        )
    test = back_test(users, horizon, progress=progress, method=method)
    if users.size < LEAST_HISTORY or not test.windows:
        return Outlook(history, test, np.empty(0))
    return Outlook(history, test, method(bridged(users), test.horizon))


def outlook_of(
    system: System, progress: Callable[[int, int], None] | None = None
) -> Outlook | None:
    """
    Return the outlook of the history that a system's growth section names; None without one.

    Raises
    ------
    FileError
        If the file is missing, lies elsewhere than beside the system's, or is no history.
    """
    growth = system.growth
    if growth is None or growth.history is None:
        return None
    try:
        # What a refused line says would tell what lies elsewhere.
        path = beside(Path(system.origin.folder, system.origin.file), growth.history)
    except FileError as error:
        raise FileError(f"growth.history: {error}") from None
    return outlook(read_history(path, growth.column), progress=progress)
