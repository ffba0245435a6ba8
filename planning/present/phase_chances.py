"""Phases over draws, in rows and as a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from planning.numbers.units import show
from planning.present import confidence as words
from planning.present.html import table_html
from planning.present.json_records import finite
from planning.present.state import State
from planning.present.terminal import plain
from planning.questions.phase_chances import PhaseChances

HEAD = (
    "phase", "chance to hold", "holds (8 of 10 cases)", "expected cost", "at most in 9 of 10",
    "users short of the best", "overpaid", "better than the one before", "better than today",
)  # fmt: skip
NOTE = (
    "All over the same draws, cost at the users asked about. Short and overpaid are means over all "
    "draws: against the phase that holds most of these users, and the cheapest of those. Better: "
    "holds more of them, or as many for less per month; what is paid once is not counted."
)


def headline(found: PhaseChances) -> str:
    """Return the first phase that holds in nine of ten draws; or what comes nearest."""
    many = show(found.users, "user")
    if (name := found.first_likely()) is not None:
        chance = found.samples[found.names.index(name)].probability
        return f"{name} is the first that holds {many} with {words.percent(chance)} chance."
    best = int(np.argmax([each.probability for each in found.samples]))
    chance = found.samples[best].probability
    if chance == 0:
        return f"No phase holds {many} in any of {found.count:,} draws."
    return (
        f"No phase holds {many} in 9 of 10 draws; {found.names[best]} comes nearest, with "
        f"{words.percent(chance)}."
    )


def rows(found: PhaseChances) -> Iterator[tuple[str, ...]]:
    """Yield a row of :data:`HEAD` per phase."""
    for index, (name, each) in enumerate(zip(found.names, found.samples, strict=True)):
        low, high = each.capacity_at([0.1, 0.9])
        better = [found.better[index, index - 1], found.better[index, 0]] if index else []
        yield (
            name,
            words.percent(each.probability),
            f"{words.held(low)} to {words.held(high)}",
            _money(each.cost),
            _money(float(each.cost_at(0.9))),
            show(round(float(found.short[index])), "user"),
            _money(float(found.overpaid[index])),
            *([words.percent(float(one)) for one in better] or ["", ""]),
        )


def phase_chances_view(found: PhaseChances, seed: int) -> RenderableType:
    """Return headline and table for a terminal."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column, name in enumerate(HEAD):
        table.add_column(name, justify="left" if column == 0 else "right", max_width=24)
    for row in rows(found):
        table.add_row(*map(plain, row))
    return Group(
        plain(f"{headline(found)} ({found.count:,} draws, seed {seed})", "bold"), table, NOTE
    )


def phase_chances_html(state: State) -> str:
    """Return headline and table for a page."""
    found = state.chances
    return table_html(headline(found), HEAD, rows(found)) + f"<p>{NOTE}</p>"


def phase_chances_record(found: PhaseChances, seed: int) -> dict[str, Any]:
    """Return phases over draws as JSON-ready data; null where nothing is known or nothing binds."""
    return {
        "headline": headline(found),
        "users": found.users,
        "draws": found.count,
        "seed": seed,
        "first_likely": found.first_likely(),
        "phases": [
            {
                "phase": name,
                "probability": each.probability,
                "capacity_users": {
                    f"p{level}": finite(float(each.capacity_at(level / 100)))
                    for level in (10, 50, 90)
                },
                "monthly_cost_usd": {
                    "mean": finite(each.cost), "p90": finite(float(each.cost_at(0.9)))
                },
                "users_short_of_best": finite(float(found.short[index])),
                "overpaid_monthly_usd": finite(float(found.overpaid[index])),
                "better_than": dict(
                    zip(found.names, found.better[index].tolist(), strict=True)
                ),
            }
            for index, (name, each) in enumerate(zip(found.names, found.samples, strict=True))
        ],
    }  # fmt: skip


def _money(monthly: float) -> str:
    return "" if np.isnan(monthly) else show(monthly, "USD/month")
