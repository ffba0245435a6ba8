r"""
What a key takes in the memory of Redis: structures, and the classes they are rounded up to.

Beside its bytes a key has an entry in a hash table, a name with its length, and an object that
holds the value. An allocator hands out memory in classes of size only, four to each doubling,
and the table of pointers doubles in one step, old and new side by side while it is moved::

    table   [ 8 | 8 | 8 | 8 ... ]  a power of two of pointers, and half as many while they move
              └▶ entry 24 ─┬▶ name    length + 2 and more    each of them rounded up to
                           └▶ object  16, short value within   8 16 24 ... 64 80 96 112 128 160

So a key of eight letters without a value takes 88 B just after the table grew, and 72 just before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative
from planning.models.formula import formula

_JEMALLOC = (
    "jemalloc manual, Size classes, https://jemalloc.net/jemalloc.3.html; Redis builds it with a "
    "quantum of 8 bytes, redis/deps/Makefile"
)
_SDS = "Redis 6.2, src/sds.h: headers of 1, 3, 5 and 9 bytes, and a closing one"
_DICT = "Redis 6.2, src/dict.c: tables of a power of two, moved step by step"


@formula(
    "max(8, 2 ** (ceil(log(max(size, 1)) / log(2) - 1e-9) - 3)) "
    "* ceil(size / max(8, 2 ** (ceil(log(max(size, 1)) / log(2) - 1e-9) - 3)))",
    source=_JEMALLOC,
)
def size_class(size: ArrayLike) -> Array:
    """
    Memory that an allocator of size classes hands out for so many bytes.

    Four classes to each doubling, at least 8 bytes apart. Nothing takes nothing.

    Parameters
    ----------
    size : array_like
        Bytes asked for, non-negative. [B]

    Returns
    -------
    ndarray
        Bytes handed out: at most a quarter more from 32 bytes on. [B]

    Raises
    ------
    ValueError
        If `size` is negative.

    References
    ----------
    .. [1] jemalloc manual, Size classes. https://jemalloc.net/jemalloc.3.html

    Examples
    --------
    >>> size_class([0, 10, 24, 65, 129]).tolist()
    [0.0, 16.0, 24.0, 80.0, 160.0]
    """
    (size,) = non_negative(size=size)
    doubling = np.ceil(np.log(np.maximum(size, 1.0)) / np.log(2.0) - 1e-9)
    apart = np.maximum(8.0, 2.0 ** (doubling - 3.0))
    handed_out: Array = apart * np.ceil(size / apart)
    return handed_out


@formula(
    "length + 2 + 2 * min(1, max(0, length - 31)) + 2 * min(1, max(0, length - 255)) "
    "+ 4 * min(1, max(0, length - 65535))",
    source=_SDS,
)
def string_bytes(length: ArrayLike) -> Array:
    """
    Bytes of a string of Redis with its header: the longer it is, the longer its length is written.

    Between two lengths, as a mean may be, the headers are taken in proportion.

    Parameters
    ----------
    length : array_like
        Bytes of the string itself, non-negative. [B]

    Returns
    -------
    ndarray
        Bytes asked of the allocator; 2 for an empty string. [B]

    Raises
    ------
    ValueError
        If `length` is negative.

    References
    ----------
    .. [1] Redis 6.2 (2021), src/sds.h. https://github.com/redis/redis/blob/6.2/src/sds.h

    Examples
    --------
    >>> string_bytes([0, 8, 32, 300, 70_000]).tolist()
    [2.0, 10.0, 36.0, 306.0, 70010.0]
    """
    (length,) = non_negative(length=length)
    longer = [np.clip(length - past, 0.0, 1.0) for past in (31, 255, 65_535)]
    size: Array = length + 2 + 2 * longer[0] + 2 * longer[1] + 4 * longer[2]
    return size


@formula("min(1, max(0, length - 44))", source="Redis 6.2, src/object.c: embedded up to 44 bytes")
def value_outside(length: ArrayLike) -> Array:
    """
    Whether a value lies outside its object: 0 up to 44 bytes, 1 from 45 on.

    Parameters
    ----------
    length : array_like
        Bytes of the value, non-negative. [B]

    Returns
    -------
    ndarray
        0 or 1; a mean between 44 and 45 bytes is in between. [ratio]

    Raises
    ------
    ValueError
        If `length` is negative.

    References
    ----------
    .. [1] Redis 6.2 (2021), src/object.c. https://github.com/redis/redis/blob/6.2/src/object.c

    Examples
    --------
    >>> value_outside([0, 44, 45]).tolist()
    [0.0, 0.0, 1.0]
    """
    (length,) = non_negative(length=length)
    outside: Array = np.clip(length - 44.0, 0.0, 1.0)
    return outside


@formula("12 * 2 ** ceil(log(max(keys, 4)) / log(2) - 1e-9)", source=_DICT)
def table_bytes(keys: ArrayLike) -> Array:
    """
    Memory of a hash table of pointers, while it grows.

    A pointer takes 8 bytes and there are as many as the next power of two. The table before it,
    half as large, is given back only when every key has been moved, a bucket or so with each
    command; memory has to hold both until then. In a table that has grown for good a third less.

    Parameters
    ----------
    keys : array_like
        Keys in the table, non-negative; there are never fewer than four pointers. [object]

    Returns
    -------
    ndarray
        Bytes of both tables. [B]

    Raises
    ------
    ValueError
        If `keys` is negative.

    References
    ----------
    .. [1] Redis 6.2 (2021), src/dict.c. https://github.com/redis/redis/blob/6.2/src/dict.c

    Examples
    --------
    One key more than a power of two: 24 bytes a key, of which 8 go away later.

    >>> (table_bytes([2**20, 2**20 + 1]) / 2**20).tolist()
    [12.0, 24.0]
    """
    (keys,) = non_negative(keys=keys)
    pointers = 2.0 ** np.ceil(np.log(np.maximum(keys, 4.0)) / np.log(2.0) - 1e-9)
    return np.asarray(12.0 * pointers)
