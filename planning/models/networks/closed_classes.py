r"""
Several kinds of users who wait for their answers, and meet at what they all need.

One kind alone follows the closed form of :mod:`planning.models.networks.layers`. Two kinds slow
each other down, each by its own need and pace, so their throughputs are found together::

    readers ─> think ─┐
                      ├─> [ cores ] ─> [ connections ] ─> [ database ] ─> all other time: a delay
    reports ─> think ─┘

What serves several at a time is taken for one that is as much faster, and a delay.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula
from planning.models.networks.multiclass import schweitzer_network

# What is busy without them leaves them nothing: stands for a need without end. [s]
_ENDLESS = 1e12


@formula(
    "throughput of the first kind of users where all of them wait for each other, each request "
    "finding the queues with one user of its kind fewer (Schweitzer)",
    source="Schweitzer (1979); Bard (1979), Some extensions to multiclass queueing networks",
    arithmetic=False,
)
def throughput_among(**kinds: ArrayLike) -> Array:
    """
    Requests per second of one kind of users among others who share what it needs.

    Parameters
    ----------
    **kinds : array_like
        For each kind, named ``users: kind``, ``cycle: kind`` and ``station: kind``: its users, the
        time around without any waiting, above 0, and what one request takes of a station, over
        what is left there, infinite where nothing is. The kind asked about comes first.
        [user], [s], [s]

    Returns
    -------
    ndarray
        At most what the users ask for who never wait, and in sum over kinds at most what any
        station can do. Of one kind and one station it is
        :func:`~planning.models.networks.layers.closed_throughput`. [1/s]

    Raises
    ------
    ValueError
        If an argument is outside its range or lacks a kind.

    References
    ----------
    .. [1] Lazowska, E. D. et al. (1984), Quantitative System Performance, 7.4.

    Examples
    --------
    Two kinds with 10 users each at one core; each alone would do 9.9 and 19.5 a second.

    >>> reports = {"users: report": 10, "cycle: report": 0.2, "core: report": 0.1}
    >>> pages = {"users: page": 10, "cycle: page": 0.15, "core: page": 0.05}
    >>> float(throughput_among(**reports, **pages).round(2))
    5.11
    """
    table: dict[str, dict[str, Array]] = {}
    for key, value in kinds.items():
        what, _, kind = key.partition(": ")
        (checked,) = (positive if what == "cycle" else non_negative)(**{key: value})
        table.setdefault(kind, {})[what] = np.minimum(checked, _ENDLESS)
    wanted = dict.fromkeys(what for row in table.values() for what in row)
    for kind, row in table.items():
        if missing := [what for what in ("users", "cycle", *wanted) if what not in row]:
            raise ValueError(f"{', '.join(missing)} must be given of {kind!r} as of all kinds.")
    rows = np.broadcast_arrays(*(row[what] for row in table.values() for what in wanted))
    arrays = np.stack(rows, axis=-1).reshape(*rows[0].shape, len(table), len(wanted))
    place = {what: index for index, what in enumerate(wanted)}
    users, cycle = arrays[..., place.pop("users")], arrays[..., place.pop("cycle")]
    if not place:
        return np.asarray(users[..., 0] / cycle[..., 0])
    demand = arrays[..., list(place.values())]
    delay = np.maximum(cycle - np.sum(demand, axis=-1), 0.0)
    # Who needs nothing that can run out is never slowed.
    delay = np.where((delay <= 0) & ~np.any(demand > 0, axis=-1), cycle, delay)
    found = schweitzer_network(users, 1.0, demand, think_time=delay)
    return np.asarray(found.throughput[..., 0])
