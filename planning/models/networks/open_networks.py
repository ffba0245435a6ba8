r"""
Open networks: requests from outside pass through many stations.

A request visits stations (a database, a worker pool, the network) some number of times, and
each station sees the arrival rate times its visits::

    rate ──> [db x 3] ──> [pool x 1] ──> done

Stations lie on the *last* axis of every array; axes before it are draws or cases. A station
has one server, several, or ``inf``: a pure delay at which nobody waits. Users who wait for
their answers before they ask again are in :mod:`planning.models.networks.closed_networks`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, stations
from planning.models.formula import formula
from planning.models.networks.closed_networks import Network
from planning.models.queueing.waiting import mean_wait


@dataclass(frozen=True, slots=True, eq=False)
class OpenNetwork(Network):
    """What an open network does, with how it fails where a station is overloaded."""

    failed_share: Array
    """Share of requests that cannot be served unless a queue grows, 0–1."""
    backlog_growth: Array
    """How fast requests pile up in all [1/s]; 0 below saturation."""


@formula(
    "each station is M/M/c at arrival_rate * visits; "
    "throughput = min(arrival_rate, min over stations of servers / (visits * service_time))",
    source="Jackson (1963), Jobshop-like queueing systems, doi:10.1287/mnsc.10.1.131",
    arithmetic=False,
)
def open_network(
    arrival_rate: ArrayLike, visits: ArrayLike, service_time: ArrayLike, servers: ArrayLike = 1
) -> OpenNetwork:
    """
    Stations fed from outside at a given rate (Jackson network).

    Parameters
    ----------
    arrival_rate : array_like, shape (...)
        Requests, non-negative. [1/s]
    visits : array_like, shape (..., stations)
        Visits of one request to each station, non-negative. [count]
    service_time : array_like, shape (..., stations)
        Mean of one visit, non-negative. [s]
    servers : array_like, shape (..., stations)
        Whole numbers from 1, or ``inf`` for a delay station. [count]

    Returns
    -------
    OpenNetwork
        Where a station is offered as much as it can do or more, its times and queue are ``inf``
        (there is no steady state) and so is the response time; throughput, failed share and
        backlog growth then tell what happens. Each station is judged by the rate offered, as if
        the others kept up.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Jackson, J. R. (1963), Jobshop-like queueing systems, doi:10.1287/mnsc.10.1.131.

    Examples
    --------
    >>> shop = open_network(0.3, visits=[121, 70, 50], service_time=[0.005, 0.03, 0.027])
    >>> shop.station_utilisation.round(4).tolist()
    [0.1815, 0.63, 0.405]
    """
    (rate,) = finite(arrival_rate=arrival_rate)
    count, time, number = stations(visits, service_time, servers)
    offered = rate[..., np.newaxis] * count
    waits = np.isfinite(number) & (time > 0)
    queueing = mean_wait(offered, np.where(waits, time, 1.0), np.where(waits, number, 1.0))
    visit = time + np.where(waits, queueing, 0.0)
    with np.errstate(divide="ignore", over="ignore"):
        station_limit = number / time
        limit = np.min(number / (count * time), axis=-1)
    served = np.minimum(rate, limit)
    excess = rate - served
    return OpenNetwork(
        throughput=served,
        response_time=np.sum(_times(count, visit), axis=-1),
        station_throughput=np.minimum(offered, station_limit),
        station_response_time=visit,
        station_residence_time=_times(count, visit),
        station_queue_length=_times(offered, visit),
        station_utilisation=np.minimum(offered * time / number, 1.0),
        failed_share=excess / np.where(rate > 0, rate, 1.0),
        backlog_growth=excess,
    )


def _times(rate: Array, time: Array) -> Array:
    """Multiply where nothing times an endless wait is nothing."""
    return np.where(rate > 0, rate, 0.0) * np.where(rate > 0, time, 0.0)
