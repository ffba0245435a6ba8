"""
When it runs out, as charts with a time axis: limits in their order, and the fan of demand.

Specs over named datasets, and the columns that fill them, as in :mod:`planning.present.charts` and
:mod:`planning.present.chart_data`. Times are milliseconds since 1970, as Vega counts them.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import altair as alt
import numpy as np

from planning.present import runway as words
from planning.present.chart_data import Columns
from planning.questions.growth.lasting import Runway

Spec = dict[str, Any]

_ORDER = alt.EncodingSortField("rank", op="min", order="ascending")
_LONGEST, _POINTS = 12, 120
_DAY = 86_400_000.0
_LEAST, _MOST = 1.0, 1e9
_CLOSE = 1.35  # labels of lines whose users are closer would lie on each other


@cache
def timeline_chart() -> Spec:
    """
    Return limits against time; datasets ``passing`` and ``orders``.

    A bar goes from the day on which P90 demand passes to the day on which P50 demand does; the
    mark before it is the last day to order.
    """
    y = alt.Y("limit:N", sort=_ORDER, title=None, axis=alt.Axis(labelLimit=220))
    time = alt.Axis(format="%b %Y", grid=True, labelOverlap=True)
    base = alt.Chart(alt.NamedData("passing"))
    bars = base.mark_bar(color="theme:warn", height={"band": 0.4}, minBandSize=3).encode(
        x=alt.X("from:T", title=None, axis=time),
        x2="to:T",
        y=y,
        tooltip=[alt.Tooltip("limit:N"), alt.Tooltip("label:N", title="runs out")],
    )
    tick = base.mark_tick(color="theme:bad", thickness=3).encode(x="from:T", y=y)
    said = base.mark_text(align="left", dx=6, color="theme:text").encode(
        x="to:T", y=y, text="label:N"
    )
    order = (
        alt.Chart(alt.NamedData("orders"))
        .mark_point(shape="triangle-right", filled=True, size=70, color="theme:accent")
        .encode(x="at:T", y=y, tooltip=[alt.Tooltip("label:N", title="order")])
    )
    return (
        alt.layer(bars, tick, said, order)
        .properties(width="container", height=alt.Step(34))
        .to_dict()
    )


@cache
def fan_chart() -> Spec:
    """Return demand against time with what each phase holds; datasets ``fan`` and ``held``."""
    time = alt.X("at:T", title=None, axis=alt.Axis(format="%b %Y", grid=False))

    def users(field: str) -> alt.Y:
        return alt.Y(
            f"{field}:Q",
            title="daily peak of users",
            scale=alt.Scale(type="log"),
            axis=alt.Axis(format="~s"),
        )

    base = alt.Chart(alt.NamedData("fan"))
    fan = base.mark_area(color="theme:accent").encode(x=time, y=users("low"), y2="high:Q")
    line = base.mark_line(color="theme:accent", strokeWidth=2).encode(
        x=time,
        y=users("middle"),
        tooltip=[
            alt.Tooltip("at:T", title="day"),
            *(alt.Tooltip(f"{name}:Q", format=",.0f") for name in ("low", "middle", "high")),
        ],
    )
    held = alt.Chart(alt.NamedData("held"))
    rules = held.mark_rule(color="theme:bad", strokeDash=[6, 4], strokeWidth=1.5).encode(
        y=users("users")
    )
    said = held.mark_text(align="left", baseline="bottom", dx=4, dy=-2, color="theme:text").encode(
        x="at:T", y=users("users"), text="label:N"
    )
    return alt.layer(fan, line, rules, said).properties(width="container", height=300).to_dict()


def _milliseconds(found: Runway, day: float) -> float:
    start = found.start or dt.date(1970, 1, 1)
    return float((start.toordinal() - dt.date(1970, 1, 1).toordinal() + day) * _DAY)


def passing_columns(found: Runway) -> Columns:
    """Return the limits that pass within the horizon, what runs out first on top."""
    shown = [each for each in found.technical if np.isfinite(each.p90)][:_LONGEST]
    last = found.horizon
    return {
        "limit": [each.constraint.name for each in shown],
        "from": [_milliseconds(found, each.p90) for each in shown],
        "to": [_milliseconds(found, min(each.p50, last)) for each in shown],
        "rank": np.arange(len(shown), dtype=float),
        "label": [_label(words.when(found, each.p90), words.when(found, each.p50))
                  for each in shown],
    }  # fmt: skip


def _label(p90: str, p50: str) -> str:
    if p90 == p50:
        return p90
    return f"{p90} (P50 later)" if p50.startswith("not") else f"{p90} (P50 {p50})"


def order_columns(found: Runway) -> Columns:
    """Return the last days to order, of the limits that are shown; those to come only."""
    shown = [each for each in found.technical if np.isfinite(each.p90)][:_LONGEST]
    rows = [(rank, each) for rank, each in enumerate(shown) if 0 <= each.order_by < np.inf]
    return {
        "limit": [each.constraint.name for _, each in rows],
        "at": [_milliseconds(found, each.order_by) for _, each in rows],
        "rank": [float(rank) for rank, _ in rows],
        "label": [f"{each.phase.name if each.phase else ''}: {words.order_words(found, each)}"
                  for _, each in rows],
    }  # fmt: skip


def fan_columns(found: Runway) -> Columns:
    """
    Return demand over time: what one in ten, half and nine in ten courses stay below.

    Of the days that one point stands for the highest is shown, so that an event is not passed over.
    """
    count = found.demand.days.size
    days = np.unique(np.round(np.linspace(0, count, _POINTS, endpoint=False)).astype(int))
    users = np.maximum.reduceat(found.demand.at([0.1, 0.5, 0.9]), days, axis=1)
    low, middle, high = np.maximum(users, _LEAST)
    at = [_milliseconds(found, float(day)) for day in days]
    return {"at": at, "low": low, "middle": middle, "high": high}


def held_columns(found: Runway) -> Columns:
    """Return what each phase holds with its limits used whole; close ones share one label."""
    held = sorted(
        (each.capacity.users, each.name.partition(":")[0])
        for each in found.phases
        if _LEAST <= each.capacity.users <= _MOST
    )
    labels = [f"{name}: {users:,.0f}" for users, name in held]
    for place in range(len(held) - 1):
        if held[place + 1][0] < _CLOSE * held[place][0]:
            labels[place + 1] = f"{labels[place]}, {labels[place + 1]}"
            labels[place] = ""
    return {
        "users": [users for users, _ in held],
        "at": [_milliseconds(found, 0.0)] * len(held),
        "label": labels,
    }
