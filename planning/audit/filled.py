"""
What a document computes itself, as the inputs and the arithmetic of a claims file.

A draft leaves room for how each number is computed; where the document says so, that is
filled in, with references to other entries where they are the same numbers. Whoever goes
on from there corrects and keeps the file.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict

from planning.audit.agreeing import Answer
from planning.audit.checks import Check
from planning.audit.draft import Draft
from planning.audit.equations import Node, operands
from planning.audit.lines import Entry
from planning.audit.numerals import digits_of
from planning.audit.signs import Token
from planning.audit.statements import Input, Statements
from planning.audit.verdicts import Mark, audit
from planning.numbers.reading import MAX_BYTES

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


_SLOTS = '    # inputs: {}\n    # arithmetic: ""\n'
# The verdict that a check of a document leads to.
MARKS = {
    Answer.AGREES: Mark.CONFIRMED,
    Answer.DIFFERS: Mark.CONTRADICTED,
    Answer.UNLIKE: Mark.FINDING,
}


def filled_draft(drafted: Draft, checks: list[Check]) -> str:
    """
    Return a drafted claims file with the arithmetic that the document itself gives.

    Parameters
    ----------
    drafted : Draft
        The draft, and what it holds.
    checks : list of Check
        What the document computes, as :func:`planning.audit.plain.checks_of` finds it.

    Returns
    -------
    str
        YAML. An entry is filled in only where the claims file then gets the verdict that the
        document got; what is computed otherwise stands beside it as a comment.
    """
    places: dict[tuple[int, str], list[int]] = defaultdict(list)
    for number, entry in enumerate(drafted.entries, 1):
        places[entry.line, digits_of(entry.claimed)].append(number)
    slots: dict[int, str] = {}
    for found in checks:
        here = {id(drafted.entries[number - 1]): number
                for number in places[found.line, digits_of(found.claimed.text)]}  # fmt: skip
        claim = nearest([drafted.entries[number - 1] for number in here.values()], found.claimed)
        if claim is not None:
            number = here[id(claim)]
            slots.setdefault(number, _slot(found, number, claim.claimed, places))
    head, *entries = re.split(r"(?m)^(?=  D\.[0-9]+:$)", drafted.text)
    room = MAX_BYTES - len(drafted.text.encode())
    for at, piece in enumerate(entries):
        slot = slots.get(at + 1, _SLOTS)
        if slot != _SLOTS and len(slot.encode()) < room:
            entries[at] = piece.replace(_SLOTS, slot, 1)
            room -= len(slot.encode())
    return head + "".join(entries)


def nearest(entries: list[Entry], claimed: Token) -> Entry | None:
    """Return the entry that is a claimed number: the same text, the same unit, or any at all."""
    unit = claimed.unit.lower()
    return min(
        entries,
        key=lambda each: (
            each.claimed.lstrip("~≈ ") != claimed.text,
            not each.claimed.lower().endswith(unit) or not unit,
        ),
        default=None,
    )


def _slot(found: Check, number: int, claimed: str, places: dict[tuple[int, str], list[int]]) -> str:
    comment = f"    # {_plain(found.how)}\n"
    inputs, arithmetic = filled(found.expression)
    if arithmetic is None or not _same_verdict(found, claimed, inputs, arithmetic):
        return comment + _SLOTS
    lines = [comment, "    inputs:\n"]
    for name, token in zip(inputs, operands(found.expression or found.claimed), strict=True):
        others = [each for each in places.get((found.line, digits_of(token.text)), [])
                  if each != number]  # fmt: skip
        value = (
            f"D.{others[0]}"
            if others and token.unit
            else json.dumps(token.text, ensure_ascii=False)
        )
        lines.append(f"      {name}: {value}\n")
    lines.append(f'    arithmetic: "{arithmetic}"\n')
    return "".join(lines)


def _plain(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)[:300]


def _same_verdict(found: Check, claimed: str, inputs: dict[str, Input], arithmetic: str) -> bool:
    try:
        values = {name: each.value for name, each in inputs.items()}
        statement = {"line": found.line, "says": "it", "claimed": claimed, "inputs": values,
                     "arithmetic": arithmetic}  # fmt: skip
        statements = Statements.model_validate({"document": "it", "claims": {"D.1": statement}})
        return audit(statements).results[0].mark is MARKS[found.answer]
    except ValueError:
        return False
