r"""
Requests that run together in a batch (continuous batching on a GPU): all slow each other a little.

A language model writes a token for every request in the batch in one step. A step takes most
of its time for reading the weights, however many requests share it, and a little more for
each; reading a question (prefill) holds up the steps of all. So the time of a request grows
in a straight line with the number there::

    time(n) = alone + (n - 1) × demand       throughput(n) = n / time(n)  →  1 / demand

With requests that come at random the number there is negative binomial, and the mean time is
``alone / (1 - rate × demand)``, as if the GPU were shared and nobody else were there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, non_negative, positive
from planning.models.formula import formula

_MEASURED = (
    "measured: straight lines through 1 to 32 requests at once on an L4 (vLLM 0.23, "
    "https://ai.wmx.dev/benchmarks) and 4 to 48 on an RTX 4090 (https://mushfiqrahman.dev/?p=1668)"
)


@formula("requests / (alone + (requests - 1) * demand)", source=_MEASURED)
def batch_throughput(requests: ArrayLike, alone: ArrayLike, demand: ArrayLike) -> Array:
    """
    Requests per second of a batch that always has so many in it.

    Parameters
    ----------
    requests : array_like
        Requests in the batch, at least 1. [request]
    alone : array_like
        Time of one that has the batch for itself, above 0. [s]
    demand : array_like
        What each further one adds to the time of all, non-negative. [s]

    Returns
    -------
    ndarray
        ``1 / alone`` for one, towards ``1 / demand`` for many. [1/s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Measured: https://ai.wmx.dev/benchmarks (L4) and https://mushfiqrahman.dev/?p=1668.

    Examples
    --------
    679 ms alone, 13 ms more for each further one: one, and 32 at once.

    >>> batch_throughput(requests=[1, 32], alone=0.679, demand=0.013).round(1).tolist()
    [1.5, 29.6]
    """
    (requests,) = at_least_one(requests=requests)
    (alone,) = positive(alone=alone)
    (demand,) = non_negative(demand=demand)
    return np.asarray(requests / (alone + (requests - 1.0) * demand))


@formula(
    "alone / (1 - share_taken), but no more than alone + (places - 1) * demand, a full batch",
    source="birth-death process, Kleinrock, L. (1975), Queueing Systems, vol. 1, ch. 3; the time "
    "in a batch is " + _MEASURED,
    arithmetic=False,
)
def batch_time(
    alone: ArrayLike, demand: ArrayLike, share_taken: ArrayLike, places: ArrayLike
) -> Array:
    r"""
    Mean time in the batch of a request, where requests come at random.

    With :math:`n` there, each leaves at rate 1 / time(n), so the number is negative binomial with
    mean :math:`\lambda \, alone / (1 - \rho)`, :math:`\rho = \lambda \, demand`; Little's law
    gives the time. Past that the batch is full, and who comes waits in front of it.

    Parameters
    ----------
    alone : array_like
        Time of one that has the batch for itself, non-negative. [s]
    demand : array_like
        What each further one adds to the time of all, non-negative. [s]
    share_taken : array_like
        All arrivals times their demand, non-negative; from 1 the batch is always full. [ratio]
    places : array_like
        Requests that the batch has room for, at least 1. [request]

    Returns
    -------
    ndarray
        `alone` without load. [s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Kleinrock, L. (1975), Queueing Systems, vol. 1, ch. 3 (birth-death processes).

    Examples
    --------
    >>> batch_time(alone=0.5, demand=0.01, share_taken=[0, 0.5, 0.9, 2], places=64).tolist()
    [0.5, 1.0, 1.13, 1.13]
    """
    alone, demand, share_taken = non_negative(alone=alone, demand=demand, share_taken=share_taken)
    (places,) = at_least_one(places=places)
    left = np.where(share_taken < 1.0, 1.0 - share_taken, 1.0)
    shared = np.where(share_taken < 1.0, alone / left, np.inf)
    return np.asarray(np.minimum(shared, alone + (places - 1.0) * demand))
