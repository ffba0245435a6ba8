"""From every workbook to its view of the live page and back: users, phase and inputs stay."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from conftest import started, stopped
from playwright.sync_api import Locator, Page, expect

from planning.dashboard.contents import Workbook, workbook
from planning.numbers.shipped import workbooks_folder

OPENED = 60_000.0  # [ms]
BOOKS = [book for book in map(workbook, sorted(workbooks_folder().glob("*.ipynb"))) if book.tab]
# It has a part for each of them, and these inputs are the same in its second phase: one in most
# workbooks, one past its range, one that is whole, one that only streaming has a slider for.
SYSTEM = "crash_matrix"
ASKED = {
    "users": "123",
    "phase": "2",
    "workload.activities.join.interval": "337.51",
    "workload.gifting.interval": "5000",
    "workload.rooms.guests": "5",
    "parts.media.bitrate": "2345678",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of `planning serve`."""
    command = [sys.executable, "-m", "planning", "serve", "--port", "0"]
    process, address = started(command, tmp_path_factory.mktemp("passage"))
    yield address
    stopped(process)


def on_page(page: Page, tab: str) -> dict[str, str]:
    """Wait for the live page at a view; return what its address carries."""
    expect(page.locator(f"#panel-{tab}")).to_be_visible()
    expect(page.locator(".trouble")).to_be_hidden()
    expect(page).to_have_url(re.compile("crowd="))  # it has said its own state
    said = dict(parse_qsl(urlsplit(page.url).fragment))
    assert said.pop("tab") == tab
    said.pop("crowd")
    # What the address says is what is computed with.
    shown = page.evaluate("[now.result.users, state.phase, now.machine.moved.size]")
    assert shown == [float(said["users"]), int(said["phase"]), len(said) - 2]
    return said


def on_workbook(page: Page) -> dict[str, str]:
    """Wait for a workbook; return what its way to the live page carries."""
    page.wait_for_selector("html[data-ready]", timeout=OPENED)
    way = page.locator("a.plan-page")
    expect(way).to_be_visible(timeout=OPENED)
    said = dict(parse_qsl(urlsplit(str(way.get_attribute("href"))).fragment))
    said.pop("tab")
    return said


def to_notebook(page: Page, book: Workbook) -> Locator:
    """Return the way to a workbook; one that its view stands in for has its prose there."""
    panel = page.locator(f"#panel-{book.tab}")
    if not book.prose:
        return panel.get_by_role("link", name=book.title, exact=True)
    return panel.get_by_role("region", name=book.title).get_by_role("link")


# Runway's users are those of the first day, not those who are asked about.
@pytest.mark.parametrize(
    "book", [each for each in BOOKS if each.path.stem != "runway"], ids=lambda book: book.path.stem
)
def test_the_state_goes_there_and_back(page: Page, site: str, book: Workbook) -> None:
    page.goto(f"{site}planning/systems/{SYSTEM}#{urlencode(ASKED | {'tab': book.tab})}")
    assert on_page(page, book.tab) == ASKED
    to_notebook(page, book).click()
    assert on_workbook(page) == ASKED
    # Each move is seen: on its slider, or in words where there is none.
    for words in ("5.63 min", "1.39 h", "2.35 Mbit/s"):
        expect(page.get_by_text(re.compile(re.escape(words))).first).to_be_attached()
    users = page.locator(".plan-slider", has_text="Concurrent users").first
    expect(users.locator("output")).to_have_text("123 users")
    users.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(users.locator("output")).not_to_have_text("123 users")
    way = page.locator("a.plan-page")
    expect(way).not_to_have_attribute("href", re.compile("users=123&"))
    moved = on_workbook(page)
    assert {**moved, "users": "123"} == ASKED
    way.click()
    assert on_page(page, book.tab) == moved
    to_notebook(page, book).click()
    assert on_workbook(page) == moved


def test_every_workbook_that_says_its_view_leads_there() -> None:
    assert {book.path.stem for book in BOOKS} == {
        "capacity", "confidence", "connections", "events", "gifts", "growth", "live", "phases",
        "runway", "streaming",
    }  # fmt: skip
    for book in BOOKS:
        assert f'tab=\\"{book.tab}\\"' in book.path.read_text("utf-8")


def test_what_an_address_asks_for_and_is_not_here_is_told(page: Page, site: str) -> None:
    query = urlencode(
        {"system": SYSTEM, "parts.api.nothing": "3", "parts.stage.decode_limit": "-1"}
    )
    page.goto(f"{site}voila/render/workbooks/capacity.ipynb?{query}", timeout=OPENED)
    expect(
        page.get_by_text("The address asks for what is not here, or not allowed:")
    ).to_be_visible(timeout=OPENED)
