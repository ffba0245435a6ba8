"""
Totals held against what stands above them, in a table, a list or a block of code.

A total is contradicted where nothing but a sum can be meant: the one column of numbers, or
money, under a name that says no more than "total". A product of the rows, or a sum of the
subtotals, is a total as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from planning.audit.agreeing import Answer, checked
from planning.audit.cells import MOST_ROWS, Table, is_money
from planning.audit.checks import Check, made
from planning.audit.equations import Equation, Node
from planning.audit.languages import words
from planning.audit.signs import Token, tokens_of
from planning.numbers.dimensions import Quantity, period_of, show

# A line of a list is a total only where it begins with the word.
_FIRST = re.compile(
    r"[\W_]*(?:grand\s|monthly\s|estimated\s|overall\s)?(?:totals?|sum|summe|gesamt|insgesamt|suma)\b",
    re.IGNORECASE,
)
_PART_FIRST = re.compile(r"[\W_]*(?:sub-?totals?|zwischensumme)\b", re.IGNORECASE)
_TOTAL = re.compile(
    r"\b(?:grand\s)?(?:totals?|sum|summe|gesamt|insgesamt|suma)\b|^합계|^Σ", re.IGNORECASE
)
# What may stand behind "total" where it is the sum of what stands above it.
_SUMMED = words(
    "total totals grand sum summe gesamt insgesamt suma subtotal sub cost costs price monthly "
    "month per year yearly annual estimated approx all in usd eur storage memory size bill spend "
    "overall mo of the and services infrastructure h hour hr day k m gb mb tb 월 monat"
)
_PART = re.compile(r"\bsub-?totals?\b|\bzwischensumme\b|\bsubtotal\b", re.IGNORECASE)
# Sums of these mean nothing, so that a number at the foot of them is something else.
_NO_SUM = re.compile(
    r"\b(?:rates?|prices?|per|avg|average|mean|median|p[0-9]{2}|latency|limits?|each|unit|share|used|"
    r"util\w*|ratio|factor|peak|max\w*|min\w*)\b|%|/(?!\s?(?:mo|month|day|year|yr|week)\b)",
    re.IGNORECASE,
)


_WORDS = re.compile(r"[^\W\d_]+")


def totals_of(table: Table) -> Iterator[Check]:
    """
    Yield what a table's totals should be.

    Parameters
    ----------
    table : Table
        Its rows called total or subtotal are held against those above.
    """
    totals, parts = total_rows(table), part_rows(table)
    yield from _totals(table, totals, parts)


def total_rows(table: Table) -> list[bool]:
    """Return which rows are called total."""
    return [bool(_TOTAL.search(name)) for name in table.names]


def part_rows(table: Table) -> list[bool]:
    """Return which rows are called subtotal."""
    return [bool(_PART.search(name)) for name in table.names]


def _totals(table: Table, totals: list[bool], parts: list[bool]) -> Iterator[Check]:
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
            if found and not weak and plain and (is_money(claimed) or _alone(table, at)):
                yield found[0]


def _alone(table: Table, at: int) -> bool:
    """Whether no other column has numbers that the column's may be counted by."""
    return all(cell is None for row in table.cells for other, cell in enumerate(row) if other != at)


def _sums(
    table: Table, at: int, row: int, totals: list[bool], parts: list[bool]
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
    lines = lines[:MOST_ROWS]
    for _, text in lines:
        tokens = tokens_of(text)
        amounts = [token for token in tokens if token.kind == "number" and token.unit]
        chained = any(token.kind == "equals" for token in tokens)
        one_amount = bool(amounts) and (chained or len(amounts) == 1)
        computed = any(token.kind == "sign" for token in tokens)
        # "Total: $17,300/month = $17.30/topic/month" says the total first.
        cells.append([None, amounts[-1 if computed else 0] if one_amount else None])
    names = [text[:80] for _, text in lines]
    table = Table(("", ""), names, [number for number, _ in lines], cells,
                   [[False, cell[1] is None and any(map(str.isdigit, text))]
                    for cell, (_, text) in zip(cells, lines, strict=False)])  # fmt: skip
    totals = [bool(_FIRST.match(name)) and not _PART.search(name) for name in names]
    parts = [bool(_PART_FIRST.match(name)) for name in names]
    for each in _totals(table, totals, parts):
        # "Active 500 users, peak 900 users, total 5,000 users" is no sum; a bill is.
        if each.answer is Answer.AGREES or is_money(each.claimed):
            yield each
