"""
The page that the others serve: two altair charts and eight sliders, no more than a demonstration.

Stock Voila gets it as a notebook, Panel as a script; both are written to a temporary folder. The
arithmetic is the same few lines, so that what differs is the framework.
"""

from __future__ import annotations

from pathlib import Path

import nbformat

CURVES = """
import altair as alt, numpy as np, pandas as pd

NAMES = ["Users", "Requests a user", "Service time", "Servers", "Cache", "Peak", "Growth", "Price"]

def charts(values):
    users = np.linspace(0, 20000, 200)
    load = users * np.prod(np.array(values[1:]) / 50) * (values[0] / 50)
    frame = pd.DataFrame({"users": users, "load": load})
    bars = pd.DataFrame({"part": NAMES, "used": np.array(values) * values[0] / 1e4})
    line = alt.Chart(frame).mark_line().encode(x="users:Q", y="load:Q")
    return line, alt.Chart(bars).mark_bar().encode(x="used:Q", y="part:N")
"""

# Stock: ipywidgets and altair's own widget. What altair draws without it comes from a CDN.
VOILA = """
import ipywidgets as w
from IPython.display import display

alt.JupyterChart.enable_offline()
sliders = [w.IntSlider(description=name, min=1, max=100, value=50) for name in NAMES]
views = [alt.JupyterChart(chart) for chart in charts([50] * len(NAMES))]

def show(_):
    for view, chart in zip(views, charts([each.value for each in sliders])):
        view.chart = chart

for each in sliders:
    each.observe(show, "value")
display(w.VBox([*sliders, *views]))
"""

PANEL = """
import panel as pn

pn.extension("vega")
sliders = [pn.widgets.IntSlider(name=name, start=1, end=100, value=50) for name in NAMES]
panes = [pn.pane.Vega(chart) for chart in charts([50] * len(NAMES))]

def show(*_):
    for pane, chart in zip(panes, charts([each.value for each in sliders])):
        pane.object = chart

for each in sliders:
    each.param.watch(show, "value")
pn.Column(*sliders, *panes).servable()
"""


def write(folder: Path) -> tuple[Path, Path]:
    """Write the page for Voila and for Panel; return both files."""
    kinds = nbformat.v4
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [kinds.new_code_cell(CURVES), kinds.new_code_cell(VOILA)]
    notebook, script = folder / "page.ipynb", folder / "page.py"
    nbformat.write(kinds.new_notebook(cells=cells, metadata={"kernelspec": kernel}), notebook)
    script.write_text(CURVES + PANEL, encoding="utf-8")
    return notebook, script
