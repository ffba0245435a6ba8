"""
Charts for a page that opens from disk, with no server and no network.

Every chart is a few lines of HTML; the 0.9 MB of libraries go in once::

    body = static_html(spec, {"users": n, "wait": w}, description="Wait by users")
    Path("report.html").write_text(with_bundle(f"<html><head></head><body>{body}</body></html>"))

Charts wait in a queue until the libraries are there, so neither the order of
cells nor the place of the bundle matters. For a notebook: run it with
the parameter ``static``, turn it into HTML, and pass the page through `with_bundle`.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from planning.present.vega import bundle_text
from planning.present.wire import Table, as_columns, assign, dataset_names, listed

_MARK = 'id="planning-charts"'
_MOUNT = "(globalThis.planningCharts??={queue:[]}).queue.push"


def check_chart(spec: Mapping[str, Any], description: str) -> None:
    """
    Refuse a chart that could not be updated or could not be understood.

    Parameters
    ----------
    spec : dict
        Vega-Lite spec.
    description : str
        What the chart shows.

    Raises
    ------
    ValueError
        If the description is empty or the spec has no named data.
    """
    if not description.strip():
        raise ValueError(f"description={description!r} must say what the chart shows")
    if not dataset_names(spec):
        raise ValueError('the spec has no named data; use alt.Chart(alt.NamedData("curve"))')


def script_json(value: Any) -> str:
    r"""
    JSON that may stand inside a script element: no ``<``, so nothing in it can end the element.

    Parameters
    ----------
    value : Any
        What JSON can say. Infinite numbers and NaN are refused by the encoder.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a number is not finite.

    Examples
    --------
    >>> print(script_json("</script>"))
    "\u003c/script>"
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def static_html(
    spec: Mapping[str, Any],
    columns: Table | None = None,
    /,
    *,
    description: str,
    min_height: int = 240,
    **datasets: Table,
) -> str:
    """
    An interactive chart as HTML, to be shown on a page that has the bundle once.

    Parameters
    ----------
    spec : dict
        Vega-Lite spec with named data.
    columns : mapping or DataFrame, optional
        Data of the only dataset.
    description : str
        What the chart shows, for people who do not see it. Required.
    min_height : int
        Space kept free until the chart is drawn. [px]
    **datasets : mapping or DataFrame
        Data by dataset name, where the spec has several.

    Returns
    -------
    str
        A ``div`` and a ``script``. See `with_bundle`.

    Raises
    ------
    ValueError
        If the description is empty, or the data do not fit the spec.
    """
    check_chart(spec, description)
    tables = assign(dataset_names(spec), columns, datasets)
    frame = {name: {"v": 1, "columns": listed(as_columns(table))} for name, table in tables.items()}
    options = {"spec": spec, "frame": frame, "label": description}
    # Unique over the kernels of several notebooks that may end up on one page.
    name = f"chart-{uuid4().hex[:12]}"
    label = html.escape(description, quote=True)
    data = script_json([name, options])
    return (
        f'<div id="{name}" role="img" aria-label="{label}" '
        f'style="width:100%;min-height:{min_height}px"></div>\n'
        f"<script>{_MOUNT}({data})</script>\n"
    )


def bundle_html() -> str:
    """
    The libraries as a script element, for the head of a standalone page.

    Returns
    -------
    str
        About 0.9 MB of HTML.
    """
    # The libraries say "</script" in strings only, where "<\/script" means the same; a plain "</"
    # must stay, since `/</g` is a regular expression.
    libraries = bundle_text().replace("</script", "<\\/script")
    return f"<script {_MARK}>{libraries}</script>"


def with_bundle(page: str) -> str:
    """
    Put the libraries into a finished page, if it has charts and does not have them yet.

    Parameters
    ----------
    page : str
        A whole HTML document.

    Returns
    -------
    str
        The page, with the bundle before ``</head>`` (or in front, without a head).

    Examples
    --------
    >>> with_bundle("<p>no chart</p>")
    '<p>no chart</p>'
    """
    if _MOUNT not in page or _MARK in page:
        return page
    head, found, rest = page.partition("</head>")
    if not found:
        return bundle_html() + page
    return head + bundle_html() + found + rest


class StaticChart:
    """
    A chart that writes itself into a notebook as HTML: `LiveChart` for a report.

    Parameters
    ----------
    spec, columns, description, min_height, **datasets
        As for `static_html`.

    Raises
    ------
    ValueError
        As `static_html` does.

    Examples
    --------
    >>> spec = {"data": {"name": "curve"}, "mark": "line", "encoding": {}}
    >>> picture = StaticChart(spec, {"users": [1, 2]}, description="Wait by users")
    >>> "aria-label" in picture._repr_html_()
    True
    """

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
        self.spec = dict(spec)
        self.description = description
        self.min_height = min_height
        self._tables: dict[str, Table] = {}
        self.push(columns, **datasets)

    def push(self, columns: Table | None = None, /, **datasets: Table) -> None:
        """
        Replace data before the chart is shown; afterwards nothing can change any more.

        Parameters
        ----------
        columns : mapping or DataFrame, optional
            Data of the only dataset.
        **datasets : mapping or DataFrame
            Data by dataset name.

        Raises
        ------
        ValueError
            If a dataset is not in the spec.
        """
        self._tables |= assign(dataset_names(self.spec), columns, datasets)

    def _repr_html_(self) -> str:
        return static_html(
            self.spec, description=self.description, min_height=self.min_height, **self._tables
        )
