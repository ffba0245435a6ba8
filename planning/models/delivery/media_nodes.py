r"""
How many subscribers one media server carries, and how many servers it takes.

Processor or network card, whichever is less::

    by processor   cores * subscribers_per_core     packets to encrypt and send
    by egress      bandwidth / bitrate              bits through the card

Both shrink with the share of the node one is willing to use. ``subscribers_per_core``
is of a core that is busy all the time, so a benchmark at 92 % is divided by 0.92 first;
and it belongs to one kind of room: audio, one stream to thousands, or a meeting where
each watches all (LiveKit's benchmarks differ twentyfold). Servers come whole.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from planning.models._guards import Array, fraction, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_needed, units_that_fit

_LIVEKIT = "LiveKit, Benchmarking, https://docs.livekit.io/transport/self-hosting/benchmark.md"


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


@formula("ceil(viewers / node_viewers)", source=_LIVEKIT)
def nodes_needed(viewers: ArrayLike, node_viewers: ArrayLike) -> Array:
    """
    Media servers that carry a number of viewers, in rooms that can be spread freely.

    No viewers need no server. A room that must fit one server, as LiveKit's must, is no
    larger than `node_viewers` however many servers there are.

    Parameters
    ----------
    viewers : array_like
        Viewers at the same moment, over all rooms, non-negative. [users]
    node_viewers : array_like
        Viewers that one server carries, above 0. [users]

    Returns
    -------
    ndarray
        Servers, a whole number. [count]

    Raises
    ------
    ValueError
        If `viewers` is negative or `node_viewers` is not above 0.

    References
    ----------
    .. [1] LiveKit. Benchmarking: a room must fit within a single node.
       https://docs.livekit.io/transport/self-hosting/benchmark.md

    Examples
    --------
    >>> nodes_needed(viewers=[0, 3000, 3001], node_viewers=3000).tolist()
    [0.0, 1.0, 2.0]
    """
    (viewers,) = non_negative(viewers=viewers)
    (node_viewers,) = positive(node_viewers=node_viewers)
    return units_needed(viewers, node_viewers)
