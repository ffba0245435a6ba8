"""
Columns of a table that follow from the row above: running sums, growth, gains one on another.

What a column is, its head says ("cumulative", "growth", "gain"); that a growth is that of
another column, most of its rows must show before one of them is contradicted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from planning.audit.agreeing import Answer
from planning.audit.cells import Table
from planning.audit.checks import Check
from planning.audit.signs import Token
from planning.audit.slips import rounding_of
from planning.numbers.dimensions import Quantity, show, show_number

_RUNNING = re.compile(r"\b(?:cumulative|running (?:total|sum)|kumul\w+|acumulad\w+)", re.IGNORECASE)
_MAY_FALL = re.compile(r"\b(?:net|cash|flow|profit|loss|balance|churn|savings?)\b", re.IGNORECASE)
_GROWTH = re.compile(
    r"\b(?:growth|grows|increase|mom|yoy|qoq|wachstum|crecimiento|gain|speed-?up|factor|multiplier)\b",
    re.IGNORECASE,
)
_TIMES = re.compile(r"[0-9.]+\s?[x×]")
_MOST = 0.6  # of the rows, before the others are wrong
_Step = Callable[[Token, Token], tuple[float, str]]


def growing_columns(table: Table, rows: Sequence[int]) -> Iterator[Check]:
    r"""
    Yield what a table's running sums and growth columns say of the row below.

    Parameters
    ----------
    table : Table
        The table.
    rows : sequence of int
        Its rows, without totals.

    Examples
    --------
    >>> from planning.audit.blocks import blocks_of
    >>> from planning.audit.cells import table_of
    >>> text = "| Month | New | Cumulative users |\n|---|---|---|\n| 1 | 5 | 500 |\n| 2 | 9 | 450 |"
    >>> table = table_of(*blocks_of(text))
    >>> [(each.line, str(each.answer), each.how) for each in growing_columns(table, [0, 1])]
    [(4, 'differs', '1 has 500, and a running sum does not fall')]
    """
    for at, head in enumerate(table.columns):
        if _RUNNING.search(head):
            yield from _running(table, rows, at)
        elif _GROWTH.search(head):
            yield from _grown(table, rows, at)


def _running(table: Table, rows: Sequence[int], at: int) -> Iterator[Check]:
    summed = [list(_followed(table, rows, at, other, _added))
              for other in range(1, len(table.columns))
              if other != at and not _RUNNING.search(table.columns[other])]  # fmt: skip
    meant = _meant(summed)
    if meant:
        yield from meant[0]
        return
    if _MAY_FALL.search(table.columns[at]):
        return
    last: tuple[int, Token] | None = None
    for row in rows:
        token = table.cells[row][at]
        if token is None or table.vague[row][at]:
            continue
        if last is not None and token.quantity.powers == last[1].quantity.powers:
            most, factor = last[1], last[1].quantity.value / (token.quantity.value or 1e-300)
            if most.quantity.value > token.quantity.value >= 0:
                how = f"{table.names[last[0]]} has {most.text}, and a running sum does not fall"
                yield Check(table.numbers[row], token, Answer.DIFFERS, f"at least {most.text}", how,
                            "", f"{table.names[row]} / {table.columns[at]}",
                            factor=factor)  # fmt: skip
                continue
        last = row, token


def _grown(table: Table, rows: Sequence[int], growth: int) -> Iterator[Check]:
    columns = [list(_followed(table, rows, at, growth, _multiplied))
               for at in range(1, len(table.columns))
               if at != growth and not _GROWTH.search(table.columns[at])]  # fmt: skip
    for found in _meant(columns):
        yield from found


def _meant(columns: list[list[Check]]) -> list[list[Check]]:
    """
    Return the columns that a rule is of: all that keep it in every row, else the only one.

    Revenue may grow nearly as users do, and is no error where the growth is that of the users.
    """
    held = [found for found in columns if _holds(found)]
    kept = [found for found in held if all(each.answer is Answer.AGREES for each in found)]
    return kept or (held if len(held) == 1 else [])


def _holds(found: list[Check]) -> bool:
    """Whether a rule is the table's own: most rows keep it, and not because nothing changes."""
    agreed = [each for each in found if each.answer is Answer.AGREES]
    different = {each.claimed.written for each in agreed}
    return len(different) >= 2 and len(agreed) >= _MOST * len(found)


def _added(_: Token, step: Token) -> tuple[float, str]:
    return 0.0, f"+ {step.text}"


def _multiplied(_: Token, step: Token) -> tuple[float, str]:
    if step.unit == "%":
        return 1 + step.written / 100, f"× (1 + {step.text})"
    return step.written if step.bare or _TIMES.fullmatch(step.text) else 0.0, f"× {step.text}"


def _followed(
    table: Table, rows: Sequence[int], at: int, other: int, how: _Step
) -> Iterator[Check]:
    """Yield each cell of a column against the one above and the step between them."""
    above: Token | None = None
    computed = 0.0  # as the steps make it, whatever the rows between say
    for row in rows:
        token, step = table.cells[row][at], table.cells[row][other]
        if token is None or not token.written:
            above = None
            continue
        if above is None or step is None or token.quantity.powers != above.quantity.powers:
            above, computed = token, token.quantity.value
            continue
        factor, words = how(above, step)
        adds = how is _added
        if adds and step.quantity.powers not in {token.quantity.powers, ()}:
            return
        if not adds and factor <= 0:
            return
        term = step.quantity.value
        ways = [each + term if adds else each * factor for each in (above.quantity.value, computed)]
        slack = 0.01 + rounding_of(token.text) + rounding_of(above.text)
        slack += 0.0 if adds else min(0.02, rounding_of(step.text) * abs(factor - 1))
        near = [each for each in ways if abs(each / token.quantity.value - 1) <= slack]
        value = near[0] if near else ways[0]
        # A row that is wrong is not followed, so that the one below it is held to what is right.
        before = above.text if value == ways[0] else _shown(computed, above)
        shown = _shown(value, token)
        yield Check(table.numbers[row], token, Answer.AGREES if near else Answer.DIFFERS, shown,
                    f"{before} {words} = {shown}",
                    "" if near else "it follows from the row above in the other rows",
                    f"{table.names[row]} / {table.columns[at]}",
                    factor=value / token.quantity.value)  # fmt: skip
        above, computed = token, ways[1]


def _shown(value: float, like: Token) -> str:
    """Return a number as a cell of its column is written."""
    if like.quantity.physical:
        return show(Quantity(value, like.quantity.powers), like.text)
    return show_number(like.written * value / like.quantity.value)
