r"""
Time series on disk: plain at first, compressed later, dropped in the end.

Rows are written into the chunk of their time. A chunk that is old enough is compressed as a
whole, and dropped as a whole when its last row may go, so a row stays plain for the age of
compression and a chunk more, and stays at all for the retention and a chunk more::

    bytes a day
      24 GB ┤█████████                             plain: 1 chunk + compress_after
     2.4 GB ┤█████████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁         compressed: the rest of the retention
            └────────┬───────────────────┬──> age
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, at_least_one, finite
from planning.models.formula import formula

_HYPERCORE = (
    "Tiger Data documentation, About compression: chunk by chunk, by more than 90 %, "
    "https://www.tigerdata.com/docs/use-timescale/latest/compression/about-compression"
)


@formula(
    "byte_rate * (min(plain_time, kept_time) + max(kept_time - plain_time, 0) / compression)",
    source=_HYPERCORE,
)
def kept_bytes(
    byte_rate: ArrayLike, plain_time: ArrayLike, kept_time: ArrayLike, compression: ArrayLike
) -> Array:
    """
    Bytes of rows that are kept plain for a time and compressed for the rest.

    Parameters
    ----------
    byte_rate : array_like
        Bytes written per second before compression, finite and non-negative. [B/s]
    plain_time : array_like
        Time for which rows are not compressed, finite and non-negative. [s]
    kept_time : array_like
        Time for which they are kept at all, finite and non-negative. [s]
    compression : array_like
        Bytes before over bytes after, at least 1: not compressed. [ratio]

    Returns
    -------
    ndarray
        Bytes on disk; all of them plain where nothing is kept long enough to be compressed. [B]

    Raises
    ------
    ValueError
        If an argument is outside its range.

    References
    ----------
    .. [1] Tiger Data documentation, About compression.
       https://www.tigerdata.com/docs/use-timescale/latest/compression/about-compression

    Examples
    --------
    A byte a second for ten days, eight of them at a tenth.

    >>> float(kept_bytes(1.0, plain_time=2 * 86400, kept_time=10 * 86400, compression=10)) / 86400
    2.8
    """
    byte_rate, plain_time, kept_time = finite(
        byte_rate=byte_rate, plain_time=plain_time, kept_time=kept_time
    )
    (compression,) = at_least_one(compression=compression)
    plain = np.minimum(plain_time, kept_time)
    return byte_rate * (plain + np.maximum(kept_time - plain_time, 0.0) / compression)
