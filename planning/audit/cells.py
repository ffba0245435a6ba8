"""
A table as numbers: each cell's one number in the unit that its column's head gives.

A cell that holds a range, a limit or a sentence has no number here; what it holds is vague,
and no sum over it is made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from planning.audit.blocks import Block
from planning.audit.signs import Token, tokens_of
from planning.numbers.dimensions import CODES, DimensionError, Quantity, one

MOST_ROWS = 2_000
_MOST_COLUMNS = 10


@dataclass(frozen=True)
class Table:
    """
    The numbers of a table.

    Attributes
    ----------
    columns : tuple of str
        The head of each column; the first is that of the names.
    names : list of str
        The first cell of each row.
    numbers : list of int
        The line of each row.
    cells : list of list of (Token or None)
        The one number of each cell.
    vague : list of list of bool
        Whether a cell has digits and no one number.
    """

    columns: tuple[str, ...]
    names: list[str]
    numbers: list[int]
    cells: list[list[Token | None]]
    vague: list[list[bool]]


def table_of(block: Block) -> Table:
    """Return the numbers of a table."""
    columns = block.lines[0].columns[:_MOST_COLUMNS]
    rows = [line for line in block.lines if line.kind == "row"][:MOST_ROWS]
    cells: list[list[Token | None]] = []
    vague: list[list[bool]] = []
    for line in rows:
        texts = block.cells(line)[:_MOST_COLUMNS]
        found = [_cell(text, columns, at) for at, text in enumerate(texts)]
        found += [None] * (len(columns) - len(found))
        cells.append(found)
        vague.append([
            each is None and any(sign.isdigit() for sign in text)
            for each, text in zip(found, [*texts, *[""] * len(columns)], strict=False)
        ])  # fmt: skip
    names = [line.cells[0] if line.cells else "" for line in rows]
    return Table(columns, names, [line.number for line in rows], cells, vague)


def _cell(text: str, columns: tuple[str, ...], at: int) -> Token | None:
    """Return the one number of a cell in the unit that its column gives; None for any other."""
    if at == 0 or at >= len(columns) or len(text) > 80:
        return None
    tokens = tokens_of(text)
    numbers = [token for token in tokens if token.kind == "number"]
    chained = any(token.kind == "equals" for token in tokens)
    if not numbers or (len(numbers) > 1 and not chained) or text.rstrip().endswith("+"):
        return None
    if sum(token.kind == "word" for token in tokens) > 3:
        return None
    if any(token.kind == "stop" and token.text in "<>≤≥" for token in tokens):
        return None
    token = numbers[-1]
    if any(each.kind == "open" and each.end == token.start for each in tokens):
        return None  # "VARCHAR(10)" is no ten
    signs = [each for each in tokens if each.kind == "sign"]
    before = [each for each in signs if each.text in "+-" and each.end == token.start]
    if not chained and any(each.text != "-" for each in signs if each not in before):
        return None
    minus = any(each.text != "+" and each.end <= token.start for each in signs)
    sign = -1.0 if minus and not chained else 1.0
    quantity = Quantity(token.quantity.value * sign, token.quantity.powers)
    return _with_unit(_signed(token, quantity, sign), columns[at])


def _signed(token: Token, quantity: Quantity, sign: float) -> Token:
    """Return a number with the sign that stands before it."""
    return token._replace(quantity=quantity, written=token.written * sign)


_BRACKETS = re.compile(r"[(\[]\s*(?:in\s)?([^()\[\]]{1,30}?)\s*[)\]]|\bin\s([^\s()]{1,12})$")
_PER_TIME = re.compile(
    r"(?:/|\bper\s|\bpro\s)\s?(s|sec|second|min|minute|h|hr|hour|day|week|mo|month|yr|year|Monat)\b"
    r"|\b(monthly|hourly|daily|yearly)\b",
    re.IGNORECASE,
)


def _with_unit(token: Token, column: str) -> Token:
    unit, per = _unit_of(column), _per_of(column)
    if token.bare and unit:
        each = one(unit)
        value = Quantity(token.written * each.value, each.powers)
        text = f"${token.text}{unit[3:]}" if unit.startswith("USD") else f"{token.text} {unit}"
        return token._replace(quantity=value, unit=unit, text=text)
    money = token.unit in {"USD", "EUR", "GBP"}
    if money and per and not any(name == "time" for name, _ in token.quantity.powers):
        return token._replace(
            quantity=token.quantity / one(per),
            unit=f"{token.unit}/{per}",
            text=f"{token.text}/{per}",
        )
    return token


@lru_cache(maxsize=1024)
def _per_of(column: str) -> str:
    found = _PER_TIME.search(column[:120])
    if found is None:
        return ""
    word = (found[1] or found[2]).lower()
    return {"monthly": "month", "hourly": "h", "daily": "day", "yearly": "year",
            "monat": "month"}.get(word, word)  # fmt: skip


@lru_cache(maxsize=1024)
def _unit_of(column: str) -> str:
    """Return the unit that the head of a column gives to bare numbers; nothing where none."""
    column = column[:120].replace("$", "USD").replace("€", "EUR").strip()
    bracketed = _BRACKETS.search(column)
    for text in [bracketed[1] or bracketed[2]] if bracketed else [column, column.split(" ")[-1]]:
        try:
            each = one(text)
        except DimensionError:
            continue
        if each.physical:
            return text
    return ""


def is_money(token: Token) -> bool:
    """Whether a number is an amount of money, or money per something."""
    return any(name in CODES for name, _ in token.quantity.powers)
