"""A fraction of a server: how the formulas for whole servers are asked about it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planning.models._guards import Array


class WholeServers(NamedTuple):
    """Whole servers that together carry what some number of servers carry (one shape)."""

    loaded: NDArray[np.bool_]
    """Whether any work arrives."""
    rate: Array
    """Arrivals [1/s]; 0 where not loaded."""
    time: Array
    """Service time of a whole server [s]; 1 where not loaded, where it does not matter."""
    number: Array
    """Whole servers, at least 1."""


def whole_servers(busy: Array, arrival_rate: Array, servers: Array) -> WholeServers:
    """Round `servers` down to a whole number, at least one, as much faster (or slower)."""
    busy, arrival_rate, servers = np.broadcast_arrays(busy, arrival_rate, servers)
    loaded = (busy > 0) & (arrival_rate > 0)
    time = np.divide(busy, arrival_rate, out=np.ones(busy.shape), where=loaded)
    number = np.maximum(1.0, np.floor(servers))
    return WholeServers(
        loaded, np.where(loaded, arrival_rate, 0.0), time * number / servers, number
    )
