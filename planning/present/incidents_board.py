"""A board on incidents: predicted against reported as a chart, and the table behind it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

import altair as alt
import ipywidgets as widgets
from IPython.display import HTML, display

from planning.evidence.comparing import MEDIAN_ERROR, Compared, compare_all, summary
from planning.numbers.units import show
from planning.present.charts import Spec
from planning.present.html import table_html
from planning.present.incidents import HEAD, headline, rows
from planning.present.live import LiveChart
from planning.present.theme import STATIC

_COLUMNS = ("incident", "reported", "predicted", "kind", "said")


def points(found: Iterable[Compared]) -> dict[str, list[Any]]:
    """
    Return what was reported and predicted, a value a number, for the chart.

    Numbers without an answer, or of 0, have no place on a logarithmic axis and are left out, and so
    are percentiles, for which the product has no number.
    """
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for one in found:
        for each in one.predictions:
            if not each.predicted or not each.reported or not math.isfinite(each.predicted):
                continue
            if each.unlike:
                continue
            said = (
                f"{show(each.reported, each.unit)} reported, "
                f"{show(each.predicted, each.unit)} predicted"
            )
            row = (
                one.incident.reported.title, each.reported, each.predicted, each.outcome.kind, said,
            )  # fmt: skip
            for name, value in zip(_COLUMNS, row, strict=True):
                columns[name].append(value)
    return columns


def band(columns: Mapping[str, Sequence[Any]]) -> dict[str, list[float]]:
    """Return the two ends of the line of equals and of its band, a little beyond the points."""
    seen = [*columns["reported"], *columns["predicted"]] or [1.0]
    ends = [min(seen) / 2, max(seen) * 2]
    return {
        "reported": ends,
        "low": [end * (1 - MEDIAN_ERROR) for end in ends],
        "high": [end * (1 + MEDIAN_ERROR) for end in ends],
    }


@cache
def incidents_chart() -> Spec:
    """
    Return predicted against reported, both logarithmic; datasets ``points`` and ``band``.

    On the line they are equal; the band is a quarter more and less. Numbers of all units share
    the axes, each in its base unit.
    """
    axis = alt.Axis(format="~g", grid=False)
    scale = alt.Scale(type="log", nice=False)
    reported = alt.X("reported:Q", scale=scale, title="reported, in base units", axis=axis)
    low = alt.Y("low:Q", scale=scale, title="predicted", axis=axis)
    ends = alt.Chart(alt.NamedData("band"))
    area = ends.mark_area(color="theme:accent-soft").encode(x=reported, y=low, y2="high:Q")
    equal = ends.mark_line(color="theme:muted", strokeDash=[6, 4], strokeWidth=1.5).encode(
        x=reported, y=alt.Y("reported:Q", scale=scale, title="predicted", axis=axis)
    )
    dots = (
        alt.Chart(alt.NamedData("points"))
        .mark_point(filled=True, size=70, color="theme:accent")
        .encode(
            x=reported,
            y=alt.Y("predicted:Q", scale=scale, title="predicted", axis=axis),
            shape=alt.Shape("kind:N", legend=alt.Legend(orient="bottom", title=None)),
            tooltip=[alt.Tooltip("incident:N"), alt.Tooltip("said:N", title="number")],
        )
    )
    spec: Spec = alt.layer(area, equal, dots).properties(width="container", height=380).to_dict()
    return spec


class IncidentsBoard:
    """
    Public incidents beside what the product says of them.

    Parameters
    ----------
    names : sequence of str, optional
        Incidents by name or folder; all shipped ones by default.
    """

    def __init__(self, names: Sequence[str] | None = None) -> None:
        self.found = compare_all(names)
        self.counts = summary(self.found)

    def _ipython_display_(self) -> None:
        style = HTML(f"<style>{(STATIC / 'board.css').read_text('utf-8')}</style>")
        columns = points(self.found)
        words = headline(self.counts)
        chart = LiveChart(
            incidents_chart(), points=columns, band=band(columns),
            description=f"Predicted against reported numbers of public incidents. {words}",
        )  # fmt: skip
        table = table_html("Reported and predicted", HEAD, rows(self.found))
        main = widgets.VBox([
            widgets.HTML(f"<p><strong>{escape(words)}</strong></p>"), chart, widgets.HTML(table),
        ])  # fmt: skip
        main.add_class("plan-main")
        display(widgets.VBox([widgets.HTML(style.data), main]))
