"""Guards that every formula opens with: numbers in, arrays of float out, or one clear error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def non_negative(**values: ArrayLike) -> list[Array]:
    """
    Return `values` as float arrays, refusing negatives and NaN.

    Raises
    ------
    ValueError
        Naming the argument, its first bad value and the rule.
    """
    return [
        _checked(name, value, np.greater_equal, 0.0, "at least 0") for name, value in values.items()
    ]


def positive(**values: ArrayLike) -> list[Array]:
    """
    Return `values` as float arrays, refusing zero, negatives and NaN.

    Raises
    ------
    ValueError
        Naming the argument, its first bad value and the rule.
    """
    return [_checked(name, value, np.greater, 0.0, "above 0") for name, value in values.items()]


def at_least_one(**values: ArrayLike) -> list[Array]:
    """
    Return `values` as float arrays, refusing anything below one and NaN.

    Raises
    ------
    ValueError
        Naming the argument, its first bad value and the rule.
    """
    return [
        _checked(name, value, np.greater_equal, 1.0, "at least 1") for name, value in values.items()
    ]


def fraction(**values: ArrayLike) -> list[Array]:
    """
    Return `values` as float arrays, refusing anything outside 0–1 and NaN.

    Raises
    ------
    ValueError
        Naming the argument, its first bad value and the rule; percent is for people,
        so a value above 1 is told to divide by 100.
    """
    checked = non_negative(**values)
    for name, array in zip(values, checked, strict=True):
        _checked(name, array, np.less_equal, 1.0, "a fraction between 0 and 1 (70 % is 0.7)")
    return checked


def _checked(name: str, value: ArrayLike, rule: np.ufunc, bound: float, words: str) -> Array:
    array: Array = np.asarray(value, dtype=float)
    good = rule(array, bound)
    if not np.all(good):
        first = array[~good].flat[0] if array.ndim else array
        raise ValueError(f"{name}(={float(first):g}) must be {words}.")
    return array
