"""
Sliders made from a system's own inputs: name, range, unit, and the source as help.

Where a slider goes and how it is called is in :mod:`planning.present.ranges`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np

from planning.numbers.estimate import Estimate
from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.present.documents import documented, documented_line
from planning.present.growth_asked import growth_inputs
from planning.present.ranges import has_range, in_use, positions, title_of
from planning.system.system import QUESTION, System

_MOST_USERS = 1e7


class Slider:
    """
    One number as a slider with its label, reading and source.

    Parameters
    ----------
    path : str
        The input it moves.
    estimate : Estimate
        Where it starts; its range, unit and source.
    title : str
        What it is called.
    moved : callable
        Called after every move.
    document : str
        The planning document that its source may speak of, as the file names it.
    """

    def __init__(
        self,
        path: str,
        estimate: Estimate,
        title: str,
        moved: Callable[[], None],
        document: str = "",
    ) -> None:
        self.path, self._estimate, self._title, self._moved = path, estimate, title, moved
        self._document = document
        self._positions = positions(estimate)
        self._start = int(np.searchsorted(self._positions, value_at(estimate)))
        self._set = self._start
        self._slider: Any = None

    def move_to(self, value: float) -> None:
        """Start away from the input's own value, at one that was set before, to its last digit."""
        self._positions = np.unique(np.append(self._positions, value))
        self._start = int(np.searchsorted(self._positions, value_at(self._estimate)))
        self._set = int(np.searchsorted(self._positions, value))

    @cached_property
    def box(self) -> Any:
        """What is shown; made when it is first asked for, since a browser loads it all."""
        estimate, title = self._estimate, self._title
        self._slider = widgets.IntSlider(
            value=self._set,
            min=0,
            max=len(self._positions) - 1,
            readout=False,
            layout=widgets.Layout(width="100%", margin="0"),
        )
        said = documented_line(str(estimate), self._document)
        self._slider.tooltip = f"{title}: {said}" if estimate.source else title
        self._head: Any = widgets.HTML()
        rows = [self._head, self._slider]
        if estimate.source:
            source = documented(estimate.source, self._document)
            text = escape(f"{estimate.kind}: {source}")
            rows.append(widgets.HTML(f'<p class="plan-help" title="{text}">{text}</p>'))
        box: Any = widgets.VBox(rows)
        box.add_class("plan-slider")
        self._read()
        self._slider.observe(lambda _: self._changed(), names="value")
        return box

    @property
    def _position(self) -> int:
        return self._set if self._slider is None else int(self._slider.value)

    def _changed(self) -> None:
        self._read()
        self._moved()

    def _read(self) -> None:
        self._head.value = (
            f'<p class="plan-label"><span>{escape(self._title)}</span>'
            f"<output>{escape(show(self.value, self._estimate.unit))}</output></p>"
        )

    @property
    def value(self) -> float:
        """Position, in the input's base unit."""
        return float(self._positions[self._position])

    @property
    def moved(self) -> bool:
        """Whether it is away from where it started."""
        return self._position != self._start


def users_slider(users: float, moved: Callable[[], None]) -> Slider:
    """Return the slider of the question itself: how many users at the same time."""
    low, high = min(1.0, users), max(_MOST_USERS, users)
    asked = Estimate(users, "user", low=low, high=high, source="", whole=True)
    return Slider("users", asked, "Concurrent users", moved)


def growth_sliders(system: System, moved: Callable[[], None]) -> list[Slider]:
    """Return the sliders of a question about growth: users today, rate, start and headroom."""
    inputs = growth_inputs(system)
    return [Slider(path, number, title, moved) for path, (number, title) in inputs.items()]


def sliders_for(system: System, prefixes: Sequence[str], moved: Callable[[], None]) -> list[Slider]:
    """
    Return sliders for the inputs below some paths.

    Parameters
    ----------
    system : System
        Whose inputs to show.
    prefixes : sequence of str
        Paths, e.g. ``workload`` or ``parts.gifts``; a part is named by its name or its kind.
    moved : callable
        Called after every move.
    """
    wanted = {*prefixes}
    wanted |= {
        f"parts.{name}"
        for name, part in system.parts.items()
        if f"parts.{part.kind_name}" in prefixes
    }
    return [
        Slider(path, estimate, title_of(path, info.description or ""), moved, system.document)
        for path, (estimate, info) in system.inputs.items()
        if path not in QUESTION
        and any(f"{path}.".startswith(f"{prefix}.") for prefix in wanted)
        and in_use(estimate)
        # What a contract says of its tiers is no question, unless somebody doubts it.
        and (".tiers." not in path or has_range(estimate))
    ]
