r"""
Requests that run together in a batch (continuous batching on a GPU): all slow each other a little.

A language model writes a token for every request in the batch in one step. A step takes most
of its time for reading the weights, however many requests share it, and a little more for
each; reading a question (prefill) holds up the steps of all. So the time of a request grows
in a straight line with the number there::

    time(n) = alone + (n - 1) × demand       throughput(n) = n / time(n)  →  1 / demand

With requests that come at random the number there is negative binomial, and the mean time is
``alone / (1 - rate × demand)``, as if the GPU were shared and nobody else were there. With clients
that wait for their answer and ask again it is as many as do not think just then.
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
    "min(capacity, 2 * users / (elsewhere + alone + max(users - copies, 0) * demand / copies "
    "+ ((elsewhere + alone + max(users - copies, 0) * demand / copies)**2 "
    "- 4 * elsewhere * max(users - copies, 0) * demand / copies)**(1 / 2)))",
    source="Schweitzer (1979), Bard (1979): who arrives finds the others' mean number; "
    + _MEASURED,
)
def closed_batches(
    users: ArrayLike,
    elsewhere: ArrayLike,
    alone: ArrayLike,
    demand: ArrayLike,
    copies: ArrayLike,
    capacity: ArrayLike,
) -> Array:
    r"""
    Requests per second of clients who wait for the answer, think and ask again, in batches.

    Parameters
    ----------
    users : array_like
        Clients, non-negative. [user]
    elsewhere : array_like
        Time that one thinks, or is on the way, non-negative. [s]
    alone : array_like
        Time of one that has a copy for itself, above 0. [s]
    demand : array_like
        What each further one in a batch adds to the time of all, non-negative. [s]
    copies : array_like
        Copies over which clients are spread evenly, at least 1. [replica]
    capacity : array_like
        Of full batches on all copies, non-negative. [1/s]

    Returns
    -------
    ndarray
        0 of nobody; ``users / (elsewhere + alone)`` of as many clients as copies; towards
        ``copies / demand`` of many, and never above `capacity`. [1/s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Lazowska, E. D. et al. (1984), Quantitative System Performance, 6.4.

    Notes
    -----
    One of :math:`N` clients on :math:`c` copies finds :math:`(N - c) / N` of the mean number in its
    batch, :math:`\lambda R / c`. So :math:`R = a + d \lambda R (N - c) / (N c)` and
    :math:`N = \lambda (Z + R)`: a quadratic in :math:`\lambda`, whose smaller root this is.

    Examples
    --------
    Alone a request takes 679 ms, 13 ms more for each further one; nobody thinks.

    >>> closed_batches(
    ...     users=[1, 32], elsewhere=0, alone=0.679, demand=0.013, copies=1, capacity=100
    ... ).round(1).tolist()
    [1.5, 29.6]
    """
    users, elsewhere = non_negative(users=users, elsewhere=elsewhere)
    demand, capacity = non_negative(demand=demand, capacity=capacity)
    (alone,) = positive(alone=alone)
    (copies,) = at_least_one(copies=copies)
    crowd = np.maximum(users - copies, 0.0) * demand / copies
    around = elsewhere + alone + crowd
    rate = 2.0 * users / (around + np.sqrt(around**2 - 4.0 * elsewhere * crowd))
    return np.asarray(np.minimum(capacity, rate))


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
