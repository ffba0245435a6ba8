r"""
Bits on the wire: viewers, rooms, ladders, and the bytes that are billed.

A bitrate flows per stream and receiver, so egress is a product::

    broadcast (CDN, HLS):  viewers * bitrate
    room (SFU):            publishers * subscribers * bitrate
                           a copy of each published stream to each subscriber

Bytes are bits / 8 over time. With GB = 10**9 bytes, one Mbit/s for one hour is
0.45 GB: ``GB = viewers * hours * Mbit/s * 0.45``. Check any "300 GB for 1,000
viewer-hours" by asking which bitrate it implies (0.667 Mbit/s: not 720p).
A month is 730 h. Mean viewers make the bill, peak viewers fill the pipe.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._arrays import Array, at_least_one, fraction, non_negative, positive
from planning.models.compute import units_needed, units_that_fit
from planning.models.formula import formula

MONTH = 730 * 3600.0
"""A month of 730 hours, the convention of cloud price lists. [s]"""

_SI = "BIPM, The International System of Units, 9th ed. (2019), SI prefixes, section 3"
_SIMULCAST = (
    "Cloudflare, Realtime SFU, Simulcast, "
    "https://developers.cloudflare.com/realtime/sfu/features/simulcast/"
)
_HLS = (
    "RFC 8216, HTTP Live Streaming (2017), section 4.3.4.2, https://www.rfc-editor.org/rfc/rfc8216"
)
_LIVEKIT = "LiveKit, Benchmarking, https://docs.livekit.io/transport/self-hosting/benchmark.md"


@formula("viewers * bitrate", source="definition: one stream to each viewer")
def viewer_egress(viewers: ArrayLike, bitrate: ArrayLike) -> Array:
    """
    Egress while viewers each receive one stream.

    Parameters
    ----------
    viewers : array_like
        Viewers at the same moment, non-negative. [users]
    bitrate : array_like
        Mean bitrate a viewer receives, non-negative. [bit/s]

    Returns
    -------
    ndarray
        Egress. [bit/s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] RFC 8216, HTTP Live Streaming (2017), section 4.3.4.2: BANDWIDTH and
       AVERAGE-BANDWIDTH of a stream. https://www.rfc-editor.org/rfc/rfc8216

    Examples
    --------
    Ten thousand viewers of 1.5 Mbit/s fill 15 Gbit/s.

    >>> float(viewer_egress(viewers=10_000, bitrate=1.5e6))
    15000000000.0
    """
    viewers, bitrate = non_negative(viewers=viewers, bitrate=bitrate)
    return viewers * bitrate


@formula("viewers * duration * bitrate / 8", source=_SI + "; 8 bits in a byte")
def transferred_bytes(viewers: ArrayLike, duration: ArrayLike, bitrate: ArrayLike) -> Array:
    """
    Bytes delivered to viewers over a time.

    In other units: GB = viewers × hours × Mbit/s × 0.45.

    Parameters
    ----------
    viewers : array_like
        Mean viewers during the time, non-negative. [users]
    duration : array_like
        The time, non-negative. [s]
    bitrate : array_like
        Mean bitrate a viewer receives, non-negative. [bit/s]

    Returns
    -------
    ndarray
        Bytes; 10**9 of them are a GB. [B]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] BIPM, The International System of Units, 9th ed. (2019), section 3 (giga is 10**9).
       https://www.bipm.org/en/publications/si-brochure

    Examples
    --------
    An hour of 720p at 1.7 Mbit/s for 1,000 viewers, in GB.

    >>> float(transferred_bytes(viewers=1000, duration=3600, bitrate=1.7e6)) / 1e9
    765.0
    """
    viewers, duration, bitrate = non_negative(viewers=viewers, duration=duration, bitrate=bitrate)
    return viewers * duration * bitrate / 8


@formula("transferred * 8 / (viewers * duration)", source=_SI + "; 8 bits in a byte")
def bitrate_for_bytes(transferred: ArrayLike, viewers: ArrayLike, duration: ArrayLike) -> Array:
    """
    Bitrate that a quoted volume implies: the inverse of `transferred_bytes`.

    Parameters
    ----------
    transferred : array_like
        Bytes delivered, non-negative. [B]
    viewers : array_like
        Mean viewers during the time, above 0. [users]
    duration : array_like
        The time, above 0. [s]

    Returns
    -------
    ndarray
        Mean bitrate per viewer. [bit/s]

    Raises
    ------
    ValueError
        If `transferred` is negative, or `viewers` or `duration` is not above 0.

    References
    ----------
    .. [1] BIPM, The International System of Units, 9th ed. (2019), section 3 (giga is 10**9).
       https://www.bipm.org/en/publications/si-brochure

    Examples
    --------
    >>> float(bitrate_for_bytes(transferred=300e9, viewers=1000, duration=3600).round())
    666667.0
    """
    (transferred,) = non_negative(transferred=transferred)
    viewers, duration = positive(viewers=viewers, duration=duration)
    return transferred * 8 / (viewers * duration)


@formula("peak / peak_to_mean", source="definition of the peak-to-mean ratio")
def mean_from_peak(peak: ArrayLike, peak_to_mean: ArrayLike) -> Array:
    """
    Mean over a month, from the peak.

    Parameters
    ----------
    peak : array_like
        Concurrent viewers at the peak, non-negative. [viewers]
    peak_to_mean : array_like
        Peak over mean, at least 1; 1 for an audience that never sleeps. [ratio]

    Returns
    -------
    ndarray
        Mean concurrent viewers. [viewers]

    Raises
    ------
    ValueError
        If `peak` is negative or `peak_to_mean` is below 1.

    References
    ----------
    .. [1] By definition.

    Examples
    --------
    >>> float(mean_from_peak(peak=900, peak_to_mean=3))
    300.0
    """
    (peak,) = non_negative(peak=peak)
    (peak_to_mean,) = at_least_one(peak_to_mean=peak_to_mean)
    mean: Array = peak / peak_to_mean
    return mean


@formula("mean_viewers * bitrate / 8 * 730 * 3600", source=_SI + "; a month is 730 h")
def bytes_per_month(mean_viewers: ArrayLike, bitrate: ArrayLike) -> Array:
    """
    Bytes delivered in a month of 730 h by a mean number of concurrent viewers.

    Parameters
    ----------
    mean_viewers : array_like
        Mean over the whole month, nights included, non-negative; not the peak. [users]
    bitrate : array_like
        Mean bitrate a viewer receives, non-negative. [bit/s]

    Returns
    -------
    ndarray
        Bytes per month. [B]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Infracost. Issue 1556: prices by the hour are taken for 730 hours a month.
       https://github.com/infracost/infracost/issues/1556

    Examples
    --------
    >>> float(bytes_per_month(mean_viewers=100, bitrate=1e6)) / 1e9
    32850.0
    """
    mean_viewers, bitrate = non_negative(mean_viewers=mean_viewers, bitrate=bitrate)
    return transferred_bytes(mean_viewers, MONTH, bitrate)


@formula("egress * (1 - hit_ratio)", source="definition of the hit ratio, by bytes")
def origin_egress(egress: ArrayLike, hit_ratio: ArrayLike) -> Array:
    """
    Egress of the origin behind a CDN: what the cache does not answer.

    A hit ratio of 1 leaves the origin idle, 0 leaves it everything.

    Parameters
    ----------
    egress : array_like
        Egress to the viewers, non-negative. [bit/s]
    hit_ratio : array_like
        Share of the bytes, not of the requests, answered by the cache. [fraction]

    Returns
    -------
    ndarray
        Egress of the origin. [bit/s]

    Raises
    ------
    ValueError
        If `egress` is negative or `hit_ratio` is outside 0–1.

    References
    ----------
    .. [1] Breslau, L. et al. (1999). Web Caching and Zipf-like Distributions: Evidence and
       Implications. IEEE INFOCOM, 126-134. https://doi.org/10.1109/INFCOM.1999.749260

    Examples
    --------
    >>> float(origin_egress(egress=1e9, hit_ratio=0.75))
    250000000.0
    """
    (egress,) = non_negative(egress=egress)
    (hit_ratio,) = fraction(hit_ratio=hit_ratio)
    return egress * (1.0 - hit_ratio)


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
