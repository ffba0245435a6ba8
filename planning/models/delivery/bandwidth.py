r"""
Bits on the wire: viewers, and the bytes that are billed.

A bitrate flows per stream and receiver, so a broadcast's egress is viewers * bitrate;
where people send as well, each published stream goes to each who subscribes to it. Bytes are
bits / 8 over time. With GB = 10**9 bytes, one Mbit/s for one hour is
0.45 GB: ``GB = viewers * hours * Mbit/s * 0.45``. Check any "300 GB for 1,000
viewer-hours" by asking which bitrate it implies (0.667 Mbit/s: not 720p).
A month is 730 h. Mean viewers make the bill, peak viewers fill the pipe.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, non_negative
from planning.models.formula import formula

MONTH = 730 * 3600.0
"""A month of 730 hours, the convention of cloud price lists. [s]"""

_SI = "BIPM, The International System of Units, 9th ed. (2019), SI prefixes, section 3"


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
