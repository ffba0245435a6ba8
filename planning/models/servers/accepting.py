r"""
Which worker takes a new connection, where several accept on one port.

With a listening socket of its own (SO_REUSEPORT) each worker gets those that the kernel hashes to
it: balls into bins, and the fullest has a little more than its share. Where all wait on one socket
with epoll, Linux wakes the one that went to sleep last, so that the busiest goes on accepting and
there is no law but what was seen::

    own sockets    171 142 169 153 167 139 142 156       one socket    349 17 4 0 0 0 0 0

Connections that stay (WebSockets) stay where they were accepted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, non_negative
from planning.models.formula import formula


@formula(
    "min(connections, connections / workers + (2 * connections * log(workers) / workers) ** 0.5)",
    source="Raab, M. & Steger, A. (1998), 'Balls into Bins': A Simple and Tight Analysis, "
    "RANDOM '98, doi:10.1007/3-540-49543-6_13",
)
def fullest_by_chance(connections: ArrayLike, workers: ArrayLike) -> Array:
    r"""
    Connections of the fullest worker, where each goes to one at random.

    For many more connections than workers; the maximum is seldom larger, and a few percent smaller
    in the mean. One worker has them all, and nobody has more than there are.

    Parameters
    ----------
    connections : array_like
        Connections of all, non-negative. [connection]
    workers : array_like
        Workers, at least 1. [process]

    Returns
    -------
    ndarray
        Connections of the fullest. [connection]

    Raises
    ------
    ValueError
        If `connections` is negative or `workers` below 1.

    References
    ----------
    .. [1] Raab, M. & Steger, A. (1998). "Balls into Bins": A Simple and Tight Analysis.
       RANDOM '98, LNCS 1518, 159-170. https://doi.org/10.1007/3-540-49543-6_13

    Examples
    --------
    >>> fullest_by_chance([0, 1239, 80_000], workers=8).round().tolist()
    [0.0, 180.0, 10204.0]
    """
    (connections,) = non_negative(connections=connections)
    (workers,) = at_least_one(workers=workers)
    more = np.sqrt(2.0 * connections * np.log(workers) / workers)
    fullest: Array = np.minimum(connections, connections / workers + more)
    return fullest
