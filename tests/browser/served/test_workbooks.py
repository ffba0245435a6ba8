"""The product as a product manager meets it: `planning serve`, a slider, a verdict, a report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import started, stopped
from playwright.sync_api import Page, expect
from repaint import print_repaint

from planning.questions.load import system_names

OPENED = 60_000.0  # [ms]
WORKBOOKS = (
    "capacity", "connections", "events", "growth", "live", "streaming", "gifts", "phases",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with one report of a shipped system and one of a user's own."""
    root = tmp_path_factory.mktemp("a user's folder")
    planning = [sys.executable, "-m", "planning"]
    subprocess.run([*planning, "new", "my_shop"], cwd=root, check=True, capture_output=True)
    subprocess.run(
        [*planning, "report", "ten_thousand_users", "my_shop.yaml", "--users", "1000"],
        cwd=root, check=True, capture_output=True,
    )  # fmt: skip
    return root


@pytest.fixture(scope="module")
def site(folder):
    """Address of `planning serve`, started in that folder."""
    command = [sys.executable, "-m", "planning", "serve", "my_shop.yaml", "--port", "0"]
    process, address = started(command, folder)
    yield address
    stopped(process)


def opened(page: Page, site: str, workbook: str, query: str = "") -> Page:
    page.goto(f"{site}voila/render/workbooks/{workbook}.ipynb?{query}", timeout=OPENED)
    expect(page.locator(".plan-verdict strong")).to_be_visible(timeout=OPENED)
    expect(page.locator("canvas, svg.marks").first).to_be_visible(timeout=OPENED)
    page.wait_for_selector("html[data-ready]", timeout=OPENED)
    return page


def slider(page: Page, label: str):
    box = page.locator(".plan-slider", has_text=label).first
    return box, box.locator("[role=slider]").first


def drawing(page: Page, number: int) -> str:
    """What a chart shows at this moment, as text."""
    return (
        page.locator("canvas, svg.marks")
        .nth(number)
        .evaluate("e => e.tagName == 'CANVAS' ? e.toDataURL() : e.outerHTML")
    )


def test_a_slider_moves_verdict_and_charts(page, site):
    opened(page, site, "capacity", "system=ten_thousand_users&users=25")
    verdict, facts = page.locator(".plan-verdict strong"), page.locator(".plan-facts")
    expect(verdict).to_have_text("Holds 25 users, with little room")
    expect(facts).to_contain_text("28 users")
    before = [drawing(page, 0), drawing(page, 1)]
    box, handle = slider(page, "Time a query holds a database connection")
    expect(box.locator("output")).to_have_text("500 ms")
    handle.focus()
    handle.press("End")
    expect(box.locator("output")).to_have_text("1 s")
    expect(verdict).to_have_text("Does not hold 25 users")
    for number, old in enumerate(before):
        page.wait_for_function(
            "([n, old]) => { const e = document.querySelectorAll('canvas, svg.marks')[n];"
            " return (e.tagName == 'CANVAS' ? e.toDataURL() : e.outerHTML) != old }",
            arg=[number, old],
        )
    handle.press("Home")
    expect(verdict).to_have_text("Holds 25 users")
    # 20 connections of 100 ms would hold 150; queries wait for the database, too.
    expect(facts).to_contain_text("129 users")


def test_users_are_asked_by_slider(page, site):
    opened(page, site, "capacity", "system=live_stream_limits&users=400")
    expect(page.locator(".plan-verdict strong")).to_have_text("Holds 400 users, with little room")
    _, handle = slider(page, "Concurrent users")
    handle.focus()
    handle.press("End")
    expect(page.locator(".plan-verdict strong")).to_have_text("Does not hold 10,000,000 users")


def test_a_phase_and_a_system_are_chosen(page, site):
    opened(page, site, "capacity", "system=ten_thousand_users")
    page.get_by_label("Phase", exact=True).select_option("Phase 4: scale")
    expect(page.locator(".plan-facts")).to_contain_text("6,300 users")
    page.get_by_label("System", exact=True).select_option("Live stream limits")
    expect(page.locator(".plan-facts")).to_contain_text("497 users")
    page.get_by_label("Phase", exact=True).select_option("Transaction pooling")
    expect(page.locator(".plan-facts")).to_contain_text("pooler clients")


def test_the_way_to_the_sources_unfolds(page, site):
    opened(page, site, "capacity", "system=live_stream_limits")
    page.get_by_text("Where every number comes from").click()
    expect(page.locator(".plan-why pre")).to_contain_text("[parts.database.max_connections")


def test_a_page_asks_for_all_its_widgets_at_once(page, site):
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    opened(page, site, "capacity")
    # It asked for each by itself, 270 times, and stayed empty where one answer was missed.
    assert 0 < len(sent) < 30


def test_a_board_that_does_not_come_says_so_and_offers_to_try_again(page, site):
    page.clock.install()
    page.route_web_socket("**/*", lambda socket: None)  # opened, and never answered
    page.goto(f"{site}voila/render/workbooks/capacity.ipynb", timeout=OPENED)
    expect(page.get_by_text("Loading widget...").first).to_be_attached(timeout=OPENED)
    missing = page.locator("#planning-unmade")
    expect(missing).to_be_hidden()
    page.clock.run_for(10_000)
    expect(page.locator(".planning-step")).to_contain_text("longer than usual")
    page.clock.run_for(60_000)
    expect(missing).to_be_visible()
    expect(missing.get_by_role("button", name="Try again")).to_be_visible()


@pytest.mark.parametrize("workbook", WORKBOOKS)
def test_every_workbook_opens(page, site, workbook):
    opened(page, site, workbook)
    assert page.locator("[data-failed]").count() == 0


def test_the_audit_is_filtered_by_document_and_verdict(page, site):
    page.goto(f"{site}voila/render/workbooks/audit.ipynb", timeout=OPENED)
    rows = page.locator("tbody tr")
    expect(rows.first).to_be_visible(timeout=OPENED)
    expect(page.locator(".plan-stack")).to_have_count(5)
    contradicted = rows.count()
    page.get_by_label("Verdict").select_option("confirmed")
    expect(rows.first).to_contain_text("confirmed")
    page.get_by_label("Document").select_option(index=1)
    expect(rows).not_to_have_count(contradicted)
    assert page.locator("[data-failed]").count() == 0


def test_a_pasted_document_is_audited(page, site):
    page.goto(f"{site}voila/render/workbooks/audit.ipynb", timeout=OPENED)
    page.wait_for_selector("html[data-ready]", timeout=OPENED)
    page.get_by_placeholder("Paste a planning document").fill("10 nodes × 4 workers = 50 workers")
    page.get_by_role("button", name="Audit the text").click()
    expect(page.get_by_role("heading", name="1 contradicted")).to_be_visible(timeout=OPENED)
    expect(page.get_by_text("10 nodes × 4 workers = 40 workers")).to_be_visible()


def test_a_page_fits_a_phone(page, site):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, site, "capacity")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_landing_page_lists_systems_workbooks_and_reports(page, site):
    page.goto(site)
    for name in system_names():
        assert page.locator(f"a[href*='planning/systems/{name}']").count() >= 6
        assert page.locator(f"a[href*='system={name}']").count() >= 1  # what takes a kernel
    expect(page.get_by_role("link", name="All reports")).to_be_visible()
    expect(page.get_by_role("link", name="My shop at 1,000 users")).to_be_visible()
    # A workbook is listed under the systems that have what it shows.
    gifts = page.locator("a[href$='#tab=gifts']")
    assert [link.get_attribute("href") for link in gifts.all()] == [
        "/planning/systems/crash_matrix#tab=gifts",
        "/planning/systems/live_stream_limits#tab=gifts",
    ]


def test_a_system_of_ones_own_is_served_by_its_name(page, site):
    opened(page, site, "capacity", "system=my_shop&users=500")
    expect(page.locator(".plan-verdict strong")).to_have_text("Holds 500 users")


def test_sliders_say_their_name_and_value(page, site):
    opened(page, site, "capacity", "system=ten_thousand_users&users=25")
    handle = page.get_by_role("slider", name="Time a query holds a database connection")
    expect(handle).to_have_attribute("aria-valuetext", "500 ms")
    handle.focus()
    handle.press("End")
    expect(handle).to_have_attribute("aria-valuetext", "1 s")


def test_the_sliders_scroll_in_their_own_panel_and_the_rest_unfolds_by_keyboard(page, site):
    opened(page, site, "capacity", "system=live_stream_limits")
    side = page.locator(".plan-side")
    assert side.evaluate("e => getComputedStyle(e).overflowY") == "auto"
    assert side.evaluate("e => e.clientHeight") <= page.viewport_size["height"]
    reset = page.get_by_role("button", name="Reset to the file")
    assert reset.bounding_box()["height"] > 20
    more = page.get_by_role("button", name="more, firm or without effect")
    folded = page.get_by_role("slider", name="Mean time between two gifts of one user")
    expect(folded).to_have_count(0)
    more.focus()
    page.keyboard.press("Enter")
    expect(folded).to_be_visible()


def test_a_report_opens_live_from_the_index_with_its_parameters(page, site):
    page.goto(site)
    page.get_by_role("link", name="All reports").click()
    row = page.locator("tr", has_text="My shop")
    expect(row).to_contain_text("does not hold")
    row.get_by_role("link", name="live").click()
    expect(page.locator(".plan-verdict strong").first).to_have_text(
        "Does not hold 1,000 users", timeout=OPENED
    )
    page.wait_for_selector("html[data-ready]", timeout=OPENED)
    _, handle = slider(page, "Concurrent users")
    handle.focus()
    handle.press("Home")
    expect(page.locator(".plan-verdict strong").first).to_have_text("Holds 1 user")


def test_a_report_opens_from_disk_with_its_charts(page, folder):
    page.goto((folder / "reports/ten_thousand_users/1000/report.html").as_uri())
    expect(page.locator(".plan-verdict strong").first).to_have_text("Does not hold 1,000 users")
    expect(page.locator("canvas, svg.marks")).to_have_count(5)
    page.goto((folder / "reports/index.html").as_uri())
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(".plan-live")).to_have_count(0)  # no server, no live link


def test_a_report_holds_the_same_numbers_as_its_json(folder):
    found = folder / "reports/ten_thousand_users/1000"
    result = json.loads((found / "result.json").read_text())
    page = (found / "report.html").read_text()
    assert f"<strong>{result['capacity_users']:.0f} users</strong>" in page
    assert f"<strong>{result['breaks_first']}</strong>" in page
    assert str(Path.home()) not in page
    assert str(folder) not in (found / "report.ipynb").read_text()


def test_repaint_of_a_whole_board_is_printed(page, site):
    opened(page, site, "capacity")
    print_repaint("verdict, bars, curves and events", page)
