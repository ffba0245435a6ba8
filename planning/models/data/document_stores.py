r"""
Document stores: how fast a store that splits itself may grow, and what a server keeps in memory.

Firestore holds a new collection in one place and splits it as traffic comes. It asks to start
with 500 operations per second and to add half as much again every five minutes::

    operations/s
     1,125 ┤                ┌──────
       750 ┤       ┌────────┘
       500 ┤───────┘
           └───────┬────────┬──────> time
                 5 min    10 min

MongoDB keeps documents and indexes that are in use in a cache of half the memory.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_needed

_RAMP = (
    "Google Cloud, Best practices for Cloud Firestore, Ramping up traffic, "
    "https://cloud.google.com/firestore/docs/best-practices"
)
_CACHE = (
    "MongoDB manual, storage.wiredTiger.engineConfig.cacheSizeGB, "
    "https://www.mongodb.com/docs/manual/reference/configuration-options/"
)


@formula("ceil(log(max(rate, start) / start) / log(1 + growth)) * step", source=_RAMP)
def ramp_time(rate: ArrayLike, start: ArrayLike, growth: ArrayLike, step: ArrayLike) -> Array:
    """
    Time until a rate may be asked for that grows by a share in steps; 0 up to the first rate.

    Parameters
    ----------
    rate : array_like
        Operations per second wanted, finite and non-negative. [1/s]
    start : array_like
        Operations per second that may come at once, above 0. [1/s]
    growth : array_like
        Share by which they may grow with each step, above 0. [ratio]
    step : array_like
        Time between two steps, finite and non-negative. [s]

    Returns
    -------
    ndarray
        Time since the first operations. [s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Google Cloud. Best practices for Cloud Firestore, Ramping up traffic.
       https://cloud.google.com/firestore/docs/best-practices

    Examples
    --------
    From 500 by a half every five minutes: 1,000 after two steps.

    >>> float(ramp_time(1000, start=500, growth=0.5, step=300)) / 60
    10.0
    """
    rate, step = finite(rate=rate, step=step)
    start, growth = positive(start=start, growth=growth)
    return units_needed(np.log(np.maximum(rate, start) / start), np.log(1.0 + growth)) * step


@formula("max(0.5 * (memory - 1073741824), 268435456)", source=_CACHE)
def storage_cache(memory: ArrayLike) -> Array:
    """
    Cache of MongoDB's storage engine unless configured: half the memory less 1 GiB.

    At least 256 MiB, so a server with less memory than that is configured, not computed.

    Parameters
    ----------
    memory : array_like
        Memory of the server, non-negative. [B]

    Returns
    -------
    ndarray
        Bytes for documents and indexes that are in use. [B]

    Raises
    ------
    ValueError
        If `memory` is negative.

    References
    ----------
    .. [1] MongoDB manual. storage.wiredTiger.engineConfig.cacheSizeGB.
       https://www.mongodb.com/docs/manual/reference/configuration-options/

    Examples
    --------
    >>> (storage_cache([4 * 2**30, 1.25 * 2**30]) / 2**30).tolist()
    [1.5, 0.25]
    """
    (memory,) = non_negative(memory=memory)
    return np.maximum(0.5 * (memory - 2.0**30), 2.0**28)
