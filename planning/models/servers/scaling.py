r"""
Scaling: what more processes, threads or users give, and where they begin to cost.

N processes would do N times the work of one, but some of it is done by one at a time
(contention), and some goes into agreeing with each of the others (coherency). Gunther's
Universal Scalability Law divides by both::

    throughput = N * rate_one / (1 + contention * (N - 1) + coherency * N * (N - 1))

    neither: a straight line · contention: Amdahl's ceiling · coherency: a peak, then a fall

The law describes a curve that was measured; :mod:`planning.models.servers.scaling_fit` fits it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, finite, fraction, non_negative
from planning.models.formula import formula

_GUNTHER = (
    "Gunther, N. J. (2007), Guerrilla Capacity Planning, Springer, ch. 4–6, "
    "doi:10.1007/978-3-540-31010-5"
)
_AMDAHL = (
    "Amdahl, G. M. (1967), Validity of the single processor approach to achieving large scale "
    "computing capabilities, AFIPS 30, 483–485, doi:10.1145/1465482.1465560"
)


@formula(
    "processes * rate_one"
    " / (1 + contention * (processes - 1) + coherency * processes * (processes - 1))",
    source=_GUNTHER,
)
def usl_throughput(
    processes: ArrayLike, rate_one: ArrayLike, contention: ArrayLike, coherency: ArrayLike
) -> Array:
    """
    Throughput of N processes by the Universal Scalability Law.

    One process does `rate_one`, whatever the rest. Without contention and coherency the line is
    straight; without coherency it is Amdahl's law; with it, throughput falls past `usl_peak`.

    Parameters
    ----------
    processes : array_like
        Processes, threads or users that work at once, finite and at least 1. [count]
    rate_one : array_like
        Throughput of one, non-negative. [1/s]
    contention : array_like
        Share of the work that is done by one at a time. [fraction]
    coherency : array_like
        Work to agree with one other, over the work of one alone, non-negative. [ratio]

    Returns
    -------
    ndarray
        Throughput. [1/s]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Gunther, N. J. (2007). Guerrilla Capacity Planning. Springer, ch. 6.
       https://doi.org/10.1007/978-3-540-31010-5

    Examples
    --------
    Twice the processes, and less throughput.

    >>> usl_throughput([1, 8, 16, 32], 100, contention=0.03, coherency=0.005).round(1).tolist()
    [100.0, 536.9, 603.8, 464.4]
    """
    (processes,) = at_least_one(processes=processes)
    finite(processes=processes)
    rate_one, coherency = non_negative(rate_one=rate_one, coherency=coherency)
    (contention,) = fraction(contention=contention)
    # Divided through by N, so that N squared never appears.
    lone = 1.0 / processes
    return rate_one / (lone + contention * (1.0 - lone) + coherency * (processes - 1.0))


@formula(
    "processes / (1 + contention * (processes - 1) + coherency * processes * (processes - 1))",
    source=_GUNTHER,
)
def usl_speedup(processes: ArrayLike, contention: ArrayLike, coherency: ArrayLike) -> Array:
    """
    How many times the throughput of one N processes give; 1 for one of them.

    Parameters
    ----------
    processes : array_like
        Processes, finite and at least 1. [count]
    contention : array_like
        Share of the work that is done by one at a time. [fraction]
    coherency : array_like
        Work to agree with one other, over the work of one alone, non-negative. [ratio]

    Returns
    -------
    ndarray
        Speed-up, at most `processes` and at most `usl_limit`; below 1 where the processes
        hinder each other more than they help. [ratio]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Gunther, N. J. (2007). Guerrilla Capacity Planning. Springer, ch. 6.
       https://doi.org/10.1007/978-3-540-31010-5

    Examples
    --------
    >>> usl_speedup(processes=4, contention=[0, 0.05, 1], coherency=0).round(3).tolist()
    [4.0, 3.478, 1.0]
    """
    return usl_throughput(processes, 1.0, contention, coherency)


@formula("max(((1 - contention) / coherency) ** 0.5, 1)", source=_GUNTHER)
def usl_peak(contention: ArrayLike, coherency: ArrayLike) -> Array:
    """
    Processes at the highest throughput; infinite where coherency is 0, for it never falls.

    Not rounded: the best whole number is one of its two neighbours. Where agreeing costs more
    than there is to share, ``coherency > 1 - contention``, one process is best.

    Parameters
    ----------
    contention : array_like
        Share of the work that is done by one at a time. [fraction]
    coherency : array_like
        Work to agree with one other, over the work of one alone, non-negative. [ratio]

    Returns
    -------
    ndarray
        Processes, at least 1. [count]

    Raises
    ------
    ValueError
        If `contention` is outside 0–1 or `coherency` is negative.

    References
    ----------
    .. [1] Gunther, N. J. (2007). Guerrilla Capacity Planning. Springer, ch. 6.
       https://doi.org/10.1007/978-3-540-31010-5

    Examples
    --------
    >>> usl_peak(contention=0.03, coherency=[0, 0.005, 5]).round(1).tolist()
    [inf, 13.9, 1.0]
    """
    (contention,) = fraction(contention=contention)
    (coherency,) = non_negative(coherency=coherency)
    falls = coherency > 0
    peak = np.sqrt(1.0 - contention) / np.sqrt(np.where(falls, coherency, 1.0))
    return np.where(falls, np.maximum(peak, 1.0), np.inf)


@formula("1 / contention", source=_AMDAHL)
def usl_limit(contention: ArrayLike) -> Array:
    """
    Speed-up that no number of processes passes (Amdahl's law); infinite without contention.

    Approached only where coherency is 0. It is also the number of processes at which the
    straight line of perfect scaling meets that ceiling.

    Parameters
    ----------
    contention : array_like
        Share of the work that is done by one at a time. [fraction]

    Returns
    -------
    ndarray
        Speed-up, at least 1. [ratio]

    Raises
    ------
    ValueError
        If `contention` is outside 0–1.

    References
    ----------
    .. [1] Amdahl, G. M. (1967). Validity of the single processor approach to achieving large
       scale computing capabilities. AFIPS 30, 483–485. https://doi.org/10.1145/1465482.1465560

    Examples
    --------
    >>> usl_limit(contention=[0, 0.05, 1]).tolist()
    [inf, 20.0, 1.0]
    """
    (contention,) = fraction(contention=contention)
    shared = contention > 0
    with np.errstate(over="ignore"):
        return np.where(shared, 1.0 / np.where(shared, contention, 1.0), np.inf)
