r"""
Video in segments: what an origin is asked for behind caches.

Over HLS or DASH each viewer asks for one segment after the other, of one quality. A cache that
has it answers; the first to ask makes it fetch. So the origin is asked once per segment, quality,
stream and cache, however many watch, and once per viewer where hardly anyone does::

    viewers spread over the caches   n per copy     asked for: 1 − exp(−n) of the copies
    few:  every request is a miss    many: copies / segment time, and no more
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative, positive
from planning.models.formula import formula


@formula(
    "copies * (1 - exp(-viewers / copies)) / segment_time",
    source="Poisson occupancy: Feller, An Introduction to Probability Theory, vol. 1, 3rd ed., "
    "section IV.2; one fetch per cache: RFC 8216, HTTP Live Streaming, section 6.3",
)
def origin_fetches(viewers: ArrayLike, copies: ArrayLike, segment_time: ArrayLike) -> Array:
    """
    Segments per second that caches fetch from the origin.

    Viewers are spread over the copies at random, and a cache asks once for each segment however
    many wait for it (request collapsing). A cache that asks for each of them is no cache.

    Parameters
    ----------
    viewers : array_like
        Viewers at the same moment, non-negative. [users]
    copies : array_like
        Streams × qualities × caches that ask for themselves, above 0. [count]
    segment_time : array_like
        Length of a segment, above 0. [s]

    Returns
    -------
    ndarray
        Fetches per second: at most one per viewer and segment, and one per copy. [1/s]

    Raises
    ------
    ValueError
        If `viewers` is negative, or `copies` or `segment_time` is not above 0.

    References
    ----------
    .. [1] Feller, W. (1968). An Introduction to Probability Theory and Its Applications, vol. 1,
       3rd ed., section IV.2.
    .. [2] RFC 8216, HTTP Live Streaming. https://www.rfc-editor.org/rfc/rfc8216

    Examples
    --------
    >>> origin_fetches([10, 350, 100_000], copies=350, segment_time=10).round(2).tolist()
    [0.99, 22.12, 35.0]
    """
    (viewers,) = non_negative(viewers=viewers)
    copies, segment_time = positive(copies=copies, segment_time=segment_time)
    fetches: Array = copies * (1 - np.exp(-viewers / copies)) / segment_time
    return fetches
