r"""
Several classes of few users, exactly (mean value analysis of every smaller mix).

Who arrives finds the queues of the same network with one user of its own class fewer::

    users (2, 1) needs (1, 1) and (2, 0), which need (0, 1), (1, 0), which need (0, 0): empty

All mixes with as many users in all are worked out at once. Their number is the product of the
users of each class, each plus one; past a bound the Linearizer of
:mod:`planning.models.networks.multiclass` is near enough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array
from planning.models.formula import formula
from planning.models.networks._classes import MulticlassNetwork, described, record

# Mixes of users times cases times stations: 80 MB of queues, and seconds.
_MOST = 10_000_000


@formula(
    "residence = visits * service_time * (1 + sum of queues with one user of the class fewer); "
    "throughput = users / (think_time + sum of residence); queue = throughput * residence",
    source="Reiser & Lavenberg (1980), Mean-value analysis of closed multichain queuing "
    "networks, doi:10.1145/322186.322195",
    arithmetic=False,
)
def exact_multiclass_network(
    users: ArrayLike,
    visits: ArrayLike,
    service_time: ArrayLike,
    servers: ArrayLike = 1,
    think_time: ArrayLike = 0.0,
) -> MulticlassNetwork:
    """
    Several classes of few users who share stations, exactly.

    Parameters
    ----------
    users : array_like, shape (..., classes)
        Whole numbers from 0; one more than each, multiplied over classes and with cases and
        stations, make at most ten million. [user]
    visits, service_time : array_like, shape (..., classes, stations)
        As in :func:`~planning.models.networks.multiclass.schweitzer_network`. [count], [s]
    servers : array_like, shape (stations,)
        1, or ``inf`` for a delay station. [count]
    think_time : array_like, shape (..., classes)
        Mean time between answer and next request, non-negative. [s]

    Returns
    -------
    MulticlassNetwork
        A class without users has a throughput of 0 and the times that one of it would have.

    Raises
    ------
    ValueError
        If an argument is outside its range, a request takes no time at all, or there are more
        mixes than can be worked out.

    References
    ----------
    .. [1] Reiser, M. & Lavenberg, S. S. (1980), Mean-value analysis of closed multichain queuing
       networks, JACM 27(2), 313–322, doi:10.1145/322186.322195.

    Examples
    --------
    Lazowska et al. (1984), p. 142: one user of each class and two stations; 3/19 and 2/19.

    >>> pair = exact_multiclass_network([1, 1], 1, [[1, 3], [2, 4]])
    >>> pair.throughput.round(4).tolist()
    [0.1579, 0.1053]
    """
    network = described(users, visits, service_time, servers, think_time)
    present = network.users
    if np.any(present != np.floor(present)):
        broken = present[present != np.floor(present)].flat[0]
        raise ValueError(f"users(={broken:g}) must be whole: the Linearizer takes fractions.")
    classes, places = network.queueing.shape[-2:]
    cases = present.shape[:-1]
    most = np.max(present.reshape(-1, classes), axis=0, initial=0)
    size = float(np.prod(most + 1.0)) * float(np.prod(cases)) * places
    if size > _MOST:
        raise ValueError(
            f"users(={', '.join(f'{n:g}' for n in most)}) make {size:.2g} queues to work out, "
            f"more than {_MOST:.0e}: use linearizer_network."
        )
    demand = network.queueing.reshape(-1, classes, places)
    outside = network.outside.reshape(-1, classes)
    shape = tuple(int(n) + 1 for n in most)
    queues = _all_mixes(shape, demand, outside)

    here = present.reshape(-1, classes).astype(int)
    found = np.stack(
        [
            # A class without users is asked what one of it would find.
            queues[(*np.maximum(here - own, 0).T, np.arange(len(here)))]
            for own in np.eye(classes, dtype=int)
        ],
        axis=-2,
    )
    residence = demand * (1.0 + found)
    throughput = here / (outside + np.sum(residence, axis=-1))
    return record(
        network, throughput.reshape(present.shape), residence.reshape(*cases, classes, -1)
    )


def _all_mixes(shape: tuple[int, ...], demand: Array, outside: Array) -> Array:
    """Mean queues at every station in total, for every mix of users: (*mixes, cases, stations)."""
    mixes = np.indices(shape).reshape(len(shape), -1)
    own_first = np.eye(len(shape), dtype=np.intp)
    steps = [int(np.ravel_multi_index(tuple(one), shape, mode="clip")) for one in own_first]
    queues = np.zeros((mixes.shape[1], *demand[:, 0].shape))
    in_all = mixes.sum(axis=0)
    order = np.argsort(in_all, kind="stable")
    for level in np.split(order, np.cumsum(np.bincount(in_all))[:-1])[1:]:
        total = np.zeros((len(level), *demand[:, 0].shape))
        for own, users in enumerate(mixes[:, level]):
            some = users > 0
            residence = demand[:, own] * (1.0 + queues[level[some] - steps[own]])
            rate = users[some, np.newaxis] / (outside[:, own] + residence.sum(axis=-1))
            total[some] += rate[..., np.newaxis] * residence
        queues[level] = total
    return queues.reshape(*shape, *demand[:, 0].shape)
