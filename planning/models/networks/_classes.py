"""What networks of several classes are described by, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, cycle, finite, stations


@dataclass(frozen=True, slots=True, eq=False)
class MulticlassNetwork:
    """What a network does; arrays named ``station_`` have shape (..., classes, stations)."""

    throughput: Array
    """Requests of each class completed, shape (..., classes) [1/s]."""
    response_time: Array
    """Time from request to answer over all stations, without thinking [s]."""
    station_throughput: Array
    """Visits completed [1/s]."""
    station_response_time: Array
    """Wait plus service of one visit [s]."""
    station_residence_time: Array
    """Wait plus service of all visits of one request [s]."""
    station_queue_length: Array
    """Mean number waiting or in service; a station's is the sum over classes."""
    station_utilisation: Array
    """Share of server time that a class uses, 0–1 in sum over classes; 0 at a delay station."""


@dataclass(frozen=True, slots=True, eq=False)
class DescribedClasses:
    """Checked arguments of one shape, the delays moved out of the queueing stations."""

    users: Array
    visits: Array
    service_time: Array
    delay: Array
    queueing: Array
    outside: Array


def described(
    users: ArrayLike,
    visits: ArrayLike,
    service_time: ArrayLike,
    servers: ArrayLike,
    think_time: ArrayLike,
) -> DescribedClasses:
    """
    Check the arguments of a network of several classes and give them one shape.

    Raises
    ------
    ValueError
        If an argument is outside its range, or a request takes no time at all.
    """
    if np.ndim(servers) > 1:
        raise ValueError(
            f"servers(shape={np.shape(servers)}) must be one per station: classes and cases "
            "share them."
        )
    count, time, number = stations(visits, service_time, servers)
    if np.any((number > 1) & np.isfinite(number)):
        raise ValueError("servers must be 1 or inf here: several servers need exact analysis.")
    (present,) = finite(users=users)
    (think,) = finite(think_time=think_time)
    lengths = np.broadcast_shapes(present.shape, think.shape, (1,), count.shape[:-1])
    present, think = np.broadcast_to(present, lengths), np.broadcast_to(think, lengths)
    count, time, number = (
        np.broadcast_to(array, (*lengths, count.shape[-1])) for array in (count, time, number)
    )
    delay, demand = np.isinf(number), count * time
    cycle(0, think, demand)
    return DescribedClasses(
        users=present,
        visits=count,
        service_time=time,
        delay=delay,
        queueing=np.where(delay, 0.0, demand),
        outside=think + np.sum(np.where(delay, demand, 0.0), axis=-1),
    )


def record(network: DescribedClasses, throughput: Array, residence: Array) -> MulticlassNetwork:
    """Say what follows from throughputs and residence times at the queueing stations."""
    visits, time = network.visits, network.service_time
    residence = np.where(network.delay, visits * time, residence)
    rate = throughput[..., np.newaxis]
    once = np.where(visits > 0, visits, 1.0)
    return MulticlassNetwork(
        throughput=throughput,
        response_time=np.sum(residence, axis=-1),
        station_throughput=rate * visits,
        station_response_time=np.where(visits > 0, residence / once, time),
        station_residence_time=residence,
        station_queue_length=rate * residence,
        station_utilisation=rate * network.queueing,
    )
