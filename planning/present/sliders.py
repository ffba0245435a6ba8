"""
Sliders made from a system's own inputs: name, range, unit, and the source as help.

A number with a range gets a slider over that range; one without gets a tenth to ten
times its value. Positions are base units inside; people read them with their unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

import ipywidgets as widgets

from planning.estimate import Estimate
from planning.system import System
from planning.trace import value_at
from planning.units import show

_WIDE = 20.0  # from this ratio of high to low a logarithmic slider is easier to set


class Slider:
    """
    One input as a slider with its label, reading and source.

    Attributes
    ----------
    box : ipywidgets.VBox
        What is shown.
    path : str
        The input it moves.
    """

    def __init__(
        self, path: str, estimate: Estimate, title: str, moved: Callable[[], None]
    ) -> None:
        self.path, self._estimate = path, estimate
        self._start = value_at(estimate)
        low, high = slider_range(estimate)
        log = low > 0 and high / low >= _WIDE
        label = title if len(title) <= 60 else title[:57] + "…"
        common = {"readout": False, "layout": widgets.Layout(width="100%", margin="0")}
        if log:
            self._slider = widgets.FloatLogSlider(
                value=self._start,
                base=10,
                min=math.log10(low),
                max=math.log10(high),
                step=(math.log10(high) - math.log10(low)) / 120,
                **common,
            )
        else:
            step = max(1.0, round((high - low) / 120)) if estimate.whole else (high - low) / 120
            self._slider = widgets.FloatSlider(
                value=self._start, min=low, max=high, step=step, **common
            )
        self._slider.tooltip = f"{title}. {estimate}"
        self._head = widgets.HTML()
        help_text = f"{estimate.kind}: {estimate.source}"
        note = widgets.HTML(
            f'<p class="plan-help" title="{escape(help_text)}">{escape(help_text)}</p>'
        )
        self.box = widgets.VBox([self._head, self._slider, note])
        self.box.add_class("plan-slider")
        self._label = label
        self._read()
        self._slider.observe(lambda _: self._changed(moved), names="value")

    def _changed(self, moved: Callable[[], None]) -> None:
        self._read()
        moved()

    def _read(self) -> None:
        self._head.value = (
            f'<p class="plan-label"><span>{escape(self._label)}</span>'
            f"<output>{escape(show(self.value, self._estimate.unit))}</output></p>"
        )

    @property
    def value(self) -> float:
        """Position in base units, whole where only whole numbers make sense."""
        value = float(self._slider.value)
        return float(round(value)) if self._estimate.whole else value

    @property
    def doubted(self) -> bool:
        """Whether the input has a range: what is worth moving first."""
        return has_range(self._estimate)

    @property
    def moved(self) -> bool:
        """Whether somebody moved it (a slider's own rounding is no move)."""
        return not math.isclose(self.value, self._start, rel_tol=1e-9, abs_tol=1e-12)


def slider_range(estimate: Estimate) -> tuple[float, float]:
    """Return the ends of an input's slider: its range, or a tenth to ten times its value."""
    value = value_at(estimate)
    if has_range(estimate) and estimate.low is not None and estimate.high is not None:
        return estimate.low, estimate.high
    if estimate.unit == "fraction":
        return 0.0, 1.0
    if value <= 0:
        return 0.0, 1.0
    low, high = value / 10, value * 10
    return (max(1.0, math.floor(low)), math.ceil(high)) if estimate.whole else (low, high)


def sliders_for(system: System, prefixes: Sequence[str], moved: Callable[[], None]) -> list[Slider]:
    """
    Return sliders for the inputs below some paths.

    Parameters
    ----------
    system : System
        Whose inputs to show.
    prefixes : sequence of str
        Paths, e.g. ``workload`` or ``parts.gifts``.
    moved : callable
        Called after every move.
    """
    asked_elsewhere = ("workload.users", "workload.target")
    return [
        Slider(path, estimate, info.description or path.rpartition(".")[2], moved)
        for path, (estimate, info) in system.inputs.items()
        if path not in asked_elsewhere
        and any(path.startswith(f"{p}.") for p in prefixes)
        and in_use(estimate)
    ]


def in_use(estimate: Estimate) -> bool:
    """Return whether an input matters: a zero nobody doubts is what a system does not use."""
    return value_at(estimate) != 0 or has_range(estimate)


def has_range(estimate: Estimate) -> bool:
    """Return whether somebody said how far off a number may be."""
    return estimate.low is not None and estimate.low != estimate.high
