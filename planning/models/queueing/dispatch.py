r"""
Requests dealt out to servers that each have a queue of their own.

One queue before all servers (M/M/c) wastes nothing: no server is idle while a request waits.
Processes that accept for themselves, SO_REUSEPORT and most balancers deal a request out when it
comes, and it stays where it was put::

    one queue ──> [ ][ ][ ][ ]      dealt out ──> [queue][ ]   [queue][ ]   [queue][ ]
    waits only while all are busy                 waits although another is idle

The same load saturates both, but the wait rises long before: by how much depends on who is
asked. At random each server is an M/M/1 queue; in turn its arrivals are more regular; by the
fewest connections it comes close to one queue. Here each way is a place between the two ends,
so that waits with a limit, which both ends have, can be read off between them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, fraction, positive
from planning.models.formula import formula
from planning.models.queueing.erlang import wait_probability

_GRIDDED = 1.0 - 1e-6
_HALVINGS = 60
_NOTHING = 1e-12


@formula(
    "(wait of E_c/M/1 - wait of M/M/c) / (wait of M/M/1 - wait of M/M/c), c = servers, all at one "
    "utilisation; 1/2 from saturation on",
    source="Kleinrock (1975), Queueing Systems, vol. 1, 6.4 (G/M/1, its arrivals Erlang-c)",
    arithmetic=False,
)
def in_turn_share(utilisation: ArrayLike, servers: ArrayLike) -> Array:
    r"""
    How far dealing out in turn (round robin) lies from one shared queue towards pure chance.

    Every server gets each c-th request of a Poisson stream, so its arrivals are Erlang-c.

    Parameters
    ----------
    utilisation : array_like
        Of the servers, non-negative and finite, above 1 where they are overloaded. [ratio]
    servers : array_like
        Servers with a queue each, above 0; a fraction is rounded down, below one it is one.
        [count]

    Returns
    -------
    ndarray
        0 is one queue for all, 1 a queue each chosen at random: 0 for a single server, where
        all ways are the same, and without load; towards 1/2 at saturation, whatever the number
        of servers, and 1/2 beyond. Exact for exponential service without a wait limit; with one,
        waits past saturation are some 15 % too high. [fraction]

    Raises
    ------
    ValueError
        If `utilisation` is negative or infinite, or `servers` not above 0 or infinite.

    References
    ----------
    .. [1] Kleinrock, L. (1975), Queueing Systems, vol. 1, Wiley, 6.4.

    Notes
    -----
    An arrival finds n before it with probability :math:`(1 - \sigma)\sigma^n`, so that it waits
    :math:`\sigma / (1 - \sigma)` service times, where :math:`\sigma` is the root below 1 of
    :math:`\sigma = (c\rho / (c\rho + 1 - \sigma))^c`.

    Examples
    --------
    >>> in_turn_share([0, 0.5, 0.9, 2], servers=4).round(3).tolist()
    [0.0, 0.378, 0.486, 0.5]
    """
    used, number = _dealt(utilisation, servers)
    load = np.clip(used, 1e-9, _GRIDDED)
    low, high = np.zeros(load.shape), np.ones(load.shape)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        over = np.expm1(-number * np.log1p(middle / (number * load))) + middle > 0.0
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return _between(used, number, (1.0 - high) / high, 0.5)


@formula(
    "wait_probability(utilisation * servers, servers) * (1 - 1 / servers) "
    "* (1 + (1 - utilisation)**3) / 2 * (2 / servers)**(utilisation / 6) over the wait of M/M/1 "
    "less that of M/M/c, in service times; 0 from saturation on",
    source="Foschini & Salz (1978), A basic dynamic routing problem and diffusion (heavy load); "
    "below it fitted to the exact chain of 2 servers and to 16 simulated",
    arithmetic=False,
)
def fewest_first_share(utilisation: ArrayLike, servers: ArrayLike) -> Array:
    r"""
    How far dealing out to the fewest connections lies from one shared queue towards pure chance.

    A request waits only if all servers are busy, as in one queue, but it waits for the one that
    it was sent to.

    Parameters
    ----------
    utilisation : array_like
        Of the servers, non-negative and finite, above 1 where they are overloaded. [ratio]
    servers : array_like
        Servers with a queue each, above 0; a fraction is rounded down, below one it is one.
        [count]

    Returns
    -------
    ndarray
        0 is one queue for all, 1 a queue each chosen at random: 0 for a single server and without
        load; a few percent at most; towards 0 at saturation, where the queues are level, and 0
        beyond. The wait it gives is within 2 % of the exact chain of 2, 3 and 4 servers at
        utilisations of 0.3 to 0.95. [fraction]

    Raises
    ------
    ValueError
        If `utilisation` is negative or infinite, or `servers` not above 0 or infinite.

    References
    ----------
    .. [1] Foschini, G. J. & Salz, J. (1978), A basic dynamic routing problem and diffusion, IEEE
       Trans. Commun. 26(3), 320–327 (near saturation the queues move as one).
    .. [2] Nelson, R. D. & Philips, T. K. (1993), An approximation for the mean response time for
       shortest queue routing with general interarrival and service times, Perform. Eval. 17(2).

    Notes
    -----
    With the chance C that all are busy, one queue has a mean wait of :math:`C / (c (1 - \rho))`
    service times. What is added is :math:`C (1 - 1/c) h`: who finds all busy waits for one server
    and not for the first of c, hence :math:`h = 1` without load; near saturation the exact chain of
    two servers has 1/2, and between :math:`(1 + (1 - \rho)^3) / 2`. More servers lower it, by
    :math:`(2/c)^{\rho/6}`, which is what 16 simulated have.

    Examples
    --------
    Two servers at 90 % wait 4.26 service times with one queue, 9 at random, 4.47 this way.

    >>> share = fewest_first_share(0.9, servers=2)
    >>> float((4.263 + share * (9 - 4.263)).round(2))
    4.48
    """
    used, number = _dealt(utilisation, servers)
    load = np.clip(used, 1e-9, _GRIDDED)
    all_busy = wait_probability(load * number, number)
    longer = (1.0 - 1.0 / number) * (1.0 + (1.0 - load) ** 3) / 2.0
    longer = longer * (2.0 / number) ** (load / 6.0)
    shared = all_busy / (number * (1.0 - load))
    return _between(used, number, shared + all_busy * longer, 0.0)


@formula("shared + share * (at_random - shared)", source="a point between two ends")
def wait_between(shared: ArrayLike, at_random: ArrayLike, share: ArrayLike) -> Array:
    """
    Wait, or share that gives up, of a way to deal out that lies between two others.

    Parameters
    ----------
    shared : array_like
        With one queue before all servers, finite and non-negative. [s]
    at_random : array_like
        With a queue each, chosen at random, finite and non-negative. [s]
    share : array_like
        How far from the first to the second. [fraction]

    Returns
    -------
    ndarray
        The first where `share` is 0, the second where it is 1. [s]

    Raises
    ------
    ValueError
        If a wait is negative or `share` outside 0–1.

    Examples
    --------
    >>> float(wait_between(shared=0.1, at_random=0.5, share=0.25))
    0.2
    """
    shared, at_random = finite(shared=shared, at_random=at_random)
    (share,) = fraction(share=share)
    return shared + share * (at_random - shared)


def _dealt(utilisation: ArrayLike, servers: ArrayLike) -> tuple[Array, Array]:
    """Return utilisation and whole servers of one shape."""
    (used,) = finite(utilisation=utilisation)
    (number,) = positive(servers=servers)
    finite(servers=number)
    used, number = np.broadcast_arrays(used, np.maximum(np.floor(number), 1.0))
    return used, number


def _between(used: Array, number: Array, wait: Array, saturated: float) -> Array:
    """Return where a wait [service times] lies between one queue and a queue each at random."""
    load = np.clip(used, 1e-9, _GRIDDED)
    shared = wait_probability(load * number, number) / (number * (1.0 - load))
    widest = load / (1.0 - load) - shared
    inside = np.divide(wait - shared, widest, out=np.zeros(load.shape), where=number > 1.0)
    # A share that is next to nothing is nothing: rounding error would be all there is of it.
    inside = np.where(inside > _NOTHING, np.minimum(inside, 1.0), 0.0)
    inside = np.where(used >= _GRIDDED, saturated, inside)
    return np.where((number > 1.0) & (used > 0.0), inside, 0.0)
