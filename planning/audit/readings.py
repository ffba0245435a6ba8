"""
What an expression of a document may mean, the strictest reading first.

As it is written; per the time that the claim is per; with a bare number standing for the
unit that is missing; with the numbers as they stand where no unit is written at all; with
months and years counted and not multiplied; with a bare 8, 60 or 730 between two units as
the conversion between them. Readings that only may be meant confirm, and contradict nothing.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from planning.audit.equations import Node, operands
from planning.audit.signs import Token
from planning.numbers.dimensions import CODES, DimensionError, Quantity, one, period_of

_H, _D = 3600.0, 86_400.0
# What a bare number between two units may stand for: one, or so much time. [s]
_CONVERSIONS: dict[float, tuple[float, ...]] = {
    8: (), 1000: (), 1024: (), 1e6: (), 1e9: (), 100: (), 1e-6: (), 1e-3: (), 1e-9: (),
    1048576: (), 12: (), 52: (7 * _D,), 60: (60.0, _H), 3600: (_H,), 24: (_D,), 1440: (_D,),
    86_400: (_D,), 7: (7 * _D,), 30: (30 * _D,), 31: (31 * _D,), 30.4: (730 * _H,),
    30.5: (730 * _H,), 365: (365 * _D,), 720: (720 * _H,), 730: (730 * _H,), 744: (744 * _H,),
    8760: (8760 * _H,), 2.6e6: (730 * _H,), 2_592_000: (30 * _D,), 2_628_000: (730 * _H,),
    43_200: (12 * _H,),
}  # fmt: skip
_MOST_READINGS = 81
_SAME_PERIOD = 0.1  # months have 28 to 31 days
_BILLION = re.compile(r"[0-9]B(?![A-Za-z])")
_TIME = (("time", 1),)
# What a product of plain numbers may be: a count, a time or a rate, and no size and no money.
_LEFT_TO_A_COUNT = ((), _TIME, (("time", -1),))


class Reading(NamedTuple):
    """Computed over claimed, what is computed, and whether one must read it so."""

    factor: float
    value: Quantity
    firm: bool


def readings_of(node: Node, claimed: Token) -> Iterator[Reading]:
    """
    Yield the readings of an expression that measure what is claimed.

    Parameters
    ----------
    node : Node
        The expression.
    claimed : Token
        The number that is claimed to come out.
    """
    tokens = operands(node)
    plain = {id(token): token.quantity for token in tokens}
    strict = value_of(node, plain)
    if not claimed.quantity.value or not claimed.written:
        return
    if strict is not None:
        yield from _against(strict, plain, tokens, claimed)
    # "80 users + 20 GB = 100" adds what does not add, whatever the claim is said to measure.
    adds = strict is not None or any(token.bare for token in tokens)
    if all_bare(tokens) or (claimed.bare and adds):
        yield from _as_they_stand(node, claimed)
    times = [token for token in tokens if _counted_time(token)]
    if times and strict is not None and strict.physical != claimed.quantity.physical:
        # "5 GB × 12 months × 5 years" counts months and years, "15 min × $0.15" counts minutes.
        counts = {**plain, **{id(token): Quantity(token.written) for token in times}}
        yield from _may_be(value_of(node, counts), counts, tokens, claimed)
    for moved in _conversions(tokens, plain):
        converted = [each for each in tokens if each.bare and moved[id(each)] is not each.quantity]
        ones = any(moved[id(each)] == Quantity(1.0) for each in converted)
        if ones and any(each.unit.lower() == claimed.unit.lower() for each in tokens if each.unit):
            continue  # "5 GB × 60 = 5 GB": between a unit and itself nothing is converted
        # A number that is a conversion stands for no unit that is missing as well.
        others = [each for each in tokens if each not in converted]
        yield from _may_be(value_of(node, moved), moved, others, claimed)


def _counted_time(token: Token) -> bool:
    """Whether a number may count months, hours or minutes; nobody counts milliseconds so."""
    return token.quantity.physical == _TIME and token.quantity.value >= 60 * token.written


def _may_be(
    value: Quantity | None, given: Mapping[int, Quantity], tokens: list[Token], claimed: Token
) -> Iterator[Reading]:
    if value is None:
        return
    if not value.physical and claimed.quantity.physical in _LEFT_TO_A_COUNT:
        yield Reading(value.value / claimed.written, claimed.quantity, False)
        yield from _in_bytes(value, claimed)
    for each in _against(value, given, tokens, claimed):
        yield each._replace(firm=False)


def _as_they_stand(node: Node, claimed: Token) -> Iterator[Reading]:
    """Yield the readings of bare numbers: as written, in bytes, or a B for a billion."""
    value = as_written(node)
    if value is None:
        return
    factor = value / _raw(claimed).value
    quantity = claimed.quantity
    yield Reading(factor, Quantity(quantity.value * factor, quantity.powers), True)
    yield from _in_bytes(Quantity(value), claimed)
    if _BILLION.search(claimed.text):
        yield Reading(value / (claimed.written * 1e9), quantity, False)


def _in_bytes(value: Quantity, claimed: Token) -> Iterator[Reading]:
    """Yield the reading in which a bare number is in bytes: "24 × 10^9 × 6 = 144 GB"."""
    if claimed.quantity.of("information") == 1:
        period = period_of(claimed.text) or Quantity(1.0)
        factor = value.value / (claimed.quantity * period).value
        yield Reading(factor, claimed.quantity, False)


def _against(
    value: Quantity, given: Mapping[int, Quantity], tokens: list[Token], claimed: Token
) -> Iterator[Reading]:
    quantity = claimed.quantity
    if value.physical == quantity.physical:
        yield Reading(value.value / quantity.value, value, True)
        return
    period = period_of(claimed.text)
    if period is not None and (quantity * period).physical == value.physical:
        stretch = [each for each in given.values() if each.physical == period.physical]
        held = any(abs(each.value / period.value - 1) <= _SAME_PERIOD for each in stretch)
        # "2.5 TB × 2 = 5 TB/day": what the inputs are per may stand with the result alone.
        firm = held or any(token.bare for token in tokens)
        yield Reading(value.value / (quantity * period).value, value / period, firm)
    yield from _bills(value, tokens, quantity, period)
    if any(token.bare for token in tokens) and value.powers:
        # What the bare number counts is not written: it stands for what is missing.
        missing = quantity / Quantity(1.0, value.physical)
        if len(missing.physical) == 1 and missing.physical[0] in {("time", -1), ("time", 1)}:
            yield Reading(
                value.value / quantity.value, Quantity(value.value, quantity.powers), True
            )


def _bills(
    value: Quantity, tokens: list[Token], quantity: Quantity, period: Quantity | None
) -> Iterator[Reading]:
    """Yield the readings of money that leave out the month that a bill is for."""
    if period is None and _is_cost(value) and _is_amount(quantity):
        # "2,500 GB × $0.08/GB-month = $200": the month of the price is the month of the bill.
        period = next((each for token in tokens if (each := period_of(token.text))), None)
        monthly = [token.text for token in tokens if "-mo" in token.text.lower()]
        period = period or (one("month") if monthly else None)
        if period is not None:
            yield Reading((value * period).value / quantity.value, value * period, True)
    elif period is not None and _is_amount(value) and _is_cost(quantity):
        # "$850 + $3,200 = $4,050 per month": amounts of one bill are per what the bill is.
        yield Reading(value.value / (quantity * period).value, value / period, True)

    elif (
        value.of("time") == 1 and _is_amount(value / Quantity(1.0, _TIME)) and _is_amount(quantity)
    ):
        # "$60K ÷ 2B messages/month = $0.00003/message": the money is for that month.
        period = next((each for token in tokens if (each := period_of(token.text))), None)
        if period is not None:
            yield Reading((value / period).value / quantity.value, value / period, True)


def _is_amount(quantity: Quantity) -> bool:
    return [name in CODES and power == 1 for name, power in quantity.physical] == [True]


def _is_cost(quantity: Quantity) -> bool:
    return _is_amount(quantity * Quantity(1.0, _TIME))


def all_bare(tokens: list[Token]) -> bool:
    """Whether no number of an expression has a unit, shares apart."""
    return all(token.bare or token.unit == "%" for token in tokens)


def _raw(token: Token) -> Quantity:
    return Quantity(token.written * (0.01 if token.unit == "%" else 1.0))


def _conversions(
    tokens: list[Token], plain: Mapping[int, Quantity]
) -> Iterator[dict[int, Quantity]]:
    """Yield the numbers with one or more of them taken for conversions or for billions."""
    choices = [[(id(token), plain[id(token)]), *((id(token), each) for each in _stands_for(token))]
               for token in tokens]  # fmt: skip
    if not any(token.quantity.physical for token in tokens):
        return
    for chosen in itertools.islice(itertools.product(*choices), 1, _MOST_READINGS):
        yield {**plain, **dict(chosen)}


def _stands_for(token: Token) -> list[Quantity]:
    """Return what a number may stand for beside what it is."""
    if _BILLION.search(token.text) and token.unit == "B":
        return [Quantity(token.written * 1e9)]
    if "/" in token.unit and not token.quantity.powers and token.quantity.value != 0:
        # "86,400 seconds/day" is a number of seconds, and not the share of a day that they are.
        return [Quantity(token.written)]
    known = _CONVERSIONS.get(token.written)
    if known is None:
        return []
    if token.quantity.physical == _TIME:
        # "86,400 s" between a rate and days means so many seconds a day.
        return [Quantity(1.0), Quantity(token.written)]
    return [Quantity(1.0), *(Quantity(each, _TIME) for each in known)] if token.bare else []


def computed(node: Node) -> Quantity | None:
    """Return what an expression comes to as it is written; None where it has no value."""
    return value_of(node, {id(token): token.quantity for token in operands(node)})


def as_written(node: Node) -> float | None:
    """Return what the numbers of an expression come to without their units, or None."""
    found = value_of(node, {id(token): _raw(token) for token in operands(node)})
    return None if found is None else found.value


def unlike_terms(node: Node) -> tuple[Quantity, Quantity] | None:
    """
    Return the first two terms that are added or subtracted and measure different things.

    Only times, sizes and money count: what a number without a unit measures is not written, and
    "5,000 viewers + 100 admins" is a sum.

    Examples
    --------
    >>> from planning.audit.equations import equations_of
    >>> from planning.numbers.dimensions import describe
    >>> (equation,) = equations_of("$40 + $5/month = $45")
    >>> [describe(each) for each in unlike_terms(equation.expression)]
    ['an amount of money', 'a cost per time']
    """
    if isinstance(node, Token):
        return None
    within = next((each for part in node[1:] if (each := unlike_terms(part))), None)
    if within is not None or len(node) == 2 or node[0] not in "+-":
        return within
    first, second = computed(node[1]), computed(node[2])
    if first is None or second is None or not first.physical or not second.physical:
        return None
    return (first, second) if first.physical != second.physical else None


def value_of(node: Node, numbers: Mapping[int, Quantity]) -> Quantity | None:
    """Return what an expression comes to, given what each of its numbers stands for."""
    try:
        found = _computed(node, numbers)
    except (DimensionError, ZeroDivisionError, OverflowError, ValueError):
        return None
    return found if math.isfinite(found.value) else None


def _computed(node: Node, numbers: Mapping[int, Quantity]) -> Quantity:
    if isinstance(node, Token):
        return numbers[id(node)]
    if len(node) == 2:
        how = math.ceil if node[0] == "ceil" else math.floor
        return _computed(node[1], numbers).rounded(how)
    sign, left, right = node
    first, second = _computed(left, numbers), _computed(right, numbers)
    if sign in "+-":
        # "100 + 20 %" is a fifth more, unless shares are added to shares.
        if isinstance(right, Token) and right.unit == "%" and not _is_share(left):
            second = first * second
        return first + second if sign == "+" else first - second
    if sign == "^":
        if abs(second.value) > 64:
            raise ValueError("a power that nobody plans with")
        return first.to_the(second.value)
    return first * second if sign == "*" else first / second


def _is_share(node: Node) -> bool:
    tokens = operands(node)
    return any(token.unit == "%" for token in tokens) or all(
        token.bare and token.written <= 1 for token in tokens
    )
