"""
How people write units: the spellings a page understands, each with its factor.

A page has no pint. So every spelling that makes sense for a unit of the system (``ms``, ``min``
and ``h`` for seconds, ``$/GB`` for dollars per byte) is read here once, by the one parser, and
the page looks it up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from planning.numbers.units import COUNTS, UnitError, example, parse, plural

_TERMS: Mapping[str, tuple[str, ...]] = {
    "s": ("µs", "us", "ms", "s", "sec", "seconds", "min", "minutes", "h", "hours", "day", "days"),
    "byte": ("B", "kB", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"),
    "bit": ("bit", "kbit", "Mbit", "Gbit"),
    "month": ("month", "mo", "year"),
    "min": ("min", "h"),
    "token": ("token", "tokens", "ktoken", "ktokens", "Mtoken", "Mtokens", "Gtoken", "Gtokens"),
    "day": ("day", "h"),
    "USD": ("$", "USD"),
    "fraction": ("%", "percent", ""),
    "ratio": ("", "x"),
    "1": ("",),
}
# What is written once more than a hundred times over helps nobody.
_MOST = 120


def units_record(units: Iterable[str]) -> Mapping[str, Any]:
    """
    Return the spellings of some units, and the nouns that have plurals.

    Parameters
    ----------
    units : iterable of str
        Base units.

    Returns
    -------
    mapping
        ``units``: base unit to ``[example, [spelling, factor], ...]``; ``nouns``: noun, plural.

    Examples
    --------
    >>> dict(units_record(["s"])["units"][0][2])["ms"]
    0.001
    """
    return {
        "units": [[unit, example(unit).strip("'"), spellings(unit)] for unit in sorted(units)],
        "nouns": [[noun, plural(noun)] for noun in COUNTS],
    }


def spellings(unit: str) -> list[tuple[str, float]]:
    """Return spellings of a unit, without spaces, and what one of each is in the unit itself."""
    found: dict[str, float] = {}
    terms = [_TERMS.get(term, (term, plural(term))) for term in unit.replace("*", "/*").split("/")]
    for several in product(*terms):
        written = "/".join(several).replace("/*", " ").strip()
        money, plain = written.startswith("$"), written.replace("$", "", 1)
        try:
            factor = parse(f"$1{plain}" if money else f"1 {plain}".strip(), unit)
        except UnitError:
            continue
        found.setdefault(written.replace(" ", ""), factor)
        if len(found) >= _MOST:
            break
    return list(found.items())
