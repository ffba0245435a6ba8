r"""
Erlang's two formulas: who finds no server free.

Work arrives at random and asks for one of c servers for a while. How many it
would keep busy on average if there were always one free is the *offered load*,
arrival rate times service time, in erlang::

    arrivals ──> [ c servers ]    all busy?  no queue: lost, a share erlang_b
      1/s         a = rate x time            queue: waits, a share wait_probability

Both are available as logarithms too, since with thousands of servers they are
often too small to be a float. Waits in time are in :mod:`planning.models.queueing.waiting`,
the inverses in :mod:`planning.models.queueing.staffing`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, whole
from planning.models.formula import formula
from planning.models.queueing._losses import log_lost


@formula(
    "log(offered_load**servers / servers! / sum over k = 0..servers of offered_load**k / k!)",
    source="Cooper, Introduction to Queueing Theory, 2nd ed. (1981), ch. 3",
    arithmetic=False,
)
def log_erlang_b(offered_load: ArrayLike, servers: ArrayLike) -> Array:
    r"""
    Natural logarithm of :func:`erlang_b`, for probabilities too small to be a float.

    With :math:`Q` the regularised upper incomplete gamma function, the sum is
    :math:`e^a Q(c+1, a)`. Far past saturation :math:`Q` underflows; there Legendre's continued
    fraction takes its place, and of many servers the logarithms are Stirling's. So any number of
    servers takes the same time.

    Parameters
    ----------
    offered_load : array_like
        :math:`a`, arrival rate times service time, non-negative and finite. [erlang]
    servers : array_like of int
        :math:`c`, at least 1. [count]

    Returns
    -------
    ndarray
        At most 0; ``-inf`` at zero load. Off by less than 1e-12 of itself, or 1e-12 where it is
        above -1, up to 100,000 servers, where the recursion over servers was compared.

    Raises
    ------
    ValueError
        If `offered_load` is negative or infinite, or `servers` not a whole number from 1.

    References
    ----------
    .. [1] Cooper, R. B. (1981), Introduction to Queueing Theory, 2nd ed., ch. 3.
    .. [2] Loader, C. (2000), Fast and accurate computation of binomial probabilities (the
       logarithm of a Poisson probability without cancellation).
    .. [3] NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov/8.9#E2.

    Examples
    --------
    >>> round(float(log_erlang_b(offered_load=12_000, servers=10_000)), 9)
    -1.789277346
    """
    (load,) = finite(offered_load=offered_load)
    (count,) = whole(servers=servers)
    return log_lost(*np.broadcast_arrays(load, count))


@formula(
    "offered_load**servers / servers! / sum over k = 0..servers of offered_load**k / k!",
    source="Cooper, Introduction to Queueing Theory, 2nd ed. (1981), ch. 3",
    arithmetic=False,
)
def erlang_b(offered_load: ArrayLike, servers: ArrayLike) -> Array:
    r"""
    Probability that an arrival finds all servers busy and is lost (Erlang B, M/G/c/c).

    Service times may have any distribution; only their mean counts.

    Parameters
    ----------
    offered_load : array_like
        :math:`a`, arrival rate times service time, non-negative and finite. [erlang]
    servers : array_like of int
        :math:`c`, at least 1. [count]

    Returns
    -------
    ndarray
        Fraction in [0, 1]: 0 at zero load, towards :math:`1 - c/a` far past saturation.

    Raises
    ------
    ValueError
        If `offered_load` is negative or infinite, or `servers` not a whole number from 1.

    References
    ----------
    .. [1] Cooper, R. B. (1981), Introduction to Queueing Theory, 2nd ed., ch. 3.

    Examples
    --------
    One server loses ``a / (1 + a)``.

    >>> round(float(erlang_b(offered_load=3, servers=1)), 12)
    0.75
    """
    return np.exp(log_erlang_b(offered_load, servers))


@formula(
    "log(B / (1 - rho * (1 - B))), B = erlang_b(offered_load, servers), "
    "rho = offered_load / servers; 0 where rho >= 1",
    source="Cooper, Introduction to Queueing Theory, 2nd ed. (1981), ch. 3",
    arithmetic=False,
)
def log_wait_probability(offered_load: ArrayLike, servers: ArrayLike) -> Array:
    """
    Natural logarithm of :func:`wait_probability`, for probabilities too small to be a float.

    Parameters
    ----------
    offered_load : array_like
        Arrival rate times service time, non-negative and finite. [erlang]
    servers : array_like of int
        At least 1. [count]

    Returns
    -------
    ndarray
        At most 0; ``-inf`` at zero load, 0 where ``offered_load >= servers``.

    Raises
    ------
    ValueError
        If `offered_load` is negative or infinite, or `servers` not a whole number from 1.

    References
    ----------
    .. [1] Cooper, R. B. (1981), Introduction to Queueing Theory, 2nd ed., ch. 3.

    Examples
    --------
    >>> round(float(log_wait_probability(offered_load=100, servers=10_000)), 4)
    -36157.2159
    """
    log_blocking = log_erlang_b(offered_load, servers)
    load = np.asarray(offered_load, dtype=float) / np.asarray(servers, dtype=float)
    idle = np.maximum(1.0 - load, 0.0)
    carried = idle + np.minimum(load, 1.0) * np.exp(log_blocking)
    return np.where(idle > 0, np.minimum(log_blocking - np.log(carried), 0.0), 0.0)


@formula(
    "B / (1 - rho * (1 - B)), B = erlang_b(offered_load, servers), "
    "rho = offered_load / servers; 1 where rho >= 1",
    source="Cooper, Introduction to Queueing Theory, 2nd ed. (1981), ch. 3",
    arithmetic=False,
)
def wait_probability(offered_load: ArrayLike, servers: ArrayLike) -> Array:
    r"""
    Probability that an arrival waits in M/M/c (Erlang C).

    Parameters
    ----------
    offered_load : array_like
        Mean number of busy servers wanted, :math:`a = \lambda s`, non-negative. [erlang]
    servers : array_like of int
        :math:`c`, at least 1. [count]

    Returns
    -------
    ndarray
        Fraction in [0, 1]; 0 at zero load, 1 where ``offered_load >= servers``, since the
        queue then grows without bound.

    Raises
    ------
    ValueError
        If `offered_load` is negative or infinite, or `servers` not a whole number from 1.

    References
    ----------
    .. [1] Cooper, R. B. (1981), Introduction to Queueing Theory, 2nd ed., ch. 3.

    Examples
    --------
    One server waits with probability equal to its utilisation.

    >>> float(wait_probability(offered_load=0.7, servers=1).round(12))
    0.7
    """
    return np.exp(log_wait_probability(offered_load, servers))
