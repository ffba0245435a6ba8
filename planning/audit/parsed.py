"""
What a document says as a number: one value, a range, or an end that stays open.

People write ``~50 - 100 gifts per second``, ``10K+`` and ``<100ms``. Each is read as
an interval in a base unit, and whether it was meant roughly: an auditor compares a
computed number with what was said, no more and no less exact. :func:`read_said` reads
one such text; :func:`find_said` finds them in a line of prose, of a table or of code,
and :func:`scan` also says what else looked like a number there, and why it is none.

Words after a number are its unit only if they are known to :mod:`planning.numbers.units`; how
a count is qualified ("500 concurrent users") is passed over, as are capitals. Looking
is bounded: each number is looked at once, with a few words on either side.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from planning.audit.amounts import ForeignMoney, Quantity, base_unit, quantity_at, sane, words
from planning.numbers.dimensions import one, several, unit_name
from planning.numbers.units import COUNTS, UnitError, plural, to_base

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
        for percent, ``ratio`` for plain numbers and factors, ``user``, ``request/s`` …
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
        base = _base_of(self.unit)
        if base != self.unit:
            raise ValueError(f"unit={self.unit!r} must be the base unit {base!r}.")

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
        for text in _writings(self):
            if (not best or len(sign + text) < len(best)) and _reads_as(sign + text, self):
                best = sign + text
        return best


def _base_of(unit: str) -> str:
    try:
        return base_unit(unit)
    except UnitError:  # whatever else is counted
        return unit_name(one(unit))


def _reads_as(text: str, said: Said) -> bool:
    try:
        return read_said(text) == said
    except ValueError:
        return False


_SECONDS = ("s", "ms", "µs", "min", "h", "days", "weeks")
_BYTES = ("B", "KB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB")
_BITS = ("bit/s", "Kbit/s", "Mbit/s", "Gbit/s", "Tbit/s")
_SCALES = (("", 1.0), ("K", 1e3), ("M", 1e6))
_NOT_NOUNS = frozenset({"s", "byte", "bit", "fraction", "ratio", "USD", "1"})
_CLOSED = _NOT_NOUNS | frozenset(COUNTS)


def _writings(said: Said) -> Iterator[str]:
    """Ways to write it, the most usual first, the last one exact: digits in the base unit."""
    head, _, tail = said.unit.partition("/")
    rest = f"/{tail}" if tail else ""
    counted = "*" not in head and head not in _NOT_NOUNS
    noun = several(head) if counted and said.single != 1 else head
    if said.unit == "s":
        ways = [("", f" {unit}", unit, 1.0) for unit in _SECONDS]
    elif said.unit == "byte":
        ways = [("", f" {unit}", unit, 1.0) for unit in _BYTES]
    elif said.unit == "bit/s":
        ways = [("", f" {unit}", unit, 1.0) for unit in _BITS]
    elif said.unit == "fraction":
        ways = [("", "%", "%", 1.0)]
    elif said.unit == "ratio":
        ways = [("", scale, "", factor) for scale, factor in _SCALES]
    elif head == "USD":
        ways = [("$", scale + rest, said.unit, factor) for scale, factor in _SCALES]
        if tail.startswith("byte"):
            per = rest.replace("byte", "GB", 1)
            ways.append(("$", per, f"USD{per}", 1.0))
    elif head == "1":
        ways = [("", scale + rest, said.unit, factor) for scale, factor in _SCALES]
    else:
        ways = [("", f"{scale} {noun}{rest}", said.unit, factor) for scale, factor in _SCALES]
    for money, after, unit, scale in ways:
        factor = scale * (to_base(unit)[0] if head in _CLOSED or "*" in head else 1.0)
        yield _written(said, factor, money, after)
    yield _written(said, 1.0, "", f" {noun}{rest}" if head != "1" else rest)


def _written(said: Said, factor: float, money: str, after: str) -> str:
    def number(value: float) -> str:
        digits = repr(value) if factor == 1 else f"{value / factor:.15g}"
        digits = digits.removesuffix(".0").replace("e+", "e")
        return f"-{money}{digits[1:]}" if digits.startswith("-") else money + digits

    if math.isinf(said.low):
        return f"<{number(said.high)}{after}"
    if math.isinf(said.high):
        return f">{number(said.low)}{after}"
    if said.low == said.high:
        return number(said.low) + after
    between = " to " if said.low < 0 or "e" in number(said.low) else "-"
    return f"{number(said.low)}{between}{number(said.high).replace(money, '', 1)}{after}"


def read_said(text: str) -> Said:
    """
    Read one quantity as documents write it.

    Parameters
    ----------
    text : str
        For example ``500-1,000 users``, ``~50``, ``10K+``, ``<100ms``, ``at least 3``, ``13x``,
        ``99%+``, ``$0.10/GB``, ``$1,000-1,200/mo``, ``$0.40 per million requests``. At most 200
        characters.

    Returns
    -------
    Said
        The interval in its base unit. A bare number is a ``ratio``; a word that is no unit is what
        the number counts.

    Raises
    ------
    ValueError
        If it is not one quantity, its unit is not known, its currency is not US dollars, or it
        is beyond anything that is planned. The message says which.

    Examples
    --------
    >>> read_said("<100ms")
    Said(low=-inf, high=0.1, unit='s', approximate=False, text='<100ms')
    >>> read_said("6 GPUs").unit
    'GPU'
    >>> read_said("500 milisecond")
    Traceback (most recent call last):
    ValueError: '500 milisecond': unit 'milisecond' is not known; did you mean 'seconds'?
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"{text[:40]!r}… has {len(text)} characters; a quantity has at most 200.")
    trimmed = text.strip()
    shown = repr(trimmed if len(trimmed) <= 60 else trimmed[:57] + "...")
    begin = re.search(r"\.?[0-9]", trimmed)
    if begin is None:
        raise ValueError(f"{shown} holds no number; write one such as '500-1,000 users'.")
    try:
        quantity = quantity_at(trimmed, begin.start(), 0)
    except ValueError as error:
        raise ValueError(f"{shown}: {error}") from None
    before, after = trimmed[: quantity.start], trimmed[quantity.end :]
    if before:
        raise ValueError(f"{shown}: {before.strip()[:40]!r} before the number is not understood.")
    word = re.match(r"[\s/*-]*([^\W\d_]+)", after)
    counted = _counted(quantity, after, trimmed) if word and not before else None
    if counted is not None:
        return counted
    if word:
        near = _nearest(word[1])
        hint = f"did you mean {near!r}?" if near else "write one such as ms, GB, users or %."
        raise ValueError(f"{shown}: unit {word[1][:40]!r} is not known; {hint}")
    if after:
        raise ValueError(f"{shown}: {after.strip()[:40]!r} after the number is not understood.")
    return _said(quantity, trimmed)


def _said(quantity: Quantity, text: str) -> Said:
    return Said(quantity.low, quantity.high, quantity.unit, quantity.approximate, text)


# What a misspelled unit is near to; two letters are a unit that does not exist, not a noun.
_MISSPELLED = ("milliseconds", "millisec", "seconds", "minutes", "hours", "months", "years",
               "bytes", "percent")  # fmt: skip
_NOUNS = re.compile(r"\s?(?:[^\W\d_]{3,30}|[A-Z]{2})(?: [^\W\d_]{2,30}){0,3}(?:/[^\W_]{1,30}){0,3}")


def _counted(quantity: Quantity, after: str, text: str) -> Said | None:
    """Return a number of whatever a text counts, unless it looks like a unit misspelled."""
    if not quantity.bare or not _NOUNS.fullmatch(after):
        return None
    if get_close_matches(after.split("/")[0].strip().lower(), _MISSPELLED, 1, 0.8):
        return None
    each = one(after.strip())
    unit = unit_name(each)
    factor = each.value / one(unit).value
    low, high = quantity.low * factor, quantity.high * factor
    return Said(low, high, unit, quantity.approximate, text)


def _nearest(word: str) -> str | None:
    known = ["ms", "seconds", "minutes", "hours", "days", "weeks", "months", "years", "MB", "GB",
             "bytes", "Mbit", "percent", "dollars", *COUNTS, *map(plural, COUNTS)]  # fmt: skip
    hint = {"mb": "MB", "gb": "GB", "tb": "TB", "kb": "KB"}.get(word)
    return hint or next(iter(get_close_matches(word[:40].lower(), known, 1, 0.7)), None)


class Found(NamedTuple):
    """A quantity in a line, from `start` to `end`; `bare` if it stood there without a unit."""

    start: int
    end: int
    said: Said
    bare: bool = False


class Left(NamedTuple):
    """What looked like a number in a line, from `start` to `end`, and why it was not taken."""

    start: int
    end: int
    reason: str


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


_MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    "|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_TOKEN = re.compile(
    rf"""
      (?P<name>[^\W\d]\w*+(?:[-./@+]\w++)*+(?:://\S++)?)
    | (?P<issue>\#[0-9]++(?!\w))
    | (?P<hex>0[xX][0-9A-Fa-f]++|\#(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{{3,8}}(?!\w))
    | (?P<date>(?<!\w)(?:
          (?:19|20)[0-9]{{2}}(?P<sep>[-/._])(?:0?[1-9]|1[0-2])(?P=sep)(?:0?[1-9]|[12][0-9]|3[01])
            (?:[T ][0-9]{{1,2}}:[0-9]{{2}}[0-9:.Z]{{0,20}})?(?![0-9])
        | (?:19|20)[0-9]{{2}}[-/_](?:0[1-9]|1[0-2])(?![0-9A-Za-z_])
        | [0-9]{{1,2}}(?P<dot>[-/.])[0-9]{{1,2}}(?P=dot)(?:19|20)[0-9]{{2}}(?![0-9])
        | [0-9]{{1,2}}(?:st|nd|rd|th)?\ {_MONTH}\.?(?:,?\ (?:19|20)[0-9]{{2}})?(?!\w)))
    | (?P<time>[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:\s?[AaPp]\.?[Mm](?!\w))?(?![0-9:])
        | [0-9]{{1,2}}\s?[AaPp]\.?[Mm](?!\w))
    | (?P<proportion>[0-9]++:[0-9]++)
    | (?P<version>[0-9]++(?:\.[0-9]++){{2,}}+[\w.-]*+)
    | (?P<ordinal>[0-9]++(?:st|nd|rd|th)(?!\w))
    | (?P<phone>[0-9]++(?:-[0-9]++){{2,}}+)
    | (?P<share>[0-9][0-9,.]*+\s?/\s?[0-9][0-9,.]*+[%\w]*+)
    | (?P<power>[0-9][0-9,.]*+(?:\^[-{{(]?[0-9]*+|[⁰¹²³⁴-⁹]++))
    | (?P<groups>[0-9]{{1,3}}(?:\ [0-9]{{3}})++(?![\w,]|\.[0-9]))
    | (?P<number>\.?[0-9])
    """,
    re.VERBOSE,
)
REASONS = {
    "name": "part of a name",
    "issue": "the number of an issue",
    "hex": "a hexadecimal number or colour",
    "date": "a date",
    "time": "a time of day or a proportion",
    "proportion": "a proportion",
    "version": "a version or an address",
    "ordinal": "an ordinal number",
    "phone": "a code of several numbers",
    "share": "a part of a whole, or a quotient",
    "power": "a power",
    "groups": "several numbers, or thousands set apart by spaces",
    "unclear": "a decimal comma, or a list without spaces",
    "list": "the number of a list item",
    "heading": "the number of a heading",
    "reference": "a reference such as 'phase 2'",
    "product": "part of a calculation",
    "unit": "no unit",
    "long": "a line of more than 10,000 characters is not looked at",
}
_LIST = re.compile(r"[\s>#*_+-]{0,40}?([0-9]{1,4}(?:\.[0-9]{1,3}){0,4}[.)])(?=\s|\*|_|$)")
_HEADING = re.compile(
    r"[\s>#*_]{0,40}?(?:(?<=[#*_ ])|^)([0-9]{1,3}(?:\.[0-9]{1,3}){1,4})(?=\s+\**[A-Z][a-z])"
    r"|\s{0,3}\#{1,6}\s{1,4}([0-9]{1,2})(?=\s+[A-Z][a-z])"
)
_REFERENCES = words(
    "phase section step chapter version figure table week day sprint port line page appendix item "
    "part stage level tier option node.js python java january february march april may june july "
    "august september october november december jan feb mar apr jun jul aug sep sept oct nov dec "
    "no. nr http s"
)
_FOREIGN_REST = re.compile(r"(?:\s?[-–—]\s?[0-9][0-9,.]*+)?[^\W\d_]{0,20}(?:\s?(?:€|£|¥|₹))?")


_UNDER = re.compile(r"sub-[0-9]", re.IGNORECASE)
_RUN = re.compile(r"(?:\w|[-.,'’/](?=\w))*+")
_FACTOR_AFTER = re.compile(r"\s{0,2}[*×x/+]\s{0,2}[0-9(]")
_FACTOR_BEFORE = re.compile(r"[\w)%]\s{0,2}[*×/^+]\s{0,2}$")


def scan(line: str, bare: bool = False) -> tuple[list[Found], list[Left]]:
    """
    Return the quantities in a line, and what else has digits in it with the reason.

    Every digit of the line is in one of the two, except what the line has in common with
    neither: the digits of other scripts, which are not read.
    """
    found: list[Found] = []
    left: list[Left] = []
    if len(line) > MAX_LINE:
        left.append(Left(MAX_LINE, len(line), REASONS["long"]))
        line = line[:MAX_LINE]
    at, floor, word = 0, 0, ""
    numbering = _numbering(line)
    if numbering:
        left.insert(0, numbering)
        at = floor = numbering.end
    while (token := _TOKEN.search(line, at)) is not None:
        kind, start, end = token.lastgroup or "", token.start(), token.end()
        if kind == "name" and _UNDER.match(token[0]):
            end = start + 4
        elif kind == "name":
            if any(digit in token[0] for digit in "0123456789"):
                left.append(Left(start, end, REASONS[kind]))
                floor = end
            word = token[0].lower()
        elif kind in {"number", "share", "power"}:
            seen = _number(line, token, floor, bare, word)
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


def _numbering(line: str) -> Left | None:
    match = _LIST.match(line)
    if match:
        kind = "heading" if "#" in match[0] or "." in match[1][:-1] else "list"
        return Left(match.start(1), match.end(1), REASONS[kind])
    match = _HEADING.match(line)
    if match:
        group = 1 if match[1] else 2
        return Left(match.start(group), match.end(group), REASONS["heading"])
    return None


def _number(line: str, token: re.Match[str], floor: int, bare: bool, word: str) -> Found | Left:
    """Read the quantity at a number, or say what the number is instead."""
    at, end, kind = token.start(), token.end(), token.lastgroup or ""
    if kind == "power" or (kind == "share" and line[max(0, at - 1) : at] != "$"):
        return Left(at, end, REASONS[kind])
    if token[0].startswith(".") and at and line[at - 1].isalnum():
        return Left(at, _run(line, at), REASONS["unclear"])
    try:
        seen = quantity_at(line, at, floor)
        said = _said(seen, line[seen.start : seen.end])
    except ValueError as error:
        run = _run(line, at)
        if isinstance(error, ForeignMoney):
            rest = _FOREIGN_REST.match(line, run)
            run = rest.end() if rest else run
        return Left(at, run, str(error).rstrip("."))
    start, end = seen.start, seen.end
    following = line[end : end + 2]
    if following[:1] == "_" or following[:1].isalnum():
        return Left(start, _run(line, end), REASONS["name"])
    if re.match(r"[,.'’_][0-9]", following):
        return Left(start, _run(line, end), REASONS["unclear"])
    if not seen.bare:
        return Found(start, end, said)
    if _FACTOR_AFTER.match(line, end) or _FACTOR_BEFORE.search(line[max(0, start - 6) : start]):
        return Left(start, end, REASONS["product"])
    if word in _REFERENCES and line[max(0, start - 12) : start].rstrip(" #.").lower().endswith(
        word.rstrip(".")[-10:]
    ):
        return Left(start, end, REASONS["reference"])
    if not bare:
        return Left(start, end, REASONS["unit"])
    return Found(start, end, said, bare=True)


def _run(line: str, at: int) -> int:
    """Return where the run of digits, letters and their connectors ends."""
    match = _RUN.match(line, at)
    return max(at + 1, match.end() if match else at + 1)
