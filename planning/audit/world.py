"""
A document against the catalogue: limits and prices of the plans that it names.

A row is asked for only where a sentence names its vendor's plan and the document its vendor
("the Micro instance", in a document about Supabase), and says a number of what the row
speaks of. A limit contradicts what is above it; a price must be one of the plan's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from planning.audit.agreeing import Answer
from planning.audit.blocks import Block
from planning.audit.checks import Check
from planning.audit.languages import words
from planning.audit.signs import Token, tokens_of
from planning.audit.slips import rounding_of
from planning.numbers.catalog import Row, shipped_catalog
from planning.numbers.dimensions import Quantity, one

# What a row's last word limits, and the nouns that a document may count of it.
_LIMITS = {
    "max_connections": {"connection", "client"},
    "max_clients": {"connection", "client"},
    "connections": {"connection", "client", "user", "subscriber"},
    "concurrent": {"invocation", "execution", "request", "instance"},
}
_PRICES = frozenset({"monthly", "hourly", "price"})
_NAME = re.compile(r"[A-Za-z0-9.]{2,30}")
# Plans whose names are words of every document say nothing alone.
_COMMON = words(
    "pro standard free team default plan usage small medium large scale business starter hobby "
    "personal build micro xlarge"
)
# Of what kind of connection a sentence must speak for a row to be meant.
_SPOKEN = {
    "connections": re.compile(r"\brealtime|\bweb ?socket|\bsse\b|\bsubscri|\balb\b|\blcu\b"),
    "max_clients": re.compile(r"\bpool"),
    "max_connections": re.compile(r"\bdirect\b|\bdatabase|\bpostgres|\bdb\b|\binstance\b"),
    "concurrent": re.compile(r"\bconcurren"),
}
_ONE_OF = re.compile(r"\b(?:plan|tier|instance|compute|add-?on|per month|a month|/mo(?:nth)?)\b|\$")


class World:
    """
    The catalogue as one document needs it: the plans of the vendors that it names.

    Parameters
    ----------
    text : str
        The whole document.
    """

    def __init__(self, text: str) -> None:
        names = {each.lower().strip(".") for each in _NAME.findall(text[:2_000_000])}
        self._plans: dict[str, list[tuple[str, list[Row]]]] = defaultdict(list)
        plans: dict[str, list[Row]] = defaultdict(list)
        for row in shipped_catalog().rows.values():
            path, _, attribute = row.key.rpartition(".")
            if attribute in _LIMITS or attribute in _PRICES:
                plans[path].append(row)
        for path, rows in plans.items():
            steps = path.split(".")
            if steps[0] in names or (len(steps) > 2 and steps[1] in names):
                self._plans[steps[-1].replace("_", " ")].append((path, rows))
        known = "|".join(re.escape(name) for name in sorted(self._plans, key=len)[::-1])
        self._named = re.compile(rf"\b(?:{known})\b")

    def checks(self, block: Block) -> Iterator[Check]:
        """Yield what the catalogue says of the numbers of a paragraph or a row."""
        if not self._plans:
            return
        for line in block.lines:
            text = " ".join(line.cells) if line.cells else line.text
            lower = text.lower()
            plans = self._meant(lower)
            for token in tokens_of(text) if plans else ():
                if token.kind == "number" and token.unit:
                    yield from _held(token, line.number, plans, lower)

    def limit_of(self, text: str, attribute: str) -> Row | None:
        """
        Return the limit of the one plan that a text names; None where it names none, or several.

        Parameters
        ----------
        text : str
            A section, in lower case.
        attribute : str
            What is limited: the last word of a row's key.
        """
        rows = [
            row
            for _, each in (self._meant(text) if self._plans else ())
            for row in each
            if row.key.rpartition(".")[2] == attribute
        ]
        return rows[0] if len(rows) == 1 else None

    def _meant(self, lower: str) -> list[tuple[str, list[Row]]]:
        """Return the plans of the one name that a text speaks of, of the vendors it names."""
        named = list(set(self._named.findall(lower)))
        if len(named) != 1 or not _ONE_OF.search(lower):
            return []
        found = self._plans[named[0]]
        vendors = [each for each in found if each[0].partition(".")[0] in lower]
        if named[0] == "default" or (named[0] in _COMMON and len(found) > 1 and not vendors):
            return []
        return vendors or found


def _held(
    token: Token, line: int, plans: list[tuple[str, list[Row]]], text: str
) -> Iterator[Check]:
    rows = [row for _, each in plans for row in each]
    priced = [row for row in rows if row.key.rpartition(".")[2] in _PRICES
              and one(row.unit).powers == token.quantity.powers]  # fmt: skip
    nouns = {name for name, power in token.quantity.powers if power == 1}
    limits = [
        row
        for row in rows
        if not token.quantity.physical
        and nouns & _LIMITS.get(attribute := row.key.rpartition(".")[2], set())
        and _SPOKEN[attribute].search(text)
    ]
    same = next((row for row in [*priced, *limits] if _equals(token, row)), None)
    if same is not None:
        yield _check(token, line, same, Answer.AGREES, "")
    elif limits and all(_value(row).value < token.quantity.value * 0.98 for row in limits):
        most = max(limits, key=lambda row: _value(row).value)
        yield _check(token, line, most, Answer.DIFFERS, "the plan that it names allows no more")


def _value(row: Row) -> Quantity:
    return Quantity(row.value * one(row.unit).value, one(row.unit).powers)


def _equals(token: Token, row: Row) -> bool:
    value = _value(row).value
    low = one(row.unit).value * (row.low if row.low is not None else row.value)
    high = one(row.unit).value * (row.high if row.high is not None else row.value)
    slack = min(0.02, rounding_of(token.text)) * abs(value)
    return low - slack <= token.quantity.value <= high + slack


def _check(token: Token, line: int, row: Row, answer: Answer, why: str) -> Check:
    how = f"{row.key} = {row}, {row.date}, {row.source}"
    factor = _value(row).value / (token.quantity.value or 1e-300)
    return Check(line, token, answer, str(row), how, why, row.key, factor=factor)
