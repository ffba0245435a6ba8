"""
Dated limits and prices of real plans, so that no system file copies them from memory.

The tables lie in ``data/catalog/``, a file per subject, a row per number: value,
unit, source, date and how far it is believed. A row's key is a path whose last word
says what the number is; a *plan* is all rows below a prefix::

    supabase.compute.micro.max_connections    60 connection
    supabase.compute.micro.monthly            10 USD/month
    └──────── plan ───────┘ └── attribute ──┘

A user's own prices replace rows; the replaced row is kept beside them, so that every
result can say so.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from planning.numbers.catalog_words import Written, nothing_found, wanted
from planning.numbers.reading import FileError, read_document
from planning.numbers.shipped import data_folder
from planning.numbers.units import parse, show

CONFIDENCES = ("high", "medium", "low")
_OLD_AFTER = 365  # [day] vendors change prices and limits about yearly
_END, _INCLUDED = "up_to", "included"  # of a tier
_PRICE_KEYS = ("value", "source", "date")


class CatalogError(ValueError):
    """A key or a price that the catalogue does not take; ``key`` says which."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True, slots=True)
class Row:
    """
    One number of a vendor or a measurement.

    Attributes
    ----------
    key : str
        Dotted path, e.g. ``supabase.compute.micro.max_connections``.
    value : float
        The number. [`unit`]
    low, high : float or None
        Spread that the source gives; both or neither. [`unit`]
    unit : str
        As the source says it: ``GB``, ``USD/month``.
    source : str
        URL, or who gave the user this price.
    date : str
        ISO date, month or year on which it was known to be true.
    confidence : str
        ``high``, ``medium`` or ``low``.
    note : str
        What the number really means, and its traps.
    replaced : Row or None
        The shipped row, where this one is a user's own.
    """

    key: str
    value: float
    low: float | None
    high: float | None
    unit: str
    source: str
    date: str
    confidence: str
    note: str = ""
    replaced: Row | None = None

    @property
    def kind(self) -> str:
        """``measured`` where somebody measured it, ``vendor`` for what is promised or charged."""
        return "measured" if "measured" in self.key.split(".") else "vendor"

    @property
    def plan(self) -> str:
        """The key without its last word."""
        return self.key.rpartition(".")[0]

    @property
    def attribute(self) -> str:
        """The last word of the key: what the number is."""
        return self.key.rpartition(".")[2]

    def quantity(self, number: float) -> str:
        """Return one of the row's numbers as text that :mod:`planning.numbers.units` reads."""
        return f"{number!r} {self.unit}"

    def __str__(self) -> str:
        return show(self.value, self.unit)

    def age(self, today: dt.date) -> int:
        """Return the days since the row was known to be true, from the start of a vague date."""
        year, month, day = (*(int(part) for part in self.date.split("-")), 1, 1)[:3]
        return (today - dt.date(year, month, day)).days

    def doubts(self, today: dt.date) -> list[str]:
        """Return why a result that rests on this row needs a second look; often nothing."""
        if self.replaced is not None:
            return [f"own price {self} in place of {self.replaced} ({self.source})"]
        doubts = []
        if self.age(today) > _OLD_AFTER:
            doubts.append(f"known on {self.date}, over a year ago")
        if self.confidence == "low":
            doubts.append("of low confidence")
        return doubts


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    Plans that are the tiers of one price: each has its price, and all but the last an end.

    Attributes
    ----------
    attribute : str
        What the price is called: ``price``, ``per_user``.
    included : Row or None
        What the first tier gives for nothing.
    tiers : tuple of (Row or None, Row)
        End and price of each, in order; the last has no end.
    """

    attribute: str
    included: Row | None
    tiers: tuple[tuple[Row | None, Row], ...]


@dataclass(frozen=True)
class Catalog:
    """All rows by key."""

    rows: Mapping[str, Row]

    @cached_property
    def _by_plan(self) -> dict[str, dict[str, Row]]:
        """Rows by plan and attribute: a system asks for hundreds of plans."""
        found: dict[str, dict[str, Row]] = {}
        for row in self.rows.values():
            found.setdefault(row.plan, {})[row.attribute] = row
        return found

    def row(self, key: str) -> Row:
        """
        Return a row.

        Raises
        ------
        CatalogError
            If there is none; the message names the nearest.
        """
        if key in self.rows:
            return self.rows[key]
        raise CatalogError(key, f"the catalogue has no row {key[:80]!r}; {self._near(key)}")

    def plan(self, prefix: str) -> dict[str, Row | Schedule]:
        """
        Return the rows of a plan by attribute; of plans that are tiers, their one schedule.

        Beside a schedule stands what the same list charges by the request, where it does.

        Raises
        ------
        CatalogError
            If there is no such plan; the message names the nearest.
        """
        found: dict[str, Row | Schedule] = dict(self._by_plan.get(prefix, {}))
        if not found and (schedule := self.schedule(prefix)) is not None:
            found[schedule.attribute] = schedule
            # A bill of tiers has a second line: what each request costs beside the bytes.
            found |= self._by_plan.get(f"{prefix}.requests", {})
        if found:
            return found
        raise CatalogError(
            prefix, f"the catalogue has no plan {prefix[:80]!r}; {self._near(prefix)}"
        )

    def schedule(self, prefix: str) -> Schedule | None:
        """
        Return the schedule that the plans below a prefix are the tiers of; None where they are not.

        A tier is a plan with an end, ``up_to``, and a price; the last has its price alone.
        """
        plans = {
            plan: rows for plan, rows in self._by_plan.items() if plan.rpartition(".")[0] == prefix
        }
        ended = [plan for plan in plans.values() if _END in plan]
        ended.sort(key=lambda plan: plan[_END].value)
        shared = {name for plan in ended[:1] for name in plan} - {_END, _INCLUDED}
        for attribute in shared:
            last = [
                plan[attribute] for plan in plans.values() if attribute in plan and _END not in plan
            ]
            if len(last) == 1 and all(attribute in plan for plan in ended):
                tiers = tuple((plan[_END], plan[attribute]) for plan in ended)
                return Schedule(attribute, ended[0].get(_INCLUDED), (*tiers, (None, last[0])))
        return None

    def search(self, words: Iterable[str]) -> list[Row]:
        """
        Return the rows that hold every one of some words, or what each word stands for.

        Rows that are called so come before those whose note alone says so.

        Raises
        ------
        CatalogError
            If there are none; the message names the nearest word, see
            :mod:`planning.numbers.catalog_words`.
        """
        asked = list(words)
        needed = wanted(asked)
        written = {key: Written.of(key, row.note) for key, row in self.rows.items()}
        found = [
            self.rows[key]
            for key, text in written.items()
            if all(text.holds(word) for word in needed)
        ]
        if not found:
            raise CatalogError(" ".join(asked)[:80], nothing_found(asked, written.values()))
        called = {row.key: Written.of(row.key, "") for row in found}
        return sorted(
            found, key=lambda row: not all(called[row.key].holds(word) for word in needed)
        )

    def with_prices(self, prices: Mapping[str, Any]) -> Catalog:
        """
        Return the catalogue with a user's own numbers in place of some rows.

        Parameters
        ----------
        prices : mapping
            Key to a quantity (``$8/month``), or to a mapping of value, source and date.

        Raises
        ------
        CatalogError
            If a key is no row, or a value is no quantity of the row's kind.
        """
        if not prices:
            return self
        own = {key: self._own(key, given) for key, given in prices.items()}
        return Catalog({**self.rows, **own})

    def _own(self, key: str, given: Any) -> Row:
        row = self.row(key)
        stated = given if isinstance(given, dict) else {"value": given}
        unknown = [name for name in stated if name not in _PRICE_KEYS]
        if unknown or stated.get("value") is None:
            wanted = ", ".join(_PRICE_KEYS)
            raise CatalogError(key, f"a price is a quantity, or has the fields {wanted}.")
        when = str(stated.get("date", "")) or dt.date.today().isoformat()
        try:
            value = parse(str(stated["value"]), row.unit)
            shown = replace(row, date=when, low=None, high=None, confidence="high")
            _dated(when)
        except ValueError as error:
            raise CatalogError(key, str(error)) from None
        if value < 0:
            raise CatalogError(key, f"{stated['value']!r} must be at least 0.")
        source = str(stated.get("source") or "a price of your own")
        return replace(shown, value=value, source=source, note="", replaced=row)

    def _near(self, key: str) -> str:
        plans = {row.plan for row in self.rows.values()}
        near = get_close_matches(key, [*self.rows, *sorted(plans)], n=1)
        return f"did you mean {near[0]!r}?" if near else "`planning catalog WORD` finds them."


def read_catalog(folder: Path) -> Catalog:
    """
    Read the tables of a folder.

    Raises
    ------
    FileError
        If a table lacks a column, or a number is none.
    """
    rows: dict[str, Row] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as stream:
            for line, cells in enumerate(csv.DictReader(stream), 2):
                try:
                    row = _row(cells)
                except (KeyError, ValueError, TypeError) as error:
                    raise FileError(
                        f"{path}:{line}: not a row of the catalogue: {error}."
                    ) from None
                rows[row.key] = row
    return Catalog(rows)


@cache
def shipped_catalog() -> Catalog:
    """Return the catalogue that comes with the package."""
    return read_catalog(data_folder() / "catalog")


def read_prices(path: Path) -> dict[str, Any]:
    """
    Read a user's own prices: a YAML file of catalogue keys and quantities.

    Raises
    ------
    FileError
        If the file cannot be read, or a key or price is refused; with its line.
    """
    document = read_document(path)
    try:
        shipped_catalog().with_prices(document.data)
    except CatalogError as error:
        line = document.line_of((error.key,))
        raise FileError(f"{path}:{line}: {error.key[:80]}: {error}") from None
    prices = {}
    for key, given in document.data.items():
        stated = given if isinstance(given, dict) else {"value": given}
        prices[key] = {**stated, "source": stated.get("source") or f"your file {path.name}"}
    return prices


def _dated(text: str) -> None:
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
        raise ValueError(f"date {text[:40]!r} must be like 2026-05-31, 2026-05 or 2026.")
    dt.date(*(int(part) for part in f"{text}-01-01".split("-")[:3]))


def _row(cells: Mapping[str, str]) -> Row:
    ends = [float(cells[name]) if cells[name] else None for name in ("low", "high")]
    return Row(
        cells["key"], float(cells["value"]), ends[0], ends[1], cells["unit"],
        cells["source"], cells["date"], cells["confidence"], cells["note"],
    )  # fmt: skip
