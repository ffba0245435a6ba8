r"""
What a row and an index entry take on disk in PostgreSQL.

A table is a file of 8 kB pages. Beside its values a row has a header with its
transactions, and the page a pointer to it; both it and its values start at
multiples of 8 bytes::

    | page header 24 | 4 | 4 | 4 ...   free   ... | row | row | header 24 + values |
                       pointers ->                <- rows, aligned to 8

An integer of 4 bytes so takes 36, nine times its size. An index entry has a
smaller header and pages that are left 10 % empty for what comes later.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, non_negative
from planning.models.formula import formula

_LAYOUT = (
    "PostgreSQL 15 documentation, Database Page Layout, "
    "https://www.postgresql.org/docs/15/storage-page-layout.html"
)


@formula(
    "max(28 + 8 * ceil(payload_bytes / 8), "
    "8192 / max(4, floor(8168 / (28 + 8 * ceil(payload_bytes / 8)))))",
    source=_LAYOUT,
)
def heap_row_bytes(payload_bytes: ArrayLike) -> Array:
    """
    Disk space of one row in a PostgreSQL table, its share of an 8 kB page.

    A header of 24 bytes, the values padded to a multiple of 8, a line pointer of 4; and what
    is left of a page (8,192 bytes with a header of 24) that holds no further row. Past about
    2 kB values are compressed or moved out of line (TOAST), so at least four rows fit a page;
    out of line they took 15 % more than this says, measured at 4.8 kB.

    Parameters
    ----------
    payload_bytes : array_like
        Values of the row with the padding between columns, non-negative; a short text is its
        length + 1. [B]

    Returns
    -------
    ndarray
        Bytes; 28 for a row without values. Dead rows not yet vacuumed come on top. [B]

    Raises
    ------
    ValueError
        If `payload_bytes` is negative.

    References
    ----------
    .. [1] PostgreSQL 15 documentation, Database Page Layout, and TOAST.
       https://www.postgresql.org/docs/15/storage-page-layout.html

    Examples
    --------
    One integer: 226 rows to a page.

    >>> float(heap_row_bytes(payload_bytes=4).round(3))
    36.248
    """
    (payload_bytes,) = non_negative(payload_bytes=payload_bytes)
    row = 28.0 + 8.0 * np.ceil(payload_bytes / 8.0)
    page_share: Array = 8192.0 / np.maximum(4.0, np.floor(8168.0 / row))
    return np.maximum(row, page_share)


@formula("(12 + 8 * ceil(key_bytes / 8)) / 0.9 * 8192 / 8152", source=_LAYOUT)
def btree_entry_bytes(key_bytes: ArrayLike) -> Array:
    """
    Disk space of one entry in a PostgreSQL B-tree whose keys come in order.

    A header of 8 bytes, the key padded to a multiple of 8, a line pointer of 4, in pages that
    are filled to 90 %; the upper levels of the tree, about 1 %, are left out. Keys that come at
    random (a version 4 UUID) fill pages to about 70 %, a quarter more space; keys that repeat
    share entries and take less than half.

    Parameters
    ----------
    key_bytes : array_like
        The indexed columns, non-negative. [B]

    Returns
    -------
    ndarray
        Bytes per row of the table. [B]

    Raises
    ------
    ValueError
        If `key_bytes` is negative.

    References
    ----------
    .. [1] PostgreSQL 15 documentation, Database Page Layout, and CREATE INDEX, fillfactor.
       https://www.postgresql.org/docs/15/sql-createindex.html

    Examples
    --------
    >>> btree_entry_bytes(key_bytes=[8, 16]).round(1).tolist()
    [22.3, 31.3]
    """
    (key_bytes,) = non_negative(key_bytes=key_bytes)
    entry: Array = 12.0 + 8.0 * np.ceil(key_bytes / 8.0)
    return entry / 0.9 * 8192.0 / 8152.0
