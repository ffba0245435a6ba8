"""
Numbers that carry what they measure, so that unlike things are never added or compared.

A quantity is a value and the powers of what it counts: time, information, money of each
currency, and any noun at all. Inside it is coherent (seconds, bytes, one currency unit, one
thing), so products and quotients need no thought::

    100 messages/s × 1 KB        = 100 000 message·byte/s  = 800 kbit/s
    5 Mbit/s × 4 × 1 day         = 2.16e11 byte            = 216 GB
    730 h × $0.017/h             = 12.41 USD
    $40 + $5/month               refused: an amount of money and a cost per time

Time, information and money are *physical* here: they must agree wherever two numbers are
added or compared. Nouns are open (tokens, players, GPUs …) and lenient: two nouns never
cancel each other, but "5,000 viewers + 100 admins" is a sum, and whether "80 tasks × 10
connections" is a number of connections is for the reader to say.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from planning.numbers.units import COUNTS, PREFIXES, plural, spelling
from planning.numbers.units import show as show_base

CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB"}
CODES = frozenset({*CURRENCIES.values(), "CHF", "CAD", "AUD", "CNY", "BRL", "MXN", "SEK", "PLN"})
_PHYSICAL = frozenset({"time", "information", *CODES})

Powers = tuple[tuple[str, int], ...]


class DimensionError(ValueError):
    """Two numbers that do not add, or that cannot be compared."""


def _powers(pairs: Iterable[tuple[str, int]]) -> Powers:
    total: dict[str, int] = {}
    for name, power in pairs:
        total[name] = total.get(name, 0) + power
    return tuple(sorted(each for each in total.items() if each[1]))


@lru_cache(maxsize=4096)
def _physical(powers: Powers) -> Powers:
    return tuple(each for each in powers if each[0] in _PHYSICAL)


@dataclass(frozen=True, slots=True)
class Quantity:
    """
    A value with the powers of what it measures.

    Attributes
    ----------
    value : float
        In seconds, bytes, one unit of a currency, one of each noun, and their products.
    powers : tuple of (str, int)
        Sorted by name; ``time``, ``information``, a currency's code, or a noun. A plain number
        has none.

    Examples
    --------
    >>> rate, size = Quantity(100, (("message", 1), ("time", -1))), one("KB/message")
    >>> (rate * size).powers, show(rate * size)
    ((('information', 1), ('time', -1)), '800 kbit/s')
    >>> one("USD") + one("USD/month")
    Traceback (most recent call last):
    planning.numbers.dimensions.DimensionError: an amount of money and a cost per time do not add.
    """

    value: float
    powers: Powers = ()

    @property
    def physical(self) -> Powers:
        """The powers of time, information and money alone."""
        return _physical(self.powers)

    def of(self, name: str) -> int:
        """Return the power of one thing; 0 where there is none."""
        return dict(self.powers).get(name, 0)

    def _with(self, other: Quantity, how: Callable[[float, float], float]) -> Quantity:
        """Return what `how` makes of two values, which must measure the same."""
        if self.physical != other.physical:
            # Nothing is nothing in every unit: max(0, a - b) is understood.
            if self.value == 0 and not self.powers:
                return Quantity(how(self.value, other.value), other.powers)
            if other.value == 0 and not other.powers:
                return Quantity(how(self.value, other.value), self.powers)
            raise DimensionError(f"{describe(self)} and {describe(other)} do not add.")
        return Quantity(how(self.value, other.value), self.powers or other.powers)

    def __add__(self, other: Quantity) -> Quantity:
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other: Quantity) -> Quantity:
        return self._with(other, lambda a, b: a - b)

    def __mul__(self, other: Quantity) -> Quantity:
        if not other.powers or not self.powers:
            return Quantity(self.value * other.value, self.powers or other.powers)
        return Quantity(self.value * other.value, _powers((*self.powers, *other.powers)))

    def __truediv__(self, other: Quantity) -> Quantity:
        if not other.powers:
            return Quantity(self.value / other.value, self.powers)
        under = ((name, -power) for name, power in other.powers)
        return Quantity(self.value / other.value, _powers((*self.powers, *under)))

    def __neg__(self) -> Quantity:
        return Quantity(-self.value, self.powers)

    def to_the(self, power: float) -> Quantity:
        """
        Return a power of it.

        Raises
        ------
        DimensionError
            If a unit would have a broken power, as the square root of a time.
        """
        powers = [(name, each * power) for name, each in self.powers]
        if any(each != round(each) for _, each in powers):
            raise DimensionError(f"{describe(self)} to the power of {power:g} has no unit.")
        whole = _powers((name, round(each)) for name, each in powers)
        return Quantity(float(self.value**power), whole)

    def larger(self, other: Quantity) -> Quantity:
        """Return the larger of two that measure the same."""
        return self._with(other, max)

    def smaller(self, other: Quantity) -> Quantity:
        """Return the smaller of two that measure the same."""
        return self._with(other, min)

    def rounded(self, how: Callable[[float], float]) -> Quantity:
        """
        Return it made whole by `how`: counts only, since a time is whole in one unit and not in
        another.

        Raises
        ------
        DimensionError
            If it is a time, a size or an amount of money.
        """
        if self.physical:
            raise DimensionError(
                f"{describe(self)} has no whole number of its own; divide by a unit first."
            )
        # 12 digits: 6.00000000000001 GPUs are 6, not 7.
        return Quantity(float(how(float(f"{self.value:.12g}"))), self.powers)


_TIMES = {"ns": 1e-9, "s": 1.0, "min": 60.0, "h": 3600.0, "day": 86_400.0, "week": 604_800.0,
          "month": 2_628_000.0, "year": 31_536_000.0}  # fmt: skip
_PLAIN = {"percent": 0.01, "fraction": 1.0, "ratio": 1.0, "erlang": 1.0, "x": 1.0, "×": 1.0,
          "times": 1.0}  # fmt: skip
# What documents write for units of this project. Small letters all through are taken for the
# usual unit: who writes "512mb" of memory does not mean thousandths of a bit.
ALSO = {
    "mbps": "Mbps", "gbps": "Gbps", "kbps": "kbps", "tbps": "Tbps", "MBps": "MB/s", "GBps": "GB/s",
    "KBps": "KB/s", "kb": "KB", "mb": "MB", "gb": "GB", "tb": "TB", "pb": "PB", "Gi": "GiB",
    "Mi": "MiB", "Ki": "KiB", "Ti": "TiB", "qps": "query/s", "tps": "transaction/s",
    "iops": "operation/s", "rpm": "request/min", "qpm": "query/min", "tpm": "token/min",
    "rpd": "request/day", "pps": "packet/s", "fps": "frame/s", "hz": "1/s", "cpus": "core",
    "vcpus": "core", "ops": "operation", "op": "operation", "wk": "week", "wks": "week",
    "yr": "year", "yrs": "year", "hrs": "h", "mos": "month", "ip": "address", "ips": "address",
    "×": "x", "X": "x", "times": "x", "ccu": "user", "ccus": "user", "dau": "user", "daus": "user",
    "mau": "user", "maus": "user", "wau": "user", "vu": "user", "vus": "user", "gpu": "GPU",
    "millisecond": "ms", "milliseconds": "ms", "millis": "ms", "millisec": "ms", "msec": "ms",
    "microsecond": "µs", "microseconds": "µs", "nanosecond": "ns", "nanoseconds": "ns", "ns": "ns",
    "kilobyte": "KB", "kilobytes": "KB", "megabyte": "MB", "megabytes": "MB", "gigabyte": "GB",
    "gigabytes": "GB", "terabyte": "TB", "terabytes": "TB", "petabyte": "PB", "petabytes": "PB",
    "kilobit": "kbit", "kilobits": "kbit", "megabit": "Mbit", "megabits": "Mbit",
    "gigabit": "Gbit", "gigabits": "Gbit", "¢": "cents", "pct": "percent", "MS": "ms",
    "millicores": "millicore",
}  # fmt: skip
_ADVERBS = {"monthly": "month", "hourly": "h", "daily": "day", "yearly": "year", "annual": "year"}
_SCALES = {"k": 1e3, "m": 1e6, "thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9,
           "bn": 1e9, "hundred": 100.0}  # fmt: skip
_NUMBER = re.compile(r"([0-9][0-9,]{0,15}(?:\.[0-9]{1,9})?)\s?([kKM](?![A-Za-z]))?")
_WORD = re.compile(r"%|[^\W\d_][\w.']{0,39}|[$€£¥₹₩₽]")
_MEANT = re.compile(r"[mµ](b|B|bits?|bytes?|bps)$|[kKMGTP]i?s$")


@lru_cache(maxsize=4096)
def one(unit: str) -> Quantity:
    """
    Return one of a unit, in which any noun may be counted.

    Parameters
    ----------
    unit : str
        Units and nouns joined by ``*``, ``-``, ``/`` or "per", with numbers and scales where they
        multiply: ``GB-seconds``, ``$/vCPU-hour``, ``requests per 10 s``, ``USD/1K users``.
        Empty is a plain number.

    Returns
    -------
    Quantity
        Its value in coherent units.

    Raises
    ------
    DimensionError
        If it is no unit at all: longer than 100 characters, or signs that are no words.

    Examples
    --------
    >>> one("kbit/s").value, one("GPUs").powers, one("GB-seconds").powers
    (125.0, (('GPU', 1),), (('information', 1), ('time', 1)))
    >>> show(one("$/million requests") * Quantity(5e6, one("requests").powers))
    '$5'
    """
    written = re.sub(r"\bper\b", "/", unit[:101], flags=re.IGNORECASE).replace("·", "*")
    if len(unit) > 100:
        raise DimensionError(f"{unit[:40]!r}… is not a unit.")
    found = Quantity(1.0)
    for at, term in enumerate(written.split("/")):
        if not term.strip() and at == 0:
            continue
        for factor in re.split(r"[*]|(?<=\w)-(?=\w)", term):
            each = _factor(factor.strip(), unit)
            found = found / each if at else found * each
    return found


def _factor(text: str, unit: str) -> Quantity:
    """Return a number, a scale and a noun phrase, of which the last word is the noun."""
    value, at = 1.0, 0
    number = _NUMBER.match(text)
    if number:
        value = float(number[1].replace(",", "")) * _SCALES.get((number[2] or "").lower(), 1.0)
        at = number.end()
    rest = text[at:].strip()
    words = _WORD.findall(rest)
    if _WORD.sub("", rest).strip(" .'()") or not (words or number):
        raise DimensionError(
            f"{unit[:60]!r} is not a unit; write for example 'GB' or 'requests/s'."
        )
    while len(words) > 1 and words[0].lower() in _SCALES:
        value *= _SCALES[words.pop(0).lower()]
    if value == 0:
        raise DimensionError(f"{unit[:60]!r}: nothing is counted per zero.")
    if not words:
        return Quantity(value)
    if len(words) > 1 and words[0] in CURRENCIES:
        return Quantity(value, ((CURRENCIES[words[0]], 1),)) * _word(words[-1])
    last = _word(words[-1])
    # "read GB" is a size, but "free 5 GB plan" never comes here: the last word decides.
    return Quantity(value * last.value, last.powers)


@lru_cache(maxsize=4096)
def _word(word: str) -> Quantity:
    if word in CURRENCIES or word.upper() in CODES:
        return Quantity(1.0, ((CURRENCIES.get(word, word.upper()), 1),))
    lower = word.lower()
    forms = [word, lower] if len(word) > 2 else [word]
    if word in ALSO:
        forms = [word]
    elif _MEANT.match(word):
        forms = [lower]
    for form in forms:
        spelled = spelling((ALSO.get(form) or _ADVERBS.get(form, form)).replace("μ", "µ"))
        found = _known(spelled)
        if found is not None:
            return found
    return Quantity(1.0, ((noun(word), 1),))


def _known(spelled: str) -> Quantity | None:
    if "/" in spelled or "*" in spelled:
        return one(spelled)
    prefix, sign, base = spelled.rpartition("_")
    factor = PREFIXES[prefix] if sign and prefix in PREFIXES else 1.0
    if base in _TIMES:
        return Quantity(factor * _TIMES[base], (("time", 1),))
    if base in {"byte", "bit"}:
        return Quantity(factor / (8 if base == "bit" else 1), (("information", 1),))
    if base == "bps":
        return Quantity(factor / 8, (("information", 1), ("time", -1)))
    if spelled == "USD":
        return Quantity(1.0, (("USD", 1),))
    if spelled in _PLAIN:
        return Quantity(_PLAIN[spelled])
    return Quantity(factor, ((base, 1),)) if base in COUNTS else None


_ACRONYMS = frozenset({"gpu", "tpu", "vm", "vu", "az", "mau", "dau", "sku", "llm", "ecu"})
_ONES = {"people": "person", "caches": "cache", "indices": "index", "vertices": "vertex",
         "series": "series", "bus": "bus", "gas": "gas", "status": "status"}  # fmt: skip


def noun(word: str) -> str:
    """
    Return the singular of any noun, in small letters but for what is spelled in capitals.

    >>> noun("GPUs"), noun("Partitions"), noun("boxes"), noun("queries"), noun("people")
    ('GPU', 'partition', 'box', 'query', 'person')
    """
    lower = word.lower().strip(".'")
    if lower in _ONES:
        return _ONES[lower]
    if lower.removesuffix("s") in _ACRONYMS:
        return lower.removesuffix("s").upper()
    if lower.endswith("ies") and len(lower) > 4:
        lower = lower[:-3] + "y"
    elif lower.endswith(("sses", "xes", "ches", "shes", "zes")):
        lower = lower[:-2]
    elif lower.endswith("s") and not lower.endswith(("ss", "us", "is")) and len(lower) > 2:
        lower = lower[:-1]
    return lower


def several(name: str) -> str:
    """
    Return the plural of any noun.

    >>> several("GPU"), several("batch"), several("query")
    ('GPUs', 'batches', 'queries')
    """
    if name in COUNTS:
        return plural(name)
    if name.endswith(("s", "x", "ch", "sh", "z")):
        return name if name == "series" else f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("y") and name[-2:-1] not in "aeiou" else f"{name}s"


_KINDS: dict[Powers, str] = {
    (): "a plain number",
    (("time", 1),): "a time",
    (("time", -1),): "a rate",
    (("information", 1),): "a size",
    (("information", 1), ("time", -1)): "a data rate",
    (("information", 1), ("time", 1)): "a size held for a time",
}
_MONEY_KINDS: dict[Powers, str] = {
    (): "an amount of money",
    (("time", -1),): "a cost per time",
    (("information", -1),): "a price of a size",
}


def describe(quantity: Quantity) -> str:
    """
    Return what kind of thing a quantity is, in words.

    >>> describe(one("GB")), describe(one("MB/s")), describe(one("$/month")), describe(one("pods"))
    ('a size', 'a data rate', 'a cost per time', 'a number of pods')
    """
    physical = quantity.physical
    nouns = [each for each in quantity.powers if each[0] not in _PHYSICAL]
    if not physical and len(nouns) == 1 and nouns[0][1] == 1:
        return f"a number of {several(nouns[0][0])}"
    if physical == (("time", 1),) and len(nouns) == 1 and nouns[0][1] == 1:
        return f"a number of {nouns[0][0]}-hours"
    if not physical and nouns:
        return f"in {unit_name(quantity)!r}"
    if physical in _KINDS:
        return _KINDS[physical]
    money = [name for name, power in physical if name in CODES and power == 1]
    rest = tuple(each for each in physical if each[0] not in CODES)
    if len(money) == 1 and len(physical) == len(rest) + 1 and rest in _MONEY_KINDS:
        kind = _MONEY_KINDS[rest]
        return kind if money == ["USD"] else f"{kind} in {money[0]}"
    return f"in {unit_name(quantity)!r}"


def unit_name(quantity: Quantity) -> str:
    """
    Return the base unit that this project prints a quantity in.

    Sizes are in bytes and speeds in bit/s; what costs money over time is per month.

    >>> unit_name(one("KB/s")), unit_name(one("$/h")), unit_name(one("GB-h")), unit_name(one("%"))
    ('bit/s', 'USD/month', 'byte*s', 'ratio')
    """
    powers = dict(quantity.powers)
    time, size = powers.pop("time", 0), powers.pop("information", 0)
    money = {name: powers.pop(name) for name in list(powers) if name in CODES}
    paid = any(power > 0 for power in money.values())
    names = [
        *money.items(),
        ("bit" if size > 0 > time and not paid else "byte", size),
        *powers.items(),
        ("month" if paid and time < 0 else "s", time),
    ]
    over = [name for name, power in names for _ in range(power)]
    under = [name for name, power in names for _ in range(-power)]
    if not over and not under:
        return "ratio"
    return "/".join(["*".join(over) or "1", *under])


_SIGNS = {code: sign for sign, code in CURRENCIES.items()}
_RATES = {"byte/s", "bit/s", "byte"}


def show(quantity: Quantity, like: str = "", digits: int = 3) -> str:
    """
    Print a quantity for people.

    Parameters
    ----------
    quantity : Quantity
        What to print.
    like : str
        How somebody else wrote such a number: ``/h``, ``B/s`` or ``%`` in it are kept.
    digits : int
        Significant digits kept.

    Examples
    --------
    >>> rate = Quantity(72e6, one("MB/s").powers)
    >>> show(rate), show(rate, like="72 GB/s"), show(one("$/h"), like="$1/hour")
    ('576 Mbit/s', '72 MB/s', '$1/h')
    >>> show(Quantity(6, one("GPUs").powers)), show(Quantity(0.2), like="20 %")
    ('6 GPUs', '20 %')
    """
    name = unit_name(quantity)
    if name == "ratio":
        return show_base(quantity.value, "fraction" if "%" in like else "ratio", digits)
    per = _PERIOD.search(like) if name.endswith(("/s", "/month")) else None
    if per and name.partition("/")[0] not in {"bit", "byte"}:
        name = f"{name.rpartition('/')[0]}/{_period(per[1])}"
    elif (
        name == "bit/s"
        and like
        and re.search(r"(?:[KMGTP]i?)?B\s?(?:/|per)|bytes?\s?(?:/|per)", like)
    ):
        name = "byte/s"
        if per and _period(per[1]) != "s":
            name = f"byte/{_period(per[1])}"
    value = quantity.value / one(name).value
    head, _, tail = name.partition("/")
    rest = f"/{tail}" if tail else ""
    if name in _RATES or name in {"s", "USD/byte"} or name.startswith("USD"):
        return show_base(value, name, digits)
    if head in CODES:
        return f"{_SIGNS.get(head, head + ' ')}{show_base(value, 'ratio', digits)}{rest}"
    if head in {"byte", "bit"}:
        return f"{_sized(value, head, digits)}{rest}"
    if head == "s":
        return f"{show_base(value, 's', digits)}{rest}"
    if head == "byte*s":
        return f"{show_base(value, 'byte', digits)}-seconds{rest}"
    if head.endswith("*s") and head.count("*") == 1:
        return f"{show_base(value / 3600, 'ratio', digits)} {head[:-2]}-hours{rest}"
    if head == "1":
        return f"{show_base(value, 'ratio', digits)}{rest}"
    words = several(head) if math.fabs(value) != 1 and "*" not in head else head
    return f"{show_base(value, 'ratio', digits)} {words}{rest}"


def _sized(value: float, head: str, digits: int) -> str:
    shown = show_base(value, "byte", digits)
    return shown if head == "byte" else f"{shown.removesuffix('B')}bit"


def show_number(value: float, digits: int = 3) -> str:
    """
    Print a plain number for people.

    >>> show_number(21990.0), show_number(0.04444)
    ('21,990', '0.0444')
    """
    return show_base(value, "ratio", digits)


_PERIOD = re.compile(
    r"(?:/|\bper\s|\ban?\s)\s?(s|sec(?:ond)?|min(?:ute)?|h|hr|hour|day|d|week|mo|month|year|yr)\b",
    re.IGNORECASE,
)


def _period(word: str) -> str:
    known = {"sec": "s", "second": "s", "minute": "min", "hr": "h", "hour": "h", "d": "day",
             "mo": "month", "yr": "year"}  # fmt: skip
    return known.get(word.lower(), word.lower())


def period_of(text: str) -> Quantity | None:
    """
    Return the time that a number is written per, or None where it is per none.

    >>> period_of("$33/month"), period_of("300 GB")
    (Quantity(value=2628000.0, powers=(('time', 1),)), None)
    """
    found = _PERIOD.search(text)
    return one(_period(found[1])) if found else None
