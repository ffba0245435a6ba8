r"""
Rooms: people who send and receive at once, through a media server (SFU).

The server forwards a copy of each published stream to each subscriber::

    egress = publishers * subscribers * bitrate

A simulcast publisher uploads several layers and each subscriber gets one, so what
a subscriber receives is a mean over layers. Servers are counted three times — by
egress, by packets, by streams — and the largest count is how many are needed.
Participants are also billed by the minute, rounded up or not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, fraction, non_negative, positive
from planning.models.formula import formula
from planning.models.servers.compute import units_needed, units_that_fit

_SIMULCAST = (
    "Cloudflare, Realtime SFU, Simulcast, "
    "https://developers.cloudflare.com/realtime/sfu/features/simulcast/"
)
_HLS = (
    "RFC 8216, HTTP Live Streaming (2017), section 4.3.4.2, https://www.rfc-editor.org/rfc/rfc8216"
)
_LIVEKIT = "LiveKit, Benchmarking, https://docs.livekit.io/transport/self-hosting/benchmark.md"


@formula("the sum of bitrates * shares over the layers", source=_HLS, arithmetic=False)
def mean_bitrate(bitrates: ArrayLike, shares: ArrayLike) -> Array:
    """
    Mean bitrate received over the layers of a simulcast or the renditions of a ladder.

    One layer with all the shares is that layer's bitrate.

    Parameters
    ----------
    bitrates : array_like
        Bitrate of each layer along the last axis, non-negative. [bit/s]
    shares : array_like
        Share of receivers on each layer along the last axis; sums to 1. [fraction]

    Returns
    -------
    ndarray
        Mean bitrate; the last axis is gone. [bit/s]

    Raises
    ------
    ValueError
        If a bitrate is negative, a share is outside 0–1, or shares do not sum to 1.

    References
    ----------
    .. [1] RFC 8216, HTTP Live Streaming (2017), section 4.3.4.2: variant streams.
       https://www.rfc-editor.org/rfc/rfc8216
    .. [2] Cloudflare. Realtime SFU, Simulcast: each subscriber receives one layer.
       https://developers.cloudflare.com/realtime/sfu/features/simulcast/

    Examples
    --------
    >>> float(mean_bitrate(bitrates=[160e3, 450e3, 1.7e6], shares=[0.2, 0.3, 0.5]))
    1017000.0
    """
    (bitrates,) = non_negative(bitrates=bitrates)
    (shares,) = fraction(shares=shares)
    total: Array = np.atleast_1d(np.sum(shares, axis=-1))
    wrong = np.abs(total - 1.0) > 1e-6
    if np.any(wrong):
        raise ValueError(
            f"shares must sum to 1, not {float(total[wrong].flat[0]):g}: "
            "divide each by their sum, or add the layer that is missing."
        )
    mean: Array = np.sum(bitrates * shares, axis=-1)
    return mean


@formula("the sum of bitrates over the layers", source=_SIMULCAST, arithmetic=False)
def publisher_upload(bitrates: ArrayLike) -> Array:
    """
    Upload of one publisher: every simulcast layer is sent, watched or not.

    Parameters
    ----------
    bitrates : array_like
        Bitrate of each layer along the last axis, non-negative. [bit/s]

    Returns
    -------
    ndarray
        Upload; the last axis is gone. [bit/s]

    Raises
    ------
    ValueError
        If a bitrate is negative.

    References
    ----------
    .. [1] Cloudflare. Realtime SFU, Simulcast: one source is sent at several qualities.
       https://developers.cloudflare.com/realtime/sfu/features/simulcast/

    Examples
    --------
    LiveKit's layers of 180p, 360p and 720p.

    >>> float(publisher_upload(bitrates=[160e3, 450e3, 1.7e6]))
    2310000.0
    """
    (bitrates,) = non_negative(bitrates=bitrates)
    upload: Array = np.sum(bitrates, axis=-1)
    return upload


@formula("publishers * subscribers", source=_LIVEKIT)
def sfu_forwarded_streams(publishers: ArrayLike, subscribers: ArrayLike) -> Array:
    """
    Streams that an SFU forwards: each published stream to each who subscribes to it.

    In a meeting of n where all publish, each stream has n − 1 subscribers.

    Parameters
    ----------
    publishers : array_like
        Published streams, non-negative; camera and microphone count as two. [count]
    subscribers : array_like
        Subscribers to each stream, non-negative. [users]

    Returns
    -------
    ndarray
        Forwarded streams. [count]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] LiveKit. Benchmarking: load grows with published and with subscribed tracks.
       https://docs.livekit.io/transport/self-hosting/benchmark.md

    Examples
    --------
    >>> float(sfu_forwarded_streams(publishers=6, subscribers=5))
    30.0
    """
    publishers, subscribers = non_negative(publishers=publishers, subscribers=subscribers)
    return publishers * subscribers


@formula("publishers * subscribers * bitrate", source=_LIVEKIT)
def sfu_egress(publishers: ArrayLike, subscribers: ArrayLike, bitrate: ArrayLike) -> Array:
    """
    Egress of an SFU room.

    Parameters
    ----------
    publishers : array_like
        Published streams, non-negative. [count]
    subscribers : array_like
        Subscribers to each stream, non-negative; n − 1 in a meeting of n. [users]
    bitrate : array_like
        Mean bitrate received per stream, after the choice of layer. [bit/s]

    Returns
    -------
    ndarray
        Egress of the room. [bit/s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] LiveKit. Benchmarking: livestream with 1 publisher and 3,000 subscribers sent
       531 MB/s. https://docs.livekit.io/transport/self-hosting/benchmark.md

    Examples
    --------
    The benchmark's 531 MB/s, from its 1.416 Mbit/s per subscriber.

    >>> float(sfu_egress(publishers=1, subscribers=3000, bitrate=1.416e6)) / 8e6
    531.0
    """
    (bitrate,) = non_negative(bitrate=bitrate)
    return sfu_forwarded_streams(publishers, subscribers) * bitrate


@formula("ceil(load / (node_capacity * target_utilisation))", source=_LIVEKIT)
def sfu_nodes(
    load: ArrayLike, node_capacity: ArrayLike, target_utilisation: ArrayLike = 1.0
) -> Array:
    """
    SFU nodes for one of the loads that can bind: egress, packets or streams.

    Ask it of each load and take the largest. It assumes that rooms can be spread freely;
    where a room must fit one node, ask `sfu_nodes_for_rooms`. No load needs no node.

    Parameters
    ----------
    load : array_like
        Egress [bit/s], forwarded packets [1/s] or streams [count], non-negative.
    node_capacity : array_like
        The same of one node, above 0. [as `load`]
    target_utilisation : array_like
        Share of the node one is willing to use, above 0. [fraction]

    Returns
    -------
    ndarray
        Nodes, a whole number. [count]

    Raises
    ------
    ValueError
        If `load` is negative, `node_capacity` is not above 0, or the target is not above 0
        and at most 1.

    References
    ----------
    .. [1] LiveKit. Benchmarking: 560,962 packets/s at 92 % of 16 vCPU.
       https://docs.livekit.io/transport/self-hosting/benchmark.md

    Examples
    --------
    Ten thousand viewers of 1.416 Mbit/s over 10 Gbit/s cards at 70 %.

    >>> float(sfu_nodes(load=10_000 * 1.416e6, node_capacity=10e9, target_utilisation=0.7))
    3.0
    """
    (load,) = non_negative(load=load)
    node_capacity, target_utilisation = positive(
        node_capacity=node_capacity, target_utilisation=target_utilisation
    )
    (target_utilisation,) = fraction(target_utilisation=target_utilisation)
    return units_needed(load, node_capacity * target_utilisation)


@formula(
    "ceil(rooms / floor(node_capacity / room_load)), infinite where a room does not fit one node",
    source=_LIVEKIT,
    arithmetic=False,
)
def sfu_nodes_for_rooms(rooms: ArrayLike, room_load: ArrayLike, node_capacity: ArrayLike) -> Array:
    """
    SFU nodes for equal rooms where each room must fit one node.

    Infinite where a room is larger than a node: no number of nodes will do.

    Parameters
    ----------
    rooms : array_like
        Rooms at the same moment; 0 needs no node. [count]
    room_load : array_like
        Egress [bit/s], packets [1/s] or streams [count] of one room, above 0.
    node_capacity : array_like
        The same of one node, above 0. [as `room_load`]

    Returns
    -------
    ndarray
        Nodes, a whole number or infinity. [count]

    Raises
    ------
    ValueError
        If `rooms` is negative, or `room_load` or `node_capacity` is not above 0.

    References
    ----------
    .. [1] LiveKit. Benchmarking: a room must fit within a single node.
       https://docs.livekit.io/transport/self-hosting/benchmark.md

    Examples
    --------
    Two rooms of 4 fit a node of 10, so five rooms need three nodes; a room of 11 never fits.

    >>> sfu_nodes_for_rooms(rooms=5, room_load=[4, 11], node_capacity=10).tolist()
    [3.0, inf]
    """
    (rooms,) = non_negative(rooms=rooms)
    room_load, node_capacity = positive(room_load=room_load, node_capacity=node_capacity)
    per_node = units_that_fit(node_capacity, room_load)
    nodes = units_needed(rooms, np.maximum(per_node, 1.0))
    return np.where((per_node >= 1) | (rooms == 0), nodes, np.inf)


@formula("participants * duration / 60", source="definition: users times minutes")
def participant_minutes(participants: ArrayLike, duration: ArrayLike) -> Array:
    """
    Participant-minutes, the second thing (beside bytes) that room vendors meter.

    Parameters
    ----------
    participants : array_like
        Mean participants, publishers and subscribers alike, non-negative. [users]
    duration : array_like
        The time, non-negative. [s]

    Returns
    -------
    ndarray
        Minutes, not rounded. [min]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Cloudflare. RealtimeKit pricing, per participant-minute.
       https://developers.cloudflare.com/realtime/realtimekit/platform/pricing/

    Examples
    --------
    >>> float(participant_minutes(participants=1000, duration=3600))
    60000.0
    """
    participants, duration = non_negative(participants=participants, duration=duration)
    return participants * duration / 60


@formula(
    "participants * ceil(duration / 60)",
    source="LiveKit, billing, https://docs.livekit.io/deploy/admin/billing",
)
def started_participant_minutes(participants: ArrayLike, duration: ArrayLike) -> Array:
    """
    Participant-minutes where each connection is rounded up to a whole minute.

    Short connections cost most: one of a second is billed as sixty.

    Parameters
    ----------
    participants : array_like
        Connections, non-negative; a reconnect is a new one. [count]
    duration : array_like
        Time each is connected, non-negative. [s]

    Returns
    -------
    ndarray
        Started minutes. [min]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] LiveKit. Billing: connection minutes are rounded up to one minute.
       https://docs.livekit.io/deploy/admin/billing

    Examples
    --------
    >>> started_participant_minutes(participants=10, duration=[1, 60, 61]).tolist()
    [10.0, 10.0, 20.0]
    """
    participants, duration = non_negative(participants=participants, duration=duration)
    return participants * units_needed(duration, 60)
