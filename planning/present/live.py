"""
Charts that follow a slider.

A `LiveChart` sends its drawing instructions once and from then on only
numbers; the browser changes the data of the view it has::

    spec ──once──> embed ──> view
    push(columns) ────────> view.change(…)      (binary arrays, ~30 ms to the eye)

It works in Voila and JupyterLab. A report that is opened from disk has no
kernel to push anything; there `chart` writes the same chart as HTML (see
`planning.present.static_chart`)::

    curve = alt.Chart(alt.NamedData("curve")).mark_line().encode(x="users:Q", y="wait:Q")
    picture = chart(curve.to_dict(), {"users": n, "wait": w}, description="Wait by users")
    picture.push({"users": n, "wait": w2})

Colours are named by role (``"theme:accent"``), see `planning.present.theme`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from planning.present.static_chart import StaticChart, check_chart
from planning.present.theme import STATIC
from planning.present.vega import bundle_text
from planning.present.wire import Table, as_columns, assign, dataset_names, packed


class LiveChart(anywidget.AnyWidget):
    """
    A Vega-Lite chart whose data can be pushed.

    Parameters
    ----------
    spec : dict
        Vega-Lite spec, as from altair's ``chart.to_dict()``, with named data
        (``alt.NamedData("curve")``). A single or layered chart without a width fills its column.
    columns : mapping or DataFrame, optional
        First data of the only dataset.
    description : str
        What the chart shows, for people who do not see it. Required.
    min_height : int
        Space kept free until the chart is drawn, so that the page does not jump. [px]
    **datasets : mapping or DataFrame
        First data by dataset name, where the spec has several.

    Raises
    ------
    ValueError
        If the description is empty, the spec has no named data, or the columns do not fit.

    Examples
    --------
    >>> spec = {"data": {"name": "curve"}, "mark": "line", "encoding": {}}
    >>> picture = LiveChart(spec, {"users": [1, 2]}, description="Wait by users")
    >>> picture.push({"users": [1, 2, 3]})
    """

    _esm = (STATIC / "live.js").read_text("utf-8")

    spec = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)
    min_height = traitlets.Int(240).tag(sync=True)

    def __init__(
        self,
        spec: Mapping[str, Any],
        columns: Table | None = None,
        /,
        *,
        description: str,
        min_height: int = 240,
        **datasets: Table,
    ) -> None:
        check_chart(spec, description)
        super().__init__(
            spec=dict(spec),
            frame=_frame({}, assign(dataset_names(spec), columns, datasets)),
            description=description,
            min_height=min_height,
        )
        self.on_msg(_answer)

    def push(self, columns: Table | None = None, /, **datasets: Table) -> None:
        """
        Show other data; what has not changed is not sent.

        Parameters
        ----------
        columns : mapping or DataFrame, optional
            Data of the only dataset: name to values, all of one length.
        **datasets : mapping or DataFrame
            Data by dataset name, where the spec has several. Those not named stay.

        Raises
        ------
        ValueError
            If a dataset is not in the spec or the columns differ in length.
        """
        self.frame = _frame(self.frame, assign(dataset_names(self.spec), columns, datasets))


def _frame(old: Mapping[str, Any], tables: Mapping[str, Table]) -> dict[str, Any]:
    """Data of all datasets, with a version each: the browser redraws those whose version rose."""
    frame = dict(old)
    for name, table in tables.items():
        columns = packed(as_columns(table))
        before = old.get(name, {"v": 0, "columns": None})
        if columns != before["columns"]:
            frame[name] = {"v": before["v"] + 1, "columns": columns}
    return frame


def _answer(widget: LiveChart, content: Mapping[str, Any], buffers: object) -> None:
    """Send the library to a page that has no route to it; only the first chart of a page asks."""
    if content.get("kind") == "bundle":
        widget.send({"kind": "bundle"}, [bundle_text().encode()])


def chart(
    spec: Mapping[str, Any],
    columns: Table | None = None,
    /,
    *,
    description: str,
    min_height: int = 240,
    static: bool = False,
    **datasets: Table,
) -> LiveChart | StaticChart:
    """
    The chart that fits where it is shown: live in Voila and JupyterLab, HTML in a report.

    Parameters
    ----------
    spec, columns, description, min_height, **datasets
        As for `LiveChart`.
    static : bool
        Whether it becomes part of a file.

    Returns
    -------
    LiveChart or StaticChart
        Both display themselves in a notebook and have ``push``.

    Raises
    ------
    ValueError
        As `LiveChart` does.
    """
    kind: type[LiveChart] | type[StaticChart] = StaticChart if static else LiveChart
    return kind(spec, columns, description=description, min_height=min_height, **datasets)
