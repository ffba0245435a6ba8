"""
One system written by hand in numpy, as somebody would who knew it would never change.

`live_stream_limits` as its file has it today: every formula inlined, no checks, no names, no
sources. `tests/test_fused.py` shows that it answers as the program does; `make bench` prints how
much slower the program is. The queue for a core is a formula of its own in both.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from planning.models.networks.layers import place_wait

Array = NDArray[np.float64]
MONTH = 365 / 12 * 86400
_FLUSHES = 1.5  # of the log, held by a transaction of a gift


def fused(users: Array, x: Mapping[str, Array]) -> tuple[Array, Array]:
    """
    Return what is used of each limit and the cost, as ``DrawnSystem.used`` does.

    Parameters
    ----------
    users : ndarray
        Of each draw. [user]
    x : mapping of str to ndarray
        Every input that the answer depends on, by path; drawn or a single number. [their units]
    """
    trip, flush = x["parts.gifts.round_trip_time"], x["parts.gifts.commit_flush"]
    statement, waiters = x["parts.gifts.statement_time"], x["parts.gifts.waiters"]
    batch, convoy = x["parts.gifts.batch_size"], x["parts.gifts.convoy"]
    writes = users / x["workload.gifting.interval"] / batch
    hot = writes * x["workload.gifting.top_share"]
    held = 3 * trip + flush + statement / 2
    crowded = held + convoy * waiters
    transaction = 5 * trip + statement + _FLUSHES * flush
    queries = users / x["workload.activities.feed.interval"] * x["workload.activities.feed.queries"]
    busy = queries * x["workload.activities.feed.query_cpu"] + (
        writes * x["parts.gifts.transaction_cpu"]
    )
    usable = np.maximum(x["parts.database.max_connections"] - x["parts.database.reserved"], 0)
    cores = x["parts.database.cores"]
    wait = place_wait(busy, queries + writes, cores, usable)
    root = (1 - held * hot) ** 2 - 4 * held * convoy * hot**2
    stable = 2 * held / (1 + held * hot + np.sqrt(np.maximum(root, 0)))
    away = (root < 0) | (hot * held >= 1)
    row = np.where(away, crowded, np.minimum(stable, crowded))
    steady = hot * row * row / np.maximum(1 - hot * row, 1e-12)
    blocked = np.minimum(np.minimum(steady, waiters * row), waiters / hot)
    taken = (
        queries * (x["workload.activities.feed.query_time"] + wait)
        + writes * (transaction + wait)
        + hot * (blocked + wait)
    )
    connections = np.maximum(taken, users * x["workload.connections_per_user"])
    memory = x["parts.database.memory"]
    in_use = memory * x["parts.database.shared_memory"] + (
        np.minimum(connections, usable) * x["parts.database.backend_memory"]
    )
    used = np.empty((6, len(users)))
    used[0] = hot * crowded
    used[1] = writes / np.minimum(waiters / transaction, x["parts.gifts.cpu_limit"] / batch)
    used[2] = busy / cores
    used[3] = connections / usable
    used[4] = in_use / memory
    used[5] = x["workload.rooms.guests"] / x["parts.stage.seats"]
    viewers = users * x["workload.viewing.share"] / x["workload.peak_to_mean"]
    minutes = np.maximum(viewers * MONTH / 60 - x["parts.media.included_minutes"], 0)
    sent = np.maximum(viewers * MONTH * x["parts.media.bitrate"] / 8 - x["parts.media.included"], 0)
    more = np.maximum(users - x["costs.supabase.included_users"], 0) * x["costs.supabase.per_user"]
    compute = np.maximum(x["costs.compute.monthly"] - x["costs.compute.credit"], 0)
    cost = (
        minutes * x["parts.media.minute_price"] + sent * x["parts.media.price"] + more
        + compute + x["costs.supabase.monthly"] + x["costs.livekit.monthly"]
    )  # fmt: skip
    return used, cost
