"""Every tab of a live page: no serious finding of axe-core, and its words explained by key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from test_accessibility import LOOKS, grave, unfolded

from planning.page.document import page_html

# Every look and every topic, without every pair of them.
LOOKED = [
    ("crash_matrix", "light"),
    ("live_stream_limits", "dark"),
    ("live_stream_limits", "phone"),
    ("crash_matrix", "phone at night"),
]


@pytest.mark.parametrize(("name", "look"), LOOKED)
def test_no_tab_keeps_anybody_out(
    page: Page, systems: Any, name: str, look: str, tmp_path: Path
) -> None:
    wanted = LOOKS[look]
    page.emulate_media(color_scheme=wanted["scheme"])
    page.set_viewport_size({"width": wanted["width"], "height": wanted["height"]})
    path = tmp_path / "page.html"
    path.write_text(page_html(systems[name]), encoding="utf-8")
    page.goto(path.as_uri())
    expect(page.locator("main")).not_to_contain_text("draws done", timeout=60_000)
    for tab in page.get_by_role("tab").all():
        tab.click()
        expect(page.locator('[aria-busy="true"]:visible, progress:visible')).to_have_count(0)
        for asks in page.locator(".asks:visible").all():
            asks.click()
        assert grave(unfolded(page)) == [], tab.text_content()
        assert page.evaluate("document.documentElement.scrollWidth") <= wanted["width"]


def test_terms_are_explained_by_key(page: Page, systems: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_html(systems["ten_thousand_users"]), encoding="utf-8")
    page.goto(path.as_uri())
    asks = page.get_by_role("button", name="Terms of “What runs out”")
    asks.focus()
    asks.press("Enter")
    expect(page.locator("#bars-terms")).to_contain_text("utilisation")
    expect(asks).to_have_attribute("aria-expanded", "true")
    asks.press("Escape")
    expect(page.locator("#bars-terms")).to_be_hidden()
