"""
The grammar of an amount: marks, money, number, scale, unit, and the other end of a range.

:func:`quantity_at` reads one quantity around a number whose place in a text is known. It
looks a few words to the left (``at least``, ``~``, ``$``) and to the right (``K``, ``+``,
``concurrent users``, ``per second``, ``- 1,000``) and never searches, so that its work is
bounded whatever the text. :mod:`planning.audit.parsed` says where the numbers are.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from planning.numbers.units import COUNTS, UnitError, to_base

_LARGEST, _SMALLEST = 1e24, 1e-18


def base_unit(unit_text: str) -> str:
    """
    Return the base unit of any unit that a quantity may be written in.

    Raises
    ------
    UnitError
        If the unit is not known or cannot be read.

    Examples
    --------
    >>> base_unit("GB"), base_unit("ms"), base_unit("%"), base_unit("requests per minute")
    ('byte', 's', 'fraction', 'request/s')
    >>> base_unit("$/GB"), base_unit("$/user/year"), base_unit("Mbps"), base_unit("x")
    ('USD/byte', 'USD/user/month', 'bit/s', 'ratio')
    """
    return to_base(unit_text)[1]


def sane(value: float) -> bool:
    """Whether a finite number is of a size that anything planned has."""
    return value == 0 or _SMALLEST <= abs(value) <= _LARGEST


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


_NUMBER = re.compile(
    r"(?:[0-9]{1,3}(?:[,_'’\u00a0\u202f\u2009][0-9]{3})+(?![0-9])|[0-9]{1,30}+(?![0-9]))"
    r"(?:\.[0-9]{1,30}+(?![0-9]))?(?:[eE][-+]?[0-9]{1,3}(?![0-9A-Za-z_]))?"
    r"|\.[0-9]{1,30}+(?![0-9])(?:[eE][-+]?[0-9]{1,3}(?![0-9A-Za-z_]))?"
)
_SCALE_WORDS = {"thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9}
_SCALE_WORD = re.compile(r"[ -]?(thousand|million|mn|billion|bn)(?![A-Za-z0-9_])", re.IGNORECASE)
_SCALE = re.compile(r"([kKM])(?![A-Za-z0-9_])")
_MONEY_SCALE = re.compile(r"([kKmMbB])(?![A-Za-z0-9_])")
_SCALE_LETTERS = {"k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "b": 1e9, "B": 1e9}
_MORE = re.compile(r"\+(?![0-9+])|\s+or\s+more(?![A-Za-z])")
_FOREIGN_AFTER = re.compile(r"\s?(?:[€£¥₹]|(?:EUR|GBP|JPY|CHF|INR|CAD|AUD)(?![A-Za-z]))")
# "1 Node.js process" is no node.
_WORD = re.compile(r"%|[^\W\d_]{1,24}(?!\w|\.[a-z])|(?<=[0-9])×")
_SPACE = re.compile(r"[ \u00a0\u202f\u2009\t]{0,2}")
_PER = re.compile(r"\s?/\s?|\s+per\s+", re.IGNORECASE)
_EACH = re.compile(r"\s+an?\s+", re.IGNORECASE)
_JOIN = re.compile(r"[-*·](?=[A-Za-z])")
_RANGE = re.compile(r"\s?[-–—‑−]\s?(?=[~$.0-9])|\s?(?:\.{2,3}|…)\s?|\s+to\s+", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_ALSO = {"mbps": "Mbps", "gbps": "Gbps", "kbps": "kbps", "qps": "query/s", "tps": "transaction/s",
         "iops": "operation/s", "rpm": "request/min", "cpus": "core", "vcpus": "core",
         "ops": "operation", "wk": "week", "wks": "week", "yr": "year", "yrs": "year",
         "hrs": "h", "ip": "address", "ips": "address", "×": "x", "X": "x"}  # fmt: skip
# A thousandth of a byte is a slip for a million, and nobody plans in kiloseconds.
_NOT_MEANT = re.compile(r"[mµ](b|B|bits?|bytes?|bps)|[kKMGTP]i?s|[µm]_.*")
_QUALIFIERS = words(
    "concurrent simultaneous active total open live idle parallel max maximum min minimum direct "
    "individual separate new online registered daily monthly weekly db database sql http https "
    "api sse websocket redis postgres tcp client server app read write backend frontend peak "
    "average avg mean additional extra more other"
)


@lru_cache(maxsize=4096)
def _known(word: str) -> str | None:
    """Return how :mod:`planning.numbers.units` spells a word after a number, or None for none."""
    word = word.replace("μ", "µ")
    forms = [word, _ALSO.get(word)]
    if len(word) >= 3 or word.lower() == "ip":
        forms += [_ALSO.get(word.lower()), word.lower()]
    for form in forms:
        if form and not _NOT_MEANT.fullmatch(form):
            try:
                to_base(form)
            except UnitError:
                continue
            return form
    return None


class _Unit(NamedTuple):
    text: str
    divisor: float
    end: int


def _unit_at(text: str, at: int, money: bool) -> _Unit:
    """Read as much of a unit as is known; ``text`` is empty and ``end`` is `at` if nothing is."""
    name, end = ("USD", at) if money else _noun_at(text, at)
    written, divisor = name, 1.0
    for _ in range(4):
        per = _PER.match(text, end) or (_EACH.match(text, end) if written else None)
        if per is None:
            break
        begin, number = per.end(), 1.0
        digits = _NUMBER.match(text, begin) if written else None
        if digits or _SCALE_WORD.match(text, begin):
            amount, begin, _ = _scaled_at(text, begin, False)
            number = amount
            begin = _SPACE.match(text, begin).end()  # type: ignore[union-attr]  # it always matches
        below, after = _noun_at(text, begin, attached=True)
        timed = bool(below) and base_unit(below) == "s"
        each = not _PER.match(text, end)
        if not below or number == 0 or (each and not timed):
            break
        written, divisor, end = f"{written}/{below}", divisor * number, after
    return _Unit(written, divisor, end) if written else _Unit("", 1.0, at)


def _noun_at(text: str, at: int, attached: bool = False) -> tuple[str, int]:
    """Read a unit word such as ``ms``, ``-second``, ``concurrent users`` or ``vCPU-hours``."""
    begin = at if attached else _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it always matches
    hyphen = text[begin : begin + 1] == "-" and begin == at
    begin += hyphen
    spaced = begin > at
    for qualifiers in range(4):
        word = _WORD.match(text, begin)
        if word is None:
            break
        name, end = _known(word[0]), word.end()
        if name and not (
            (hyphen and len(word[0]) < 3)
            or (attached and "/" in name)
            or (spaced and not hyphen and word[0] in {"us", "d"})
            or (name == "x" and re.match(r"\s*[0-9]", text[end : end + 4]))
            or (qualifiers and base_unit(name).partition("/")[0] not in COUNTS)
        ):
            joint = _JOIN.match(text, end)
            if joint is None:
                return name, end
            more = _WORD.match(text, joint.end())
            other = _known(more[0]) if more else None
            if more and other and "/" not in name + other:
                return f"{name}*{other}" if not attached else f"{name}/{other}", more.end()
            # "10 user-facing pages" are not users, but "a 30-second-long pause" is a time.
            return (name, end) if base_unit(name) == "s" else ("", at)
        if not (spaced or attached) or word[0].lower() not in _QUALIFIERS:
            break
        begin = _SPACE.match(text, end).end()  # type: ignore[union-attr]  # it always matches
        if begin == end:
            break
    return "", at


def _scaled_at(text: str, at: int, money: bool) -> tuple[float, int, float]:
    """Read a number with its scale: the product, where it ends, and the scale itself."""
    match = _NUMBER.match(text, at)
    number, end = 1.0, at
    if match:
        number, end = float(re.sub(r"[,_'’\s]", "", match[0])), match.end()
    letter = (_MONEY_SCALE if money else _SCALE).match(text, end)
    word = _SCALE_WORD.match(text, end)
    scale = 1.0
    if letter:
        scale, end = _SCALE_LETTERS[letter[1]], letter.end()
    elif word:
        scale, end = _SCALE_WORDS[word[1].lower()], word.end()
    elif text.startswith("B ", end) and base_unit(_noun_at(text, end + 1)[0]) != "ratio":
        scale, end = 1e9, end + 1
    return _product(number, scale), end, scale


def _product(number: float, factor: float) -> float:
    # 15 digits: 70 % is 0.7, not 0.7000000000000001.
    return number if factor == 1 else float(f"{number * factor:.15g}")


class _Amount(NamedTuple):
    number: float
    scale: float
    more: bool
    unit: _Unit
    end: int

    def base(self) -> float:
        return _product(self.number, to_base(self.unit.text)[0] / self.unit.divisor)


def _amount_at(text: str, at: int, money: bool) -> _Amount | None:
    if not _NUMBER.match(text, at):
        return None
    number, end, scale = _scaled_at(text, at, money)
    before = _MORE.match(text, end)
    unit = _unit_at(text, before.end() if before else end, money)
    end = max(unit.end, before.end() if before else end)
    after = None if before else _MORE.match(text, end)
    return _Amount(number, scale, bool(before or after), unit, after.end() if after else end)


class _Head(NamedTuple):
    """What stands before a number and belongs to it."""

    start: int
    money: bool = False
    negative: bool = False
    approximate: bool = False
    below: bool = False
    above: bool = False
    between: bool = False


_MARK = re.compile(
    r"(?:(?P<approximate>[~≈≃∼]|(?<!\w)(?:about|around|circa|ca\.?|approx\.?|approximately|roughly"
    r"|nearly|almost))"
    r"|(?P<below>(?<![<=-])(?:<=?|≤|≦)|(?<!\w)(?:at most|up to|no more than|not more than|less than"
    r"|fewer than|under|below|sub-))"
    r"|(?P<above>(?<![>=-])(?:>=?|≥|≧)|(?<!\w)(?:at least|no less than|not less than|more than"
    r"|greater than|over|above))"
    r"|(?P<between>(?<!\w)between))\s{0,2}$",
    re.IGNORECASE,
)
_MARKS = frozenset("~≈≃∼<≤≦>≥≧=")
_MARK_WORDS = words(
    "about around circa ca ca. approx approx. approximately roughly nearly almost most to than "
    "under below sub- least over above between"
)
_MONEY = re.compile(r"(?<![A-Za-z])(?:US)?\$\s?$|(?<![A-Za-z])USD\s?$")
_FOREIGN = re.compile(
    r"(?:[€£¥₹]|(?<![A-Za-z])(?:EUR|GBP|JPY|CHF|INR|CAD|AUD)|(?<![A-Za-z])[A-Z]{1,2}\$)\s?$"
)
_SIGN = re.compile(r"(?<![\w)\]%.+-])[-−]$")


class ForeignMoney(ValueError):
    """Another currency than US dollars."""


def _head_at(text: str, at: int, floor: int) -> _Head:
    floor = max(floor, at - 40)
    head = text[floor:at]
    bare = head.rstrip()
    if not bare or len(head) - len(bare) > 2:
        return _Head(at)
    if bare[-1] in "$€£¥₹" or bare[-3:] in _CODES:
        money = _MONEY.search(head)
        if money is None and _FOREIGN.search(head):
            raise ForeignMoney("only US dollars are understood; convert it and say the rate.")
    else:
        money = None
    head = head[: money.start()] if money else head
    sign = _SIGN.search(head)
    head = head[: sign.start()] if sign else head
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
        floor + len(head), bool(money), bool(sign), "approximate" in marks, "below" in marks,
        "above" in marks, "between" in marks,
    )  # fmt: skip


_CODES = frozenset({"USD", "EUR", "GBP", "JPY", "CHF", "INR", "CAD", "AUD"})


class Quantity(NamedTuple):
    """A quantity from `start` to `end` of a text, in its base unit; `bare` if it had no unit."""

    start: int
    end: int
    low: float
    high: float
    unit: str
    approximate: bool
    bare: bool


def quantity_at(text: str, at: int, floor: int) -> Quantity:
    """Read the quantity whose first number begins at `at`; nothing before `floor` is its."""
    head = _head_at(text, at, floor)
    first = _amount_at(text, at, head.money)
    if first is None:
        raise ValueError("the digits are too many, or no number.")
    if _FOREIGN_AFTER.match(text, first.end):
        raise ForeignMoney("only US dollars are understood; convert it and say the rate.")
    if head.negative:
        first = first._replace(number=-first.number)
    last = None if first.more else _second(text, first, head)
    shared = _shared(first, last) if last else None
    if last is None or shared is None:
        shared = last = first
    low, high = shared.base(), last.base()
    if low > high:
        raise ValueError("the range runs backwards; write its low end first.")
    if head.below and (head.above or last.more):
        raise ValueError("it is open at both ends; give one end, or both as a range.")
    for value in (low, high):
        if not sane(value):
            raise ValueError("it is too large or too small for anything that is planned.")
    low = -math.inf if head.below else low
    high = math.inf if head.above or last.more else high
    unit = last.unit.text
    return Quantity(head.start, last.end, low, high, base_unit(unit), head.approximate, not unit)


_OTHER_END = re.compile(r"~?(-(?=[$0-9.]))?(\$)?")


def _second(text: str, first: _Amount, head: _Head) -> _Amount | None:
    """Read the other end of a range, in base units of its own; None if what follows is none."""
    joint = _RANGE.match(text, first.end) or (_AND.match(text, first.end) if head.between else None)
    mark = _OTHER_END.match(text, joint.end()) if joint else None
    if mark is None:
        return None
    last = _amount_at(text, mark.end(), head.money or bool(mark[2]))
    if last is None or (
        text.startswith("-", last.end) and text[last.end + 1 : last.end + 2].isdigit()
    ):
        return None
    return last._replace(number=-last.number) if mark[1] else last


def _shared(first: _Amount, last: _Amount) -> _Amount | None:
    """Return the first end with what the other end says for both; None if they do not belong."""
    unit, scale = first.unit, first.scale
    if not unit.text or (unit.text == "USD" and last.unit.text.startswith("USD/")):
        unit = last.unit
    if base_unit(unit.text) != base_unit(last.unit.text) or (unit.text and not last.unit.text):
        return None
    number = first.number
    if scale == 1 < last.scale and _product(number, last.scale) <= last.number:
        number = _product(number, last.scale)
    return first._replace(number=number, unit=unit)
