"""Erlang's loss formula as a logarithm, at any size; servers need not be whole."""

from __future__ import annotations

import numpy as np

from planning.models._guards import Array

# Below this log probability scipy's incomplete gamma nears underflow (at about -708).
_DEEP_OVERLOAD = -600.0


def log_lost(load: Array, count: Array) -> Array:
    """Logarithm of Erlang B; see :func:`planning.models.queueing.erlang.log_erlang_b`."""
    from scipy import special

    load, count = np.broadcast_arrays(load, count)
    log_last = special.xlogy(count, load) - load - special.gammaln(count + 1)
    deep = (load > count) & (log_last < _DEEP_OVERLOAD)
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Array = np.array(log_last - np.log(special.gammaincc(count + 1, load)))
    if np.any(deep):
        result[deep] = -np.log1p(_served_to_lost(load[deep], count[deep]))
    return np.minimum(result, 0.0)


def _served_to_lost(load: Array, count: Array) -> Array:
    """Sum 1/B - 1 past saturation, where the terms fall faster than ``(count/load)**k``."""
    term = count / load
    total, k = term.copy(), 1
    while np.any(term > 1e-17 * total):
        term = term * np.maximum(count - k, 0) / load
        total += term
        k += 1
    return total
