"""
Where a slider goes: its ends, its positions, its name.

A number with a range gets a slider over that range; one without gets a tenth to ten
times its value. A slider moves over a fixed list of positions that contains the
starting value itself, so that nothing changes until somebody moves it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planning.numbers.estimate import Estimate
from planning.numbers.nodes import value_at

_POSITIONS = 120
WIDE = 20.0  # from this ratio of high to low, equal steps should be equal ratios


def positions(estimate: Estimate) -> np.ndarray[Any, np.dtype[np.float64]]:
    """
    Return the values a slider may take, in order, the starting value among them.

    Equal ratios over a wide range, equal steps over a narrow one, whole numbers where only
    those make sense.
    """
    low, high = ends(estimate)
    if low > 0 and high / low >= WIDE:
        grid = np.geomspace(low, high, _POSITIONS)
    else:
        grid = np.linspace(low, high, _POSITIONS)
    if estimate.whole:
        grid = np.round(grid)
    elif not has_range(estimate) or high / max(low, 1e-300) >= WIDE:
        grid = np.array([float(f"{each:.3g}") for each in grid])
    return np.unique(np.append(grid, value_at(estimate)))


def ends(estimate: Estimate) -> tuple[float, float]:
    """Return the least and the most that a slider offers. [unit of the estimate]"""
    value, (least, most) = value_at(estimate), estimate.bounds
    if has_range(estimate) and estimate.low is not None and estimate.high is not None:
        return estimate.low, estimate.high
    if estimate.unit == "fraction" or value <= 0:
        return least, min(1.0, most)
    low = max(1.0, value / 10) if estimate.whole else value / 10
    return max(low, least), min(value * 10, most)


def title_of(path: str, description: str) -> str:
    """
    Return what an input is called: whose it is, where several have one of its name.

    Examples
    --------
    >>> title_of("parts.web_app.cores", "Cores; not stated: no limit")
    'web app: Cores'
    >>> title_of("day_rate", ""), title_of("workload.lag_after", "Wait that users notice")
    ('day rate', 'Wait that users notice')
    """
    owner, _, name = path.rpartition(".")
    words = description.partition(";")[0] or name.replace("_", " ")  # behind it: if it is absent
    whose = owner.rpartition(".")[2].replace("_", " ")
    return words if whose in ("", "workload") else f"{whose}: {words}"


def in_use(estimate: Estimate) -> bool:
    """Return whether an input matters: a zero nobody doubts is what a system does not use."""
    return value_at(estimate) != 0 or has_range(estimate)


def has_range(estimate: Estimate) -> bool:
    """Return whether somebody said how far off a number may be."""
    return estimate.low is not None and estimate.low != estimate.high
