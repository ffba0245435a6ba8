"""
The grammar of an amount: marks, money, number, scale, unit, and the other end of a range.

:func:`quantity_at` reads one quantity around a number whose place in a text is known. It
looks a few words to the left (``at least``, ``~``, ``$``) and to the right (``K``, ``+``,
``concurrent users``, ``per second``, ``- 1,000``) and never searches, so that its work is
bounded whatever the text. :mod:`planning.audit.parsed` says where the numbers are, and
:mod:`planning.audit.unit_words` reads the words of a unit.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from planning.audit import languages
from planning.audit.nouns import in_base
from planning.audit.scales import NUMBER, product, scaled_at
from planning.audit.unit_words import Unit, unit_at
from planning.numbers.dimensions import CODES, CURRENCIES

_LARGEST, _SMALLEST = 1e24, 1e-18


def base_unit(unit_text: str) -> str:
    """
    Return the base unit of any unit that a quantity may be written in.

    Raises
    ------
    UnitError
        If it cannot be read as a unit.

    Examples
    --------
    >>> base_unit("GB"), base_unit("ms"), base_unit("%"), base_unit("requests per minute")
    ('byte', 's', 'fraction', 'request/s')
    >>> base_unit("$/GB"), base_unit("$/user/year"), base_unit("Mbps"), base_unit("x")
    ('USD/byte', 'USD/user/month', 'bit/s', 'ratio')
    >>> base_unit("players/pod"), base_unit("EUR/h")
    ('player/pod', 'EUR/month')
    """
    return in_base(unit_text)[1]


def sane(value: float) -> bool:
    """Whether a finite number is of a size that anything planned has."""
    return value == 0 or _SMALLEST <= abs(value) <= _LARGEST


_MORE = re.compile(r"\+(?![0-9+])|\s+or\s+more(?![A-Za-z])")
_RANGE = re.compile(
    rf"\s?[-–—‑−]\s?(?=[~{''.join(CURRENCIES)}.0-9])|\s?(?:\.{{2,3}}|…)\s?|\s+to\s+|\s?~\s?(?=[0-9])",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


# "ramp-up 5m", but "500m" is half a core.
_MINUTES = re.compile(r"m(?=[\s,.;:)/|]|$)(?!\s?(?:CPU|cpu|core))")
_LONGEST_IN_M = 90


class _Amount(NamedTuple):
    number: float
    scale: float
    more: bool
    unit: Unit
    end: int

    def base(self) -> float:
        return product(self.number, in_base(self.unit.text)[0] / self.unit.divisor)


def _amount_at(text: str, at: int, money: str, loose: str) -> _Amount | None:
    if not NUMBER.match(text, at):
        return None
    number, end, scale = scaled_at(text, at, bool(money))
    before = _MORE.match(text, end)
    one = number == 1
    unit = unit_at(text, before.end() if before else end, money, one, loose)
    if not unit.text and _MINUTES.match(text, end) and number <= _LONGEST_IN_M:
        unit = Unit("min", 1.0, end + 1)
    end = max(unit.end, before.end() if before else end)
    after = None if before else _MORE.match(text, end)
    return _Amount(number, scale, bool(before or after), unit, after.end() if after else end)


class _Head(NamedTuple):
    """What stands before a number and belongs to it."""

    start: int
    money: str = ""
    negative: bool = False
    approximate: bool = False
    below: bool = False
    above: bool = False
    between: bool = False
    rate: str = ""


_MARK = re.compile(
    r"(?:(?P<approximate>[~≈≃∼]|(?<!\w)(?:about|around|circa|ca\.?|approx\.?|approximately|roughly"
    rf"|nearly|almost|{languages.ABOUT}))"
    r"|(?P<below>(?<![<=-])(?:<=?|≤|≦)|(?<!\w)(?:at most|up to|no more than|not more than|less than"
    rf"|fewer than|under|below|sub-|{languages.BELOW}))"
    r"|(?P<above>(?<![>=-])(?:>=?|≥|≧)|(?<!\w)(?:at least|no less than|not less than|more than"
    rf"|greater than|over|above|{languages.ABOVE}))"
    r"|(?P<between>(?<!\w)between))\s{0,2}$",
    re.IGNORECASE,
)
_MARKS = frozenset("~≈≃∼<≤≦>≥≧=")
_MARK_WORDS = languages.words(
    "about around circa ca ca. approx approx. approximately roughly nearly almost most to than "
    "under below sub- least over above between"
).union(
    each.rpartition(" ")[2].lower()
    for each in "|".join((languages.ABOUT, languages.BELOW, languages.ABOVE)).split("|")
)
_OTHER_DOLLARS = {"A": "AUD", "AU": "AUD", "C": "CAD", "CA": "CAD", "R": "BRL", "MX": "MXN"}
_SIGNS = "".join(CURRENCIES)
_MONEY = re.compile(
    rf"(?:(?<![A-Za-z])(?P<country>[A-Z]{{1,2}})?(?P<dollar>\$)|(?P<sign>[{_SIGNS}])"
    rf"|(?<![A-Za-z])(?P<code>{'|'.join(sorted(CODES))}))\s?$"
)
_SIGN = re.compile(r"(?<![\w)\]%.+-])[-−]$")


class ForeignMoney(ValueError):
    """A currency that is not known."""


def _head_at(text: str, at: int, floor: int) -> _Head:
    floor = max(floor, at - 40)
    head = text[floor:at]
    bare = head.rstrip()
    if not bare or len(head) - len(bare) > 2:
        return _Head(at)
    money, currency = None, ""
    if bare[-1] in CURRENCIES or bare[-3:] in CODES:
        money = _MONEY.search(head)
        currency = _currency(money) if money else ""
    head = head[: money.start()] if money else head
    sign = _SIGN.search(head)
    head = head[: sign.start()] if sign else head
    rate = languages.BEFORE_RATE.search(head) if languages.CJK.search(head) else None
    head = head[: rate.start()] if rate else head
    marks: set[str] = set()
    for _ in range(3):
        last = head.rstrip()
        if not last or (
            last[-1] not in _MARKS
            and last.rpartition(" ")[2].lower().lstrip("(*") not in _MARK_WORDS
        ):
            break
        mark = _MARK.search(head)
        if mark is None:
            break
        marks.add(mark.lastgroup or "")
        head = head[: mark.start()]
    return _Head(
        floor + len(head), currency, bool(sign), "approximate" in marks, "below" in marks,
        "above" in marks, "between" in marks, languages.BEFORE_RATES[rate[1]] if rate else "",
    )  # fmt: skip


def _currency(money: re.Match[str]) -> str:
    if money["code"]:
        return money["code"]
    country = money["country"]
    if money["sign"] or not country or country == "US":
        return CURRENCIES[money["sign"] or "$"]
    if country in _OTHER_DOLLARS:
        return _OTHER_DOLLARS[country]
    raise ForeignMoney(f"the currency {country}$ is not known; write its code of three letters.")


class Quantity(NamedTuple):
    """A quantity from `start` to `end` of a text, in its base unit; `bare` if it had no unit."""

    start: int
    end: int
    low: float
    high: float
    unit: str
    approximate: bool
    bare: bool
    written: str = ""


def quantity_at(text: str, at: int, floor: int, loose: str = "") -> Quantity:
    """
    Read the quantity whose first number begins at `at`; nothing before `floor` is its.

    `loose` says which nouns after the number need not be plurals: ``any`` in a text that is one
    quantity and nothing else, ``capitals`` in a language that writes nouns so.
    """
    head = _head_at(text, at, floor)
    first = _amount_at(text, at, head.money, loose)
    if first is None:
        raise ValueError("the digits are too many, or no number.")
    if head.negative:
        first = first._replace(number=-first.number)
    last = None if first.more else _second(text, first, head, loose)
    shared = _shared(first, last) if last else None
    if last is None or shared is None:
        shared = last = first
    if head.rate and last.unit.text and "/" not in last.unit.text:
        unit = last.unit._replace(text=f"{last.unit.text}/{head.rate}")
        shared, last = shared._replace(unit=unit), last._replace(unit=unit)
    elif head.rate:
        head = head._replace(start=at)
    low, high = shared.base(), last.base()
    below, above, end = head.below, head.above or last.more, last.end
    after = languages.AFTER.match(text, end) if last.unit.text else None
    if after and not (below or above):
        below, above, end = bool(after["below"]), bool(after["above"]), after.end()
    if low > high:
        if shared is not last and first.unit.text and last.unit.text:
            # "from 1,008 req/s to 470 req/s" are two quantities.
            return quantity_at(text[: first.end], at, floor, loose)
        raise ValueError("the range runs backwards; write its low end first.")
    if below and above:
        raise ValueError("it is open at both ends; give one end, or both as a range.")
    for value in (low, high):
        if not sane(value):
            raise ValueError("it is too large or too small for anything that is planned.")
    low = -math.inf if below else low
    high = math.inf if above else high
    unit_text = last.unit.text
    return Quantity(
        head.start, end, low, high, base_unit(unit_text), head.approximate, not unit_text, unit_text
    )


_BEFORE_OPERAND = re.compile(r"[*×÷/+(=−]\s{0,2}$")


def _minus(text: str, joint: re.Match[str], start: int) -> bool:
    """Whether a hyphen with spaces subtracts: "80 GB × 0.9 - 64 GB" has no range."""
    spaced = joint[0].startswith(" ") and joint[0].endswith(" ") and joint[0].strip() in "-–−"
    return spaced and bool(_BEFORE_OPERAND.search(text[max(0, start - 3) : start]))


_OTHER_END = re.compile(rf"~?(-(?=[{_SIGNS}0-9.]))?([{_SIGNS}])?")


def _second(text: str, first: _Amount, head: _Head, loose: str) -> _Amount | None:
    """Read the other end of a range, in base units of its own; None if what follows is none."""
    joint = _RANGE.match(text, first.end) or (_AND.match(text, first.end) if head.between else None)
    if joint and not first.unit.text and _minus(text, joint, head.start):
        return None
    change = bool(joint) and _CHANGE.search(text[max(0, head.start - 8) : head.start])
    mark = _OTHER_END.match(text, joint.end()) if joint else None
    if mark is None:
        return None
    money = head.money or (CURRENCIES[mark[2]] if mark[2] else "")
    last = _amount_at(text, mark.end(), money, loose)
    if last is None or (
        text.startswith("-", last.end) and text[last.end + 1 : last.end + 2].isdigit()
    ):
        return None
    if change and joint and joint[0].strip().lower() == "to" and _counts(last.unit.text):
        return None  # "from 24 to 36 servers" is a change, "from 100 to 200 ms" a range
    return last._replace(number=-last.number) if mark[1] else last


_CHANGE = re.compile(r"\b[Ff]rom\s+$")


def _counts(unit: str) -> bool:
    """Whether a unit is what is counted, and no time, size, share or money."""
    return bool(unit) and in_base(unit)[1].partition("/")[0] not in {
        *("s", "byte", "bit", "fraction", "ratio", "1"),
        *CODES,
    }


def _shared(first: _Amount, last: _Amount) -> _Amount | None:
    """Return the first end with what the other end says for both; None if they do not belong."""
    unit, scale = first.unit, first.scale
    if not unit.text or (unit.text in CODES and last.unit.text.startswith(f"{unit.text}/")):
        unit = last.unit
    if base_unit(unit.text) != base_unit(last.unit.text) or (unit.text and not last.unit.text):
        return None
    number = first.number
    if scale == 1 < last.scale and product(number, last.scale) <= last.number:
        number = product(number, last.scale)
    return first._replace(number=number, unit=unit)
