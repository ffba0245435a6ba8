"""A board on the audit: verdicts by document, a filter, and the arithmetic of each claim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
from IPython.display import HTML, display

from planning.audit.statements import claims_names, load_statements
from planning.audit.verdicts import Audit, Mark, audit
from planning.present import audit_words as words
from planning.present.own_document import OwnDocument
from planning.present.theme import STATIC


class AuditBoard:
    """
    Verdicts on the statements of planning documents.

    Parameters
    ----------
    names : sequence of str, optional
        Claims files by name or path; all shipped ones by default.
    static : bool
        Whether the notebook runs to become a file.
    """

    def __init__(self, names: Sequence[str] | None = None, *, static: bool = False) -> None:
        self._static = static
        self.audits: dict[str, Audit] = {
            name: audit(load_statements(name), name) for name in names or claims_names()
        }
        self._table: Any = widgets.HTML()
        self._first: Any = widgets.HTML()

    def chosen(self, document: str) -> list[Audit]:
        """Return the audits of one document, or of all for an empty name."""
        return [each for name, each in self.audits.items() if document in {"", name}]

    def _fill(self, document: str, mark: str) -> None:
        audits = self.chosen(document)
        self._first.value = words.decisive_html(audits)
        self._table.value = words.table_html(audits, Mark(mark) if mark else None)

    def _ipython_display_(self) -> None:
        style = HTML(f"<style>{(STATIC / 'board.css').read_text('utf-8')}</style>")
        summary = words.summary_html(self.audits)
        if self._static:
            audits = list(self.audits.values())
            page = summary + words.decisive_html(audits) + words.table_html(audits)
            display(style, HTML(page))
            return
        documents = [("all documents", "")]
        documents += [(each.statements.document, name) for name, each in self.audits.items()]
        marks = [("every verdict", ""), *((str(mark), str(mark)) for mark in Mark)]
        narrow = {"description_width": "92px"}
        document = widgets.Dropdown(options=documents, description="Document", style=narrow)
        mark = widgets.Dropdown(
            options=marks, value=str(Mark.CONTRADICTED), description="Verdict", style=narrow
        )
        for box in (document, mark):
            box.observe(lambda _: self._fill(document.value, mark.value), names="value")
        self._fill(document.value, mark.value)
        choices = widgets.HBox([document, mark], layout=widgets.Layout(flex_flow="row wrap"))
        own = OwnDocument().shown
        views = [own, widgets.HTML(summary), choices, self._first, self._table]
        main = widgets.VBox(views)
        main.add_class("plan-main")
        display(widgets.VBox([widgets.HTML(style.data), main]))
