r"""
A pool whose holders share several stations: exactly, by normalising constants.

With d the time elsewhere and :math:`D_i` the service time at station i of :math:`c_i` servers, n
holders have the weight

.. math:: G(n) = [z^n] \; e^{dz} \prod_i \Big( \sum_k z^k \prod_{j \le k} D_i / \min(j, c_i) \Big)

(Gordon & Newell 1967), so that n of them pass on :math:`X(n) = G(n-1) / G(n)`. Each station's sum
is a polynomial of non-negative coefficients over :math:`1 - z D_i / c_i`: its servers are added
one by one, what queues behind them by one recursion (Buzen 1973), and nothing cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planning.models._guards import Array

# Holders that are told apart: more move in groups, so that the work has a bound.
_MOST = 256
# Cases that are worked out together: their weights fit a processor's cache.
_AT_A_TIME = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Stations:
    """What holders share, of one shape (stations, cases); one of no use is never waited at."""

    use: Array
    """Utilisation at the pool's arrival rate [erlang per server]."""
    servers: Array
    """At least 1."""


def full_pool(
    places: Array, hold: Array, rate: Array, shared: Stations
) -> tuple[Array, Array, Array]:
    """
    Describe a pool with a place for whoever comes, or with none free.

    Parameters
    ----------
    places, hold, rate : ndarray
        Of one shape, above 0: places, time held if nobody waits [s], arrivals [1/s].
    shared : Stations
        What the holders share.

    Returns
    -------
    throughput : ndarray
        With all places taken: exact up to 256 whole places. More move in groups, and a fraction
        makes all of them that much larger; the throughput is then at most 4 % too low for 1,000
        places. [1/s]
    blocking : ndarray
        Chance that all places are taken where what finds none is lost. [fraction]
    inside : ndarray
        Mean number of places taken then. [count]
    """
    shape = places.shape
    number, time, coming = (array.reshape(-1) for array in (places, hold, rate))
    use, servers = (array.reshape(len(array), -1) for array in (shared.use, shared.servers))
    parts = [
        _full_pool(number[cut], time[cut], coming[cut], Stations(use[:, cut], servers[:, cut]))
        for cut in _cuts(number.size)
    ]
    first, second, third = (
        np.concatenate(part).reshape(shape) for part in zip(*parts, strict=True)
    )
    return first, second, third


def _cuts(size: int) -> Sequence[slice]:
    return [slice(start, start + _AT_A_TIME) for start in range(0, max(size, 1), _AT_A_TIME)]


def _full_pool(
    places: Array, hold: Array, rate: Array, shared: Stations
) -> tuple[Array, Array, Array]:
    number = np.clip(np.floor(places), 1.0, _MOST)
    group = places / number
    service, servers = _grouped(hold, rate, shared, group)
    delay = np.maximum(hold - np.sum(service, axis=0), 0.0)
    # In this unit of time no weight is far from 1: neither asymptote is passed.
    cycle = delay + np.sum(service, axis=0)
    unit = 1.0 / np.maximum(cycle / number, np.max(service / servers, axis=0))
    weight = _weights(int(np.max(number, initial=1.0)), delay * unit, service * unit, servers)
    at, case = number.astype(int), np.arange(number.size)
    with np.errstate(over="ignore"):  # of a hold of no time
        throughput = group * unit * weight[at - 1, case] / weight[at, case]
    counts = np.arange(len(weight))[:, np.newaxis]
    log_share = np.log(weight) + counts * np.log(rate / (group * unit))
    log_share = np.where(counts <= number, log_share, -np.inf)
    share = np.exp(log_share - np.max(log_share, axis=0))
    share /= np.sum(share, axis=0)
    return throughput, share[at, case], group * np.sum(counts * share, axis=0)


def _grouped(hold: Array, rate: Array, shared: Stations, group: Array) -> tuple[Array, Array]:
    """Return service times of groups and how many a station serves at once; capacities are kept."""
    servers = np.maximum(shared.servers / group, 1.0)
    service = group * servers * shared.use / rate
    # Who uses a station besides the holders makes it slower for them, with fewer servers.
    beyond = np.maximum(np.sum(service, axis=0) / hold, 1.0)
    fewer = np.maximum(servers / beyond, 1.0)
    return service * fewer / servers, fewer


def _weights(most: int, delay: Array, service: Array, servers: Array) -> Array:
    """Return G(0), …, G(`most`), one row each, for cases of one shape."""
    steps = np.ones((most + 1, delay.size))
    steps[1:] = delay / np.arange(1, most + 1)[:, np.newaxis]
    weight: Array = np.multiply.accumulate(steps, axis=0)
    for time, many in zip(service, servers, strict=True):
        part, alone = np.ones(delay.size), weight
        weight = alone.copy()
        for busy in range(1, min(int(np.ceil(np.max(many))), most + 1)):
            weight[busy:] += part * time * np.maximum(1.0 / busy - 1.0 / many, 0.0) * alone[:-busy]
            part = part * time / np.minimum(busy, many)
        for held in range(1, most + 1):
            weight[held] += time / many * weight[held - 1]
    return weight
