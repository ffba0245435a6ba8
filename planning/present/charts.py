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

from planning.present.chart_data import HAS_ROOM, LEAST_BAR, NEAR, OVER
from planning.present.rows import ROW, row_axis, row_bars, row_words

Spec = dict[str, Any]

_LOG = alt.Scale(type="log")
# "min": where layers share an axis, Vega-Lite sorts only by an aggregate.
_ORDER = alt.EncodingSortField("rank", op="min", order="ascending")
# Fills are the palette's full colours, at least 3 : 1 against the page in light and dark.
_STATES = alt.Scale(domain=[HAS_ROOM, NEAR, OVER], range=["theme:ok", "theme:warn", "theme:bad"])
_VERDICTS = alt.Scale(
    domain=["STABLE", "LAG", "DEGRADED", "BLOCK", "FAIL", "CRASH"],
    range=[f"theme:{tone}" for tone in ("ok", "warn", "warn", "warn", "bad", "bad")],
)
# A used share below 1 reads as percent, one above as a multiple of the limit.
_TICKS = [10.0**power for power in range(-2, 10)]
_SHARES = "datum.value > 1 ? format(datum.value, ',') + '×' : format(datum.value * 100, ',') + ' %'"


@cache
def capacity_chart() -> Spec:
    """
    Return the chart of utilisation against users; datasets ``curve`` and ``marks``.

    Where a line crosses 100 %, that constraint's limit is reached. Those that break first have
    colours and names, the others are grey and told by their tooltips.
    """
    users = alt.X(
        "users:Q", scale=_LOG, title="concurrent users", axis=alt.Axis(format="~s", grid=False)
    )
    used = alt.Y(
        "used:Q",
        scale=alt.Scale(type="log", domainMin=LEAST_BAR),
        title="used share of the limit",
        axis=alt.Axis(values=_TICKS, labelExpr=_SHARES),
    )
    all_lines = (
        alt.Chart(alt.NamedData("curve"))
        .mark_line(strokeWidth=2, clip=True)
        .encode(
            x=users,
            y=used,
            tooltip=[
                alt.Tooltip("constraint:N"),
                alt.Tooltip("users:Q", format=",.0f"),
                alt.Tooltip("used:Q", format=".0%"),
            ],
        )
    )
    names = alt.Legend(orient="bottom", columns=2, title=None)
    lines = all_lines.transform_filter("datum.named").encode(
        color=alt.Color("constraint:N", sort=None, legend=names)
    )
    others = all_lines.transform_filter("!datum.named").encode(
        detail="constraint:N",
        color=alt.value("theme:muted"),
        strokeWidth=alt.value(1),
        opacity=alt.value(0.5),
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
        .encode(x=users, y=alt.Y("level:Q", scale=None), text="mark:N")
    )
    layers = alt.layer(others, lines, limit, rules, words).properties(width="container", height=300)
    return layers.to_dict()


@cache
def utilisation_chart() -> Spec:
    """
    Return the chart of sorted utilisation bars; dataset ``bars``.

    The scale is logarithmic, so that 4× and 333× differ, and ends where the data say.
    """
    base = alt.Chart(alt.NamedData("bars")).encode(y=row_axis("constraint"))
    scale = alt.Scale(type="log", domainMin=LEAST_BAR, nice=False)
    axis = alt.Axis(values=_TICKS, labelExpr=_SHARES, tickCount=12, grid=False)
    title = "used share of the limit (each step ten times the one before)"
    # The track says how long a bar could be; its end is the scale's.
    track = row_bars(base, color="theme:grid", tooltip=None).encode(
        x=alt.X("end:Q", scale=scale, axis=axis, title=title), x2=alt.datum(LEAST_BAR)
    )
    bars = row_bars(base, cornerRadiusEnd=3).encode(
        x=alt.X("used:Q"),
        x2=alt.datum(LEAST_BAR),
        color=alt.Color("state:N", scale=_STATES, legend=alt.Legend(orient="top", title=None)),
        description="label:N",
        tooltip=[
            alt.Tooltip("constraint:N", title="limit"),
            alt.Tooltip("share:N", title="used"),
            alt.Tooltip("detail:N", title="that is"),
            alt.Tooltip("state:N", title="state"),
        ],
    )
    limit = (
        alt.Chart(alt.NamedData("bars"))
        .mark_rule(color="theme:text", strokeDash=[4, 3], strokeWidth=1.25, aria=False)
        .encode(x=alt.datum(1))
    )
    layers = alt.layer(track, bars, limit, *row_words(base, "constraint", "detail", "share"))
    return layers.properties(width="container", height=alt.Step(ROW)).to_dict()


@cache
def ladder_chart() -> Spec:
    """Return the chart of capacity by phase, computed beside claimed; dataset ``ladder``."""
    base = alt.Chart(alt.NamedData("ladder")).encode(y=row_axis("row"))
    x = alt.X("users:Q", scale=_LOG, title="users held", axis=alt.Axis(format="~s", grid=False))
    colours = alt.Scale(domain=["computed", "document"], range=["theme:accent", "theme:muted"])
    bars = row_bars(base, cornerRadiusEnd=3).encode(
        x=x,
        x2=alt.datum(1),
        color=alt.Color("kind:N", scale=colours, legend=alt.Legend(orient="top", title=None)),
        description="label:N",
        tooltip=[
            alt.Tooltip("phase:N"),
            alt.Tooltip("kind:N", title="from"),
            alt.Tooltip("label:N", title="holds"),
        ],
    )
    layers = alt.layer(bars, *row_words(base, "phase", "label"))
    return layers.properties(width="container", height=alt.Step(ROW)).to_dict()


@cache
def cost_chart() -> Spec:
    """Return the chart of monthly cost by phase; dataset ``cost``."""
    base = alt.Chart(alt.NamedData("cost")).encode(y=row_axis("phase"))
    x = alt.X(
        "monthly:Q", title="cost per month", axis=alt.Axis(format="$,.0f", tickCount=6, grid=False)
    )
    bars = row_bars(base, cornerRadiusEnd=3, color="theme:accent").encode(
        x=x,
        description="label:N",
        tooltip=[alt.Tooltip("phase:N"), alt.Tooltip("label:N", title="costs")],
    )
    layers = alt.layer(bars, *row_words(base, "phase", "label"))
    return layers.properties(width="container", height=alt.Step(ROW)).to_dict()


@cache
def events_chart() -> Spec:
    """Return the matrix of events by phase, coloured by verdict; dataset ``events``."""
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
        color=alt.Color("verdict:N", scale=_VERDICTS, legend=None),
        tooltip=[alt.Tooltip(f"{name}:N") for name in ("event", "phase", "verdict", "reason")],
    )
    words = base.mark_text(color="theme:on-accent", fontSize=11).encode(text="verdict:N")
    layers = alt.layer(cells, words).properties(width="container", height=alt.Step(30))
    return layers.to_dict()
