r"""
The Universal Scalability Law fitted to what was measured, and how far it may be read.

The law (:mod:`planning.models.servers.scaling`) describes a curve that was measured. It may be
read a little beyond the last point, and its peak only where points lie on both sides: a fit knows
the range of its data, and says so where it is asked past it::

    throughput |      *   *
               |   *        .  ?         measured: * · asked past it: ?
               | *              .   ?
               +---------|------------> processes
                      `measured`

From the four lowest rows of a published test (PostgreSQL 9.1, up to 12 clients) it is within 1 %
at 16 clients, 35 % too high at 24 and twice too high at 44.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.models._guards import Array, at_least_one, finite, positive
from planning.models.formula import formula
from planning.models.servers.scaling import usl_limit, usl_peak, usl_throughput

_GUNTHER = (
    "Gunther, N. J. (2007), Guerrilla Capacity Planning, Springer, ch. 5, "
    "doi:10.1007/978-3-540-31010-5"
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

    def beyond_data(self, processes: ArrayLike) -> NDArray[np.bool_]:
        """
        Tell for which numbers of processes the law was not measured.

        Parameters
        ----------
        processes : array_like
            Processes, at least 1. [count]

        Returns
        -------
        ndarray of bool
            True below the least and above the most in the data.
        """
        (number,) = at_least_one(processes=processes)
        least, most = self.measured
        return np.asarray((number < least) | (number > most))

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
        if np.any(self.beyond_data(number)):
            least, most = self.measured
            warnings.warn(
                f"measured were {least:g} to {most:g} processes; what the law says of others, here "
                f"of {number.min():g} to {number.max():g}, is a guess: measure there as well.",
                stacklevel=2,
            )
        return usl_throughput(number, self.rate_one, self.contention, self.coherency)


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
