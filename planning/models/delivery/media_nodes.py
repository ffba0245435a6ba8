r"""
How many subscribers one media server carries: processor or network card, whichever is less.

::

    by processor   cores * subscribers_per_core     packets to encrypt and send
    by egress      bandwidth / bitrate              bits through the card

Both shrink with the share of the node one is willing to use. ``subscribers_per_core``
is of a core that is busy all the time, so a benchmark at 92 % is divided by 0.92 first;
and it belongs to one kind of room: audio, one stream to thousands, or a meeting where
each watches all (LiveKit's benchmarks differ twentyfold). How many nodes a load needs
is in :mod:`planning.models.delivery.rooms`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, fraction, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_that_fit

_LIVEKIT = "LiveKit, Benchmarking, https://docs.livekit.io/transport/self-hosting/benchmark.md"


@formula("subscribers / (cores * utilisation)", source=_LIVEKIT)
def subscribers_per_busy_core(
    subscribers: ArrayLike, cores: ArrayLike, utilisation: ArrayLike
) -> Array:
    """
    Subscribers that a fully busy core carries, from a benchmark that left cores idle.

    It takes load to grow in proportion, which is best checked close to the benchmark's own.

    Parameters
    ----------
    subscribers : array_like
        Subscribers in the benchmark, non-negative. [users]
    cores : array_like
        Cores of its node, above 0. [cores]
    utilisation : array_like
        Busy share of them, above 0. [fraction]

    Returns
    -------
    ndarray
        Subscribers per core, not rounded. [users/core]

    Raises
    ------
    ValueError
        If `subscribers` is negative, `cores` is not above 0, or `utilisation` is not above 0
        and at most 1.

    References
    ----------
    .. [1] LiveKit. Benchmarking: livestream, 3,000 subscribers at 92 % of 16 vCPU.
       https://docs.livekit.io/transport/self-hosting/benchmark.md

    Examples
    --------
    >>> float(subscribers_per_busy_core(subscribers=3000, cores=16, utilisation=0.92).round(1))
    203.8
    """
    (subscribers,) = non_negative(subscribers=subscribers)
    cores, utilisation = positive(cores=cores, utilisation=utilisation)
    (utilisation,) = fraction(utilisation=utilisation)
    return subscribers / (cores * utilisation)


@formula("floor(cores * subscribers_per_core * target_utilisation)", source=_LIVEKIT)
def node_subscribers_by_cpu(
    cores: ArrayLike, subscribers_per_core: ArrayLike, target_utilisation: ArrayLike = 1.0
) -> Array:
    """
    Subscribers that a node's processor carries; 0 where not even one fits.

    Parameters
    ----------
    cores : array_like
        Cores of the node, non-negative. [cores]
    subscribers_per_core : array_like
        Subscribers that a fully busy core carries in this kind of room, non-negative. [users/core]
    target_utilisation : array_like
        Busy share one is willing to run at; 0 carries nobody. [fraction]

    Returns
    -------
    ndarray
        Subscribers, a whole number. [users]

    Raises
    ------
    ValueError
        If an argument is negative or the target is outside 0–1.

    References
    ----------
    .. [1] LiveKit. Benchmarking: livestream, 3,000 subscribers at 92 % of 16 vCPU.
       https://docs.livekit.io/transport/self-hosting/benchmark.md

    Examples
    --------
    The benchmark's node at 70 %, and half of it.

    >>> node_subscribers_by_cpu([16, 8], 203.8, target_utilisation=0.7).tolist()
    [2282.0, 1141.0]
    """
    cores, subscribers_per_core = non_negative(
        cores=cores, subscribers_per_core=subscribers_per_core
    )
    (target_utilisation,) = fraction(target_utilisation=target_utilisation)
    return units_that_fit(cores * subscribers_per_core * target_utilisation, 1.0)


@formula("floor(bandwidth * target_utilisation / bitrate)", source=_LIVEKIT)
def node_subscribers_by_egress(
    bandwidth: ArrayLike, bitrate: ArrayLike, target_utilisation: ArrayLike = 1.0
) -> Array:
    """
    Subscribers that a node's network card carries; 0 where not even one fits.

    Parameters
    ----------
    bandwidth : array_like
        Egress of the node, non-negative. [bit/s]
    bitrate : array_like
        What one subscriber receives, all streams together, above 0. [bit/s]
    target_utilisation : array_like
        Share of the card one is willing to use; 0 carries nobody. [fraction]

    Returns
    -------
    ndarray
        Subscribers, a whole number. [users]

    Raises
    ------
    ValueError
        If `bandwidth` is negative, `bitrate` is not above 0 or the target is outside 0–1.

    References
    ----------
    .. [1] LiveKit. Benchmarking: livestream, 531 MB/s to 3,000 subscribers.
       https://docs.livekit.io/transport/self-hosting/benchmark.md

    Examples
    --------
    A card of 1 Gbit/s at 70 %, with the benchmark's 1.416 Mbit/s each.

    >>> float(node_subscribers_by_egress(1e9, bitrate=1.416e6, target_utilisation=0.7))
    494.0
    """
    (bandwidth,) = non_negative(bandwidth=bandwidth)
    (bitrate,) = positive(bitrate=bitrate)
    (target_utilisation,) = fraction(target_utilisation=target_utilisation)
    return units_that_fit(bandwidth * target_utilisation, bitrate)


@formula(
    "min(floor(cores * subscribers_per_core * target_utilisation), "
    "floor(bandwidth * target_utilisation / bitrate))",
    source=_LIVEKIT,
)
def node_subscribers(
    cores: ArrayLike,
    subscribers_per_core: ArrayLike,
    bandwidth: ArrayLike,
    bitrate: ArrayLike,
    target_utilisation: ArrayLike = 1.0,
) -> Array:
    """
    Subscribers that a node carries: the fewer of processor and network card.

    Parameters
    ----------
    cores : array_like
        Cores of the node, non-negative. [cores]
    subscribers_per_core : array_like
        Subscribers that a fully busy core carries in this kind of room, non-negative. [users/core]
    bandwidth : array_like
        Egress of the node, non-negative. [bit/s]
    bitrate : array_like
        What one subscriber receives, all streams together, above 0. [bit/s]
    target_utilisation : array_like
        Share of either one is willing to use; 0 carries nobody. [fraction]

    Returns
    -------
    ndarray
        Subscribers, a whole number. [users]

    Raises
    ------
    ValueError
        If an argument is negative, `bitrate` is not above 0 or the target is outside 0–1.

    References
    ----------
    .. [1] LiveKit. Benchmarking: livestream, 3,000 subscribers at 92 % of 16 vCPU, 531 MB/s.
       https://docs.livekit.io/transport/self-hosting/benchmark.md

    Examples
    --------
    The benchmark's node: at 10 Gbit/s the processor binds, at 1 Gbit/s the card.

    >>> node_subscribers(16, 203.8, bandwidth=[10e9, 1e9], bitrate=1.416e6).tolist()
    [3260.0, 706.0]
    """
    by_cpu = node_subscribers_by_cpu(cores, subscribers_per_core, target_utilisation)
    by_egress = node_subscribers_by_egress(bandwidth, bitrate, target_utilisation)
    fewer: Array = np.minimum(by_cpu, by_egress)
    return fewer
