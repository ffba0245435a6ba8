"""How sure we are, for a terminal, a page and programs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from planning.present import confidence as words
from planning.present.html import table_html
from planning.present.json_records import SCHEMA_VERSION, estimate_record, finite
from planning.present.state import State
from planning.present.terminal import plain
from planning.questions.sampling import Sample
from planning.questions.sensitivity import Influence, Swing

# What is told as sure and as likely, by colour beside the words.
_SURE, _LIKELY = 0.9, 0.5


def confidence_view(
    found: Sample, swings: Sequence[Swing], influences: Sequence[Influence]
) -> RenderableType:
    """Return headline, spread of capacity, constraints, tornado and what to measure first."""
    lines: list[RenderableType] = [
        plain(words.headline(found), "bold"),
        plain(words.capacity_words(found)),
        plain(words.cost_words(found)),
        plain(words.basis_words(found), "dim"),
        "",
        _table(words.CHANCE_HEAD, list(words.chance_rows(found))),
    ]
    if swings:
        lines += ["", plain("What one input alone does to the capacity:", "bold")]
        lines.append(_table(words.TORNADO_HEAD, list(words.tornado_rows(swings))))
    if influences:
        lines += ["", plain("Measure first, what narrows the answer most:", "bold")]
        lines.append(_table(words.MEASURE_HEAD, list(words.measure_rows(influences))))
    return Group(*(line for line in lines if getattr(line, "plain", " ")))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column, name in enumerate(head):
        table.add_column(name, justify="left" if column == 0 or name == "how" else "right")
    for row in rows:
        table.add_row(*map(plain, row))
    return table


def chance_html(state: State) -> str:
    """Return headline, capacity, cost and basis for a page."""
    found = state.sample
    lines = (words.capacity_words(found), words.cost_words(found), words.basis_words(found))
    said = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    tone = "ok" if found.probability >= _SURE else "warn" if found.probability >= _LIKELY else "bad"
    return (
        f'<div class="plan-verdict plan-{tone}" role="status" aria-live="polite">'
        f"<strong>{escape(words.chance_words(found))}</strong>"
        f"<span>{escape(words.first_words(found))}.</span></div>{said}"
        + table_html("Constraints under doubt", words.CHANCE_HEAD, words.chance_rows(found))
    )


def measure_html(state: State) -> str:
    """Return what to measure first for a page."""
    if not state.influences:
        return "<p>Nothing that is doubted moves the capacity.</p>"
    rows = words.measure_rows(state.influences)
    return table_html("Measure first, what narrows the answer most", words.MEASURE_HEAD, rows)


def confidence_record(
    found: Sample, swings: Sequence[Swing], influences: Sequence[Influence]
) -> dict[str, Any]:
    """
    Return a sample as JSON-ready data.

    Null stands for "no limit" in a capacity, as elsewhere, and for a refused one in a tornado.
    """
    point = finite(found.point.users)
    return {
        "schema_version": SCHEMA_VERSION,
        "headline": words.headline(found),
        "users": found.users,
        "draws": found.count,
        "seed": found.seed,
        "probability": found.probability,
        "within_budget": found.within_budget,
        "capacity_users": {
            "point": point,
            "share_below_point": found.below_point,
            **{
                f"p{round(level * 100)}": finite(float(found.capacity_at(level)))
                for level in words.LEVELS
            },
        },
        "monthly_cost_usd": {"mean": finite(found.cost), "p90": finite(float(found.cost_at(0.9)))},
        "breaks_first": [
            {"constraint": each.id, "name": each.name, "share": each.share}
            for each in found.breaks_first
        ],
        "constraints": [
            {"constraint": name, "probability": share}
            for name, share in found.by_constraint.items()
        ],
        "inputs": [
            {"input": path, **estimate_record(each)} for path, each in found.doubted.items()
        ],
        "tornado": [
            {
                "input": each.path,
                "capacity_at_low": finite(each.at_low),
                "capacity_at_high": finite(each.at_high),
            }
            for each in swings
        ],
        "measure_first": [
            {"inputs": list(each.paths), "first_order": each.first, "total": each.total}
            for each in influences
        ],
    }
