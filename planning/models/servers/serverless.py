r"""
Functions that run on request (serverless, edge): how many at once, how many start cold.

Each running request has an instance to itself. An instance that has been idle for the
keep-alive time is taken away, and the next request waits for a new one::

    request   request            request
       |---------|-- keep_alive --x  |      the third starts cold

So a busy function is always warm and a rarely used one nearly always cold: cold
starts trouble the small. What is paid for is invocations and memory times duration.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, non_negative
from planning.models.delivery.bandwidth import MONTH, mean_from_peak
from planning.models.formula import formula

_ROSS = (
    "the gaps of a Poisson process are exponential: Ross, Introduction to Probability Models, "
    "11th ed. (2014), 5.3.3"
)


@formula("exp(-request_rate * keep_alive)", source=_ROSS)
def cold_start_share(request_rate: ArrayLike, keep_alive: ArrayLike) -> Array:
    """
    Share of requests that find no warm instance, for a function so rarely used that one will do.

    That is while ``request_rate * duration`` is far below 1. Requests that overlap start further
    instances, each with a cold start of its own, so for a busier function this is too low. 1 for
    a function never called or not kept; 0 in the limit of one called all the time.

    Parameters
    ----------
    request_rate : array_like
        Requests per second of this function in this region, at random (Poisson), finite and
        non-negative. [1/s]
    keep_alive : array_like
        Time for which an idle instance is kept, finite and non-negative. [s]

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
    .. [1] Ross, S. M. Introduction to Probability Models, 11th ed. (2014), section 5.3.3: the
       gap between two arrivals exceeds t with probability exp(−λt).
    .. [2] Mahmoudi, N. and Khazaei, H. (2021). SimFaaS: A Performance Simulator for Serverless
       Computing Platforms. CLOSER 2021. https://arxiv.org/abs/2102.08904. The run
       printed at https://github.com/pacslab/simfaas has several instances: of 0.9 requests/s of
       2 s, kept for 10 min, 0.14 % start cold.

    Examples
    --------
    Kept for five minutes: called once a minute, and once an hour.

    >>> cold_start_share(request_rate=[1 / 60, 1 / 3600], keep_alive=300).round(4).tolist()
    [0.0067, 0.92]
    """
    request_rate, keep_alive = finite(request_rate=request_rate, keep_alive=keep_alive)
    return np.exp(-request_rate * keep_alive)


@formula(
    "request_rate / peak_to_mean * 730 * 3600",
    source="Infracost, issue 1556 (730 h), https://github.com/infracost/infracost/issues/1556",
)
def invocations_per_month(request_rate: ArrayLike, peak_to_mean: ArrayLike = 1.0) -> Array:
    """
    Invocations in a month of 730 h, from the request rate at the peak.

    Parameters
    ----------
    request_rate : array_like
        Requests per second at the peak, non-negative; 0 invokes nothing. [1/s]
    peak_to_mean : array_like
        Peak over mean, at least 1; 1 for a rate that never changes. [ratio]

    Returns
    -------
    ndarray
        Invocations per month. [count]

    Raises
    ------
    ValueError
        If `request_rate` is negative or `peak_to_mean` is below 1.

    References
    ----------
    .. [1] Infracost. Issue 1556: prices by the hour are taken for 730 hours a month.
       https://github.com/infracost/infracost/issues/1556

    Examples
    --------
    A hundred a second at the peak, a quarter of it on average.

    >>> float(invocations_per_month(request_rate=100, peak_to_mean=4))
    65700000.0
    """
    (request_rate,) = non_negative(request_rate=request_rate)
    return mean_from_peak(request_rate, peak_to_mean) * MONTH
