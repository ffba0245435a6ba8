"""
What to buy, and when, as charts over time: demand against what is held, and the bill.

Specs over named datasets, and the columns that fill them, as in :mod:`planning.present.charts`.
Days are milliseconds since 1970, which is what Vega takes for a date without parsing.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import altair as alt
import numpy as np

from planning.numbers.units import show
from planning.present.chart_data import Columns
from planning.present.plan_words import bill_words
from planning.questions.capacity import capacity
from planning.questions.upgrades.schedule import Schedule

Spec = dict[str, Any]

_COUNTS = alt.Axis(format="~s", tickCount=4)
_LONGEST = 34  # letters of a label over a step
_ENDLESS = 10.0  # what holds any number of users is drawn at so many times the most that come


def _day(field: str = "date:T") -> alt.X:
    return alt.X(field, title=None, axis=alt.Axis(format="%b %Y", grid=False, labelOverlap=True))


@cache
def timeline_chart() -> Spec:
    """Return demand and what is held over time; datasets ``months``, ``steps``, ``ends``."""
    users = alt.Y("users:Q", scale=alt.Scale(type="log"), title="users", axis=_COUNTS)
    base = alt.Chart(alt.NamedData("months"))
    held = base.mark_line(interpolate="step-after", strokeWidth=3, color="theme:accent").encode(
        x=_day(),
        y=alt.Y("held:Q", scale=alt.Scale(type="log"), title="users", axis=_COUNTS),
        tooltip=[
            alt.Tooltip("date:T", format="%d %b %Y"),
            alt.Tooltip("held:Q", format=",.0f", title="the set in effect holds"),
            alt.Tooltip("users:Q", format=",.0f", title="to be held"),
        ],
    )
    wanted = base.mark_line(strokeWidth=2, strokeDash=[6, 4], color="theme:bad").encode(
        x=_day(), y=users
    )
    steps = alt.Chart(alt.NamedData("steps"))
    points = steps.mark_point(filled=True, size=70, color="theme:accent").encode(
        x=_day(), y=users, tooltip=[alt.Tooltip("bought:N"), alt.Tooltip("date:T")]
    )
    bought = steps.mark_text(align="left", dx=6, dy=-9, color="theme:text").encode(
        x=_day(), y=users, text="label:N"
    )
    ends = (
        alt.Chart(alt.NamedData("ends"))
        .mark_text(align="right", dy=12, color="theme:text", fontWeight="bold")
        .encode(x=_day(), y=users, text="label:N")
    )
    layers = alt.layer(held, wanted, points, bought, ends)
    return layers.properties(width="container", height=300).to_dict()


@cache
def bill_chart() -> Spec:
    """Return the bill of each month; dataset ``bill``."""
    base = alt.Chart(alt.NamedData("bill"))
    bill = alt.Y("monthly:Q", title="bill of the month", axis=alt.Axis(format="$~s", tickCount=4))
    bars = base.mark_rect(color="theme:accent").encode(
        x=_day(),
        x2="end:T",
        y=bill,
        y2=alt.datum(0),
        tooltip=[alt.Tooltip("date:T", format="%b %Y"), alt.Tooltip("label:N", title="bill")],
    )
    # Where the bill changes it is written above its bar.
    said = base.mark_text(align="left", dy=-7, color="theme:text").encode(
        x=_day(), y=bill, text="changed:N"
    )
    return alt.layer(bars, said).properties(width="container", height=120).to_dict()


def month_columns(found: Schedule) -> Columns:
    """Return what comes and what is held in each month."""
    return {
        "date": _dates(found)[:-1],
        "users": np.maximum(found.demand.users, 1.0),
        "held": _held(found),
    }


def step_columns(found: Schedule) -> Columns:
    """Return what is bought, where its line jumps to."""
    held = _held(found)
    names = [", ".join(choice.name for choice in step.added) for step in found.steps]
    return {
        "date": [_dates(found)[step.month] for step in found.steps],
        "users": [held[step.month] for step in found.steps],
        "bought": names,
        "label": [n if len(n) <= _LONGEST else f"{n[: _LONGEST - 1]}…" for n in names],
    }


def end_columns(found: Schedule) -> Columns:
    """Return the names of the two lines, at their ends."""
    held, users = _held(found), found.demand.users
    last = _dates(found)[-2]
    return {
        "date": [last, last],
        "users": [float(held[-1]), max(float(users[-1]), 1.0)],
        "label": [
            f"held: {show(found.last.users, 'user')}",
            f"to be held: {show(float(users[-1]), 'user')}",
        ],
    }


def bill_columns(found: Schedule) -> Columns:
    """Return the bill of each month, from its first day to the next one's."""
    dates = _dates(found)
    bills = [
        bill_words(_whole(float(each)), bill)
        for each, bill in zip(found.monthly, found.bills, strict=True)
    ]
    return {
        "date": dates[:-1],
        "end": dates[1:],
        "monthly": found.monthly,
        "label": bills,
        "changed": [
            each if not number or each != bills[number - 1] else ""
            for number, each in enumerate(bills)
        ],
    }


def _whole(amount: float) -> float:
    """Return a bill without cents: they change with every user, and nobody reads them here."""
    return round(amount) if amount >= 10 else amount


def _dates(found: Schedule) -> list[float]:
    """Return the first day of every month and of the one after the last. [ms since 1970]"""
    count = len(found.demand.users)
    days = [(found.demand.date(month) - dt.date(1970, 1, 1)).days for month in range(count + 1)]
    return [float(day) * 86_400_000.0 for day in days]


def _held(found: Schedule) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return what the set of each month holds, on an axis without zero and without end. [user]"""
    known = {
        place: capacity(found.choices.system_of(place)).users
        for place in dict.fromkeys(found.places)
    }
    most = _ENDLESS * max(float(found.demand.users.max()), 1.0)
    return np.clip([known[place] for place in found.places], 1.0, most)
