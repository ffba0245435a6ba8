"""What I changed: in words, put back one by one, all at once, or a step at a time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from planning.page.document import page_html

QUERY = "page: Time a query holds a database connection"


@pytest.fixture
def shop(page: Page, systems: Any, tmp_path: Path) -> Page:
    path = tmp_path / "page.html"
    path.write_text(page_html(systems["ten_thousand_users"]), encoding="utf-8")
    page.goto(path.as_uri())
    expect(page.locator("#phases tbody tr")).to_have_count(5)
    return page


def typed(page: Page, value: str) -> None:
    box = page.get_by_label(QUERY, exact=True).and_(page.locator("input[type=text]"))
    box.fill(value)
    box.press("Enter")


def test_changes_are_told_in_words_and_put_back(shop: Page) -> None:
    expect(shop.locator(".changes")).to_contain_text("All as the file has it.")
    typed(shop, "50 ms")
    expect(shop.locator(".chip")).to_contain_text(f"{QUERY}: 500 ms → 50 ms")
    expect(shop.locator(".changed")).to_have_text(
        f"1 input changed from the file: {QUERY}: 500 ms → 50 ms."
    )
    expect(shop.get_by_role("button", name="Reset all")).to_be_hidden()
    slider = shop.get_by_label("database: Cores of the primary").and_(
        shop.locator("input[type=range]")
    )
    slider.press("End")
    expect(shop.locator(".chip")).to_have_count(2)
    shop.get_by_role("button", name="Put back database").click()
    expect(shop.locator(".chip")).to_have_count(1)
    slider.press("End")
    shop.get_by_role("button", name="Reset all").click()
    expect(shop.locator(".chip")).to_have_count(0)
    expect(shop.locator("h1")).to_contain_text("past 28 users")
    # What was put back is a step as well.
    shop.keyboard.press("Control+z")
    expect(shop.locator(".chip")).to_have_count(2)


def test_the_last_move_is_undone_and_done_again_by_key(shop: Page) -> None:
    typed(shop, "50 ms")
    expect(shop.locator("h1")).to_contain_text("past 149 users")
    shop.locator("#verdict input[type=text]").fill("500")
    shop.keyboard.press("Enter")
    expect(shop.locator("h1")).to_contain_text("Holds 500 users?")
    shop.locator("#phase").select_option("1")
    expect(shop.locator("#phase")).to_have_value("1")
    shop.locator("#tab-verdict").focus()
    shop.keyboard.press("Control+z")
    expect(shop.locator("#phase")).to_have_value("0")
    expect(shop.locator("h1")).to_contain_text("Holds 500 users?")
    shop.keyboard.press("Control+z")
    expect(shop.locator("h1")).to_contain_text("Holds 10,000 users?")
    expect(shop.locator("h1")).to_contain_text("past 149 users")
    shop.keyboard.press("Control+z")
    expect(shop.locator("h1")).to_contain_text("past 28 users")
    expect(shop.get_by_role("button", name="Undo")).to_be_disabled()
    shop.keyboard.press("Control+Shift+Z")
    expect(shop.locator("h1")).to_contain_text("past 149 users")
    expect(shop.locator(".chip")).to_have_count(1)


def test_a_drag_is_one_step(shop: Page) -> None:
    slider = shop.locator("#verdict input[type=range]")
    for _ in range(12):
        slider.press("ArrowLeft")
    expect(shop.locator("h1")).not_to_contain_text("10,000")
    shop.get_by_role("button", name="Undo").click()
    expect(shop.locator("h1")).to_contain_text("Holds 10,000 users?")
    expect(shop.get_by_role("button", name="Undo")).to_be_disabled()


def test_text_that_somebody_is_typing_keeps_the_browsers_own_undo(shop: Page) -> None:
    typed(shop, "50 ms")
    box = shop.get_by_label(QUERY, exact=True).and_(shop.locator("input[type=text]"))
    box.press("End")
    box.press_sequentially("9")
    box.press("Control+z")
    expect(shop.locator("h1")).to_contain_text("past 149 users")
    box.fill("50 ms")
    box.press("Control+z")
    expect(shop.locator("h1")).to_contain_text("past 28 users")
    expect(box).to_have_value(re.compile("500 ms"))
