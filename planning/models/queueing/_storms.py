"""
Numerics of retries: the load of requests as a function of the load of attempts.

All loads are in erlang and limits in service times, so that no unit is left. How many attempts
some requests bring may have three answers; how many requests belong to some attempts has one.
So that function is followed, its turning points (folds) found, and each branch between them
searched by bisection.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from planning.models._guards import Array
from planning.models.queueing._series import geometric_sum, log_below_one
from planning.models.queueing.erlang import erlang_b

_HALVINGS = 45
_SECTIONS = 40
_GOLDEN = (5**0.5 - 1) / 2
# A fold shallower than this is rounding error.
_NOISE = 1e-9


def mean_tries(failing: Array, retries: Array) -> Array:
    """Mean attempts per request, 1 + p + ... + p^r."""
    return geometric_sum(log_below_one(failing), retries)


def failure(load: Array, count: Array, patience: Array, wasted: Array) -> Array:
    """Probability of a wait above `patience` (in service times) at a load of attempts [erlang]."""
    blocking = erlang_b(load, count)
    slack = np.abs(count - load)
    patience = np.minimum(patience, np.finfo(float).max / np.maximum(slack, 1.0) / 2)
    fading = np.exp(-slack * patience)
    within = -np.expm1(-slack * patience) / np.where(slack > 0, slack, 1.0)
    # As in wait_limited: past saturation all weights are divided by exp((load - count) * patience).
    stable = load <= count
    at_once = (1.0 - blocking) * np.where(stable, 1.0, fading)
    waits = blocking * count * np.where(slack > 0, within, patience)
    room = count - wasted * load
    endless = room <= 0
    leaves = blocking * np.where(stable, fading, 1.0) * count / np.where(endless, 1.0, room)
    return np.where(endless, 1.0, leaves / (at_once + waits + leaves))


def requests_of(load: Array, count: Array, patience: Array, wasted: Array, retries: Array) -> Array:
    """Load of requests that brings a load of attempts [erlang]: what is solved for the latter."""
    return np.asarray(load / mean_tries(failure(load, count, patience, wasted), retries))


def folds(count: Array, patience: Array, wasted: Array, retries: Array) -> list[Array]:
    """
    Load of attempts and of requests where the calm branch ends and where the storm's begins.

    Requests rise with attempts, or rise, fall and rise again, when attempts fail so fast that
    more of them mean fewer requests done. All four are infinite where they only rise. The grid is
    finest about the capacity, where long limits turn calm into storm at a hair's breadth.
    """
    parts = (count, patience, wasted, retries)
    top = np.minimum(1.0 / np.maximum(wasted, 1e-300), 1.0 + retries)[..., None]
    steps = 0.5 ** np.arange(0.0, 36.0, 0.4)
    near = [steps[20:2:-1], 1.0 - steps[3:], 1.0 + (top - 1.0) * steps[::-1]]
    grid = np.concatenate(
        [np.broadcast_to(part, (*count.shape, part.shape[-1])) for part in near], axis=-1
    )
    grid = grid * count[..., None]
    found = requests_of(grid, *(part[..., None] for part in parts))
    drops = found[..., 1:] < found[..., :-1] * (1.0 - _NOISE)
    exists = np.any(drops, axis=-1)
    peak = np.argmax(drops, axis=-1)
    after = np.arange(grid.shape[-1]) > peak[..., None]
    trough = np.argmin(np.where(after, found, np.inf), axis=-1)
    calm_end = _least(lambda x: -requests_of(x, *parts), *_around(grid, peak))
    storm_start = _least(lambda x: requests_of(x, *parts), *_around(grid, trough))
    return [
        np.where(exists, value, np.inf)
        for at in (calm_end, storm_start)
        for value in (at, requests_of(at, *parts))
    ]


def _around(grid: Array, index: NDArray[np.int64]) -> tuple[Array, Array]:
    """Points of the grid before and after those of `index`."""
    sides = [np.clip(index + step, 0, grid.shape[-1] - 1)[..., None] for step in (-1, 1)]
    before, after = (np.take_along_axis(grid, side, axis=-1)[..., 0] for side in sides)
    return before, after


def _least(function: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """Where `function` is least between two ends, by golden section."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(_SECTIONS):
        lower = at_left < at_right
        low, high = np.where(lower, low, left), np.where(lower, right, high)
        kept, at_kept = np.where(lower, left, right), np.where(lower, at_left, at_right)
        new = np.where(lower, high - _GOLDEN * (high - low), low + _GOLDEN * (high - low))
        at_new = function(new)
        left, right = np.where(lower, new, kept), np.where(lower, kept, new)
        at_left, at_right = np.where(lower, at_new, at_kept), np.where(lower, at_kept, at_new)
    return (low + high) / 2.0


def solve_branches(
    wanted: Array, low: Array, high: Array, falling: NDArray[np.bool_], system: list[Array]
) -> Array:
    """Load of attempts that the requests `wanted` bring, on each branch, by bisection."""
    middle: Array = low
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        up = (requests_of(middle, *system) < wanted) != falling
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return middle
