"""How an interval in a base unit is written, the most usual way first: ``10K users``, ``$5/GB``."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planning.audit.nouns import in_base
from planning.numbers.dimensions import several
from planning.numbers.units import COUNTS, plural

_SECONDS = ("s", "ms", "µs", "min", "h", "days", "weeks")
_BYTES = ("B", "KB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB")
_BITS = ("bit/s", "Kbit/s", "Mbit/s", "Gbit/s", "Tbit/s")
_NO_PLURAL = frozenset({"s", "byte", "bit", "fraction", "ratio", "erlang"})
_SCALES = (("", 1.0), ("K", 1e3), ("M", 1e6))


def writings(low: float, high: float, unit: str) -> Iterator[str]:
    """
    Yield ways to write an interval, the last one exact: digits in the base unit.

    Parameters
    ----------
    low, high : float
        Its ends; infinite where one is open. [`unit`]
    unit : str
        A base unit.

    Examples
    --------
    >>> list(writings(2000.0, 2000.0, "user"))
    ['2000 users', '2K users', '0.002M users', '2000 users']
    """
    single = high if math.isinf(low) else low
    head, _, tail = unit.partition("/")
    rest = f"/{tail}" if tail else ""
    noun = head
    if head in COUNTS and (single != 1 or low != high):
        noun = plural(head)
    elif (
        head.isalpha()
        and head not in _NO_PLURAL
        and single != 1
        and in_base(several(head))[1] == head
    ):
        noun = several(head)
    if unit == "s":
        ways = [("", f" {name}", name, 1.0) for name in _SECONDS]
    elif unit == "byte":
        ways = [("", f" {name}", name, 1.0) for name in _BYTES]
    elif unit == "bit/s":
        ways = [("", f" {name}", name, 1.0) for name in _BITS]
    elif unit == "fraction":
        ways = [("", "%", "%", 1.0)]
    elif unit == "ratio":
        ways = [("", scale, "", factor) for scale, factor in _SCALES]
    elif head == "USD":
        ways = [("$", scale + rest, unit, factor) for scale, factor in _SCALES]
        if tail.startswith("byte"):
            per = rest.replace("byte", "GB", 1)
            ways.append(("$", per, f"USD{per}", 1.0))
    elif head == "1":
        ways = [("", scale + rest, unit, factor) for scale, factor in _SCALES]
    else:
        ways = [("", f"{scale} {noun}{rest}", unit, factor) for scale, factor in _SCALES]
    for money, after, name, scale in ways:
        yield _written(low, high, scale * in_base(name)[0], money, after)
    yield _written(low, high, 1.0, "", f" {noun}{rest}" if head != "1" else rest)


def _written(low: float, high: float, factor: float, money: str, after: str) -> str:
    def number(value: float) -> str:
        digits = repr(value) if factor == 1 else f"{value / factor:.15g}"
        digits = digits.removesuffix(".0").replace("e+", "e")
        return f"-{money}{digits[1:]}" if digits.startswith("-") else money + digits

    if math.isinf(low):
        return f"<{number(high)}{after}"
    if math.isinf(high):
        return f">{number(low)}{after}"
    if low == high:
        return number(low) + after
    between = " to " if low < 0 or "e" in number(low) else "-"
    return f"{number(low)}{between}{number(high).replace(money, '', 1)}{after}"
