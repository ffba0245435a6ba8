r"""
What a media server forwards: packets and bytes of the streams that somebody sees.

A server that forwards selectively (an SFU) reads each published packet once and sends it to
each who sees that stream, encrypted anew. Per packet there is a system call, headers and a key;
per byte there is the cipher. Audio sends small packets often, video large ones: the same number
of viewers differs twentyfold in CPU by what each of them receives::

    audio room   3 voices × 50 packets/s × 100 B        meeting   1 large + 5 small pictures
    stream       1 picture × 190 packets/s × 950 B
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula

_RTP = (
    "RFC 7667, RTP Topologies, section 3.7 (selective forwarding), "
    "https://www.rfc-editor.org/rfc/rfc7667"
)


@formula("bitrate / 8 / packet_size", source=_RTP + "; bits over the bits of a packet")
def packet_rate(bitrate: ArrayLike, packet_size: ArrayLike) -> Array:
    """
    Packets per second of one stream.

    Parameters
    ----------
    bitrate : array_like
        Bits per second of the stream, non-negative; a stream that sends nothing has no
        packets. [bit/s]
    packet_size : array_like
        Mean bytes of a packet, above 0. [B]

    Returns
    -------
    ndarray
        Packets per second. [packet/s]

    Raises
    ------
    ValueError
        If `bitrate` is negative or `packet_size` is not above 0.

    References
    ----------
    .. [1] RFC 7667, RTP Topologies. https://www.rfc-editor.org/rfc/rfc7667

    Examples
    --------
    >>> float(packet_rate(bitrate=1.416e6, packet_size=947).round())
    187.0
    """
    (bitrate,) = non_negative(bitrate=bitrate)
    (packet_size,) = positive(packet_size=packet_size)
    rate: Array = bitrate / 8 / packet_size
    return rate


@formula("packet_time + bitrate / 8 / packets * byte_time", source=_RTP)
def packet_cpu(
    packet_time: ArrayLike, bitrate: ArrayLike, packets: ArrayLike, byte_time: ArrayLike
) -> Array:
    """
    CPU of forwarding one packet, bytes of its stream included.

    Parameters
    ----------
    packet_time : array_like
        CPU per packet, whatever is in it, non-negative. [s]
    bitrate : array_like
        Bits per second of what is forwarded, non-negative. [bit/s]
    packets : array_like
        Packets per second of what is forwarded, above 0. [packet/s]
    byte_time : array_like
        CPU per byte, non-negative. [s/B]

    Returns
    -------
    ndarray
        CPU per packet. [s]

    Raises
    ------
    ValueError
        If an argument is negative or `packets` is not above 0.

    References
    ----------
    .. [1] RFC 7667, RTP Topologies. https://www.rfc-editor.org/rfc/rfc7667

    Examples
    --------
    A small packet of a voice and a large one of a picture.

    >>> packet_cpu(13e-6, bitrate=[0.4e5, 1.4e6], packets=[50, 185], byte_time=14e-9).round(7)
    array([1.44e-05, 2.62e-05])
    """
    packet_time, bitrate = non_negative(packet_time=packet_time, bitrate=bitrate)
    (byte_time,) = non_negative(byte_time=byte_time)
    (packets,) = positive(packets=packets)
    cpu: Array = packet_time + bitrate / 8 / packets * byte_time
    return cpu
