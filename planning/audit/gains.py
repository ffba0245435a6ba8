"""
Gains multiplied against the capacities beside them: "2x × 4x = 8x", and 1K → 4K users.

A product of gains is true of a system only where each of them acts on what limits it. The
capacities that the same section gives before and after say what all of them together are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from planning.audit.agreeing import Answer
from planning.audit.blocks import Block
from planning.audit.checks import Check
from planning.audit.equations import Equation, equations_of, operands
from planning.audit.signs import Token, tokens_of
from planning.numbers.dimensions import show_number

_GAIN = re.compile(r"[0-9.]+\s?[x×](?!\s?[0-9])")
_ABOUT = re.compile(r"\b(?:capacity|throughput)\b", re.IGNORECASE)


def gains_of(section: Sequence[Block]) -> Iterator[Check]:
    r"""
    Yield the one product of gains of a section against the capacities that it goes through.

    Parameters
    ----------
    section : sequence of Block
        Paragraphs and list items that stand together.

    Examples
    --------
    >>> from planning.audit.blocks import blocks_of
    >>> text = "- Pool 2x × cache 4x\n- The gain is 2x × 4x = 8x\n- Capacity: 1K → 4K users"
    >>> [(each.claimed.text, str(each.answer), each.how)
    ...  for each in gains_of(list(blocks_of(text)))]
    [('8', 'differs', '4K users ÷ 1K = 4x')]
    """
    if not _ABOUT.search(" ".join(block.text for block in section)):
        return
    products = [(block, equation) for block in section for equation in equations_of(block.text)
                if _multiplies_gains(equation, block.text)]  # fmt: skip
    changes = [change for block in section for change in _changes(block.text)]
    if len(products) != 1 or not changes:
        return
    # "1K → 2K" and "2K → 4K" are steps of one way; anything else is two capacities.
    if any(first[1].written != second[0].written for first, second in pairwise(changes)):
        return
    (block, equation), start, end = products[0], changes[0][0], changes[-1][1]
    claimed = equation.claimed
    gain = end.written / start.written
    rough = 0.15 if claimed.rough or start.rough or end.rough else 0.06
    near = abs(gain / claimed.written - 1) <= rough
    shown = f"{show_number(gain)}x"
    yield Check(block.line_at(claimed.start), claimed, Answer.AGREES if near else Answer.DIFFERS,
                shown, f"{end.text} ÷ {start.text} = {shown}",
                "" if near else "the capacities beside it do not grow by the product of the gains",
                "gain", factor=gain / claimed.written, weighs=not near)  # fmt: skip


def _multiplies_gains(equation: Equation, text: str) -> bool:
    """Whether factors are multiplied to a factor, and nothing else is."""
    tokens = [*operands(equation.expression), equation.claimed]
    node = equation.expression
    while isinstance(node, tuple) and len(node) == 3 and node[0] == "*":
        node = node[1]
    gains = all(_GAIN.match(text, token.start) and token.written > 0 for token in tokens)
    return len(tokens) > 2 and isinstance(node, Token) and gains


def _changes(text: str) -> Iterator[tuple[Token, Token]]:
    """Yield what a text says to grow from one number to another: what is counted, or a rate."""
    tokens = tokens_of(text)
    for before, arrow, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if before.kind != "number" or arrow.kind != "equals" or after.kind != "number":
            continue
        if "→" not in arrow.text and arrow.text != "->":
            continue
        unit = after.unit or before.unit
        alike = before.bare or after.bare or before.quantity.powers == after.quantity.powers
        physical = after.quantity.physical not in {(), (("time", -1),)}
        if alike and not physical and 0 < before.written < after.written and unit != "%":
            yield before, after
