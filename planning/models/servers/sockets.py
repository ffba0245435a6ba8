r"""
Sockets that stay open: what keep-alive costs a proxy.

A client's connection stays open for a while after each answer, so that the next request
finds it. Whether it is open depends on how long ago the last request was::

    request      request                    request
       |--keep-alive--|---keep-alive---x       |--      closed in between
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative
from planning.models.formula import formula


@formula(
    "users * (1 - exp(-request_rate / users * keep_alive))",
    source="the gaps of a Poisson process are exponential: Ross, Introduction to Probability "
    "Models, 11th ed. (2014), 5.3.3",
)
def kept_open(users: ArrayLike, request_rate: ArrayLike, keep_alive: ArrayLike) -> Array:
    """
    Client connections that are open on the mean, one per user who has asked not long ago.

    Few users who ask often keep one each; many who ask rarely keep one for the keep-alive time
    after each request. A browser that opens six connections counts as six users.

    Parameters
    ----------
    users : array_like
        Users who ask, non-negative; 0 keep nothing open. [user]
    request_rate : array_like
        Requests of all of them, non-negative. [1/s]
    keep_alive : array_like
        Time that an idle connection is kept, non-negative. [s]

    Returns
    -------
    ndarray
        At most `users`, and at most ``request_rate * keep_alive``. [connection]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Ross, S. M. Introduction to Probability Models, 11th ed. (2014), section 5.3.3: the
       gap between two arrivals exceeds t with probability exp(−λt).

    Examples
    --------
    A thousand users who click every 30 s, kept for 75 s and for 1 s.

    >>> kept_open(users=1000, request_rate=1000 / 30, keep_alive=[75, 1]).round(0).tolist()
    [918.0, 33.0]
    """
    users, request_rate, keep_alive = non_negative(
        users=users, request_rate=request_rate, keep_alive=keep_alive
    )
    rate, there = np.broadcast_arrays(request_rate, users)
    each = np.divide(rate, there, out=np.zeros(there.shape), where=there > 0)
    return np.asarray(users * -np.expm1(-each * keep_alive))
