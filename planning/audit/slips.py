"""
Slips that explain a gap exactly: bits taken for bytes, MiB for MB, an hour for a month.

A factor between claimed and computed that equals a well-known one is worth saying, as it
tells the reader what to correct. A slip is named only where what it confuses occurs: no
bits where no size is, no months where no time is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from planning.numbers.dimensions import Quantity

_CLOSE = 0.006  # of the written digits, beyond half of the last one


class _Slip(NamedTuple):
    factor: float
    words: str
    about: str


_SLIPS = (
    _Slip(8.0, "bits were taken for bytes", "information"),
    _Slip(8e3, "bits were taken for bytes, and a thousand for one", "information"),
    _Slip(1e3, "KB were taken for MB, or MB for GB", "information"),
    _Slip(1e6, "KB were taken for GB, or MB for TB", "information"),
    _Slip(1.024, "KiB were taken for KB", "information"),
    _Slip(1.024**2, "MiB were taken for MB", "information"),
    _Slip(1.024**3, "GiB were taken for GB", "information"),
    _Slip(1.024**4, "TiB were taken for TB", "information"),
    _Slip(60.0, "minutes and seconds, or hours and minutes, were confused", "time"),
    _Slip(3600.0, "hours and seconds were confused", "time"),
    _Slip(24.0, "days and hours were confused", "time"),
    _Slip(1440.0, "days and minutes were confused", "time"),
    _Slip(86_400.0, "days and seconds were confused", "time"),
    _Slip(7.0, "weeks and days were confused", "time"),
    _Slip(30.0, "months and days were confused", "time"),
    _Slip(365 / 12, "months and days were confused", "time"),
    _Slip(12.0, "years and months were confused", "time"),
    _Slip(365.0, "years and days were confused", "time"),
    _Slip(720.0, "months and hours were confused", "time"),
    _Slip(730.0, "months and hours were confused", "time"),
    _Slip(2_592_000.0, "months and seconds were confused", "time"),
    _Slip(2_628_000.0, "months and seconds were confused", "time"),
    _Slip(100.0, "a percentage and a share were confused", ""),
    _Slip(1e3, "a thousand was taken for a million, or one for a thousand", ""),
    _Slip(1024.0, "a step of 1,024 was left out", "information"),
    _Slip(1e6, "a million was taken for one", ""),
    _Slip(1e9, "a thousand million was taken for one", ""),
    _Slip(10.0, "a zero is missing or too many", ""),
)


def slip(factor: float | None, about: Iterable[Quantity], rounding: float = 0.0) -> str:
    """
    Return which slip explains a factor exactly, in words; nothing where none does.

    Parameters
    ----------
    factor : float or None
        Computed over claimed, or the other way round.
    about : iterable of Quantity
        The claim and what it is computed from.
    rounding : float
        Share by which the claim may be off because it was written with few digits. [fraction]

    Examples
    --------
    >>> from planning.numbers.dimensions import one
    >>> slip(0.125, [one("GB")]), slip(730, [one("$/h")]), slip(8, [one("users")])
    ('bits were taken for bytes', 'months and hours were confused', '')
    """
    if factor is None or not 0 < factor < math.inf:
        return ""
    size = max(factor, 1 / factor)
    measured = {name for each in about for name, _ in each.powers}
    near = [
        (abs(size / each.factor - 1), each.words)
        for each in _SLIPS
        if not each.about or each.about in measured
    ]
    gap, words = min(near)
    return words if gap <= _CLOSE + rounding and size > 1 + 2 * rounding else ""


@lru_cache(maxsize=4096)
def rounding_of(digits: str) -> float:
    """
    Return half of the last written digit as a share of the number. [fraction]

    Parameters
    ----------
    digits : str
        The number as written.

    Examples
    --------
    >>> rounding_of("$33"), round(rounding_of("2,300"), 4), rounding_of("none")
    (0.015151515151515152, 0.0022, 0.0)
    """
    kept = [sign for sign in digits if sign in "0123456789."]
    text = "".join(kept).strip(".")
    if not text or text.count(".") > 1 or float(text) == 0:
        return 0.0
    whole = text.replace(".", "").lstrip("0")
    # The zeros at the end of a whole number may be digits or not; one of them is taken to be.
    figures = len(whole) if "." in text else len(whole.rstrip("0")) + (whole[-1] == "0")
    return 0.5 / float(whole[:figures])
