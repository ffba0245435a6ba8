"""
What a document says as a number: one value, a range, or an end that stays open.

People write ``~50 - 100 gifts per second``, ``10K+`` and ``<100ms``. Each is read as
an interval in a base unit, and whether it was meant roughly: an auditor compares a
computed number with what was said, no more and no less exact. :func:`read_said` reads
one such text; :func:`find_said` finds them in a line of prose, of a table or of code,
and :func:`scan` also says what else looked like a number there, and why it is none.

A unit is a word that :mod:`planning.audit.nouns` knows, or any noun that may be counted ("6 GPUs",
"4,000 open tickets"). Other currencies than the dollar stay what they are. Looking is
bounded: each number is looked at once, with a few words on either side.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from planning.audit.amounts import ForeignMoney, Quantity, base_unit, quantity_at, sane
from planning.audit.languages import CJK
from planning.audit.nouns import nearest
from planning.audit.tokens import REASONS, TOKEN, Left, no_count, numbering, refers
from planning.audit.writings import writings
from planning.numbers.dimensions import CURRENCIES

MAX_TEXT = 200
MAX_LINE = 10_000


@dataclass(frozen=True)
class Said:
    """
    A number as a document says it.

    Attributes
    ----------
    low, high : float
        Its ends in `unit`; equal for a single number, infinite where an end is open.
    unit : str
        A base unit of this project: ``s``, ``byte``, ``bit/s``, ``USD/month``, ``fraction``
        for percent, ``ratio`` for plain numbers and factors, ``user``, ``request/s`` … Other
        currencies have their own (``EUR/month``), and any noun may stand in it (``player/pod``).
    approximate : bool
        Whether it was written with ``~``, "about" or the like.
    text : str
        As written; two that say the same are equal whatever their text.

    Examples
    --------
    >>> said = read_said("~50 - 100 gifts per second")
    >>> said.low, said.high, said.unit, said.approximate, said.single
    (50.0, 100.0, 'gift/s', True, 75.0)
    >>> str(said)
    '~50-100 gifts/s'
    """

    low: float
    high: float
    unit: str
    approximate: bool = False
    text: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        # Adding zero makes -0.0 what it is.
        low, high = float(self.low) + 0.0, float(self.high) + 0.0
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)
        if not low <= high or low == math.inf or high == -math.inf:
            raise ValueError(f"the range {low:g} to {high:g} is none; its low end must come first.")
        if math.isinf(low) and math.isinf(high):
            raise ValueError("a range with both ends open says nothing; give one end.")
        for end in (low, high):
            if math.isfinite(end) and not sane(end):
                raise ValueError(f"{end:g} is too large or too small for anything that is planned.")
        if base_unit(self.unit) != self.unit:
            raise ValueError(f"unit={self.unit!r} must be the base unit {base_unit(self.unit)!r}.")

    @property
    def single(self) -> float:
        """The only number, the middle of a range, or the end that is not open."""
        if math.isinf(self.low):
            return self.high
        if math.isinf(self.high):
            return self.low
        return self.low if self.low == self.high else (self.low + self.high) / 2

    def __str__(self) -> str:
        sign = "~" if self.approximate else ""
        best = ""
        for text in writings(self.low, self.high, self.unit):
            if (not best or len(sign + text) < len(best)) and _reads_as(sign + text, self):
                best = sign + text
        return best


def _reads_as(text: str, said: Said) -> bool:
    try:
        return read_said(text) == said
    except ValueError:
        return False


def read_said(text: str) -> Said:
    """
    Read one quantity as documents write it.

    Parameters
    ----------
    text : str
        For example ``500-1,000 users``, ``~50``, ``10K+``, ``<100ms``, ``at least 3``, ``13x``,
        ``99%+``, ``$0.10/GB``, ``€1,000-1,200/mo``, ``$0.40 per million requests``, ``6 GPUs``.
        At most 200 characters.

    Returns
    -------
    Said
        The interval in its base unit. A bare number is a ``ratio``.

    Raises
    ------
    ValueError
        If it is not one quantity, its unit is no word that is counted or looks like a slip for
        a unit, its currency is not known, or it is beyond anything that is planned. The message
        says which.

    Examples
    --------
    >>> read_said("<100ms")
    Said(low=-inf, high=0.1, unit='s', approximate=False, text='<100ms')
    >>> read_said("500 bananas").unit, read_said("€5/month").unit
    ('banana', 'EUR/month')
    >>> read_said("5 secnds")
    Traceback (most recent call last):
    ValueError: '5 secnds': unit 'secnds' is not known; did you mean 'seconds'?
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"{text[:40]!r}… has {len(text)} characters; a quantity has at most 200.")
    trimmed = text.strip()
    shown = repr(trimmed if len(trimmed) <= 60 else trimmed[:57] + "...")
    begin = re.search(r"\.?[0-9]", trimmed)
    if begin is None:
        raise ValueError(f"{shown} holds no number; write one such as '500-1,000 users'.")
    try:
        quantity = quantity_at(trimmed, begin.start(), 0, "any")
    except ValueError as error:
        raise ValueError(f"{shown}: {error}") from None
    before, after = trimmed[: quantity.start], trimmed[quantity.end :]
    if before:
        raise ValueError(f"{shown}: {before.strip()[:40]!r} before the number is not understood.")
    word = re.match(r"[\s/*-]*([^\W\d_]+)", after)
    if word:
        near = nearest(word[1])
        hint = f"did you mean {near!r}?" if near else "write one such as ms, GB, users or %."
        raise ValueError(f"{shown}: unit {word[1][:40]!r} is not known; {hint}")
    if after:
        raise ValueError(f"{shown}: {after.strip()[:40]!r} after the number is not understood.")
    return _said(quantity, trimmed)


def _said(quantity: Quantity, text: str) -> Said:
    return Said(quantity.low, quantity.high, quantity.unit, quantity.approximate, text)


class Found(NamedTuple):
    """A quantity in a line, from `start` to `end`; `bare` if it stood there without a unit."""

    start: int
    end: int
    said: Said
    bare: bool = False


def find_said(line: str, bare: bool = False) -> list[Found]:
    """
    Find the quantities in a line of prose or code.

    Parameters
    ----------
    line : str
        One line; what is beyond 10,000 characters is not looked at.
    bare : bool
        Whether a number without a unit counts, as in the cell of a table.

    Returns
    -------
    list of Found
        From left to right, not overlapping. Numbers of lists and headings, dates, versions,
        times of day, names, addresses and proportions are none.

    Examples
    --------
    >>> [found.said.text for found in find_said("2. With ~20 connections, 10K+ users wait 1-2 s")]
    ['~20 connections', '10K+ users', '1-2 s']
    """
    return scan(line, bare)[0]


_FOREIGN_REST = re.compile(r"(?:\s?[-–—]\s?[0-9][0-9,.]*+)?[^\W\d_]{0,20}")
_UNDER = re.compile(r"sub-[0-9]", re.IGNORECASE)
_RUN = re.compile(r"(?:\w|[-.,'’/](?=\w))*+")
_FACTOR_AFTER = re.compile(r"\s{0,2}[*×÷x/+]\s{0,2}[0-9(]")
_FACTOR_BEFORE = re.compile(r"[\w)%]\s{0,2}[*×÷/^+]\s{0,2}$")


def scan(line: str, bare: bool = False, capitals: bool = False) -> tuple[list[Found], list[Left]]:
    """
    Return the quantities in a line, and what else has digits in it with the reason.

    Every digit of the line is in one of the two, except what the line has in common with
    neither: the digits of other scripts, which are not read.

    Parameters
    ----------
    line : str
        One line; what is beyond 10,000 characters is not looked at.
    bare : bool
        Whether a number without a unit counts, as in the cell of a table.
    capitals : bool
        Whether a word with a capital after a number is what it counts, as in German.
    """
    found: list[Found] = []
    left: list[Left] = []
    if len(line) > MAX_LINE:
        left.append(Left(MAX_LINE, len(line), REASONS["long"]))
        line = line[:MAX_LINE]
    at, floor, word = 0, 0, ""
    number = numbering(line)
    if number:
        left.insert(0, number)
        at = floor = number.end
    while (token := TOKEN.search(line, at)) is not None:
        kind, start, end = token.lastgroup or "", token.start(), token.end()
        if kind == "name" and _UNDER.match(token[0]):
            end = start + 4
        elif kind == "name":
            if any(digit in token[0] for digit in "0123456789"):
                # "약3만", "초당120KB": letters of other scripts end where digits begin.
                other = CJK.match(token[0]) and re.search("[0-9]", token[0])
                if other:
                    end = start + other.start()
                else:
                    left.append(Left(start, end, REASONS[kind]))
                    floor = end
            word = token[0].lower()
        elif kind in {"number", "share", "power"}:
            seen = _number(line, token, floor, bare, word, "capitals" if capitals else "")
            if isinstance(seen, Found):
                found.append(seen)
            else:
                left.append(seen)
            floor = end = seen.end
            word = ""
        else:
            left.append(Left(start, end, REASONS[kind]))
            floor, word = end, ""
        at = max(end, at + 1)
    left.sort()
    return found, left


def _number(
    line: str, token: re.Match[str], floor: int, bare: bool, word: str, loose: str
) -> Found | Left:
    """Read the quantity at a number, or say what the number is instead."""
    at, end, kind = token.start(), token.end(), token.lastgroup or ""
    if kind == "power" or (kind == "share" and line[max(0, at - 1) : at] not in CURRENCIES):
        return Left(at, end, REASONS[kind])
    if token[0].startswith(".") and at and line[at - 1].isalnum():
        return Left(at, _run(line, at), REASONS["unclear"])
    try:
        seen = quantity_at(line, at, floor, loose)
        said = _said(seen, line[seen.start : seen.end])
    except ValueError as error:
        run = _run(line, at)
        if isinstance(error, ForeignMoney):
            rest = _FOREIGN_REST.match(line, run)
            run = rest.end() if rest else run
        return Left(at, run, str(error).rstrip("."))
    start, end = seen.start, seen.end
    following = line[end : end + 2]
    if following[:1] == "_" or (following[:1].isalnum() and not CJK.match(following)):
        return Left(start, _run(line, end), REASONS["name"])
    if re.match(r"[,.'’_][0-9]", following):
        return Left(start, _run(line, end), REASONS["unclear"])
    referred = refers(line, start, word)
    if not seen.bare:
        reason = no_count(line, at, seen.end, seen.written, referred)
        return Left(start, end, REASONS[reason]) if reason else Found(start, end, said)
    if _FACTOR_AFTER.match(line, end) or _FACTOR_BEFORE.search(line[max(0, start - 6) : start]):
        return Left(start, end, REASONS["product"])
    if referred:
        return Left(start, end, REASONS["reference"])
    if not bare:
        return Left(start, end, REASONS["unit"])
    return Found(start, end, said, bare=True)


def _run(line: str, at: int) -> int:
    """Return where the run of digits, letters and their connectors ends."""
    match = _RUN.match(line, at)
    return max(at + 1, match.end() if match else at + 1)
