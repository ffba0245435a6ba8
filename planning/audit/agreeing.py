"""
Whether what an equation computes is what it claims, read as a document means it.

Readings are tried from the strictest on: as written; per the time that the claim is per;
with a bare number standing for the unit that is missing; with a bare 8, 60 or 730 as the
conversion between two units. The first that agrees confirms; where none does, the strictest
that measures what is claimed says by how much it is off.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from planning.audit.equations import Equation, Node, operands, written
from planning.audit.signs import Token
from planning.audit.slips import rounding_of, slip
from planning.numbers.dimensions import (
    CODES,
    DimensionError,
    Quantity,
    describe,
    one,
    period_of,
    show,
    show_number,
)

TOLERANCE = 0.02
_ROUGH = 0.1
_FEW = 10_000.0

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


class Answer(StrEnum):
    """What became of an equation."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNLIKE = "unlike"


@dataclass(frozen=True)
class Checked:
    """
    An equation, computed.

    Attributes
    ----------
    answer : Answer
        Whether it agrees.
    computed : str
        What comes out, written as the claim is.
    value : Quantity
        The same, with what it measures.
    factor : float
        Computed over claimed.
    why : str
        Which slip explains the difference, or what it computes instead.
    """

    answer: Answer
    computed: str
    value: Quantity
    factor: float = 1.0
    why: str = ""


def checked(equation: Equation) -> Checked | None:
    """
    Compute an equation; None where nothing certain can be said of it.

    Parameters
    ----------
    equation : Equation
        As :func:`planning.audit.equations.equations_of` finds them.

    Examples
    --------
    >>> from planning.audit.equations import equations_of
    >>> def say(line):
    ...     (equation,) = equations_of(line)
    ...     found = checked(equation)
    ...     return str(found.answer), found.computed, found.why
    >>> say("18,000 requests/s × 4 KB = 72 GB/s")
    ('differs', '72 MB/s', 'KB were taken for MB, or MB for GB')
    >>> say("3.8 Mbit/s × 390 s / 8 = 185 MB")
    ('agrees', '185 MB', '')
    >>> say("5 GB × $0.045/GB = $0.23")
    ('agrees', '$0.225', '')
    """
    if isinstance(equation.expression, Token):
        return _converted(equation.expression, equation)
    if equation.before is not None:
        # "50,000,000 / 10,000 = 5,000 seconds = 83 minutes": the last follows from the one before.
        follows = _converted(equation.before, equation)
        if follows is not None and follows.answer is Answer.AGREES:
            return follows
    tokens = operands(equation.expression)
    claimed = equation.claimed
    slack = _slack(equation)
    first: tuple[float, Quantity] | None = None
    for factor, value in _readings(equation.expression, tokens, claimed):
        if _agrees(factor, slack, equation):
            return Checked(Answer.AGREES, _shown(value, claimed, factor), value, factor)
        first = first or (factor, value)
    if first is None:
        return _unlike(equation, tokens)
    factor, value = first
    why = slip(factor, [claimed.quantity, *(each.quantity for each in tokens)],
               rounding_of(claimed.text))  # fmt: skip
    if not _believed(equation, value, tokens, factor, why):
        return None
    return Checked(Answer.DIFFERS, _shown(value, claimed, factor), value, factor, why)


def _slack(equation: Equation) -> float:
    rough = equation.rough or equation.claimed.rough
    return (_ROUGH if rough else TOLERANCE) + rounding_of(equation.claimed.text)


def _agrees(factor: float, slack: float, equation: Equation) -> bool:
    if abs(factor - 1) <= slack or _in_steps_of_1024(factor, slack, equation):
        return True
    claimed = equation.claimed
    whole = claimed.written == round(claimed.written) and "." not in claimed.text
    computed = factor * claimed.written
    if not whole or claimed.quantity.physical or not 0 < computed < _FEW:
        return False
    near = {math.ceil(computed - 1e-9)} | (set() if equation.need else {math.floor(computed)})
    return claimed.written in near


_DECIMAL = re.compile(r"[KMGTP]B\b")


def _in_steps_of_1024(factor: float, slack: float, equation: Equation) -> bool:
    """Whether MB are added up to GB by 1,024, as "5 × 256 MB = 1.25 GB" does."""
    units = {found[0] for token in (*operands(equation.expression), equation.claimed)
             if (found := _DECIMAL.search(token.text))}  # fmt: skip
    if len(units) != 2 or "iB" in equation.claimed.text:
        return False
    return any(abs(factor / 1.024**steps - 1) <= slack / 2 for steps in (1, 2, 3))


def _readings(node: Node, tokens: list[Token], claimed: Token) -> Iterator[tuple[float, Quantity]]:
    """Yield computed over claimed, and what is computed, reading by reading."""
    plain = {id(token): token.quantity for token in tokens}
    strict = _value(node, plain)
    if strict is not None:
        yield from _against(strict, plain, tokens, claimed)
    # All bare, or a bare claim: the numbers as they are written.
    if claimed.bare or _all_bare(tokens):
        raw = {id(token): _raw(token) for token in tokens}
        value = _value(node, raw)
        if value is not None and claimed.written:
            share = _raw(claimed).value
            yield value.value / share, Quantity(value.value / share * claimed.quantity.value,
                                                claimed.quantity.powers)  # fmt: skip
            if claimed.quantity.of("information") == 1 and not claimed.bare:
                # "24 × 10^9 × 6 = 144 GB" is in bytes; a B may be a billion as well.
                period = period_of(claimed.text) or Quantity(1.0)
                stated = (claimed.quantity * period).value
                if stated:
                    yield value.value / stated, claimed.quantity
                if _BILLION.search(claimed.text):
                    yield value.value / (claimed.written * 1e9), claimed.quantity
    times = [token for token in tokens if token.quantity.physical == (("time", 1),)]
    if times and strict is not None and strict.physical != claimed.quantity.physical:
        # "5 GB × 12 months × 5 years" counts months and years, "15 min × $0.15" counts minutes.
        counts = {**plain, **{id(token): Quantity(token.written) for token in times}}
        value = _value(node, counts)
        if value is not None:
            yield from _against(value, counts, tokens, claimed, loose=True)
    for moved in _conversions(tokens, plain):
        value = _value(node, moved)
        if value is not None:
            yield from _against(value, moved, tokens, claimed)


def _against(
    value: Quantity,
    given: Mapping[int, Quantity],
    tokens: list[Token],
    claimed: Token,
    loose: bool = False,
) -> Iterator[tuple[float, Quantity]]:
    quantity = claimed.quantity
    if not quantity.value:
        return
    if value.physical == quantity.physical:
        yield value.value / quantity.value, value
        return
    period = period_of(claimed.text)
    if period is not None and (quantity * period).physical == value.physical:
        stretch = [each for each in given.values() if each.physical == period.physical]
        bare = any(token.bare for token in tokens)
        if bare or any(abs(each.value / period.value - 1) <= _ROUGH for each in stretch):
            yield value.value / (quantity * period).value, value / period
    if period is None and _is_cost(value) and _is_amount(quantity):
        # "2,500 GB × $0.08/GB-month = $200": the month of the price is the month of the bill.
        period = next((each for token in tokens if (each := period_of(token.text))), None)
        monthly = [token.text for token in tokens if "-mo" in token.text.lower()]
        period = period or (one("month") if monthly else None)
        if period is not None:
            yield (value * period).value / quantity.value, value * period
    if period is not None and _is_amount(value) and _is_cost(quantity):
        # "$850 + $3,200 = $4,050 per month": amounts of one bill are per what the bill is.
        yield value.value / (quantity * period).value, value / period
    if loose and not value.physical:
        yield value.value / claimed.written, Quantity(value.value, quantity.powers)
    if any(token.bare for token in tokens) and value.powers:
        # What the bare number counts is not written: it stands for what is missing.
        missing = quantity / Quantity(1.0, value.physical)
        if len(missing.physical) == 1 and missing.physical[0] in {("time", -1), ("time", 1)}:
            yield value.value / quantity.value, Quantity(value.value, quantity.powers)


def _is_amount(quantity: Quantity) -> bool:
    return [name in CODES and power == 1 for name, power in quantity.physical] == [True]


def _is_cost(quantity: Quantity) -> bool:
    return _is_amount(quantity * Quantity(1.0, (("time", 1),)))


_BILLION = re.compile(r"[0-9]B(?![A-Za-z])")


def _all_bare(tokens: list[Token]) -> bool:
    return all(token.bare or token.unit == "%" for token in tokens)


def _is_thousands(factor: float) -> bool:
    """Whether a factor is a power of a thousand: a prefix that nobody wrote."""
    steps = math.log(factor, 1000) if factor > 0 else 0.5
    return round(steps) != 0 and abs(steps - round(steps)) < 0.01


def _raw(token: Token) -> Quantity:
    share = 0.01 if token.unit == "%" else 1.0
    return Quantity(token.written * share)


def _conversions(
    tokens: list[Token], plain: Mapping[int, Quantity]
) -> Iterator[dict[int, Quantity]]:
    """Yield the numbers with one or more bare ones taken for conversions."""
    choices: list[list[tuple[int, Quantity]]] = []
    for token in tokens:
        known = _CONVERSIONS.get(token.written)
        if known and token.quantity.physical == (("time", 1),):
            # "86,400 s" between a rate and days means so many seconds a day.
            choices.append([(id(token), plain[id(token)]), (id(token), Quantity(1.0))])
        elif known is not None and token.bare:
            times = [(id(token), Quantity(each, (("time", 1),))) for each in known]
            choices.append([(id(token), plain[id(token)]), (id(token), Quantity(1.0)), *times])
    if not choices or not any(token.quantity.physical for token in tokens):
        return
    for chosen in itertools.islice(itertools.product(*choices), 1, _MOST_READINGS):
        yield {**plain, **dict(chosen)}


def computed(node: Node) -> Quantity | None:
    """Return what an expression comes to as it is written; None where it has no value."""
    return _value(node, {id(token): token.quantity for token in operands(node)})


def _value(node: Node, numbers: Mapping[int, Quantity]) -> Quantity | None:
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


def _shown(value: Quantity, claimed: Token, factor: float) -> str:
    """Return what is computed, in the claim's own unit."""
    quantity, unit = claimed.quantity, claimed.unit
    if 0.1 < factor < 10 and not any(name in CODES for name, _ in quantity.powers):
        number = show_number(claimed.written * factor)
        return f"{number}{unit}" if unit[:1] in {"/", "%", ""} else f"{number} {unit}"
    found = Quantity(quantity.value * factor, quantity.powers)
    return show(found, claimed.text)


def _believed(
    equation: Equation, value: Quantity, tokens: list[Token], factor: float, why: str
) -> bool:
    """Whether a difference is one of the document's, and not of our reading."""
    claimed = equation.claimed
    strict = all(not token.bare for token in tokens)
    if not equation.sure:
        same = bool(claimed.quantity.physical) and value.physical == claimed.quantity.physical
        exact = bool(claimed.quantity.powers) and value.powers == claimed.quantity.powers
        return strict and ((same and (bool(why) or 0.5 < factor < 2)) or exact)
    bare = _all_bare(tokens)
    if bare and _is_thousands(factor):
        return False  # "4,000 × 25 = 100 billion": thousands may be meant where no unit is written
    measured = bool(claimed.quantity.physical)
    if bare and measured and not claimed.unit.startswith(("/", "%")):
        # "3 × 4 = 12 GB" may leave out what only its author knows.
        return bool(why) or 0.2 < factor < 5
    return bool(why) or 1e-4 < factor < 1e4


def _converted(first: Token, equation: Equation) -> Checked | None:
    """Hold two ways to write one number against each other: "13.2 MB/s → 106 Mbit/s"."""
    claimed = equation.claimed
    mine, its = first.quantity, claimed.quantity
    if not mine.physical or mine.physical != its.physical or not its.value or not mine.value:
        return None
    if first.unit.lower() == claimed.unit.lower():
        return None
    factor = mine.value / its.value
    if _agrees(factor, _slack(equation), equation):
        return Checked(Answer.AGREES, show(mine, claimed.text), mine, factor)
    why = slip(factor, [mine, its], rounding_of(claimed.text))
    # "512 MB → 4 GB" is a change and no slip: two units of one kind are confused only where a
    # bit stands beside a byte, or an hour beside a month.
    confused = (
        ("bit" in first.unit.lower()) != ("bit" in claimed.unit.lower())
        if "bits" in why
        else period_of(first.text) != period_of(claimed.text)
    )
    if not why or not confused:
        return None
    return Checked(Answer.DIFFERS, show(mine, claimed.text), mine, factor, why)


def _unlike(equation: Equation, tokens: list[Token]) -> Checked | None:
    """Say that something else is computed than claimed, where the numbers would agree."""
    claimed = equation.claimed
    value = _value(equation.expression, {id(token): token.quantity for token in tokens})
    if value is None or not equation.sure or not value.physical or not claimed.quantity.physical:
        return None
    if any(token.bare or not token.unit.isascii() for token in (*tokens, claimed)):
        return None
    shares = [one(unit) for unit in ("/s", "/min", "/h", "/day", "/month")]
    quantity = claimed.quantity
    for share in shares:
        for other in (quantity * share, quantity / share):
            if other.physical == value.physical and other.value:
                factor = value.value / other.value
                if abs(factor - 1) <= TOLERANCE:
                    why = (
                        f"this computes {describe(value)}, the document claims {describe(quantity)}"
                    )
                    return Checked(Answer.UNLIKE, show(value), value, factor, why)
    return None


def in_words(equation: Equation, found: Checked) -> str:
    """Return an equation's arithmetic in words: the expression and what comes out."""
    return f"{written(equation.expression)} = {found.computed}"
