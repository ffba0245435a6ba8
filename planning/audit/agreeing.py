"""
Whether what an equation computes is what it claims, read as a document means it.

Readings are tried from the strictest on: as written; per the time that the claim is per;
with a bare number standing for the unit that is missing; with a bare 8, 60 or 730 as the
conversion between two units. The first that agrees confirms; where none does, the strictest
that measures what is claimed says by how much it is off.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from planning.audit.equations import Equation, operands, written
from planning.audit.readings import all_bare, as_written, computed, readings_of, unlike_terms
from planning.audit.signs import Token
from planning.audit.slips import rounding_of, slip
from planning.numbers.dimensions import CODES, Quantity, describe, one, period_of, show, show_number

TOLERANCE = 0.02
_ROUGH = 0.1
_FEW = 10_000.0


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
    firm : bool
        Whether one must read it so, and not only may.
    """

    answer: Answer
    computed: str
    value: Quantity
    factor: float = 1.0
    why: str = ""
    firm: bool = True


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
    >>> say("$40 + $5/month = $45")
    ('unlike', 'no single number', 'an amount of money and a cost per time do not add')
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
    for factor, value, firm in readings_of(equation.expression, claimed):
        if _agrees(factor, slack, equation):
            shown = _shown(value, claimed, factor)
            return Checked(Answer.AGREES, shown, value, factor, firm=firm)
        # A reading that only may be meant confirms, and contradicts nothing.
        first = first or ((factor, value) if firm else None)
    if first is None:
        return _added(equation) or _unlike(equation, tokens)
    factor, value = first
    why = slip(factor, [claimed.quantity, *(each.quantity for each in tokens)],
               rounding_of(claimed.text))  # fmt: skip
    if not _believed(equation, value, tokens, factor, why):
        return None
    return Checked(Answer.DIFFERS, _shown(value, claimed, factor), value, factor, why)


def _slack(equation: Equation) -> float:
    rough = equation.rough or equation.claimed.rough
    texts = [equation.claimed.text, *(token.text for token in operands(equation.expression))]
    # Four weeks are a month in many plans, and 30 days, and 31.
    calendar = 0.09 if _MONTH.search(" ".join(texts)) and _WEEK.search(" ".join(texts)) else 0.0
    return (_ROUGH if rough else TOLERANCE) + rounding_of(equation.claimed.text) + calendar


_MONTH = re.compile(r"month|\bmo\b", re.IGNORECASE)
_WEEK = re.compile(r"week", re.IGNORECASE)


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


_RATIOS = (8, 7, 12, 24, 30, 52, 60, 365, 720, 730, 1440, 3600, 8760, 86_400, 2_592_000, 2_628_000)


def _is_thousands(factor: float) -> bool:
    """Whether a factor is a power of a thousand: a prefix that nobody wrote."""
    steps = math.log(factor, 1000) if factor > 0 else 0.5
    return round(steps) != 0 and abs(steps - round(steps)) < 0.01


def _is_ratio(factor: float) -> bool:
    """Whether a factor is that of two units of time, or of bits and bytes."""
    return factor > 0 and any(abs(max(factor, 1 / factor) / each - 1) < 0.03 for each in _RATIOS)


def _shown(value: Quantity, claimed: Token, factor: float) -> str:
    """Return what is computed, in the claim's own unit."""
    quantity, unit = claimed.quantity, claimed.unit
    if 0.1 < factor < 10 and not any(name in CODES for name, _ in quantity.powers):
        number = show_number(claimed.written * factor)
        return f"{number}{unit}" if unit[:1] in {"/", "%", ""} else f"{number} {unit}"
    found = Quantity(quantity.value * factor, quantity.powers)
    return show(found, claimed.text)


_FACTOR = re.compile(r"[0-9.]+[x×]")


def _without_time(tokens: list[Token]) -> bool:
    """Whether nothing that an equation is made of is a time, or per one."""
    return all(token.quantity.of("time") == 0 for token in tokens)


def _adds_others(equation: Equation) -> bool:
    """Whether nouns are added to another one: "24 chapters + 5 appendices = 280 pages"."""
    node = equation.expression
    nouns = {name for name, _ in equation.claimed.quantity.powers}
    if isinstance(node, Token) or node[0] not in "+-" or not nouns:
        return False
    given = {name for token in operands(node) for name, _ in token.quantity.powers}
    return bool(given) and not nouns & given


def of_units(why: str) -> bool:
    """Whether a slip is one of bits or of steps of 1,024, which nothing else explains."""
    return "bits" in why or "iB were" in why


def _believed(
    equation: Equation, value: Quantity, tokens: list[Token], factor: float, why: str
) -> bool:
    """Whether a difference is one of the document's, and not of our reading."""
    claimed = equation.claimed
    strict = all(not token.bare for token in tokens)
    if equation.before is not None and not of_units(why):
        # "= 3.6M seconds = ~1 hour", "= 10 sets = 40 GPUs" go on with what is not written.
        alike = equation.before.quantity.powers == claimed.quantity.powers
        if not alike or not 0.5 < factor < 2 or not equation.sure:
            return False
    if equation.led or _adds_others(equation):
        return False
    if any(token.bare for token in tokens) and _is_thousands(factor):
        return False  # a price per thousand, a number in millions
    if not equation.sure:
        same = bool(claimed.quantity.physical) and value.physical == claimed.quantity.physical
        exact = bool(claimed.quantity.powers) and value.powers == claimed.quantity.powers
        return strict and ((same and (of_units(why) or 0.5 < factor < 2)) or exact)
    bare = all_bare(tokens)
    if bare and (_is_thousands(factor) or (claimed.quantity.physical and _is_ratio(factor))):
        return False  # "8.76 ÷ 12 = 43 minutes": where no unit is written, hours may be meant
    if claimed.unit == "%" and value.value > 1 >= claimed.quantity.value:
        return False  # two of 99.9 % are no 199.8 %
    timeless = value.of("time") == 0 or _without_time(tokens)
    if period_of(claimed.text) and timeless and _is_ratio(factor):
        return False  # "10 engineers × $350K = $290K/month": a salary is per year
    if any(_FACTOR.fullmatch(token.text) for token in tokens) and "+" in written(
        equation.expression
    ):
        return False  # "2x + 5 = 13" is a riddle
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
    periods = period_of(first.text), period_of(claimed.text)
    confused = (
        ("bit" in first.unit.lower()) != ("bit" in claimed.unit.lower())
        if "bits" in why
        else None not in periods and periods[0] != periods[1]
    )
    if not why or not confused:
        return None
    return Checked(Answer.DIFFERS, show(mine, claimed.text), mine, factor, why)


def _added(equation: Equation) -> Checked | None:
    """Say that unlike things were added, where their numbers without units make the claim."""
    claimed, terms = equation.claimed, unlike_terms(equation.expression)
    number = as_written(equation.expression)
    # "$40 + $5/month = $100" is right after a year; where 40 + 5 gives the claim, it was added.
    if terms is None or number is None or not equation.sure or not claimed.written:
        return None
    factor = number / claimed.written
    if abs(factor - 1) > TOLERANCE:
        return None
    why = f"{describe(terms[0])} and {describe(terms[1])} do not add"
    return Checked(Answer.UNLIKE, "no single number", claimed.quantity, factor, why)


def _unlike(equation: Equation, tokens: list[Token]) -> Checked | None:
    """Say that something else is computed than claimed, where the numbers would agree."""
    claimed = equation.claimed
    value = computed(equation.expression)
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
