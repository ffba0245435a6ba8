"""
How sure we are, as charts: the chance against users, the spread of capacity, the tornado.

Specs over named datasets, and the columns that fill them; as in :mod:`planning.present.charts` and
:mod:`planning.present.chart_data`, a chart is built once and fed from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import altair as alt
import numpy as np

from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.present import confidence as words
from planning.present.chart_data import Columns
from planning.present.ranges import title_of
from planning.present.rows import ROW, row_axis, row_bars, row_words
from planning.questions.sampling import Sample
from planning.questions.sensitivity import Swing

Spec = dict[str, Any]

_LOG = alt.Scale(type="log")
_POINTS, _BINS = 120, 40
_LONGEST = 12  # bars of a tornado that are read
_LEVELS = [0.96, 0.88, 0.8]


@cache
def chance_chart() -> Spec:
    """Return the chart of the chance to hold against users; datasets ``chance``, ``asked``."""
    users = alt.X(
        "users:Q", scale=_LOG, title="concurrent users", axis=alt.Axis(format="~s", grid=False)
    )
    line = (
        alt.Chart(alt.NamedData("chance"))
        .mark_area(line={"color": "theme:accent"}, color="theme:accent-soft", interpolate="step")
        .encode(
            x=users,
            y=alt.Y(
                "chance:Q",
                title="chance to hold",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="~%"),
            ),
            tooltip=[
                alt.Tooltip("users:Q", format=",.0f"),
                alt.Tooltip("chance:Q", format=".0%"),
            ],
        )
    )
    base = alt.Chart(alt.NamedData("asked"))
    rules = base.mark_rule(strokeWidth=1.5, color="theme:muted").encode(
        x=users, strokeDash=alt.StrokeDash("mark:N", legend=None)
    )
    said = base.mark_text(align="left", dx=4, color="theme:text").encode(
        x=users, y=alt.Y("level:Q"), text="label:N"
    )
    return alt.layer(line, rules, said).properties(width="container", height=260).to_dict()


@cache
def spread_chart() -> Spec:
    """Return the chart of capacity over draws, by what breaks first; dataset ``spread``."""
    chart = (
        alt.Chart(alt.NamedData("spread"))
        .mark_bar()
        .encode(
            x=alt.X(
                "from:Q",
                bin="binned",
                scale=_LOG,
                title="users held",
                axis=alt.Axis(format="~s", grid=False),
            ),
            x2="to:Q",
            y=alt.Y("share:Q", stack=True, title="share of draws", axis=alt.Axis(format="~%")),
            color=alt.Color(
                "first:N", legend=alt.Legend(orient="bottom", columns=2, title="breaks first")
            ),
            tooltip=[
                alt.Tooltip("first:N", title="breaks first"),
                alt.Tooltip("from:Q", format=",.0f"),
                alt.Tooltip("to:Q", format=",.0f"),
                alt.Tooltip("share:Q", format=".1%"),
            ],
        )
    )
    spec: Spec = chart.properties(width="container", height=240).to_dict()
    return spec


@cache
def tornado_chart() -> Spec:
    """Return the tornado, capacity from end to end of each input; dataset ``swings``."""
    base = alt.Chart(alt.NamedData("swings")).encode(y=row_axis("input"))
    x = alt.X("low:Q", scale=_LOG, title="users held", axis=alt.Axis(format="~s", grid=False))
    bars = row_bars(base, color="theme:accent").encode(
        x=x,
        x2="high:Q",
        description="label:N",
        tooltip=[alt.Tooltip("input:N"), alt.Tooltip("label:N", title="holds")],
    )
    # Longer than the bar is high, so that it is seen against the fill, too.
    point = base.mark_tick(color="theme:text", thickness=2, size=20, yOffset=2, aria=False).encode(
        x=alt.X("point:Q", scale=_LOG)
    )
    layers = alt.layer(bars, point, *row_words(base, "input", "label"))
    return layers.properties(width="container", height=alt.Step(ROW)).to_dict()


def chance_columns(found: Sample) -> Columns:
    """Return the chance to hold over users, from well below the least capacity to well above."""
    ends = [found.users, *(each for each in found.capacity_at([0.0, 0.5, 1.0]))]
    known = [min(max(float(each), 1.0), 1e9) for each in ends if np.isfinite(each)]
    grid = np.unique(np.round(np.geomspace(max(1.0, min(known) / 2), max(known) * 2, _POINTS)))
    return {"users": grid, "chance": found.holding(grid)}


def asked_columns(found: Sample) -> Columns:
    """Return the users worth a mark: the question, the target, and the stated numbers' answer."""
    target = value_at(found.system.workload.target)
    marks = [(found.users, "asked"), (found.point.users, "stated numbers")]
    marks += [(target, "target")] if target != found.users else []
    shown = [(at, name) for at, name in marks if 1 <= at < np.inf]
    chances = found.holding([at for at, _ in shown])
    return {
        "users": [at for at, _ in shown],
        "mark": [name for _, name in shown],
        "label": [
            f"{name}: {show(round(float(chance), 2), 'fraction')}"
            for (_, name), chance in zip(shown, chances, strict=True)
        ],
        "level": _LEVELS[: len(shown)],  # one below the other: their users may be close
    }


def spread_columns(found: Sample) -> Columns:
    """Return the draws by capacity, a row per bar and what breaks first in it."""
    rows = found.spread(_BINS)
    return {
        "from": [row.low for row in rows],
        "to": [row.high for row in rows],
        "share": [row.share for row in rows],
        "first": [row.name for row in rows],
    }


def tornado_columns(swings: Sequence[Swing]) -> Columns:
    """Return the capacity at both ends of each input, the widest first."""
    rows = swings[:_LONGEST]
    ends = [words.ends(each.estimate) for each in rows]
    return {
        "input": [title_of(each.path, each.description) for each in rows],
        "low": [_on_log(each.least) for each in rows],
        "high": [_on_log(each.greatest) for each in rows],
        "point": [_on_log(each.point) for each in rows],
        "rank": np.arange(len(rows), dtype=float),
        "label": [
            f"{low}: {words.held(each.at_low)} · {high}: {words.held(each.at_high)}"
            for each, (low, high) in zip(rows, ends, strict=True)
        ],
    }


def _on_log(users: float) -> float:
    """Keep users on a log axis, which has no zero and no end."""
    return min(max(users, 1.0), 1e9)
