"""
The roadmap: sliders for what is to come, the cheapest schedule for it beside them.

All sets are assessed once per system; a slider asks the same sets about other users, and the
schedule is searched anew. What takes longer than a moment says that it is at work.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import HTML, display

from planning.numbers.estimate import Estimate
from planning.numbers.nodes import value_at
from planning.present import roadmap_charts as charts
from planning.present.board import page_style
from planning.present.html import missing_html, trouble_html
from planning.present.live import chart
from planning.present.roadmap_views import details_html, headline_html
from planning.present.sliders import Slider
from planning.questions.library import SHIPPED, Library
from planning.questions.load import load_system
from planning.questions.upgrades.choices import choices_of
from planning.questions.upgrades.demand import ramp
from planning.questions.upgrades.grid import Grid
from planning.questions.upgrades.plan import schedule_of
from planning.questions.upgrades.schedule import Schedule

MONTHS = 24
_REACHED, _MOST_TARGET, _MOST_BUDGET = 12, 1e7, 1e6


class Roadmap:
    """
    Sliders and the schedule of one system.

    Parameters
    ----------
    system : str
        Name of a shipped system, or path of a file.
    users : float, optional
        Users to hold in the end; the system's target by default. [user]
    start : date, optional
        First day of the first month; today by default.
    library : Library
        What names and prices mean here.
    static : bool
        Whether the notebook runs to become a file, so that nobody will be there to move a slider.
    """

    def __init__(
        self,
        system: str,
        *,
        users: float | None = None,
        start: dt.date | None = None,
        library: Library = SHIPPED,
        static: bool = False,
    ) -> None:
        self.system = load_system(system, library)
        self._start = dt.date.today() if start is None else start
        target = value_at(self.system.workload.target) if users is None else float(users)
        spare = 1.0 - value_at(self.system.warn_at)
        self._target = self._slider("Users to hold", Estimate(
            target, "user", low=1.0, high=max(_MOST_TARGET, target), whole=True
        ))  # fmt: skip
        self._budget = self._slider("Most that a month may cost; far right: any sum", Estimate(
            _MOST_BUDGET, "USD/month", low=1.0, high=_MOST_BUDGET
        ))  # fmt: skip
        self._spare = self._slider("Share of every limit to keep free", Estimate(
            spare, "fraction", low=0.0, high=0.6
        ))  # fmt: skip
        self._reached: Any = widgets.IntSlider(
            value=_REACHED, min=0, max=MONTHS - 1, description="in month"
        )
        self._static = static
        self._grid = Grid(choices_of(self.system), max(target, 1.0))
        self._note: Any = widgets.HTML()
        self.found = self._schedule()
        self._note.value = ""
        make: Any = HTML if static else widgets.HTML
        draw: Any = chart  # mypy takes every dataset for `min_height`
        self._head: Any = make(headline_html(self.found))
        self._line: Any = draw(
            charts.timeline_chart(), description="Demand and what is held, month by month",
            static=static, months=charts.month_columns(self.found),
            steps=charts.step_columns(self.found), ends=charts.end_columns(self.found),
        )  # fmt: skip
        self._bill: Any = draw(
            charts.bill_chart(), description="Bill of each month",
            static=static, bill=charts.bill_columns(self.found),
        )  # fmt: skip
        self._rest: Any = make(details_html(self.found))

    def _slider(self, title: str, estimate: Estimate) -> Slider:
        return Slider(title, estimate, title, lambda: self.update())

    def _say(self, text: str) -> None:
        self._note.value = f'<p role="status">{escape(text)} …</p>'

    def _schedule(self) -> Schedule:
        now = value_at(self.system.workload.users)
        demand = ramp(self._start, now, self._target.value, MONTHS, int(self._reached.value))
        budget = self._budget.value
        most = np.inf if budget >= _MOST_BUDGET else budget
        return schedule_of(self._grid, demand, self._spare.value, most, progress=self._say)

    def update(self) -> None:
        """Search again, and show what was found."""
        self._say(f"Searching {self._grid.choices.count:,} sets over {MONTHS} months")
        # An exception in a callback would vanish into a log and leave old numbers standing.
        try:
            self.found = self._schedule()
            self._head.value = headline_html(self.found)
            self._line.push(
                months=charts.month_columns(self.found),
                steps=charts.step_columns(self.found),
                ends=charts.end_columns(self.found),
            )
            self._bill.push(bill=charts.bill_columns(self.found))
            self._rest.value = details_html(self.found)
            self._note.value = ""
        except Exception as error:
            self._note.value = trouble_html(error)

    def _ipython_display_(self) -> None:
        views = [self._head, self._line, self._bill, self._rest]
        if self._static:
            display(HTML(page_style()))
            for view in views:
                display(view)
            return
        self._reached.observe(lambda _: self.update(), names="value")
        side = widgets.VBox([self._target.box, self._reached, self._budget.box, self._spare.box])
        side.add_class("plan-side")
        main = widgets.VBox([self._note, *views])
        main.add_class("plan-main")
        both = widgets.Box([side, main])
        both.add_class("plan-board")
        display(widgets.VBox([widgets.HTML(page_style()), both]))


def roadmap(
    system: str,
    missing: str | None = None,
    library: Library = SHIPPED,
    phase: str = "0",
    moved: Mapping[str, float] | None = None,
    strange: Sequence[str] = (),
    pages: str = "",
    **options: Any,
) -> Any:
    """
    Return a roadmap, to be the last line of a cell; see :class:`Roadmap`.

    A phase and moves that the page's address asks for are passed over: a schedule is made of the
    file as it is, and phases are what is chosen here. No live page has a schedule to lead to.
    """
    if missing is not None:
        return HTML(page_style() + missing_html(missing, library.names()))
    return Roadmap(system, library=library, **options)
