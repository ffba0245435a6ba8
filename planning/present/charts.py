"""
The charts of the workbooks, as Vega-Lite specs over named data.

A chart is built once and fed by :mod:`planning.present.chart_data` from then on.
Colours are roles of the theme, so that light and dark both read well; state is
also said in words beside the colour.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt

Spec = dict[str, Any]

_LOG = alt.Scale(type="log")
# "min": where layers share an axis, Vega-Lite sorts only by an aggregate.
_ORDER = alt.EncodingSortField("rank", op="min", order="ascending")
_STATES = alt.Scale(
    domain=["fine", "near", "over"], range=["theme:ok-soft", "theme:warn-soft", "theme:bad-soft"]
)


@cache
def capacity_chart() -> Spec:
    """
    Return the chart of utilisation against users; datasets ``curve`` and ``marks``.

    Where a line crosses 100 %, that constraint's limit is reached.
    """
    users = alt.X(
        "users:Q", scale=_LOG, title="concurrent users", axis=alt.Axis(format="~s", grid=False)
    )
    used = alt.Y(
        "used:Q",
        scale=alt.Scale(type="log", domain=[0.01, 10], clamp=True),
        title="used share of the limit",
        axis=alt.Axis(format="~%", values=_decades()),
    )
    lines = (
        alt.Chart(alt.NamedData("curve"))
        .mark_line(strokeWidth=2, clip=True)
        .encode(
            x=users,
            y=used,
            color=alt.Color(
                "constraint:N", legend=alt.Legend(orient="bottom", columns=2, title=None)
            ),
            tooltip=[
                alt.Tooltip("constraint:N"),
                alt.Tooltip("users:Q", format=",.0f"),
                alt.Tooltip("used:Q", format=".0%"),
            ],
        )
    )
    # The chart's description says what it is; a screen reader would meet a symbol without a name.
    limit = (
        alt.Chart(alt.NamedData("curve"))
        .mark_rule(color="theme:bad", strokeDash=[6, 4], strokeWidth=1.5, aria=False)
        .encode(y=alt.datum(1))
    )
    rules = (
        alt.Chart(alt.NamedData("marks"))
        .mark_rule(strokeWidth=1.5, color="theme:muted")
        .encode(x=users, strokeDash=alt.StrokeDash("mark:N", legend=None))
    )
    words = (
        alt.Chart(alt.NamedData("marks"))
        .mark_text(align="left", dx=4, color="theme:muted")
        .encode(x=users, y=alt.Y("level:Q"), text="mark:N")
    )
    layers = alt.layer(lines, limit, rules, words).properties(width="container", height=300)
    return layers.to_dict()


def _decades() -> list[float]:
    return [0.01, 0.03, 0.1, 0.3, 1, 3, 10]


@cache
def utilisation_chart() -> Spec:
    """Return the chart of sorted utilisation bars; dataset ``bars``."""
    base = alt.Chart(alt.NamedData("bars")).encode(
        y=alt.Y("constraint:N", sort=_ORDER, title=None, axis=alt.Axis(labelLimit=220)),
    )
    x = alt.X(
        "used:Q",
        title="used share of the limit (cut at 200 %)",
        scale=alt.Scale(domain=[0, 2]),
        axis=alt.Axis(format="~%"),
    )
    bars = base.mark_bar(cornerRadiusEnd=3, height={"band": 0.62}).encode(
        x=x,
        color=alt.Color("state:N", scale=_STATES, legend=alt.Legend(orient="top", title=None)),
        tooltip=[alt.Tooltip("constraint:N"), alt.Tooltip("label:N")],
    )
    limit = (
        alt.Chart(alt.NamedData("bars"))
        .mark_rule(color="theme:bad", strokeDash=[6, 4], strokeWidth=1.5, aria=False)
        .encode(x=alt.datum(1))
    )
    words = base.mark_text(align="left", dx=6, color="theme:text").encode(
        x=alt.datum(0), text="label:N"
    )
    layers = alt.layer(bars, limit, words).properties(width="container", height=alt.Step(34))
    return layers.to_dict()


@cache
def ladder_chart() -> Spec:
    """Return the chart of capacity by phase, computed beside claimed; dataset ``ladder``."""
    y = alt.Y("phase:N", sort=_ORDER, title=None, axis=alt.Axis(labelLimit=200))
    base = alt.Chart(alt.NamedData("ladder")).encode(y=y, yOffset=alt.YOffset("kind:N"))
    x = alt.X("users:Q", scale=_LOG, title="users held", axis=alt.Axis(format="~s"))
    colours = alt.Scale(
        domain=["computed", "document"], range=["theme:accent-soft", "theme:raised"]
    )
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        x=x,
        x2=alt.datum(1),
        color=alt.Color("kind:N", scale=colours, legend=alt.Legend(orient="top", title=None)),
        tooltip=[alt.Tooltip(f"{name}:N") for name in ("phase", "kind", "label")],
    )
    words = base.mark_text(align="left", dx=6, color="theme:text").encode(
        x=alt.datum(1), text="label:N"
    )
    layers = alt.layer(bars, words).properties(width="container", height=alt.Step(24))
    return layers.to_dict()


@cache
def cost_chart() -> Spec:
    """Return the chart of monthly cost by phase; dataset ``cost``."""
    base = alt.Chart(alt.NamedData("cost")).encode(
        y=alt.Y("phase:N", sort=_ORDER, title=None, axis=alt.Axis(labelLimit=200))
    )
    x = alt.X("monthly:Q", title="cost per month", axis=alt.Axis(format="$,.0f", tickCount=6))
    bars = base.mark_bar(cornerRadiusEnd=3, color="theme:accent-soft", height={"band": 0.62})
    words = base.mark_text(align="left", dx=6, color="theme:text").encode(
        x=alt.datum(0), text="label:N"
    )
    shown = [alt.Tooltip(f"{name}:N") for name in ("phase", "label")]
    layers = alt.layer(bars.encode(x=x, tooltip=shown), words)
    return layers.properties(width="container", height=alt.Step(34)).to_dict()


@cache
def events_chart() -> Spec:
    """Return the matrix of events by phase, coloured by verdict; dataset ``events``."""
    verdicts = alt.Scale(
        domain=["STABLE", "LAG", "DEGRADED", "BLOCK", "FAIL", "CRASH"],
        range=[f"theme:{tone}-soft" for tone in ("ok", "warn", "warn", "warn", "bad", "bad")],
    )
    steps = alt.EncodingSortField("step", op="min", order="ascending")
    base = alt.Chart(alt.NamedData("events")).encode(
        x=alt.X(
            "phase:N",
            sort=steps,
            title=None,
            axis=alt.Axis(
                orient="top", labelLimit=150, labelAngle=-28, labelAlign="left", labelOverlap=False
            ),
        ),
        y=alt.Y("event:N", sort=_ORDER, title=None, axis=alt.Axis(labelLimit=240)),
    )
    cells = base.mark_rect(cornerRadius=4, stroke="theme:page", strokeWidth=3).encode(
        color=alt.Color("verdict:N", scale=verdicts, legend=None),
        tooltip=[alt.Tooltip(f"{name}:N") for name in ("event", "phase", "verdict", "reason")],
    )
    words = base.mark_text(color="theme:text", fontSize=11).encode(text="verdict:N")
    layers = alt.layer(cells, words).properties(width="container", height=alt.Step(30))
    return layers.to_dict()
