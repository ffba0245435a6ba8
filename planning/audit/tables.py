"""
Tables held against themselves: totals, products across a row, shares, percentiles that rise.

No table says how its columns follow from each other, so that is found: where the third
column is the product of the first two in most rows, it is meant to be in the others. A row
called total is the sum of those above. What holds in one row only proves nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from planning.audit.agreeing import Answer, checked
from planning.audit.blocks import Block
from planning.audit.cells import Table, is_money, table_of
from planning.audit.checks import Check, made
from planning.audit.equations import Equation, operands
from planning.audit.growth import growing_columns
from planning.audit.signs import Token
from planning.audit.slips import rounding_of
from planning.audit.totals import part_rows, total_rows, totals_of

_TRIED = 12


def checks_of_table(block: Block) -> Iterator[Check]:
    r"""
    Yield what a table says of itself.

    Parameters
    ----------
    block : Block
        A table.

    Examples
    --------
    >>> from planning.audit.blocks import blocks_of
    >>> rows = ["| Part | Cost |", "|---|---|", "| A | $19 |", "| B | $15 |", "| Total | $39 |"]
    >>> (table,) = blocks_of("\n".join(rows))
    >>> [(each.line, str(each.answer), each.how) for each in checks_of_table(table)]
    [(5, 'differs', '$19 + $15 = $34')]
    """
    table = table_of(block)
    totals, parts = total_rows(table), part_rows(table)
    yield from totals_of(table)
    apart = [a or b for a, b in zip(totals, parts, strict=True)]
    yield from _across(table, apart)
    yield from growing_columns(table, [row for row, each in enumerate(apart) if not each])
    yield from _rising(table)


_Way = tuple[str, int, int]


def _across(table: Table, apart: list[bool]) -> Iterator[Check]:
    rows = [row for row in range(len(table.cells)) if not apart[row]]
    ruled: set[frozenset[int]] = set()
    for _, target, way in sorted(_rules(table, rows), reverse=True):
        columns = frozenset({target, *way[1:]})
        # A product is told once, and not again as the quotients that follow from it.
        if columns in ruled or any(target in each and len(each & columns) > 1 for each in ruled):
            continue
        ruled.add(columns)
        found = [each for row in rows if (each := _crossed(table, row, target, way)) is not None]
        against = sum(each.answer is not Answer.AGREES for each in found)
        # Bare numbers agree by chance in a row or two; a rule of theirs must hold nearly always.
        many = 3 if way[0] in "*/" else 10
        typed = way[0] in "*/" and _typed(found)
        sure = typed or len(found) - against >= many * against
        yield from (each for each in found if sure or each.answer is Answer.AGREES)


def _rules(table: Table, rows: list[int]) -> Iterator[tuple[float, int, _Way]]:
    """Yield the operations that make a column of two others in most rows, with how well."""
    for target in range(1, len(table.columns)):
        others = [at for at in range(1, len(table.columns)) if at != target]
        filled = [row for row in rows if table.cells[row][target] is not None][:_TRIED]
        for left, right in itertools.permutations(others if len(filled) > 1 else [], 2):
            for sign in "*+/-" if left < right else "/-":
                way = (sign, left, right)
                near = sum(_near(table, row, target, way) for row in filled)
                if near < 2 or near < 0.6 * len(filled) * _FILLED:
                    continue
                found = [each for row in filled if (each := _crossed(table, row, target, way))]
                # A row that a rule cannot read speaks against it.
                whole = sum(None not in (table.cells[row][left], table.cells[row][right])
                            for row in filled)  # fmt: skip
                agreed = sum(each.answer is Answer.AGREES for each in found)
                if agreed >= 2 and agreed >= 0.6 * len(found) and not _trivial(found):
                    # What stands to the right follows from what stands before it.
                    liked = 0.05 * (sign in "*+") + 0.1 * (target > max(left, right))
                    yield agreed / max(whole, len(found)) + liked, target, way


# Rows in which one of three cells is empty say nothing for or against a rule.
_FILLED = 0.5
_FACTORS = (1.0, 100.0, 0.01, 2_628_000.0, 2_592_000.0, 1 / 2_628_000.0, 3600.0, 86_400.0)


def _near(table: Table, row: int, target: int, way: _Way) -> bool:
    """Whether two cells could make a third in some reading: a cheap look before the real one."""
    sign, left, right = way
    first, second = table.cells[row][left], table.cells[row][right]
    claimed = table.cells[row][target]
    if first is None or second is None or claimed is None:
        return False
    for a, b, c in (
        (first.quantity.value, second.quantity.value, claimed.quantity.value),
        (first.written, second.written, claimed.written),
    ):
        if not c or (sign == "/" and not b):
            continue
        value = a * b if sign == "*" else a + b if sign == "+" else a - b if sign == "-" else a / b
        factor = value / c
        if any(0.7 < factor / each < 1.4 for each in _FACTORS):
            return True
    return False


def _trivial(found: list[Check]) -> bool:
    """Whether a rule holds only because its numbers are few and small, or all the same."""
    values = {each.claimed.written for each in found if each.answer is Answer.AGREES}
    return len(values) < 2 or all(abs(value) <= 3 for value in values)


def _crossed(table: Table, row: int, target: int, way: _Way) -> Check | None:
    sign, left, right = way
    first, second = table.cells[row][left], table.cells[row][right]
    claimed = table.cells[row][target]
    if first is None or second is None or claimed is None or claimed.start < 0:
        return None
    if not claimed.written or (sign == "/" and not second.written):
        return None
    if sign in "+-" and first.quantity.powers != second.quantity.powers:
        return None
    if sign in "+-" and "%" in {first.unit, second.unit}:
        return None
    if {first.unit, second.unit, claimed.unit} == {"%"}:
        return None  # scores beside each other, and no shares of shares
    equation = Equation((sign, first, second), claimed, sure=True, rough=claimed.rough)
    found = checked(equation)
    if found is None or found.answer is Answer.UNLIKE:
        return None
    if not found.firm and not is_money(claimed):
        return None
    if claimed.bare and _unit_left(first, second, sign):
        return None
    rounded = rounding_of(first.text) + rounding_of(second.text) + rounding_of(claimed.text)
    # A table is computed with more digits than it shows.
    close = abs(found.factor - 1) <= 0.02 + min(0.12, rounded)
    if close != (found.answer is Answer.AGREES):
        found = replace(found, answer=Answer.AGREES if close else Answer.DIFFERS, why="")
    name = f"{table.names[row]} / {table.columns[target]}"
    return made(equation, found, table.numbers[row], name)


def _typed(found: list[Check]) -> bool:
    """Whether all numbers of a rule have units that come out as the claimed one."""
    return all(
        each.claimed.unit
        and each.expression is not None
        and all(token.unit for token in operands(each.expression))
        for each in found
    )


def _unit_left(first: Token, second: Token, sign: str) -> bool:
    """Whether a unit is left over that a bare number cannot have: minutes over requests."""
    if first.bare and second.bare:
        return False
    if sign in "+-":
        return first.quantity.powers != second.quantity.powers
    value = first.quantity * second.quantity if sign == "*" else first.quantity / second.quantity
    return bool(value.physical)


_PERCENTILE = re.compile(r"^p\(?([0-9]{2}(?:\.[0-9]{1,2})?)\)?\b", re.IGNORECASE)


def _rising(table: Table) -> Iterator[Check]:
    """Yield percentiles that fall where a higher one must not be lower."""
    ranks = [(float(match[1]), at) for at, name in enumerate(table.columns)
             if (match := _PERCENTILE.match(name))]  # fmt: skip
    for row, cells in enumerate(table.cells):
        named = [(rank, cells[at], table.columns[at]) for rank, at in ranks]
        yield from _fallen(named, [table.numbers[row]] * len(named))
    below = [(float(match[1]), row) for row, name in enumerate(table.names)
             if (match := _PERCENTILE.match(name))]  # fmt: skip
    for at in range(1, len(table.columns)):
        named = [(rank, table.cells[row][at], table.names[row]) for rank, row in below]
        yield from _fallen(named, [table.numbers[row] for _, row in below])


def _fallen(named: list[tuple[float, Token | None, str]], lines: list[int]) -> Iterator[Check]:
    known = sorted(
        ((rank, token, name, line) for (rank, token, name), line in zip(named, lines, strict=True)
         if token is not None), key=lambda each: each[0],
    )  # fmt: skip
    for lower, higher in itertools.pairwise(known):
        low, high = lower[1], higher[1]
        if (
            low.quantity.physical != high.quantity.physical
            or low.quantity.value <= high.quantity.value
        ):
            continue
        how = f"{lower[2]} is {low.text}, and {higher[2]} cannot be less"
        yield Check(higher[3], high, Answer.DIFFERS, f"at least {low.text}", how,
                    "a higher percentile is lower", higher[2],
                    factor=low.quantity.value / (high.quantity.value or 1e-300))  # fmt: skip
