"""
A small calculator for what remains arithmetic: a ratio, a sum, a percentage.

Expressions come from files that anyone may have written. They are parsed, not run: a
closed list of operations over named numbers, bounded in length and in size.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import reduce

from planning.numbers.dimensions import DimensionError, Quantity, describe

_LONGEST, _MOST_NODES, _LARGEST_POWER = 300, 80, 64.0

_CALLS: dict[str, Callable[..., Quantity]] = {
    "min": lambda *each: reduce(Quantity.smaller, each),
    "max": lambda *each: reduce(Quantity.larger, each),
    "abs": lambda each: Quantity(abs(each.value), each.powers),
    "ceil": lambda each: each.rounded(math.ceil),
    "floor": lambda each: each.rounded(math.floor),
    "sqrt": lambda each: _power(each, Quantity(0.5)),
}


def calculate(expression: str, numbers: Mapping[str, float]) -> float:
    """
    Compute an expression over plain numbers.

    Parameters
    ----------
    expression : str
        As for :func:`compute`.
    numbers : mapping
        Value of each name.

    Returns
    -------
    float
        A finite number.

    Raises
    ------
    ValueError
        As :func:`compute`.

    Examples
    --------
    >>> calculate("viewers * hours * rate", {"viewers": 1000, "hours": 1, "rate": 0.3})
    300.0
    """
    return compute(
        expression, {name: Quantity(float(each)) for name, each in numbers.items()}
    ).value


def compute(expression: str, numbers: Mapping[str, Quantity]) -> Quantity:
    """
    Compute an expression over numbers that carry what they measure.

    Parameters
    ----------
    expression : str
        Names, numbers, ``+ - * / **``, parentheses, ``min max abs ceil floor sqrt``; at most 300
        characters.
    numbers : mapping
        What each name stands for.

    Returns
    -------
    Quantity
        A finite number and what it measures.

    Raises
    ------
    DimensionError
        If what does not measure the same is added, subtracted or compared, a power has a unit,
        or a time, a size or money is rounded.
    ValueError
        If the expression uses anything else, is too long, divides by zero or overflows; the
        message says what and where.

    Examples
    --------
    >>> from planning.numbers.dimensions import one, show
    >>> show(compute("24 * n * rate", {"n": one("users"), "rate": one("MB/day/user")}))
    '2.22 kbit/s'
    >>> compute("a + b", {"a": one("$"), "b": one("$/month")})
    Traceback (most recent call last):
    planning.numbers.dimensions.DimensionError: an amount of money and a cost per time do not add.
    """
    shown = repr(expression if len(expression) <= 60 else expression[:57] + "...")
    if len(expression) > _LONGEST:
        raise ValueError(f"{shown} has more than {_LONGEST} characters; split it.")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{shown} is no arithmetic; write for example 'a * b / 60'.") from None
    if sum(1 for _ in ast.walk(tree)) > _MOST_NODES:
        raise ValueError(f"{shown} has more than {_MOST_NODES} steps; split it.")
    try:
        found = _value(tree.body, numbers)
    except ZeroDivisionError:
        raise ValueError(f"{shown} divides by zero.") from None
    except (OverflowError, RecursionError):
        raise ValueError(f"{shown} is larger than anything that is planned.") from None
    if not math.isfinite(found.value):
        raise ValueError(f"{shown} has no finite value.")
    return found


def names_in(expression: str) -> list[str]:
    """Return the names an expression uses, in order; nothing for what is no arithmetic."""
    try:
        tree = ast.parse(expression[:_LONGEST].strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return [name for name in dict.fromkeys(found) if name not in _CALLS]


def _value(node: ast.expr, numbers: Mapping[str, Quantity]) -> Quantity:
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return Quantity(float(node.value))  # type: ignore[arg-type]  # the line above checked it
    if isinstance(node, ast.Name):
        if node.id in numbers:
            return numbers[node.id]
        known = ", ".join(numbers) or "none"
        raise ValueError(f"{node.id[:40]!r} is no input; there are {known}.")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, numbers)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return _BINARY[type(node.op)](_value(node.left, numbers), _value(node.right, numbers))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        call = _CALLS.get(node.func.id)
        if call is not None and node.args:
            try:
                return call(*(_value(each, numbers) for each in node.args))
            except TypeError:
                raise ValueError(f"{node.func.id} takes another number of values.") from None
    raise ValueError(
        f"{ast.unparse(node)[:40]!r} is not arithmetic: + - * / **, {', '.join(_CALLS)} are."
    )


def _power(base: Quantity, power: Quantity) -> Quantity:
    if power.powers:
        raise DimensionError(f"a power must be a plain number, not {describe(power)}.")
    if abs(power.value) > _LARGEST_POWER or base.value < 0:
        raise ValueError(f"{base.value:g} to the power of {power.value:g} is not computed here.")
    return base.to_the(power.value)


_BINARY: dict[type[ast.operator], Callable[[Quantity, Quantity], Quantity]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: _power,
}
