"""
What a board can show: a view in words or as a chart, by its name.

A view is made of a state and shows another one when it is asked to; a chart stays drawn, and only
its numbers are pushed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

import ipywidgets as widgets
from IPython.display import HTML

from planning.present import chart_data as series
from planning.present import charts, runway_charts
from planning.present import confidence_charts as doubt_charts
from planning.present import html as words
from planning.present.confidence_views import chance_html, measure_html
from planning.present.drawn_events import surges_html
from planning.present.live import chart
from planning.present.phase_chances import phase_chances_html
from planning.present.roadmap_views import what_to_buy_html
from planning.present.runway_views import how_long_html, runway_html
from planning.present.state import State


class View(Protocol):
    """Something on a board that shows a state."""

    shown: Any

    def update(self, state: State) -> None:
        """Show another state."""


class TextView:
    """A view in words: a function from a state to HTML."""

    def __init__(self, text: Callable[[State], str], state: State, static: bool) -> None:
        self._text = text
        self.shown: Any = HTML(text(state)) if static else widgets.HTML(text(state))

    def update(self, state: State) -> None:
        """Say it again for another state."""
        text = self._text(state)
        if self.shown.value != text:
            self.shown.value = text


class ChartView:
    """A view as a chart: a spec, and functions from a state to the columns of its datasets."""

    def __init__(
        self,
        spec: Mapping[str, Any],
        description: str,
        columns: Mapping[str, Callable[[State], series.Columns]],
        state: State,
        static: bool,
    ) -> None:
        self._columns = columns
        make: Any = chart  # mypy takes every dataset for `min_height`
        self.shown = make(spec, description=description, static=static, **self._tables(state))

    def _tables(self, state: State) -> dict[str, series.Columns]:
        return {name: make(state) for name, make in self._columns.items()}

    def update(self, state: State) -> None:
        """Push another state's numbers."""
        self.shown.push(**self._tables(state))


# Spec, description, and the columns of each dataset.
_CHARTS: Mapping[str, tuple[Callable[[], Any], str, Mapping[str, Callable[[State], Any]]]] = {
    "bars": (
        charts.utilisation_chart,
        "Used share of each limit, the fullest first",
        {"bars": lambda s: series.bar_columns(s.result)},
    ),
    "capacity": (
        charts.capacity_chart,
        "Used share of each limit against concurrent users",
        {
            "curve": lambda s: series.sweep_columns(s.system, s.edge, s.users),
            "marks": lambda s: series.mark_columns(s.system, s.edge, s.users),
        },
    ),
    "ladder": (
        charts.ladder_chart,
        "Users held by phase, computed and as the document claims",
        {"ladder": lambda s: series.ladder_columns(s.steps)},
    ),
    "cost": (
        charts.cost_chart,
        "Monthly cost by phase",
        {"cost": lambda s: series.cost_columns(s.steps)},
    ),
    "matrix": (
        charts.events_chart,
        "Verdict of each event, today and after each phase",
        {"events": lambda s: series.event_columns(s.events)},
    ),
    "chance curve": (
        doubt_charts.chance_chart,
        "Chance to hold against concurrent users",
        {
            "chance": lambda s: doubt_charts.chance_columns(s.sample),
            "asked": lambda s: doubt_charts.asked_columns(s.sample),
        },
    ),
    "spread": (
        doubt_charts.spread_chart,
        "Capacity over all draws, by what breaks first",
        {"spread": lambda s: doubt_charts.spread_columns(s.sample)},
    ),
    "tornado": (
        doubt_charts.tornado_chart,
        "Capacity with one input at either end of its range, the widest first",
        {"swings": lambda s: doubt_charts.tornado_columns(s.swings)},
    ),
    "timeline": (
        runway_charts.timeline_chart,
        "When each limit runs out, the first on top, with the last day to order",
        {
            "passing": lambda s: runway_charts.passing_columns(s.runway),
            "orders": lambda s: runway_charts.order_columns(s.runway),
        },
    ),
    "fan": (
        runway_charts.fan_chart,
        "Users over time, and what each phase holds",
        {
            "fan": lambda s: runway_charts.fan_columns(s.runway),
            "held": lambda s: runway_charts.held_columns(s.runway),
        },
    ),
}
_TEXTS: Mapping[str, Callable[[State], str]] = {
    "verdict": words.verdict_html,
    "traffic": words.traffic_html,
    "why": words.why_html,
    "needs": words.requirements_html,
    "phases": words.phases_html,
    "events": words.events_html,
    "findings": words.findings_html,
    "caveats": words.caveats_html,
    "chance": chance_html,
    "phase chances": phase_chances_html,
    "surges": surges_html,
    "measure": measure_html,
    "runway": lambda s: runway_html(s.runway),
    "how long": how_long_html,
    "what to buy": what_to_buy_html,
    "inputs": words.inputs_html,
}


def _chart_view(name: str, state: State, static: bool) -> View:
    spec, description, columns = _CHARTS[name]
    return ChartView(spec(), description, columns, state, static)


# By name: makes a view of a state, in a notebook or in a run that becomes a file.
VIEWS: Mapping[str, Callable[[State, bool], View]] = {
    **{name: partial(TextView, text) for name, text in _TEXTS.items()},
    **{name: partial(_chart_view, name) for name in _CHARTS},
}
