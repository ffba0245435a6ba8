r"""
How many environments a provider keeps for a function, idle ones too.

A request takes an idle environment, always in the same order, and where none is idle a new one is
started; one that has been idle for the keep-alive time is taken away. So the first environments
are busy, the last see what overflows from those before them, now and then::

    1 ████████████████████    busy nearly all the time
    2 ██  ███ █  ████  ██
    3    █      █       ·····x      idle for too long: taken away, the next request starts cold

Environment k gets what the k − 1 before it lose less what k lose together: the difference of two
Erlang-B losses. Each lives, busy or idle, for as long as its gaps are shorter than the keep-alive.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, non_negative
from planning.models.formula import formula

_COOPER = (
    "ordered hunt of Erlang's loss system: Cooper, R. B., Introduction to Queueing Theory, "
    "2nd ed. (1981), 3.3; gaps taken for exponential"
)
# Past this many busy environments what is idle beside them grows as their root (Halfin and Whitt
# 1981), so a larger function is a small one drawn larger.
_MOST_BUSY = 300.0
_STEPS = 570  # so many environments are enough for it


@formula(
    "sum over k of 1 - idle(k) * exp(-rate(k) / idle(k) * keep_alive), "
    "rate(k) = request_rate * (B(k - 1) - B(k)), idle(k) = 1 - rate(k) * duration, "
    "B(k) Erlang's loss of k servers under request_rate * duration",
    source=_COOPER,
    arithmetic=False,
)
def environments_kept(request_rate: ArrayLike, duration: ArrayLike, keep_alive: ArrayLike) -> Array:
    """
    Mean number of environments that are there, running or idle.

    As many as run where none is kept; at most one where requests come one by one and seldom.

    Parameters
    ----------
    request_rate : array_like
        Requests per second, at random (Poisson), finite and non-negative. [1/s]
    duration : array_like
        Mean time of one execution, non-negative; infinite where what it calls never answers. [s]
    keep_alive : array_like
        Time for which an idle environment is kept, finite and non-negative. [s]

    Returns
    -------
    ndarray
        Environments; 0 where nobody asks. [count]

    Raises
    ------
    ValueError
        If an argument is negative or infinite.

    References
    ----------
    .. [1] Cooper, R. B. (1981). Introduction to Queueing Theory, 2nd ed., section 3.3.
    .. [2] Mahmoudi, N. and Khazaei, H. (2021). SimFaaS: A Performance Simulator for Serverless
       Computing Platforms. CLOSER 2021. https://arxiv.org/abs/2102.08904
    .. [3] Halfin, S. and Whitt, W. (1981). Heavy-traffic limits for queues with many exponential
       servers. Operations Research 29(3), 567-588. https://doi.org/10.1287/opre.29.3.567

    Examples
    --------
    0.9 requests a second of 2 s run on 1.8; kept for ten minutes there are four times as many.

    >>> environments_kept(0.9, duration=1.991, keep_alive=[0, 600]).round(1).tolist()
    [1.8, 7.7]
    """
    kept, _ = _walk(request_rate, duration, keep_alive)
    return kept


@formula(
    "sum over k of rate(k) / request_rate * exp(-rate(k) / idle(k) * keep_alive), "
    "as for the environments kept",
    source=_COOPER,
    arithmetic=False,
)
def cold_share(request_rate: ArrayLike, duration: ArrayLike, keep_alive: ArrayLike) -> Array:
    """
    Share of requests that start an environment, where requests overlap.

    1 for a function never called or whose environments are not kept; for short executions far
    apart it is :func:`planning.models.servers.serverless.cold_start_share`.

    Parameters
    ----------
    request_rate : array_like
        Requests per second, at random (Poisson), finite and non-negative. [1/s]
    duration : array_like
        Mean time of one execution, non-negative; infinite where what it calls never answers. [s]
    keep_alive : array_like
        Time for which an idle environment is kept, finite and non-negative. [s]

    Returns
    -------
    ndarray
        Share of requests that start cold. [fraction]

    Raises
    ------
    ValueError
        If an argument is negative or infinite.

    References
    ----------
    .. [1] Cooper, R. B. (1981). Introduction to Queueing Theory, 2nd ed., section 3.3.
    .. [2] Mahmoudi, N. and Khazaei, H. (2021). SimFaaS: A Performance Simulator for Serverless
       Computing Platforms. CLOSER 2021. https://arxiv.org/abs/2102.08904

    Examples
    --------
    >>> float(cold_share(0.9, duration=1.991, keep_alive=600).round(4))
    0.0013
    """
    _, cold = _walk(request_rate, duration, keep_alive)
    return cold


def _walk(
    request_rate: ArrayLike, duration: ArrayLike, keep_alive: ArrayLike
) -> tuple[Array, Array]:
    """Return environments kept and share of cold starts, one environment after the other."""
    rate, keep_alive = finite(request_rate=request_rate, keep_alive=keep_alive)
    (lasting,) = non_negative(duration=duration)
    endless = np.isinf(lasting)
    rate, duration, keep_alive, endless = np.broadcast_arrays(
        rate, np.where(endless, 0.0, lasting), keep_alive, endless
    )
    offered = rate * duration
    small = np.minimum(offered, _MOST_BUSY)
    larger = np.divide(offered, small, out=np.ones_like(offered), where=small > 0)
    pace = rate / larger
    loss, kept, cold = np.ones_like(offered), np.zeros_like(offered), np.zeros_like(offered)
    for k in range(1, _STEPS + 1):
        lost = small * loss / (k + small * loss)
        share = loss - lost
        own = pace * share
        # One that is never idle is never taken away.
        busy = np.minimum(own * duration, 1.0 - 1e-15)
        gaps = own / (1.0 - busy) * keep_alive
        kept = kept + (busy - (1.0 - busy) * np.expm1(-gaps))
        cold = cold + share * np.exp(-gaps)
        loss = lost
    # Beyond the last step there is one more only where nothing is kept long: all of it is gone.
    root = np.sqrt(larger)
    kept = np.where(endless, np.inf, offered + (kept - small) * root)
    return (
        np.asarray(np.where(rate > 0, kept, 0.0)),
        np.asarray(np.where(rate > 0, np.minimum((cold + loss) / root, 1.0), 1.0)),
    )
