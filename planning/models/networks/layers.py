"""Provisional."""

from __future__ import annotations

import numpy as np

from planning.models.formula import formula
from planning.models.queueing.finite import mmck


def crowded_share(inside, idle_ratio):
    n = np.asarray(inside, float)
    z = np.asarray(idle_ratio, float)
    m = np.maximum(n, 1.0)
    u = 2 * m / ((m + z) + np.sqrt(np.maximum((m + z) ** 2 - 4 * z * (m - 1), 0)))
    return np.where(n < 1, n / (1 + z), u)


@formula("closed", source="Schweitzer", arithmetic=False)
def closed_throughput(users, cycle_time, capacity):
    users, cycle_time, capacity = np.broadcast_arrays(
        *(np.asarray(x, float) for x in (users, cycle_time, capacity))
    )
    z = np.maximum(cycle_time * capacity - 1, 0)
    with np.errstate(all="ignore"):
        return np.minimum(
            crowded_share(users, z) * capacity,
            np.where(cycle_time > 0, users / np.where(cycle_time > 0, cycle_time, 1), np.inf),
        )


@formula("held", source="Schweitzer", arithmetic=False)
def held_time(hold, wait, places, arrival_rate, utilisation):
    hold, wait, places, arrival_rate, utilisation = np.broadcast_arrays(
        *(np.asarray(x, float) for x in (hold, wait, places, arrival_rate, utilisation))
    )
    ok = (utilisation > 0) & (arrival_rate > 0)
    cap = np.divide(arrival_rate, utilisation, out=np.full(hold.shape, 1e30), where=ok)
    x = closed_throughput(places, hold, cap)
    with np.errstate(all="ignore"):
        most = np.where(x > 0, places / np.where(x > 0, x, 1), np.inf)
    return np.where(arrival_rate > 0, np.minimum(hold + wait, np.maximum(most, hold)), hold)


@formula("place wait", source="Gross & Harris", arithmetic=False)
def place_wait(busy, arrival_rate, servers, places):
    busy, arrival_rate, servers, places = np.broadcast_arrays(
        *(np.asarray(x, float) for x in (busy, arrival_rate, servers, places))
    )
    loaded = (busy > 0) & (arrival_rate > 0)
    hold = np.divide(busy, arrival_rate, out=np.ones(busy.shape), where=loaded)
    c = np.maximum(1.0, np.floor(servers))
    k = np.maximum(np.floor(places), c)
    r = np.where(loaded, arrival_rate, 0.0)
    q = mmck(r, hold * c / servers, c, k)
    return np.where(loaded, q.response_time - hold * c / servers, 0.0)


@formula("1 - (1 - failed) ** steps", source="independent", arithmetic=True)
def any_failed(failed, steps):
    return 1 - (1 - np.asarray(failed, float)) ** np.asarray(steps, float)
