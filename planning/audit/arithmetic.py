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

_LONGEST, _MOST_NODES, _LARGEST_POWER = 300, 80, 64.0

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_CALLS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "sqrt": math.sqrt,
}


def calculate(expression: str, numbers: Mapping[str, float]) -> float:
    """
    Compute an expression.

    Parameters
    ----------
    expression : str
        Names, numbers, ``+ - * / **``, parentheses, ``min max abs ceil floor sqrt``; at most 300
        characters.
    numbers : mapping
        Value of each name.

    Returns
    -------
    float
        A finite number.

    Raises
    ------
    ValueError
        If the expression uses anything else, is too long, divides by zero or overflows; the
        message says what and where.

    Examples
    --------
    >>> calculate("viewers * hours * rate", {"viewers": 1000, "hours": 1, "rate": 0.3})
    300.0
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
        value = float(_value(tree.body, numbers))
    except ZeroDivisionError:
        raise ValueError(f"{shown} divides by zero.") from None
    except (OverflowError, RecursionError):
        raise ValueError(f"{shown} is larger than anything that is planned.") from None
    if not math.isfinite(value):
        raise ValueError(f"{shown} has no finite value.")
    return value


def names_in(expression: str) -> list[str]:
    """Return the names an expression uses, in order; nothing for what is no arithmetic."""
    try:
        tree = ast.parse(expression[:_LONGEST].strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return [name for name in dict.fromkeys(found) if name not in _CALLS]


def _value(node: ast.expr, numbers: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return float(node.value)  # type: ignore[arg-type]  # the line above has checked it
    if isinstance(node, ast.Name):
        if node.id in numbers:
            return float(numbers[node.id])
        known = ", ".join(numbers) or "none"
        raise ValueError(f"{node.id[:40]!r} is no input; there are {known}.")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, numbers)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _value(node.left, numbers), _value(node.right, numbers)
        if isinstance(node.op, ast.Pow) and (abs(right) > _LARGEST_POWER or left < 0):
            raise ValueError(f"{left:g} to the power of {right:g} is not computed here.")
        return _BINARY[type(node.op)](left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        call = _CALLS.get(node.func.id)
        if call is not None and node.args:
            try:
                return float(call(*(_value(each, numbers) for each in node.args)))
            except TypeError:
                raise ValueError(f"{node.func.id} takes another number of values.") from None
    raise ValueError(
        f"{ast.unparse(node)[:40]!r} is not arithmetic: + - * / **, {', '.join(_CALLS)} are."
    )
