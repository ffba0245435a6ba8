"""
Units at the border: text with a unit in, base units inside, text for people out.

Inside, every number is in a base unit: seconds, bytes, bits per second, US
dollars, counts, fractions 0–1. A system file says ``250 ms`` or ``$0.10/GB``;
:func:`parse` turns it into the base unit a field declares, and refuses what has
another dimension. :func:`show` prints a base-unit number the way people say it.

The vocabulary is closed on purpose: a small pint registry with the units of
capacity planning and nothing else, so that ``5 m`` is an error and not metres.
Pint is imported on the first :func:`parse`, never by ``import planning``.

Counts (users, connections, requests …) are dimensions of their own, so that
``60 users`` is refused where connections are wanted; a bare number is welcome.
"""

from __future__ import annotations

import math
import re
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pint import UnitRegistry

SECOND = 1.0
MILLISECOND = 1e-3
MINUTE = 60.0
HOUR = 3600.0
DAY = 86_400.0
# 730 h, the month of cloud price lists (365 days / 12), not a calendar month.
MONTH = 730 * HOUR
BYTE = 1.0
KB, MB, GB, TB = 1e3, 1e6, 1e9, 1e12
KIB, MIB, GIB, TIB = 2.0**10, 2.0**20, 2.0**30, 2.0**40
KBIT, MBIT, GBIT = 1e3, 1e6, 1e9

COUNTS = (
    "user", "viewer", "guest", "person", "participant", "connection", "request", "query",
    "statement", "transaction", "gift", "message", "room", "event", "process", "core", "node",
    "replica", "subscriber", "row", "object", "feed", "step", "point", "join", "channel", "stream",
    "job", "token", "worker", "thread", "environment", "document", "partition",
    "invocation", "command", "operation", "address", "container", "record", "packet",
)  # fmt: skip

_PLURALS = {
    "query": "queries",
    "process": "processes",
    "person": "people",
    "replica": "replicas",
    "address": "addresses",
}
_LARGEST, _SMALLEST = 1e24, 1e-18
_NOT_DOLLARS = re.compile(r"[€£¥₹]|\b(EUR|GBP|JPY|CHF|INR|CAD|AUD)\b", re.IGNORECASE)
_QUANTITY = re.compile(
    r"^\s*(?P<sign>[-+]?)\s*(?P<money>\$?)\s*(?P<number>(?:\d{1,3}(?:,\d{3})+|\d[\d_]*)(?:\.\d+)?|\.\d+)"
    r"(?P<exponent>[eE][-+]?\d{1,3})?(?P<scale>[kKM](?=\s|$))?\s*(?P<unit>[A-Za-zµ%/ *·$]{0,60})$"
)


class UnitError(ValueError):
    """A quantity that cannot be read, or whose unit does not fit where it stands."""


def parse(text: str, unit: str) -> float:
    """
    Read a quantity such as ``250 ms`` and return it in `unit`.

    Parameters
    ----------
    text : str
        A number and a unit: ``1.5 Mbit/s``, ``$0.10/GB``, ``70 %``, ``10k users``. Thousands
        separators and a leading ``$`` are understood. A bare number is in `unit` itself if `unit`
        is a count, a ratio or dollars; where a number without a unit could be misread (seconds,
        bytes, bit/s) it is refused.
    unit : str
        The base unit wanted, e.g. ``"s"``, ``"bit/s"``, ``"USD/byte"``, ``"request/s"``.

    Returns
    -------
    float
        The amount in `unit`.

    Raises
    ------
    UnitError
        If the text is no quantity, its unit is unknown, it has another dimension, or its
        currency is not US dollars. The message says which, and what would be right.

    Examples
    --------
    >>> parse("250 ms", "s")
    0.25
    >>> round(parse("$0.10/GB", "USD/byte") * 1e9, 12)
    0.1
    >>> parse("60 users", "connection")  # doctest: +NORMALIZE_WHITESPACE
    Traceback (most recent call last):
    planning.numbers.units.UnitError: '60 users' is a number of users,
    but connections are wanted here.
    """
    return _parse(text, unit)


@lru_cache(maxsize=4096)
def _parse(text: str, unit: str) -> float:
    shown = repr(text if len(text) <= 60 else text[:57] + "...")
    if _NOT_DOLLARS.search(text[:200]):
        raise UnitError(f"{shown}: only US dollars are understood; convert it and say the rate.")
    match = _QUANTITY.match(text) if len(text) <= 120 else None
    if match is None:
        raise UnitError(
            f"{shown} is not a quantity; write a number and a unit like {example(unit)}."
        )
    number = float(match["number"].replace(",", "").replace("_", "") + (match["exponent"] or ""))
    number *= {"k": 1e3, "K": 1e3, "M": 1e6}.get(match["scale"] or "", 1.0)
    number = -number if match["sign"] == "-" else number
    written = match["unit"].strip().replace("·", "*").replace("$", "USD")
    if match["money"]:
        written = "USD" + (written if written.startswith("/") else f" {written}" if written else "")
    if not written:
        if _needs_unit(unit):
            raise UnitError(f"{shown} has no unit; write for example {example(unit)}.")
        return _sane(number, shown)
    # 15 digits: 70 % is 0.7, not 0.7000000000000001.
    return _sane(float(f"{number * _factor(written, unit, shown):.15g}"), shown)


def _sane(number: float, shown: str) -> float:
    # Products of a few numbers in this range stay far away from overflow and underflow.
    if abs(number) > _LARGEST:
        raise UnitError(f"{shown} is too large for anything that is planned.")
    if 0 < abs(number) < _SMALLEST:
        raise UnitError(f"{shown} is too small to matter; write 0 or a larger number.")
    return number


def _needs_unit(unit: str) -> bool:
    """Whether a bare number would be ambiguous: time, size, speed and prices per something."""
    return bool(set(re.split(r"[/ ]", unit)) & {"s", "byte", "bit", "month"}) and unit != "USD"


# People, and what stands for one of them, wherever users are wanted.
_PEOPLE = re.compile(
    r"\b(players?|devices?|visitors?|clients?|sessions?|customers?|members?|students?)\b"
)
_SMALL_B = re.compile(r"(?<![A-Za-z])([kKMGTP]i?)b(?![a-z/])")


def _understood(written: str, unit: str, shown: str) -> str:
    """
    Return a written unit in this vocabulary, refusing what would be misread.

    A device or a player is a user where users are wanted. A small b after a prefix means bits; who
    writes ``16 Gb`` of memory means bytes, and an eighth of them would pass unseen.
    """
    if "user" in re.split(r"[/* ]", unit):
        written = _PEOPLE.sub("users", written)
    small = _SMALL_B.search(written)
    if small and "byte" in re.split(r"[/* ]", unit):
        prefix = small[1]
        raise UnitError(
            f"{shown}: {prefix}b are bits, an eighth of as many bytes; write {prefix}B for "
            f"bytes or {prefix}bit for bits."
        )
    return written


def _factor(written: str, unit: str, shown: str) -> float:
    written = _understood(written, unit, shown)
    given, wanted = _one(written, unit, shown), _one(unit, unit, shown)
    given_dim, wanted_dim = dict(given.dimensionality), dict(wanted.dimensionality)
    if not any(_is_count(dim) for dim in given_dim):
        # Who writes 0.1/s where requests per second are wanted is understood.
        wanted_dim = {dim: power for dim, power in wanted_dim.items() if not _is_count(dim)}
    if given_dim != wanted_dim:
        raise UnitError(f"{shown} is {_describe(given_dim, written)}, but {_wanted(unit)} here.")
    return float(given.to_root_units().magnitude / wanted.to_root_units().magnitude)


def _one(written: str, unit: str, shown: str) -> Any:
    """Return one of a written unit as a pint quantity; `unit` is what an error's example is in."""
    registry = _registry()
    names = [spelling(name) for name in re.split(r"[/* ]+", written) if name and name != "per"]
    for name in names:
        if name not in registry and name != "1":
            near = get_close_matches(name, [*_UNITS, *COUNTS, *_ALIASES], n=1, cutoff=0.75)
            # A count's own name tells more than a word that looks like what was written.
            hint = f"; {_wanted(unit)} here, for example {example(unit)}."
            if not near and unit not in COUNTS:
                near = get_close_matches(name, [*_UNITS, *COUNTS, *_ALIASES], n=1, cutoff=0.5)
            if near:
                hint = f"; did you mean {near[0]!r}?"
            raise UnitError(f"{shown}: unit {name!r} is not known{hint}")
    try:
        return registry.Quantity(f"1 {_spelled(written)}")
    except Exception as error:  # pint raises many types for a malformed unit expression
        raise UnitError(f"{shown}: unit {written!r} cannot be read.") from error


@lru_cache(maxsize=4096)
def to_base(unit: str) -> tuple[float, str]:
    """
    Return the factor from a unit to this project's base unit, and that base unit.

    Sizes are in bytes and speeds in bit/s; what costs money over time is per month.

    Parameters
    ----------
    unit : str
        Any unit that :func:`parse` understands after a number; empty is a plain number.

    Returns
    -------
    tuple of float and str
        What one `unit` is in the base unit, and the base unit's name.

    Raises
    ------
    UnitError
        If the unit is not known or cannot be read.

    Examples
    --------
    >>> to_base("kB"), to_base("Mbit/s"), to_base("%"), to_base("requests per min")
    ((1000.0, 'byte'), (1000000.0, 'bit/s'), (0.01, 'fraction'), (0.016666666666666666, 'request/s'))
    >>> to_base("$/user/month")[1], to_base("$/GB")[1], to_base("GB/user")[1], to_base("/min")[1]
    ('USD/user/month', 'USD/byte', 'byte/user', '1/s')
    """  # noqa: E501 - one line, as it is printed
    written = unit.strip().replace("·", "*").replace("$", "USD")
    shown = repr(unit if len(unit) <= 60 else unit[:57] + "...")
    if len(written) > 60 or not re.fullmatch(r"(?:1(?=/))?[A-Za-zµ%/ *]*", written):
        raise UnitError(f"{shown} is not a unit; write for example 'ms', 'GB' or 'requests/s'.")
    if not written:
        return 1.0, "ratio"
    given = _one(written, "ratio", shown)
    powers = {name.strip("[]"): round(power) for name, power in given.dimensionality.items()}
    if not powers:
        share = re.search(r"%|\b(percent|fraction)\b", written)
        name = "fraction" if share else "ratio"
    else:
        name = _base_name(powers)
    wanted = _one(name, name, shown)
    return float(given.to_root_units().magnitude / wanted.to_root_units().magnitude), name


def _base_name(powers: dict[str, int]) -> str:
    money, time = powers.get("currency", 0), powers.get("time", 0)
    size = "bit" if powers.get("information", 0) > 0 > time and not money else "byte"
    terms = {"currency": "USD", "information": size, **{count: count for count in COUNTS},
             "time": "month" if money > 0 > time else "s"}  # fmt: skip
    over = [name for term, name in terms.items() for _ in range(powers.get(term, 0))]
    under = [name for term, name in terms.items() for _ in range(-powers.get(term, 0))]
    return "/".join(["*".join(over) or "1", *under])


def _is_count(dimension: str) -> bool:
    return dimension.strip("[]") in COUNTS


def _describe(dimensions: dict[str, float], written: str) -> str:
    if len(dimensions) == 1:
        (name,) = dimensions
        if _is_count(name):
            return f"a number of {plural(name.strip('[]'))}"
        known = {"[time]": "a time", "[information]": "a size", "[currency]": "an amount of money"}
        if name in known and next(iter(dimensions.values())) == 1:
            return known[name]
    return f"in {written!r}" if dimensions else "a plain number or share"


def _wanted(unit: str) -> str:
    if unit in COUNTS:
        return f"{plural(unit)} are wanted"
    if unit == "fraction":
        return "a share such as 70 % is wanted"
    return f"{unit!r} (such as {example(unit)}) is wanted"


_UNITS = {
    "s": "[time]",
    "min": "60 s",
    "h": "3600 s",
    "day": "24 h",
    "week": "7 day",
    "month": "730 h",
    "year": "8760 h",
    "bit": "[information]",
    "byte": "8 bit",
    "USD": "[currency]",
    "fraction": "[]",
    "percent": "0.01 fraction",
    "erlang": "[]",
    "ratio": "[]",
    "bps": "bit / s",
}
_ALIASES = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", "minute": "min", "minutes": "min",
    "mins": "min", "hour": "h", "hours": "h", "hr": "h", "d": "day", "days": "day", "weeks": "week",
    "months": "month", "mo": "month", "years": "year", "bits": "bit", "bytes": "byte", "B": "byte",
    "%": "percent", "us": "µ_s", "rps": "request/s", "req": "request", "reqs": "request",
    "conn": "connection", "conns": "connection", "msg": "message", "msgs": "message",
    "x": "ratio", "cpu": "core", "vcpu": "core", "vCPU": "core", "dollar": "USD",
    "dollars": "USD", "usd": "USD", "cent": "percent*USD", "cents": "percent*USD",
}  # fmt: skip
PREFIXES = {"µ": 1e-6, "m": 1e-3, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15,
             "Ki": KIB, "Mi": MIB, "Gi": GIB, "Ti": TIB}  # fmt: skip
# What takes a prefix, and its short names: model prices are per million tokens.
_PREFIXED = ("s", "bit", "byte", "bps", "token")
_PREFIXED_AS = {"B": "byte", "bytes": "byte", "bits": "bit", "b": "bit", "tokens": "token"}


def _spelled(unit: str) -> str:
    """Return a unit expression in the registry's spelling."""
    unit = re.sub(r"\bper\b", "/", unit)
    return re.sub(r"[A-Za-zµ%]+", lambda match: spelling(match[0]), unit)


@lru_cache(maxsize=4096)
def spelling(name: str) -> str:
    """
    Return one spelling of a unit for plurals, aliases and prefixes; what is not known stays.

    >>> spelling("GB"), spelling("queries"), spelling("hours"), spelling("pods")
    ('G_byte', 'query', 'h', 'pods')
    """
    if name in _UNITS or name in COUNTS:
        return name
    if name in _ALIASES:
        return _ALIASES[name]
    singulars = {plural(count): count for count in COUNTS}
    if name in singulars:
        return singulars[name]
    for prefix in sorted(PREFIXES, key=len, reverse=True):
        rest = name.removeprefix(prefix)
        base = _PREFIXED_AS.get(rest, rest)
        if rest != name and base in _PREFIXED:
            return f"{prefix}_{base}"
    return name


@cache
def _registry() -> UnitRegistry[float]:
    import pint  # here, because parsing a file is the only place that needs it

    registry: UnitRegistry[float] = pint.UnitRegistry(None)
    for name, definition in _UNITS.items():
        registry.define(f"{name} = {definition}")
    for count in COUNTS:
        registry.define(f"{count} = [{count}]")
    for prefix, factor in PREFIXES.items():
        for base in _PREFIXED:
            registry.define(f"{prefix}_{base} = {factor!r} {base}")
    return registry


def plural(noun: str) -> str:
    """
    Return the plural of a count noun.

    >>> plural("query"), plural("user")
    ('queries', 'users')
    """
    return _PLURALS.get(noun, noun + "s")


def example(unit: str) -> str:
    """
    Return a quantity in `unit` as one would write it in a system file.

    >>> example("bit/s")
    "'1.5 Mbit/s'"
    """
    known = {"s": "250 ms", "byte": "512 MB", "bit/s": "1.5 Mbit/s", "fraction": "70 %",
             "fraction/month": "10 %/month",
             "USD/byte": "$0.10/GB", "USD/month": "$25/month", "USD": "$100",
             "USD/participant/min": "$0.0005/participant/min", "ratio": "2",
             "USD/token": "$3/Mtoken", "USD/byte/month": "$0.10/GB/month", "byte/s": "10 MB/s",
             "USD/byte/s": "$0.0000166667/GB/s", "byte*s": "400000 GB s",
             "person*s": "5 person days", "USD/person/day": "$600/person/day"}  # fmt: skip
    usual = f"20 {plural(unit)}" if unit in COUNTS else f"10 {unit}"
    if unit.startswith("USD/"):
        usual = f"$0.01/{unit.removeprefix('USD/')}"
    return repr(known.get(unit, usual))


_TIME = ((1e-6, "µs"), (1e-3, "ms"), (1.0, "s"), (MINUTE, "min"), (HOUR, "h"), (DAY, "days"))
_DECIMAL = ((1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T"), (1e15, "P"))


def show_load(value: float, unit: str) -> str:
    """
    Print a load: where it is infinite there is no end to it, which is no absence of a limit.

    >>> show_load(float("inf"), "s"), show_load(0.25, "s")
    ('without end', '250 ms')
    """
    return "without end" if math.isinf(value) else show(value, unit)


def show(value: float, unit: str, digits: int = 3) -> str:
    """
    Print a base-unit number for people.

    Parameters
    ----------
    value : float
        The number, in `unit`. Infinity prints as "no limit"; of a load see :func:`show_load`.
    unit : str
        Its base unit.
    digits : int
        Significant digits kept; counts keep all their whole digits.

    Returns
    -------
    str
        Number and unit with a no-break-free plain space, e.g. ``250 ms``, ``1.5 Mbit/s``.

    Examples
    --------
    >>> show(0.25, "s"), show(1.5e6, "bit/s"), show(1e-10, "USD/byte"), show(0.7, "fraction")
    ('250 ms', '1.5 Mbit/s', '$0.1/GB', '70 %')
    >>> show(10_000, "user"), show(1.0002, "user"), show(30, "USD"), show(35, "USD/month")
    ('10,000 users', '1 user', '$30', '$35/month')

    What is missing to all keeps its first digit: 99.95 % up is not always up.

    >>> show(0.9995, "fraction"), show(0.99999, "fraction"), show(1, "fraction")
    ('99.95 %', '99.999 %', '100 %')
    """
    value = float(value)
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "no limit"
    if unit == "fraction" or unit.startswith("fraction/"):
        return f"{_percent(value, digits)} %{unit.removeprefix('fraction')}"
    if unit == "1/s":
        return f"{_number(value, digits)}/s"
    if unit.startswith("USD/byte"):
        return f"${_number(value * GB, digits)}/GB{unit.removeprefix('USD/byte')}"
    if unit == "USD/token":
        return f"${_number(value * 1e6, digits)}/Mtoken"
    if unit.startswith("USD"):
        return f"{'-' if value < 0 else ''}${_number(abs(value), digits)}{unit[3:]}"
    if unit == "s":
        # Less than a picosecond is a rounding error of nothing.
        text = _scaled(value if abs(value) >= 1e-12 else 0.0, _TIME, digits)
        return text.removesuffix("s") if text == "1 days" else text
    if unit in {"byte", "bit/s", "byte/s", "byte*s"}:
        suffix = {"byte": "B", "bit/s": "bit/s", "byte/s": "B/s", "byte*s": "B s"}[unit]
        return _scaled(value, tuple((f, f"{p}{suffix}") for f, p in _DECIMAL), digits)
    if unit in {"", "ratio"}:
        return _number(value, digits)
    head, _, tail = unit.partition("/")
    number = _number(value, digits)
    noun = plural(head) if head in COUNTS and number != "1" else head.replace("*", " ")
    return f"{number} {noun}{'/' + tail if tail else ''}"


def _scaled(value: float, steps: tuple[tuple[float, str], ...], digits: int) -> str:
    factor, suffix = steps[0]
    if value == 0:
        factor, suffix = next((f, s) for f, s in steps if f == 1.0)
    for step, name in steps:
        if abs(value) >= step * 0.9995:
            factor, suffix = step, name
    return f"{_number(value / factor, digits)} {suffix}"


def _percent(value: float, digits: int) -> str:
    missing = (1.0 - value) * 100
    # Less than a millionth is a rounding error of nothing.
    if 1e-6 < missing < 0.5:
        return f"{value * 100:.{1 + math.floor(-math.log10(missing))}f}".rstrip("0")
    return _number(value * 100, digits)


def _number(value: float, digits: int) -> str:
    if value != 0 and abs(value) >= 1e15:
        return f"{value:.{digits}g}"
    if abs(value) >= 10 ** (digits - 1) or float(value).is_integer():
        return f"{round(value):,}"
    text = f"{value:.{digits}g}"
    return (
        text
        if "e" in text and abs(value) < 1e-6
        else f"{float(text):,.12f}".rstrip("0").rstrip(".")
    )
