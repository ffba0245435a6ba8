r"""
Bits on the wire: viewers, and the bytes that are billed.

A bitrate flows per stream and receiver, so a broadcast's egress is viewers * bitrate
(rooms, where people send as well, are in :mod:`planning.models.delivery.rooms`). Bytes are
bits / 8 over time. With GB = 10**9 bytes, one Mbit/s for one hour is
0.45 GB: ``GB = viewers * hours * Mbit/s * 0.45``. Check any "300 GB for 1,000
viewer-hours" by asking which bitrate it implies (0.667 Mbit/s: not 720p).
A month is 730 h. Mean viewers make the bill, peak viewers fill the pipe.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, fraction, non_negative, positive
from planning.models.formula import formula

MONTH = 730 * 3600.0
"""A month of 730 hours, the convention of cloud price lists. [s]"""

_SI = "BIPM, The International System of Units, 9th ed. (2019), SI prefixes, section 3"


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
