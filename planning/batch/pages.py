"""The pages of a batch: a report as one HTML file, and the index over all of them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from planning.numbers.units import show
from planning.present.static_chart import with_bundle
from planning.present.theme import STATIC, page_css

if TYPE_CHECKING:
    from nbconvert import HTMLExporter

_own = threading.local()
_TONES = {"holds": "ok", "warning": "warn", "critical": "warn", "does not hold": "bad"}


def report_page(notebook: Any, title: str) -> str:
    """
    Return an executed notebook as one HTML document that opens offline.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, with charts as HTML.
    title : str
        Title of the page.
    """
    # The system comes first: the workbook's own title is for those who open it live.
    cells = notebook.cells
    if cells and cells[0].cell_type == "markdown" and cells[0].source.startswith("# "):
        notebook = notebook.copy()
        notebook.cells = cells[1:]
    body, _ = _exporter().from_notebook_node(notebook)
    nav = '<p class="plan-nav"><a href="../../index.html">All reports</a> · '
    nav += '<a href="result.json">Numbers (JSON)</a></p>'
    return with_bundle(page(title, f"{nav}{body}"))


def _exporter() -> HTMLExporter:
    """Return this thread's exporter: its templates are compiled once, not for each page."""
    from nbconvert import HTMLExporter

    if not hasattr(_own, "exporter"):
        # "basic" is the notebook's content alone: no scripts, styles or fonts from anywhere.
        _own.exporter = HTMLExporter(
            template_name="basic",
            exclude_input=True,
            exclude_input_prompt=True,
            exclude_output_prompt=True,
            exclude_anchor_links=True,
        )
    found: HTMLExporter = _own.exporter
    return found


def index_page(results: Sequence[Mapping[str, Any]]) -> str:
    """
    Return the index over all reports.

    Parameters
    ----------
    results : sequence of mapping
        Contents of ``result.json``, each with its ``folder`` below the index.
    """
    rows = sorted(results, key=lambda row: (str(row["system"]), float(row["users"])))
    body = "".join(_row(row) for row in rows)
    table = (
        '<div class="plan-scroll"><table><thead><tr>'
        + "".join(
            f"<th scope=col>{name}</th>"
            for name in (
                "system",
                "users",
                "verdict",
                "holds up to",
                "breaks first",
                "cost",
                "open",
            )
        )
        + f"</tr></thead><tbody>{body}</tbody></table></div>"
    )
    # From disk there is no server to open a notebook live.
    script = (
        "<script>if (location.protocol === 'file:') document.querySelectorAll('.plan-live')"
        ".forEach(a => a.remove());</script>"
    )
    lead = "<p>Every system at every growth target that was run. “Live” moves sliders, "
    lead += "while <code>make serve</code> runs.</p>"
    return page("Capacity reports", f"<h1>Capacity reports</h1>{lead}{table}{script}")


def _row(row: Mapping[str, Any]) -> str:
    name = escape(str(row.get("title", row["system"])))
    users = escape(show(float(row["users"]), "user"))
    if "error" in row:
        reason = escape(str(row["error"]))
        return (
            f"<tr><th scope=row>{name}</th><td>{users}</td>"
            f'<td><span class="plan-chip plan-bad">failed</span></td>'
            f"<td colspan=4>{reason}</td></tr>"
        )
    folder = quote(str(row["folder"]))
    verdict = str(row["verdict"])
    chip = f"plan-chip plan-{_TONES.get(verdict, 'bad')}"
    held = row["capacity_users"]
    holds = show(float("inf") if held is None else float(held), "user")
    cost, least = row["monthly_cost_usd"], "at least " if row.get("costs_not_stated") else ""
    links = (
        f'<a href="{folder}/report.html">report</a> · <a href="{folder}/result.json">JSON</a>'
        f'<span class="plan-live"> · <a href="/planning/live/{folder}">live</a></span>'
    )
    return (
        f"<tr><th scope=row>{name}</th><td>{users}</td>"
        f'<td><span class="{chip}">{escape(verdict)}</span></td>'
        f"<td>{escape(holds)}</td><td>{escape(str(row['breaks_first']))}</td>"
        f"<td>{'–' if cost is None else escape(least + show(float(cost), 'USD/month'))}</td>"
        f"<td>{links}</td></tr>"
    )


def page(title: str, body: str) -> str:
    """Return one HTML document that opens offline."""
    board = (STATIC / "board.css").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{page_css()}{board}</style></head>"
        f'<body class="plan-report"><main>{body}</main></body></html>'
    )
