"""
What a result rests on that deserves a second look: old rows, doubtful rows, own prices.

The catalogue dates every number. A result that rests on a row known only a year ago, or
believed by few, says so; so does one that uses a price of the user's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from planning.numbers.catalog import Row, shipped_catalog
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import leaves
from planning.questions.assess import Assessment


@dataclass(frozen=True, slots=True)
class Caveat:
    """
    A row that a result rests on, and why to look at it again.

    Attributes
    ----------
    row : Row
        The row of the catalogue.
    reason : str
        What is doubtful about it.
    used_by : tuple of str
        Constraints, or ``monthly cost``, that rest on it.
    """

    row: Row
    reason: str
    used_by: tuple[str, ...]


def caveats(result: Assessment, today: dt.date | None = None) -> list[Caveat]:
    """
    Return what a result rests on that is old, doubtful or the user's own.

    Parameters
    ----------
    result : Assessment
        Its constraints and its monthly cost are looked through.
    today : date, optional
        The day to count ages from; the clock's by default.

    Returns
    -------
    list of Caveat
        Own prices first, then what the constraint that binds rests on.
    """
    day = dt.date.today() if today is None else today
    users: dict[str, list[str]] = {}
    rows: dict[str, Row] = {}
    binding = result.binding.name
    nodes = [(each.name, (each.load, each.limit)) for each in result.constraints]
    nodes.sort(key=lambda named: named[0] != binding)
    for name, ends in [*nodes, ("monthly cost", (result.monthly_cost,))]:
        for row in _rows(leaf for end in ends for leaf in leaves(end)):
            rows[row.key] = row
            if name not in users.setdefault(row.key, []):
                users[row.key].append(name)
    found = [
        Caveat(row, reason, tuple(users[row.key]))
        for row in rows.values()
        for reason in [*_one_tier(row, rows), *row.doubts(day)]
    ]
    return sorted(found, key=lambda each: each.row.replaced is None)


def _one_tier(row: Row, rows: Mapping[str, Row]) -> Iterator[str]:
    """Yield that a tier's price is taken for every unit, where its schedule is not used."""
    family = row.plan.rpartition(".")[0]
    schedule = shipped_catalog().schedule(family)
    if schedule is None or row.attribute != schedule.attribute:
        return
    prices = [price.key for _, price in schedule.tiers]
    ends = [end.key for end, _ in schedule.tiers if end is not None]
    if row.key in prices and not any(end in rows for end in ends):
        yield f"of one tier taken for all that is used; plan {family} has every tier"


def _rows(stated: Iterable[Estimate]) -> Iterable[Row]:
    return (each.row for each in stated if each.row is not None)
