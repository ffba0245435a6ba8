"""
Does this history forecast? Ask it at many past days, and look at what came.

At each origin the forecast knows the days before it only. Its error there, day by day, is what
later origins expect of theirs::

    known ........| window: 13 weeks        errors of the windows that had ended by then
    known ..............| window            are the intervals of this one
    known ....................| window

So the coverage that is reported is of windows kept back from their own intervals. A history
forecasts if it is no worse than last week again and its 95 % intervals hold 90 to 98 %.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from planning.models.growth import scores
from planning.numbers.nodes import Array
from planning.questions.growth.forecast import LEAST_HISTORY, SEASON, bridged, forecast

HORIZON, LEAST_HORIZON = 91, 28
BETWEEN = 28  # days from one origin to the next
MOST_WINDOWS = 150  # eleven years
# Windows before any has intervals, and those with intervals before they are judged.
_FIRST_ERRORS, LEAST_JUDGED = 6, 12
# Errors grow with the days ahead, faster than a random walk's square root: trends turn.
_SPREADS = 0.7
# How much users usually move in a week, of the last half year: calm times have small errors.
_CALM = 182
# Of the highest peak so far the first days tell little: it has not been reached yet.
_PEAKS_FROM = 0.5
LEVELS = (0.8, 0.95)
_HOLDS = (0.90, 0.98)


@dataclass(frozen=True, eq=False)
class Window:
    """
    One origin: what was forecast, what came, and whether the intervals held it.

    Attributes
    ----------
    origin : int
        Day of the history on which it was asked; that day is the first forecast. [day]
    logs : ndarray
        Logarithms that were forecast. [log user]
    calm : float
        How much users moved in a week before it, on the mean. [log ratio]
    users : ndarray
        What came, NaN where not counted. [user]
    error, naive_error : float
        Scaled error of the forecast, and of last week again. [ratio]
    inside : tuple of float
        Share of days inside the intervals of `LEVELS`; empty where there were none yet.
    peak_inside : tuple of bool
        Whether those of the highest peak held it.
    """

    origin: int
    logs: Array
    calm: float
    users: Array
    error: float
    naive_error: float
    inside: tuple[float, ...] = ()
    peak_inside: tuple[bool, ...] = ()

    @property
    def scale(self) -> Array:
        """How large errors are expected to be on each day ahead. [log ratio]"""
        return error_scale(self.calm, self.logs.size)

    @property
    def errors(self) -> Array:
        """Errors of each day over their scale, NaN where not counted. [ratio]"""
        return np.asarray((np.log(self.users) - self.logs) / self.scale)

    @property
    def peak_errors(self) -> Array:
        """Errors of the highest peak so far over their scale, NaN before any is seen. [ratio]"""
        came = np.fmax.accumulate(np.log(self.users))
        return np.asarray((came - np.maximum.accumulate(self.logs)) / self.scale)


def error_scale(calm: float, horizon: int) -> Array:
    """Return how errors grow with the days ahead, from how much users move in a week."""
    return np.asarray(calm * np.arange(1, horizon + 1) ** _SPREADS)


@dataclass(frozen=True, eq=False, repr=False)
class BackTest:
    """
    All windows of a history, and what they say.

    Attributes
    ----------
    windows : tuple of Window
        The earliest first.
    horizon : int
        Days ahead. [day]
    days : int
        Of the history. [day]
    """

    windows: tuple[Window, ...]
    horizon: int
    days: int

    def __repr__(self) -> str:
        """The judgement in short."""
        return f"<{len(self.windows)} windows of {self.horizon} days: {self.reason or 'forecasts'}>"

    @property
    def judged(self) -> tuple[Window, ...]:
        """Windows that had intervals."""
        return tuple(each for each in self.windows if each.inside)

    @cached_property
    def error(self) -> float:
        """Mean scaled error (MASE) of the forecast. [ratio]"""
        return _mean([each.error for each in self.windows])

    @cached_property
    def naive_error(self) -> float:
        """Mean scaled error of last week again, over the same windows. [ratio]"""
        return _mean([each.naive_error for each in self.windows])

    def covered(self, level: float) -> float:
        """Return the share of days inside the intervals of a level. [fraction]"""
        at = LEVELS.index(level)
        return _mean([each.inside[at] for each in self.judged])

    def peak_covered(self, level: float) -> float:
        """Return the share of windows whose highest peak was inside its interval. [fraction]"""
        at = LEVELS.index(level)
        return _mean([float(each.peak_inside[at]) for each in self.judged])

    @cached_property
    def reason(self) -> str:
        """Why this history does not forecast, in words; empty if it does."""
        if len(self.judged) < LEAST_JUDGED:
            return (
                f"{self.days} days are too few to test a forecast of {self.horizon} days: "
                f"{len(self.judged)} windows with intervals, {LEAST_JUDGED} are wanted"
            )
        if not self.error <= self.naive_error:
            return (
                f"its error, {self.error:.2f}, is above that of last week again, "
                f"{self.naive_error:.2f}"
            )
        low, high = _HOLDS
        if not low <= self.covered(0.95) <= high:
            return f"its 95 % intervals held {self.covered(0.95):.1%} of the days"
        return ""

    @property
    def forecasts(self) -> bool:
        """Whether dates may rest on a forecast of this history."""
        return not self.reason

    @cached_property
    def pools(self) -> tuple[Array, Array]:
        """Errors of all windows over their scale, of each day and of the peak so far. [ratio]"""
        return pooled(self.windows, self.days, peaks=False), pooled(self.windows, self.days, True)


def _mean(values: Sequence[float]) -> float:
    known = [each for each in values if not np.isnan(each)]
    return float(np.mean(known)) if known else float("nan")


def pooled(windows: Sequence[Window], day: int, peaks: bool) -> Array:
    """
    Return errors that were known on a day, as many as there are windows.

    Parameters
    ----------
    windows : sequence of Window
        With their outcomes.
    day : int
        What came on it and later is not looked at. [day]
    peaks : bool
        Of the highest peak so far, instead of each day.
    """
    known, count = list[Array](), 0
    for each in windows:
        errors = (each.peak_errors if peaks else each.errors)[: max(day - each.origin, 0)]
        errors = errors[int(_PEAKS_FROM * each.logs.size) :] if peaks else errors
        errors = errors[~np.isnan(errors)]
        if errors.size:
            known.append(errors)
            count += 1
    if not known:
        return np.empty(0)
    # Days of one window err alike: a window is one error that is known, spread over its days.
    ranks = np.linspace(0.0, 1.0, count + 2)[1:-1]
    return np.asarray(np.quantile(np.concatenate(known), ranks))


def back_test(
    users: Array,
    horizon: int | None = None,
    most: int = MOST_WINDOWS,
    progress: Callable[[int, int], None] | None = None,
    method: Callable[[Array, int], Array] = forecast,
) -> BackTest:
    """
    Forecast a history at many past days.

    Parameters
    ----------
    users : ndarray
        A value per day, NaN where not counted, counted on the first and last. [user]
    horizon : int, optional
        Days ahead; 13 weeks, or an eighth of a shorter history. [day]
    most : int
        Windows at most, the latest. [window]
    progress : callable, optional
        Told how many windows are done, and of how many.
    method : callable
        Forecasts logarithms: from those of the days so far, so many days ahead.

    Returns
    -------
    BackTest
        Without any window where the history is too short.
    """
    days = users.size
    ahead = horizon or max(LEAST_HORIZON, min(HORIZON, days // 8 // SEASON * SEASON))
    logs = bridged(users)
    origins = list(range(days - ahead, LEAST_HISTORY - 1, -BETWEEN))[:most][::-1]
    windows = list[Window]()
    for number, origin in enumerate(origins, 1):
        found = _window(users, logs, origin, method(logs[:origin], ahead))
        windows.append(judged(found, windows))
        if progress is not None:
            progress(number, len(origins))
    return BackTest(tuple(windows), ahead, days)


def calm_of(logs: Array) -> float:
    """Return how much users moved from one week to the next, on the mean. [log ratio]"""
    moved = np.abs(logs[SEASON:] - logs[:-SEASON])[-_CALM:]
    return max(float(moved.mean()), 1e-4)  # users who never moved may yet do


def _window(users: Array, logs: Array, origin: int, ours: Array) -> Window:
    ahead = ours.size
    came = users[origin : origin + ahead]
    naive = np.exp(scores.seasonal_naive(logs[:origin], SEASON, ahead))
    history = users[max(origin - 2 * _CALM, 0) : origin]
    return Window(
        origin, ours, calm_of(logs[:origin]), came,
        scores.scaled_error(came, np.exp(ours), history, SEASON),
        scores.scaled_error(came, naive, history, SEASON),
    )  # fmt: skip


def judged(window: Window, before: Sequence[Window]) -> Window:
    """Return a window with how much of it was inside the intervals of the windows before it."""
    ended = [each for each in before if each.origin + each.logs.size <= window.origin]
    if len(ended) < _FIRST_ERRORS or np.isnan(window.users).all():
        return window
    each_day, so_far = (pooled(before, window.origin, peaks) for peaks in (False, True))
    inside, peak_inside = list[float](), list[bool]()
    for level in LEVELS:
        ends = [(1 - level) / 2, (1 + level) / 2]
        low, high = scores.conformal_quantile(each_day, ends)
        inside.append(scores.coverage(window.errors, low, high))
        low, high = scores.conformal_quantile(so_far, ends)
        peak_inside.append(bool(low <= window.peak_errors[-1] <= high))
    return replace(window, inside=tuple(inside), peak_inside=tuple(peak_inside))
