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

from planning.models._guards import Array, finite, fraction, non_negative
from planning.models.delivery.bandwidth import MONTH, mean_from_peak
from planning.models.formula import formula

_LAMBDA = (
    "AWS, Understanding Lambda function scaling, concurrency = requests per second * duration, "
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"
)
_ROSS = (
    "the gaps of a Poisson process are exponential: Ross, Introduction to Probability Models, "
    "11th ed. (2014), 5.3.3"
)
_PRICING = "AWS, Lambda pricing, https://aws.amazon.com/lambda/pricing/"


@formula("request_rate * duration", source=_LAMBDA)
def concurrent_executions(request_rate: ArrayLike, duration: ArrayLike) -> Array:
    """
    Mean number of instances that run at once; hold it against the account's limit.

    It is a mean: at random arrivals the number swings by its square root. None without
    requests.

    Parameters
    ----------
    request_rate : array_like
        Requests per second, non-negative. [1/s]
    duration : array_like
        Time a request runs, waits for the database and cold starts included, non-negative. [s]

    Returns
    -------
    ndarray
        Instances. [count]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] AWS. Understanding Lambda function scaling.
       https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html

    Examples
    --------
    >>> float(concurrent_executions(request_rate=100, duration=0.5))
    50.0
    """
    request_rate, duration = non_negative(request_rate=request_rate, duration=duration)
    return request_rate * duration


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
       Computing Platforms. CLOSER 2021. https://arxiv.org/abs/2102.08904 (with several
       instances: 0.9 requests/s of 2 s kept for 10 min start cold 0.14 % of the time)

    Examples
    --------
    Kept for five minutes: called once a minute, and once an hour.

    >>> cold_start_share(request_rate=[1 / 60, 1 / 3600], keep_alive=300).round(4).tolist()
    [0.0067, 0.92]
    """
    request_rate, keep_alive = finite(request_rate=request_rate, keep_alive=keep_alive)
    return np.exp(-request_rate * keep_alive)


@formula("duration + cold_share * cold_start", source="definition of a mean")
def mean_duration_with_cold_starts(
    duration: ArrayLike, cold_start: ArrayLike, cold_share: ArrayLike
) -> Array:
    """
    Mean time of a request of which some start cold; no cold start leaves it as it is.

    The mean hides it: the slow requests take all of ``duration + cold_start``.

    Parameters
    ----------
    duration : array_like
        Time of a request on a warm instance, non-negative. [s]
    cold_start : array_like
        What a cold start adds, finite and non-negative. [s]
    cold_share : array_like
        Share of requests that start cold. [fraction]

    Returns
    -------
    ndarray
        Mean time. [s]

    Raises
    ------
    ValueError
        If a time is negative, `cold_start` is infinite or `cold_share` is outside 0–1.

    References
    ----------
    .. [1] Mahmoudi, N. and Khazaei, H. (2021). SimFaaS: A Performance Simulator for Serverless
       Computing Platforms. CLOSER 2021. https://arxiv.org/abs/2102.08904

    Examples
    --------
    >>> float(mean_duration_with_cold_starts(duration=0.1, cold_start=0.5, cold_share=0.5))
    0.35
    """
    (duration,) = non_negative(duration=duration)
    (cold_start,) = finite(cold_start=cold_start)
    (cold_share,) = fraction(cold_share=cold_share)
    mean: Array = duration + cold_share * cold_start
    return mean


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


@formula("invocations * duration * memory", source=_PRICING)
def compute_byte_seconds(invocations: ArrayLike, duration: ArrayLike, memory: ArrayLike) -> Array:
    """
    Memory times time that functions are billed for, the vendors' "GB-seconds".

    Over 10**9 they are GB-seconds; but the GB of AWS's price is 2**30 bytes, 7 % more. It is
    the memory asked for that counts, used or not. Vendors round durations up, so the mean
    of rounded ones is wanted.

    Parameters
    ----------
    invocations : array_like
        Invocations in the month, non-negative. [count]
    duration : array_like
        Mean billed time of one, non-negative. [s]
    memory : array_like
        Memory set for the function, non-negative. [B]

    Returns
    -------
    ndarray
        Byte-seconds; 0 without invocations. [byte*s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] AWS. Lambda pricing, example 1: 3 million runs of 1 s with 512 MB are 1,500,000 GB-s.
       https://aws.amazon.com/lambda/pricing/

    Examples
    --------
    The vendor's example, in its GB of 2**30 bytes.

    >>> float(compute_byte_seconds(3e6, duration=1, memory=512 * 2**20)) / 2**30
    1500000.0
    """
    invocations, duration, memory = non_negative(
        invocations=invocations, duration=duration, memory=memory
    )
    return invocations * duration * memory
