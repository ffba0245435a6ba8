"""Where Python says a document's title, a page says its own words for the document."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from planning.page.document import STATIC
from planning.present.documents import documented, documented_line
from tests.test_documents import LINES, PLAN, SOURCES


def test_a_page_takes_the_same_labels_for_documents(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "words.html"
    script = (
        f"const DATA = {{ document: '{PLAN}' }};\n{(STATIC / 'views/words.js').read_text('utf-8')}"
    )
    path.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>", "utf-8")
    page.goto(path.as_uri())
    sources = page.evaluate("(all) => all.map((each) => titled(each, '“Plan”'))", list(SOURCES))
    assert sources == [documented(each, PLAN) for each in SOURCES]
    lines = page.evaluate("(all) => all.map(documented)", list(LINES))
    # On a page “document: S2, scenario” is “document: scenario”.
    assert lines == [
        documented_line(each, PLAN)
        .replace("document: “Plan”, ", "document: ")
        .replace("“Plan”", "the document")
        for each in LINES
    ]
