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
from dataclasses import dataclass, replace
from functools import lru_cache

from planning.audit.agreeing import Answer, checked
from planning.audit.blocks import Block
from planning.audit.checks import Check, made
from planning.audit.equations import Equation, Node, operands
from planning.audit.languages import words
from planning.audit.signs import Token, tokens_of
from planning.audit.slips import rounding_of
from planning.numbers.dimensions import CODES, DimensionError, Quantity, one, period_of, show

# A line of a list is a total only where it begins with the word.
_FIRST = re.compile(
    r"[\W_]*(?:grand\s|monthly\s|estimated\s|overall\s)?(?:totals?|sum|summe|gesamt|insgesamt|suma)\b",
    re.IGNORECASE,
)
_PART_FIRST = re.compile(r"[\W_]*(?:sub-?totals?|zwischensumme)\b", re.IGNORECASE)
_MOST_COLUMNS, _MOST_ROWS, _TRIED = 10, 2_000, 12
_TOTAL = re.compile(
    r"\b(?:grand\s)?(?:totals?|sum|summe|gesamt|insgesamt|suma)\b|^합계|^Σ", re.IGNORECASE
)
# What may stand behind "total" where it is the sum of what stands above it.
_SUMMED = words(
    "total totals grand sum summe gesamt insgesamt suma subtotal sub cost costs price monthly "
    "month per year yearly annual estimated approx all in usd eur storage memory size bill spend "
    "overall mo of the and services infrastructure"
)
_PART = re.compile(r"\bsub-?totals?\b|\bzwischensumme\b|\bsubtotal\b", re.IGNORECASE)
# Sums of these mean nothing, so that a number at the foot of them is something else.
_NO_SUM = re.compile(
    r"\b(?:rates?|prices?|per|avg|average|mean|median|p[0-9]{2}|latency|limits?|each|unit|share|used|"
    r"util\w*|ratio|factor|peak|max\w*|min\w*)\b|%|/(?!\s?(?:mo|month|day|year|yr|week)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Table:
    columns: tuple[str, ...]
    names: list[str]
    numbers: list[int]
    cells: list[list[Token | None]]
    vague: list[list[bool]]


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
    table = _read(block)
    totals = [bool(_TOTAL.search(name)) for name in table.names]
    parts = [bool(_PART.search(name)) for name in table.names]
    yield from _totals(table, totals, parts)
    yield from _across(table, [a or b for a, b in zip(totals, parts, strict=True)])
    yield from _rising(table)


def _read(block: Block) -> _Table:
    columns = block.lines[0].columns[:_MOST_COLUMNS]
    rows = [line for line in block.lines if line.kind == "row"][:_MOST_ROWS]
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
    return _Table(columns, names, [line.number for line in rows], cells, vague)


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
    if not chained and any(each.kind == "sign" and each.text != "-" for each in tokens):
        return None
    minus = any(each.kind == "sign" and each.end <= token.start for each in tokens)
    sign = -1.0 if minus and not chained else 1.0
    quantity = Quantity(token.quantity.value * sign, token.quantity.powers)
    return _with_unit(replace_token(token, quantity, sign), columns[at])


def replace_token(token: Token, quantity: Quantity, sign: float) -> Token:
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


_WORDS = re.compile(r"[^\W\d_]+")


def _totals(table: _Table, totals: list[bool], parts: list[bool]) -> Iterator[Check]:
    for at in range(1, len(table.columns)):
        weak = bool(_NO_SUM.search(table.columns[at]))
        for row, total in enumerate(totals):
            claimed = table.cells[row][at]
            if not (total or parts[row]) or claimed is None or claimed.unit == "%":
                continue
            plain = set(_WORDS.findall(table.names[row].lower())) <= _SUMMED
            found = [each for each in _sums(table, at, row, totals, parts) if each is not None]
            agreed = next((each for each in found if each.answer is Answer.AGREES), None)
            if agreed:
                yield agreed
                continue
            summed = plain or table.columns[at] == ""
            if found and not weak and summed and (_is_money(claimed) or _alone(table, at)):
                yield found[0]


def _is_money(token: Token) -> bool:
    return any(name in CODES for name, _ in token.quantity.powers)


def _alone(table: _Table, at: int) -> bool:
    """Whether no other column has numbers that the column's may be counted by."""
    return all(cell is None for row in table.cells for other, cell in enumerate(row) if other != at)


def _sums(
    table: _Table, at: int, row: int, totals: list[bool], parts: list[bool]
) -> Iterator[Check | None]:
    """Yield the sums that a total may be: of all rows, of those since the last, of the parts."""
    last = max((each for each in range(row) if totals[each] or parts[each]), default=-1)
    whole = max((each for each in range(row) if totals[each]), default=-1)
    ways = [
        [each for each in range(whole + 1, row) if not parts[each]],
        list(range(last + 1, row)),
        [each for each in range(whole + 1, row) if parts[each]],
        [each for each in range(row) if not parts[each] and not totals[each]],
    ]
    for rows in ways:
        if any(table.vague[each][at] for each in rows):
            continue
        tokens = [token for each in rows if (token := table.cells[each][at]) is not None]
        claimed = table.cells[row][at]
        if len(tokens) >= 2 and claimed is not None:
            yield _summed(tokens, claimed, table.numbers[row], table.names[row])
    tokens = [token for each in ways[1][-3:] if (token := table.cells[each][at]) is not None]
    if 2 <= len(tokens) <= 3 and (claimed := table.cells[row][at]) is not None:
        # "Rooms, users per room, total users" is a product, whatever it is called.
        node: Node = tokens[0]
        for token in tokens[1:]:
            node = ("*", node, token)
        equation = Equation(node, claimed, sure=True)
        found = checked(equation)
        if found is not None and found.answer is Answer.AGREES:
            yield made(equation, found, table.numbers[row], table.names[row])


def _summed(tokens: list[Token], claimed: Token, line: int, name: str) -> Check | None:
    if len({token.quantity.physical for token in tokens}) > 1 or not claimed.quantity.value:
        return None
    value = sum(token.quantity.value for token in tokens)
    whole = claimed.quantity
    if tokens[0].quantity.physical != whole.physical:
        # A bill's parts and its total are per what the bill is, whoever of them says so.
        period = period_of(claimed.text) or period_of(tokens[0].text) or Quantity(1.0)
        whole = whole * period if period_of(claimed.text) else whole / period
        if tokens[0].quantity.physical != whole.physical:
            return None
    factor = value / whole.value
    # Each part is rounded for itself, so that a total of many may be off by a little more.
    rough = claimed.rough or any(token.rough for token in tokens)
    slack = (0.2 if rough else 0.01) + _digit(claimed, tokens) / abs(claimed.quantity.value)
    if rough and slack / 2 < abs(factor - 1) <= slack:
        return None  # "about" may mean that much, and nothing is shown by it
    found = Quantity(claimed.quantity.value * factor, claimed.quantity.powers)
    computed = show(found, claimed.text)
    terms = " + ".join(token.text for token in tokens[:12])
    more = f" + {len(tokens) - 12} more" if len(tokens) > 12 else ""
    answer = Answer.AGREES if abs(factor - 1) <= slack else Answer.DIFFERS
    node: Node = tokens[0]
    for token in tokens[1:]:
        node = ("+", node, token)
    return Check(line, claimed, answer, computed, f"{terms}{more} = {computed}",
                 "" if answer is Answer.AGREES else f"{len(tokens)} rows are added up", name,
                 node if len(tokens) <= 12 else None, factor, total=True)  # fmt: skip


def _digit(claimed: Token, tokens: list[Token]) -> float:
    """Half of the last written digit of a total, and of its parts."""
    unit = abs(claimed.quantity.value / claimed.written) if claimed.written else 1.0
    places = len(claimed.text.partition(".")[2].rstrip("%/abcdefghijklmnopqrstuvwxyz "))
    return float(unit * 0.5 * 10.0**-places * (1 + len(tokens) ** 0.5))


_Way = tuple[str, int, int]


def sums_of(lines: list[tuple[int, str]]) -> Iterator[Check]:
    """
    Yield the totals of a list whose lines each end in one amount: a block of code, bullets.

    Parameters
    ----------
    lines : list of (int, str)
        Number and text of each line.

    Examples
    --------
    >>> lines = [(1, "server 60 USD"), (2, "mail 25 USD"), (3, "total 95 USD")]
    >>> [(each.line, each.how) for each in sums_of(lines)]
    [(3, '60 USD + 25 USD = $85')]
    """
    if not any(_FIRST.match(text) for _, text in lines):
        return
    cells: list[list[Token | None]] = []
    lines = lines[:_MOST_ROWS]
    for _, text in lines:
        tokens = tokens_of(text)
        amounts = [token for token in tokens if token.kind == "number" and token.unit]
        chained = any(token.kind == "equals" for token in tokens)
        one_amount = bool(amounts) and (chained or len(amounts) == 1)
        computed = any(token.kind == "sign" for token in tokens)
        # "Total: $17,300/month = $17.30/topic/month" says the total first.
        cells.append([None, amounts[-1 if computed else 0] if one_amount else None])
    names = [text[:80] for _, text in lines]
    table = _Table(("", ""), names, [number for number, _ in lines], cells,
                   [[False, cell[1] is None and any(map(str.isdigit, text))]
                    for cell, (_, text) in zip(cells, lines, strict=False)])  # fmt: skip
    totals = [bool(_FIRST.match(name)) and not _PART.search(name) for name in names]
    parts = [bool(_PART_FIRST.match(name)) for name in names]
    for each in _totals(table, totals, parts):
        # "Active 500 users, peak 900 users, total 5,000 users" is no sum; a bill is.
        if each.answer is Answer.AGREES or any(
            name in CODES for name, _ in each.claimed.quantity.powers
        ):
            yield each


def _across(table: _Table, apart: list[bool]) -> Iterator[Check]:
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
        sure = _typed(found) or len(found) - against >= 3 * against
        yield from (each for each in found if sure or each.answer is Answer.AGREES)


def _rules(table: _Table, rows: list[int]) -> Iterator[tuple[float, int, _Way]]:
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
                agreed = sum(each.answer is Answer.AGREES for each in found)
                if agreed >= 2 and agreed >= 0.6 * len(found) and not _trivial(found):
                    # What stands to the right follows from what stands before it.
                    liked = 0.05 * (sign in "*+") + 0.1 * (target > max(left, right))
                    yield agreed / len(found) + liked, target, way


# Rows in which one of three cells is empty say nothing for or against a rule.
_FILLED = 0.5
_FACTORS = (1.0, 100.0, 0.01, 2_628_000.0, 2_592_000.0, 1 / 2_628_000.0, 3600.0, 86_400.0)


def _near(table: _Table, row: int, target: int, way: _Way) -> bool:
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


def _crossed(table: _Table, row: int, target: int, way: _Way) -> Check | None:
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
    equation = Equation((sign, first, second), claimed, sure=True, rough=claimed.rough)
    found = checked(equation)
    if found is None or found.answer is Answer.UNLIKE:
        return None
    if not found.firm and not _is_money(claimed):
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


def _rising(table: _Table) -> Iterator[Check]:
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
