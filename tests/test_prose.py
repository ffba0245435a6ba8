"""A workbook's words on a live page: what they say, and nothing that runs."""

from __future__ import annotations

import json
from pathlib import Path

import planning
from planning.dashboard.contents import workbook
from planning.numbers.shipped import workbooks_folder
from planning.page.document import page_html
from planning.page.prose import Book, prose_html


def test_markup_in_prose_is_text_and_headings_stand_below_the_title() -> None:
    bad = 'so <script>run()</script> and <img src=x onerror="run()"> [go](javascript:run())'
    found = prose_html(
        [Book("verdict", "First", "a"), Book("sure", "Sure", "b", f"## How\n\n{bad}")]
    )
    assert found.startswith('<template id="prose-1"><h3>How</h3>')
    assert "<script" not in found
    assert "<img" not in found
    assert "javascript:" not in found


def test_a_page_carries_the_prose_of_its_workbooks() -> None:
    system = planning.load_system("ten_thousand_users")
    page = page_html(system, books=[Book("sure", "Sure", "?", "It is *drawn*.")])
    assert "<em>drawn</em>" in page
    assert "<em>drawn</em>" not in page_html(system)


def test_workbooks_that_a_view_stands_in_for_have_prose() -> None:
    found = {path.stem: workbook(path) for path in workbooks_folder().glob("*.ipynb")}
    stands_in = {name for name, book in found.items() if book.prose}
    assert stands_in == {
        "capacity", "confidence", "connections", "events", "gifts", "growth", "live", "phases",
        "runway", "streaming",
    }  # fmt: skip
    assert all("How it is computed" in found[name].prose or len(found[name].prose) > 300
               for name in stands_in)  # fmt: skip


def test_a_notebook_says_itself_whether_a_view_stands_in_for_it(tmp_path: Path) -> None:
    cells = [{"cell_type": "markdown", "source": [text]} for text in ("# Mine", "Words.")]
    path = tmp_path / "mine.ipynb"
    for on_page, prose in ((True, "Words."), ("yes", ""), (None, "")):
        notes = {"planning": {"tab": "sure", "on_page": on_page}}
        path.write_text(json.dumps({"cells": cells, "metadata": notes}), encoding="utf-8")
        assert workbook(path).prose == prose
