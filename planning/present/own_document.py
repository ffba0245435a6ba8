"""
A document of the reader's own, uploaded or pasted, audited as it is.

It is read where the board runs and kept nowhere.
"""

from __future__ import annotations

import re
import tempfile
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from planning.audit.plain import audit_document
from planning.present.document_audit import document_html


class OwnDocument:
    """
    A field to paste into, a button to upload with, and the verdicts below.

    Attributes
    ----------
    shown : ipywidgets.VBox
        To be put on a board.
    """

    def __init__(self) -> None:
        wide = widgets.Layout(width="100%", height="7rem")
        self._text = widgets.Textarea(
            placeholder="Paste a planning document, for example: 80 tasks × 10 connections = 800",
            layout=wide,
        )
        self._file = widgets.FileUpload(
            accept=".md,.markdown,.txt,.rst", multiple=False, description="Upload a document"
        )
        for each in (self._text, self._file):
            each.tooltip = "Markdown or text, at most 10 MB"
        ask = widgets.Button(description="Audit the text")
        self._answer = widgets.HTML()
        ask.on_click(lambda _: self._read("pasted text.md", self._text.value.encode()))
        self._file.observe(lambda change: self._uploaded(change["new"]), names="value")
        words = widgets.HTML(
            "<h2>A document of yours</h2><p>Every number that it makes checkable gets a verdict. "
            "It is read here and kept nowhere.</p>"
        )
        buttons = widgets.HBox([ask, self._file], layout=widgets.Layout(flex_flow="row wrap"))
        self.shown = widgets.VBox([words, self._text, buttons, self._answer])

    def _uploaded(self, files: Any) -> None:
        if files:
            self._read(files[0]["name"], bytes(files[0]["content"]))

    def _read(self, name: str, content: bytes) -> None:
        self._answer.value = '<p role="status">Reading …</p>'
        # The name comes from a browser: a last part, without what a path could mean.
        last = re.sub(r"[^\w. -]", "_", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
        with tempfile.TemporaryDirectory(prefix="planning") as folder:
            path = Path(folder) / (last[-80:] or "document.md")
            try:
                path.write_bytes(content)
                self._answer.value = document_html(audit_document(path))
            # An exception in a callback would vanish into a log and leave "Reading …" standing.
            except Exception as error:
                said = str(error).replace(f"{folder}/", "")  # a folder of this machine
                self._answer.value = (
                    '<div class="plan-verdict plan-bad" role="alert">'
                    f"<strong>This cannot be read</strong><span>{escape(said[:500])}</span></div>"
                )
