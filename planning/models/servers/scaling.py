r"""
Scaling: what more processes, threads or users give, and where they begin to cost.

N processes would do N times the work of one, but some of it is done by one at a time
(contention), and some goes into agreeing with each of the others (coherency). Gunther's
Universal Scalability Law divides by both::

    throughput = N * rate_one / (1 + contention * (N - 1) + coherency * N * (N - 1))

    neither: a straight line · contention: Amdahl's ceiling · coherency: a peak, then a fall

The law describes a curve that was measured. It may be read a little beyond the last point,
and its peak only where points lie on both sides: a fit says so where they do not.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, finite, fraction, non_negative, positive
from planning.models.formula import formula

_GUNTHER = (
    "Gunther, N. J. (2007), Guerrilla Capacity Planning, Springer, ch. 4–6, "
    "doi:10.1007/978-3-540-31010-5"
)
_AMDAHL = (
    "Amdahl, G. M. (1967), Validity of the single processor approach to achieving large scale "
    "computing capabilities, AFIPS 30, 483–485, doi:10.1145/1465482.1465560"
)
_LEVEL = 0.90


@dataclass(frozen=True, slots=True)
class UslFit:
    """
    The Universal Scalability Law fitted to measurements of one system.

    Intervals hold 90 % for errors that are independent, alike and small. They are cut where a
    parameter may not go; of one that lies on its bound only the far end says something.
    """

    rate_one: float
    """Throughput of one process [1/s]."""
    contention: float
    """Share of the work that is done by one at a time, 0–1."""
    coherency: float
    """Share of the work that goes into agreeing with one other, at least 0."""
    rate_one_interval: tuple[float, float]
    """90 % interval [1/s]."""
    contention_interval: tuple[float, float]
    """90 % interval."""
    coherency_interval: tuple[float, float]
    """90 % interval."""
    on_bound: tuple[str, ...]
    """Parameters that the data push below 0 (or contention above 1): they do not show them."""
    measured: tuple[float, float]
    """Least and most processes in the data."""

    @property
    def peak(self) -> float:
        """Processes at the highest throughput; infinite where coherency is 0."""
        return float(usl_peak(self.contention, self.coherency))

    @property
    def peak_throughput(self) -> float:
        """Highest throughput; where the peak is infinite, what it approaches [1/s]."""
        if np.isinf(self.peak):
            return self.rate_one * float(usl_limit(self.contention))
        return float(usl_throughput(self.peak, self.rate_one, self.contention, self.coherency))

    @property
    def peak_beyond_data(self) -> bool:
        """Whether the peak lies outside what was measured, above or below: then it is a guess."""
        least, most = self.measured
        return not least <= self.peak <= most

    def throughput(self, processes: ArrayLike) -> Array:
        """
        Throughput of other numbers of processes; warns where they lie outside what was measured.

        Parameters
        ----------
        processes : array_like
            Processes, finite and at least 1. [count]

        Returns
        -------
        ndarray
            Throughput. [1/s]
        """
        (number,) = at_least_one(processes=processes)
        least, most = self.measured
        if np.any((number < least) | (number > most)):
            warnings.warn(
                f"measured were {least:g} to {most:g} processes; what the law says of others, here "
                f"of {number.min():g} to {number.max():g}, is a guess: measure there as well.",
                stacklevel=2,
            )
        return usl_throughput(number, self.rate_one, self.contention, self.coherency)


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


@formula(
    "rate_one, contention and coherency of usl_throughput with the least squared error, "
    "none below 0 and contention at most 1",
    source=_GUNTHER,
    arithmetic=False,
)
def fit_usl(processes: ArrayLike, throughput: ArrayLike) -> UslFit:
    """
    Fit the Universal Scalability Law to measured throughput.

    Least squares in throughput, all three parameters at once: the measurement with one process
    is a point like any other and need not be there.

    Parameters
    ----------
    processes : array_like
        Processes, threads or users of each measurement, finite and at least 1; at least 3
        different numbers, one after the other or repeated. [count]
    throughput : array_like
        Throughput of each measurement, finite and above 0; at least 4. [1/s]

    Returns
    -------
    UslFit
        Estimates, 90 % intervals, which parameters lie on a bound, and whether the peak lies
        beyond the data. Six measurements or more are advised.

    Raises
    ------
    ValueError
        If the lists are not of one length or too short, a value is outside its range, or the
        measurements show nothing of what one process does.
    ArithmeticError
        If the search does not converge, as with measurements that are nothing like the law.

    References
    ----------
    .. [1] Gunther, N. J. (2007). Guerrilla Capacity Planning. Springer, ch. 5.
       https://doi.org/10.1007/978-3-540-31010-5

    Examples
    --------
    >>> fit = fit_usl([1, 2, 4, 8, 12, 16], [60, 120, 220, 400, 440, 490])
    >>> round(fit.peak, 1), fit.peak_beyond_data, fit.on_bound
    (16.7, True, ())
    """
    from scipy import special

    number, rate = _measurements(processes, throughput)
    own, shared, agreed, covariance = _least_squares(number, rate)
    one = own + shared
    if one == 0.0:
        raise ValueError(
            f"processes(={number.min():g} or more) must reach lower: throughput falls from the "
            "first measurement on, so nothing shows what one process does."
        )
    best = np.array([1.0 / one, shared / one, agreed / one])
    slope = np.array([[-1.0, -1.0, 0.0], [-shared, own, 0.0], [-agreed, -agreed, one]]) / one**2
    spread = np.sqrt(np.diag(slope @ covariance @ slope.T))
    margin = special.stdtrit(number.size - 3, (1.0 + _LEVEL) / 2.0) * spread
    low = np.maximum(best - margin, 0.0).tolist()
    high = np.minimum(best + margin, [np.inf, 1.0, np.inf]).tolist()
    stuck = {"contention": own == 0.0 or shared == 0.0, "coherency": agreed == 0.0}
    return UslFit(
        rate_one=float(best[0]),
        contention=float(best[1]),
        coherency=float(best[2]),
        rate_one_interval=(low[0], high[0]),
        contention_interval=(low[1], high[1]),
        coherency_interval=(low[2], high[2]),
        on_bound=tuple(name for name, is_stuck in stuck.items() if is_stuck),
        measured=(float(number.min()), float(number.max())),
    )


def _measurements(processes: ArrayLike, throughput: ArrayLike) -> tuple[Array, Array]:
    (number,) = at_least_one(processes=processes)
    (rate,) = positive(throughput=throughput)
    finite(processes=number, throughput=rate)
    if number.ndim != 1 or number.shape != rate.shape:
        raise ValueError(
            f"processes(shape={number.shape}) and throughput(shape={rate.shape}) must be lists "
            "of one length."
        )
    different = np.unique(number).size
    if number.size < 4 or different < 3:
        raise ValueError(
            f"processes(={number.size} measurements at {different} numbers) must be at least 4 "
            "at 3 different numbers: there are three parameters to tell apart."
        )
    return number, rate


def _least_squares(number: Array, rate: Array) -> tuple[float, float, float, Array]:
    """
    Return `own`, `shared` and `agreed` of N / (own + shared N + agreed N(N - 1)), and covariance.

    These stay finite where rate_one does not, and all the law's bounds are 0 for them.
    """
    from scipy import optimize

    most, fastest = number.max(), rate.max()
    shares = number / most
    terms = np.stack([np.ones(number.size), shares, shares * (number - 1.0) / most], axis=1)

    def law(shares: Array, *parameters: float) -> Array:
        with np.errstate(divide="ignore"):  # a step of the search may reach 0 everywhere
            return np.asarray(shares / (terms @ parameters))

    # N / throughput is linear in the terms: a start near the end, on the right bounds.
    seen = rate / fastest
    start, _ = optimize.nnls(terms * (seen**2 / shares)[:, np.newaxis], seen)
    start = np.maximum(start, 1e-3 * start.max())
    try:
        found, covariance = optimize.curve_fit(
            law, shares, seen, start, bounds=(0.0, np.inf), ftol=1e-14, xtol=1e-14, gtol=1e-14,
            max_nfev=1000,
        )  # fmt: skip
    except RuntimeError as error:
        raise ArithmeticError(
            "fit_usl did not converge: see whether the measurements follow the law at all."
        ) from error
    # The search stops a little short of a bound: a term that no measurement could show lies on it.
    found[np.all(terms * found < 1e-5 * (terms @ found)[:, np.newaxis], axis=0)] = 0.0
    unit = np.array([most, 1.0, 1.0 / most]) / fastest
    own, shared, agreed = (found * unit).tolist()
    return own, shared, agreed, covariance * np.outer(unit, unit)
