"""
An expression of a document as the inputs and the arithmetic of a claims file.
"""

from __future__ import annotations

from planning.audit.equations import Node, operands
from planning.audit.signs import Token
from planning.audit.statements import Input

_LETTERS = "abcdefghijklmnopqrst"


def filled(node: Node | None) -> tuple[dict[str, Input], str | None]:
    """
    Return the inputs and the arithmetic that say what an expression says.

    Returns
    -------
    dict and str or None
        Nothing and None where it has more than 20 numbers or a number cannot be an input.

    Examples
    --------
    >>> from planning.audit.equations import equations_of
    >>> (equation,) = equations_of("80 tasks × (10 + 2 connections) = 960")
    >>> inputs, arithmetic = filled(equation.expression)
    >>> arithmetic, {name: each.value for name, each in inputs.items()}
    ('a * (b + c)', {'a': '80 tasks', 'b': '10', 'c': '2 connections'})
    """
    tokens = operands(node) if node is not None else []
    if node is None or isinstance(node, Token) or len(tokens) > len(_LETTERS):
        return {}, None
    names = {id(token): _LETTERS[at] for at, token in enumerate(tokens)}
    try:
        inputs = {names[id(token)]: Input(value=token.text[:120]) for token in tokens}
        for each in inputs.values():
            each.said()
    except ValueError:
        return {}, None
    return inputs, _written(node, names)


_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


def _written(node: Node, names: dict[int, str], above: int = 0) -> str:
    if isinstance(node, Token):
        return names[id(node)]
    if len(node) == 2:
        return f"{node[0]}({_written(node[1], names)})"
    binds = _BINDS[node[0]]
    left, right = _written(node[1], names, binds), _written(node[2], names, binds + 1)
    sign = "**" if node[0] == "^" else node[0]
    return f"({left} {sign} {right})" if binds < above else f"{left} {sign} {right}"
