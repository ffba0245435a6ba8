"""
Two numbers that share a unit: "1K → 4K users", "from 24 to 36 servers", "85 → 93 %".

A change is no range: both its ends are quantities of their own, and the unit that is written
once, after the last of them, is that of all.
"""

from __future__ import annotations

import re

from planning.audit.parsed import Found, read_said, scan
from planning.audit.tokens import REASONS, Left

_ARROW = re.compile(r"\s*(?:→|⟶|➜|->|=>|-->)\s*~?")
_TO = re.compile(r"\s+to\s+~?")
_FROM = re.compile(r"\b[Ff]rom\s+~?$")
_UNIT = re.compile(
    r"\W*[0-9][0-9.,]*(?:\s?(?:[kKM](?![A-Za-z0-9])|million|thousand|billion))?\+?(.*)", re.DOTALL
)


def seen_in(
    text: str, bare: bool = False, capitals: bool = False
) -> list[tuple[Found | Left, str]]:
    """
    Return what a line has of numbers, from left to right, each with its text.

    Parameters
    ----------
    text : str
        A line, or the cell of a table.
    bare, capitals : bool
        As for :func:`planning.audit.parsed.scan`.

    Examples
    --------
    >>> [text for seen, text in seen_in("1K → 4K users; from 24 to 36 servers")]
    ['1K users', '4K users', '24 servers', '36 servers']
    """
    found, left = scan(text, bare, capitals)
    each: list[Found | Left] = [*found, *left]
    each.sort(key=lambda one: one.start)
    shown = [(one, text[one.start : one.end]) for one in each]
    for at in range(len(shown) - 2, -1, -1):
        shown[at] = _shared(text, shown[at], shown[at + 1]) or shown[at]
    for at in range(1, len(shown)):
        shown[at] = _shared(text, shown[at], shown[at - 1]) or shown[at]
    return shown


def _shared(
    text: str, lone: tuple[Found | Left, str], full: tuple[Found | Left, str]
) -> tuple[Found, str] | None:
    """Return a number without a unit as one with the unit of its neighbour, if they belong."""
    one, other = lone[0], full[0]
    if not isinstance(other, Found) or other.bare or other.said.unit == "ratio":
        return None
    if isinstance(one, Left) and one.reason != REASONS["unit"]:
        return None
    if isinstance(one, Found) and not one.bare:
        return None
    first, last = (one, other) if one.start < other.start else (other, one)
    unit = _UNIT.fullmatch(full[1])
    if unit is None or not _step(text, first.start, first.end, last.start):
        return None
    whole = f"{lone[1]}{unit[1]}"
    try:
        said = read_said(whole)
    except ValueError:
        return None
    return (Found(one.start, one.end, said), whole) if said.unit == other.said.unit else None


def _step(text: str, start: int, end: int, then: int) -> bool:
    """Whether an arrow or "from … to" leads from one number to the next."""
    between = text[end:then]
    if _ARROW.fullmatch(between):
        return True
    return bool(_TO.fullmatch(between) and _FROM.search(text[max(0, start - 8) : start]))
