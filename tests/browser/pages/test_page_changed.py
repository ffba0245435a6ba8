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


def asked(page: Page, tab: str, box: str, value: str) -> None:
    page.get_by_role("tab", name=tab, exact=True).click()
    page.locator(box).fill(value)
    page.locator(box).press("Enter")


def test_what_a_view_was_asked_is_told_taken_back_and_done_again(shop: Page) -> None:
    chips = shop.locator(".chip")
    asked(shop, "Surge", "#crowd-typed", "3k")
    asked(shop, "Surge", "#size-0-users-typed", "77")
    asked(shop, "Growth", "#rate-typed", "20 %/month")
    asked(shop, "Growth", "#today-typed", "700")
    shop.locator("#since").fill("2027-01-01")
    event = shop.evaluate("DATA.events[0].name")
    words = (
        "Users in the same second: 10,000 users → 3,000 users",
        f"{event}: ",
        "Growth of the daily peak: 10 %/month → 20 %/month",
        "Users on the first day: 500 users → 700 users",
        "First day: none → 1 Jan 2027",
    )
    expect(chips).to_have_text([re.compile(re.escape(each)) for each in words])
    expect(chips.nth(1)).to_contain_text("→ 77 users")
    expect(shop.locator(".changes")).to_contain_text("5 questions asked otherwise.")
    expect(shop.locator(".changed")).to_contain_text("All inputs as the file has them. Asked")
    carried = shop.evaluate("carried()")
    shop.locator("#tab-growth").focus()
    for left in (4, 3, 2, 1, 0):
        shop.keyboard.press("Control+z")
        expect(chips).to_have_count(left)
        if left == 2:  # back to the rate that the page starts from, in its own field as well
            expect(shop.locator("#rate-typed")).to_have_value("10 %/month")
    expect(shop.get_by_role("button", name="Undo")).to_be_disabled()
    expect(shop.locator(".changes")).to_contain_text("All as the file has it.")
    shop.get_by_role("tab", name="Surge").click()
    expect(shop.locator("#crowd-typed")).to_have_value("10,000 users")
    expect(shop.locator("#size-0-users-typed")).not_to_have_value("77 users")
    for _ in words:
        shop.keyboard.press("Control+Shift+z")
    expect(chips).to_have_count(5)
    expect(shop.locator("#size-0-users-typed")).to_have_value("77 users")
    assert shop.evaluate("carried()") == carried.replace("tab=growth", "tab=surge")


def test_reset_puts_back_what_the_views_were_asked_as_well(shop: Page) -> None:
    typed(shop, "50 ms")
    asked(shop, "Growth", "#rate-typed", "20 %/month")
    asked(shop, "Surge", "#size-0-users-typed", "77")
    asked(shop, "Surge", "#crowd-typed", "3k")
    expect(shop.locator(".changes")).to_contain_text("1 input changed, 3 questions asked otherwise")
    shop.get_by_role("button", name="Put back Users in the same second").click()
    expect(shop.locator("#crowd .lead")).to_contain_text("10,000 users come")
    shop.get_by_role("button", name="Reset all").click()
    expect(shop.locator(".chip")).to_have_count(0)
    expect(shop.locator("#events .matrix")).not_to_contain_text("size set by hand")
    expect(shop.locator("h1")).to_contain_text("past 28 users")
    assert shop.evaluate("[state.rate, state.crowd, chosen.sized.size]") == [0.1, 10000, 0]
    shop.keyboard.press("Control+z")
    expect(shop.locator(".chip")).to_have_count(3)
    expect(shop.locator("#events .matrix")).to_contain_text("size set by hand")


def test_the_files_own_size_in_an_address_is_no_change(shop: Page) -> None:
    size = shop.evaluate("DATA.events[0].sizes.find(([name]) => name === 'users')[3]")
    shop.goto(f"{shop.url.partition('#')[0]}#event.0.users={size}&users=500")
    shop.reload()
    expect(shop.locator("h1")).to_contain_text("Holds 500 users?")
    expect(shop.locator(".trouble")).to_be_hidden()
    expect(shop.locator(".chip")).to_have_count(0)
