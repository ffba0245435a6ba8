r"""
Waiting when service times are not exponential: M/D/c, M/G/1 and M/G/c.

How much service times vary decides how long the queue gets. The measure is the
squared coefficient of variation, variance over squared mean::

    service_scv   0              0.5        1               4
                  constant       steady     exponential     a few very long
    wait          half of M/M/c             M/M/c           2.5 x M/M/c      (one server)

With one server the mean is exact for any distribution. With several it is exact
for constant and exponential times, and interpolated or scaled otherwise. All are
``inf`` from saturation on: see :func:`planning.models.queueing.waiting.overload`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, station
from planning.models.formula import formula
from planning.models.queueing.waiting import mean_wait

# The series of M/D/c: so many terms one by one, the rest as an integral by so many points.
_TERMS = 24
_POINTS = 64
# exp(-37) is below the rounding error of 1.
_NEGLIGIBLE = 37.0
# Gregory's end correction of a sum replaced by an integral: weights of forward differences.
_GREGORY = (1 / 2, -1 / 12, 1 / 24, -19 / 720, 3 / 160, -863 / 60480)


@formula(
    "service_time * sum over i >= 1 of P(i*c, i*a) - (c/a) * P(i*c + 1, i*a), c = servers, "
    "a = arrival_rate * service_time, P the regularised lower incomplete gamma function",
    source="Crommelin (1932), Delay probability formulae when the holding times are constant; "
    "Tijms, A First Course in Stochastic Models (2003), ch. 9",
    arithmetic=False,
)
def mean_wait_constant_service(
    arrival_rate: ArrayLike, service_time: ArrayLike, servers: ArrayLike
) -> Array:
    r"""
    Mean time an arrival waits when every service takes equally long (M/D/c), exact.

    Term :math:`i` of the series is :math:`E[(N_i - ic)^+]/(ia)` with :math:`N_i` Poisson of mean
    :math:`ia`: by how much the arrivals of :math:`i` service times exceed what is served. Near
    saturation the terms fall off slowly and smoothly, so all but the first are integrated.

    Parameters
    ----------
    arrival_rate : array_like
        Non-negative. [1/s]
    service_time : array_like
        Above 0, the same for all. [s]
    servers : array_like of int
        At least 1. [count]

    Returns
    -------
    ndarray
        Wait [s]; 0 without arrivals; ``inf`` from saturation on, where no steady state
        exists: use :func:`~planning.models.queueing.waiting.overload`. Relative error about 1e-9
        up to 99 % utilisation, 1e-6 at 99.9 %, below 1e-4 however near saturation.

    Raises
    ------
    ValueError
        If an argument is outside its range or infinite.

    References
    ----------
    .. [1] Crommelin, C. D. (1932), Delay probability formulae when the holding times are constant.
    .. [2] Tijms, H. C. (2003), A First Course in Stochastic Models, ch. 9.

    Examples
    --------
    >>> round(float(mean_wait_constant_service(1.6, service_time=1, servers=2)), 8)
    0.90328388
    """
    _, time, count, load = station(arrival_rate, service_time, servers)
    open_ended = (load > 0) & (load < count)
    used = np.where(open_ended, load, 0.5 * count)
    series = np.where(count > 1, _crommelin(used, count), 0.5 * used / (count - used))
    return np.where(load < count, np.where(open_ended, time * series, 0.0), np.inf)


def _crommelin(load: Array, count: Array) -> Array:
    """Sum the series of M/D/c in units of the service time, for 0 < load < count."""
    load, count = load[..., np.newaxis], count[..., np.newaxis]
    first = _excess(np.arange(1.0, _TERMS + len(_GREGORY)), load, count)
    # Terms fall like exp(-decay * i); integrate over log(i) until they are negligible.
    stretch = np.log1p(_NEGLIGIBLE / (_decay(load, count) * _TERMS))
    nodes, weights = np.polynomial.legendre.leggauss(_POINTS)
    places = _TERMS * np.exp(stretch * (nodes + 1.0) / 2.0)
    integral = np.sum(weights * places * _excess(places, load, count), -1) * stretch[..., 0] / 2.0
    rest, ahead = integral, first[..., _TERMS - 1 :]
    for weight in _GREGORY:
        rest = rest + weight * ahead[..., 0]
        ahead = np.diff(ahead, axis=-1)
    return np.asarray(np.sum(first[..., : _TERMS - 1], axis=-1) + np.maximum(rest, 0.0))


def _excess(i: Array, load: Array, count: Array) -> Array:
    """Term `i` (not only whole) of the series: mean arrivals in excess of service."""
    from scipy import special

    k = i * count
    # Written as P(k) - P(k + 1) * count / load, near saturation all digits would cancel.
    exactly_k = np.exp(-i * _decay(load, count) - _beyond_stirling(k)) / np.sqrt(2.0 * np.pi * k)
    at_least_k = special.gammainc(k, i * load)
    excess = (exactly_k * count - (count - load) * at_least_k) / load
    return np.asarray(np.maximum(excess, 0.0))


def _decay(load: Array, count: Array) -> Array:
    """Evaluate ``load - count - count * log(load / count)`` without cancellation."""
    idle = (count - load) / count
    small = np.minimum(idle, 0.1)
    series = np.zeros_like(small)
    for power in range(17, 1, -1):
        series = 1.0 / power + small * series
    direct = -idle - np.log(load / count)
    return count * np.where(idle > 0.1, direct, series * small * small)


def _beyond_stirling(k: Array) -> Array:
    """Logarithm of k! less Stirling's formula."""
    from scipy import special

    few = np.minimum(k, 16.0)
    direct = special.gammaln(few + 1.0) - (few + 0.5) * np.log(few) + few - 0.5 * np.log(2 * np.pi)
    many = np.maximum(k, 16.0)
    square = 1.0 / (many * many)
    series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / many
    return np.asarray(np.where(k < 16.0, direct, series))


@formula(
    "arrival_rate * service_time**2 * (1 + service_scv) / (2 * (1 - arrival_rate * service_time))",
    source="Pollaczek–Khinchine; Tijms, A First Course in Stochastic Models (2003), 2.5",
    arithmetic=False,
)
def mean_wait_single_server(
    arrival_rate: ArrayLike, service_time: ArrayLike, service_scv: ArrayLike
) -> Array:
    """
    Mean time an arrival waits for one server, any service times (M/G/1), exact.

    Parameters
    ----------
    arrival_rate : array_like
        Non-negative. [1/s]
    service_time : array_like
        Mean, above 0. [s]
    service_scv : array_like
        Variance of the service time over its squared mean, non-negative. [ratio]

    Returns
    -------
    ndarray
        Wait [s]; 0 without arrivals; ``inf`` from saturation on, where no steady state
        exists: use :func:`planning.models.queueing.waiting.overload`.

    Raises
    ------
    ValueError
        If an argument is outside its range or infinite.

    References
    ----------
    .. [1] Tijms, H. C. (2003), A First Course in Stochastic Models, 2.5 (Pollaczek–Khinchine).

    Examples
    --------
    >>> round(float(mean_wait_single_server(0.8, service_time=1, service_scv=0)), 12)
    2.0
    """
    (scv,) = finite(service_scv=service_scv)
    _, time, _, load = station(arrival_rate, service_time, 1)
    load, time, scv = np.broadcast_arrays(load, time, scv)
    stable = load < 1.0
    left = np.where(stable, 1.0 - load, 1.0)
    return np.where(stable, load * time * (1.0 + scv) / (2.0 * left), np.inf)


@formula(
    "service_scv * M/M/c + (1 - service_scv) * M/D/c up to service_scv = 1; "
    "(1 + service_scv) / 2 * M/M/c above",
    source="Tijms, A First Course in Stochastic Models (2003), 9.6; "
    "Allen, Probability, Statistics, and Queueing Theory, 2nd ed. (1990), Allen–Cunneen",
    arithmetic=False,
)
def mean_wait_general_service(
    arrival_rate: ArrayLike, service_time: ArrayLike, servers: ArrayLike, service_scv: ArrayLike
) -> Array:
    """
    Mean time an arrival waits for one of `servers`, any service times (M/G/c), approximate.

    Allen–Cunneen alone would be 24 % too low for constant service at 10 servers half busy, so
    up to `service_scv` 1 the exact M/D/c and M/M/c are interpolated. Above 1 a mean and
    a variance no longer pin down the wait, and the error has no bound.

    Parameters
    ----------
    arrival_rate : array_like
        Non-negative. [1/s]
    service_time : array_like
        Mean, above 0. [s]
    servers : array_like of int
        At least 1. [count]
    service_scv : array_like
        Variance of the service time over its squared mean, non-negative; 0 constant,
        1 exponential. [ratio]

    Returns
    -------
    ndarray
        Wait [s]; exact with one server, at `service_scv` 0 and at 1; 0 without arrivals;
        ``inf`` from saturation on: use :func:`planning.models.queueing.waiting.overload`.

    Raises
    ------
    ValueError
        If an argument is outside its range or infinite.

    References
    ----------
    .. [1] Tijms, H. C. (2003), A First Course in Stochastic Models, ch. 9.
    .. [2] Allen, A. O. (1990), Probability, Statistics, and Queueing Theory, 2nd ed.

    Examples
    --------
    >>> round(float(mean_wait_general_service(1.6, 1, servers=2, service_scv=1)), 6)
    1.777778
    """
    (scv,) = finite(service_scv=service_scv)
    exponential = mean_wait(arrival_rate, service_time, servers)
    if np.all(scv >= 1.0):
        return exponential * (1.0 + scv) / 2.0
    constant = mean_wait_constant_service(arrival_rate, service_time, servers)
    # Differences would turn inf - inf into NaN past saturation; weights of zero, 0 * inf.
    stable = np.isfinite(exponential)
    exponential, constant = np.where(stable, exponential, 0.0), np.where(stable, constant, 0.0)
    steady = np.minimum(scv, 1.0)
    below = steady * exponential + (1.0 - steady) * constant
    wait = np.where(scv < 1.0, below, exponential * (1.0 + scv) / 2.0)
    return np.where(stable, wait, np.inf)
