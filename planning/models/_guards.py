"""
Guards that every formula opens with: numbers in, arrays of float out, or one clear error.

Below the plain ones stand those for what queues and networks are made of: whole servers and
users, finite rates.
"""

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
    if not good.all():
        first = array[~good].flat[0] if array.ndim else array
        raise ValueError(f"{name}(={float(first):g}) must be {words}.")
    return array


def whole(**values: ArrayLike) -> list[Array]:
    """
    Return `values` as float arrays, refusing all but whole numbers from one up.

    Raises
    ------
    ValueError
        Naming the argument, its first bad value and the rule.
    """
    checked = at_least_one(**values)
    for name, array in zip(values, checked, strict=True):
        bad = ~np.isfinite(array) | (array != np.floor(array))
        if np.any(bad):
            raise ValueError(f"{name}(={array[bad].flat[0]:g}) must be a whole number.")
    return checked


def finite(**values: ArrayLike) -> list[Array]:
    """
    Return `values` as float arrays, refusing negatives, NaN and infinity.

    Raises
    ------
    ValueError
        Naming the argument, its first bad value and the rule.
    """
    checked = non_negative(**values)
    for name, array in zip(values, checked, strict=True):
        if not np.isfinite(array).all():
            raise ValueError(f"{name}(=inf) must be finite.")
    return checked


def station(arrival_rate: ArrayLike, service_time: ArrayLike, servers: ArrayLike) -> list[Array]:
    """
    Check what every station is described by; return rate, service time, servers and load.

    The last is the offered load [erlang]. All four are broadcast to one shape.

    Raises
    ------
    ValueError
        If `arrival_rate` is negative, `service_time` not above 0, either infinite,
        or `servers` not a whole number from one up.
    """
    (rate,) = finite(arrival_rate=arrival_rate)
    (time,) = positive(service_time=service_time)
    finite(service_time=time)
    (count,) = whole(servers=servers)
    (load,) = finite(offered_load=rate * time)
    return [np.asarray(array) for array in np.broadcast_arrays(rate, time, count, load)]


def stations(visits: ArrayLike, service_time: ArrayLike, servers: ArrayLike) -> list[Array]:
    """
    Check what the stations of a network are described by, each with stations on the last axis.

    Raises
    ------
    ValueError
        If `visits` or `service_time` is negative or infinite, or `servers` neither a whole
        number from one up nor infinite.
    """
    (count,) = finite(visits=visits)
    (time,) = finite(service_time=service_time)
    (number,) = at_least_one(servers=servers)
    whole(servers=np.where(np.isinf(number), 1.0, number))
    shape = np.broadcast_shapes(count.shape, time.shape, number.shape, (1,))
    return [np.broadcast_to(array, shape) for array in (count, time, number)]


def cycle(users: ArrayLike, think_time: ArrayLike, demand: Array) -> list[Array]:
    """
    Check the users of a closed network: a whole number, and a cycle that takes some time.

    Raises
    ------
    ValueError
        If `users` or `think_time` is negative or infinite, users are not whole, or a request
        takes no time at all.
    """
    (present,) = finite(users=users)
    (think,) = finite(think_time=think_time)
    broken = present != np.floor(present)
    if np.any(broken):
        raise ValueError(f"users(={present[broken].flat[0]:g}) must be whole.")
    if np.any(think + np.sum(demand, axis=-1) == 0.0):
        raise ValueError(
            "think_time(=0) must be above 0 where visits x service_time is 0 at all stations."
        )
    return [present, think]
