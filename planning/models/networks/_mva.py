"""
Mean value analysis: a closed network built up user by user, then station by station.

Stations with one server and delays follow the arrival theorem: who arrives sees the queues of
the same network with one user fewer. A station whose speed depends on the number present is
then joined to all the others taken together (Norton's theorem): the chance of j present there
is a product of positive factors, computed as logarithms, so that nothing cancels or overflows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planning.models._guards import Array


def solve(
    users: Array, demand: Array, delay: Array, think: Array, speedup: list[Array | None]
) -> tuple[Array, Array]:
    """
    Return throughput, shape (...), and residence times, shape (..., stations), at `users`.

    Parameters
    ----------
    users : ndarray, shape (...)
        Whole numbers.
    demand : ndarray, shape (..., stations)
        Visits times service time. [s]
    delay : ndarray of bool, shape (stations,)
        Where nobody waits.
    think : ndarray, shape (...)
        [s]
    speedup : list
        For each station None, or its rates with 1..largest `users` present.
    """
    cases = np.broadcast_shapes(think.shape, demand.shape[:-1])
    demand = np.broadcast_to(demand, (*cases, demand.shape[-1]))
    think = np.broadcast_to(think, cases)
    plain = np.array([rate is None for rate in speedup])
    most = int(np.max(users, initial=0))
    log_weight, queues = _user_by_user(most, demand * plain, delay, think)
    for station, rate in enumerate(speedup):
        if rate is not None:
            log_weight, queues = _join(station, rate, demand[..., station], log_weight, queues)
    throughput = np.zeros_like(log_weight)
    throughput[1:] = np.exp(log_weight[:-1] - log_weight[1:])

    shape = np.broadcast_shapes(users.shape, cases)
    grid: tuple[NDArray[np.intp], ...] = np.indices(shape, sparse=True)
    of_case = zip(grid[len(shape) - len(cases) :], cases, strict=True)
    at = (
        np.broadcast_to(users, shape).astype(int),
        *(np.minimum(index, size - 1) for index, size in of_case),
    )
    rate_now, queue_now = throughput[at], queues[at]
    busy = (rate_now > 0)[..., np.newaxis]
    residence = queue_now / np.where(busy, rate_now[..., np.newaxis], 1.0)
    lone = np.broadcast_to(demand, residence.shape)
    return rate_now, np.where(busy, residence, lone)


def _user_by_user(most: int, demand: Array, delay: Array, think: Array) -> tuple[Array, Array]:
    """
    Mean value analysis of one-server and delay stations for 0..most users.

    Returns the logarithm of the normalising constant, whose ratios are throughputs, shape
    ``(most + 1, *cases)``, and mean queues, shape ``(most + 1, *cases, stations)``.
    """
    log_weight = np.zeros((most + 1, *think.shape))
    queues = np.zeros((most + 1, *demand.shape))
    for n in range(1, most + 1):
        residence = demand * np.where(delay, 1.0, 1.0 + queues[n - 1])
        cycle = think + np.sum(residence, axis=-1)
        log_weight[n] = log_weight[n - 1] + _log(cycle / n)
        queues[n] = n * residence / np.where(cycle > 0, cycle, 1.0)[..., np.newaxis]
    return log_weight, queues


def _join(
    station: int, rate: Array, demand: Array, log_weight: Array, queues: Array
) -> tuple[Array, Array]:
    """Join a load-dependent station to the network so far, for every number of users."""
    most = len(rate)
    users_first = (-1, *[1] * demand.ndim)
    alone = np.zeros_like(log_weight)
    alone[1:] = np.cumsum(_log(demand / rate.reshape(users_first)), axis=0)
    joined, held = log_weight.copy(), queues.copy()
    here = np.arange(most + 1.0).reshape(users_first)
    for n in range(1, most + 1):
        log_term = alone[: n + 1] + log_weight[n::-1]
        peak = np.max(log_term, axis=0)
        # Without any demand so far every term is log 0; the next station brings some.
        term = np.exp(log_term - np.where(np.isfinite(peak), peak, 0.0))
        total = np.sum(term, axis=0)
        joined[n] = peak + np.where(total > 0, _log(total), 0.0)
        chance = term / np.where(total > 0, total, 1.0)
        held[n] = np.sum(chance[..., np.newaxis] * queues[n::-1], axis=0)
        held[n, ..., station] = np.sum(chance * here[: n + 1], axis=0)
    return joined, held


def _log(value: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(value))
