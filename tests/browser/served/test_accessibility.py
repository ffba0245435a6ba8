"""No serious or critical finding of axe-core on a page of ours: by day, by night, on a phone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import started, stopped
from playwright.sync_api import Page, expect

OPENED = 60_000.0  # [ms]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"scheme": "light", "width": 1280, "height": 900},
    "dark": {"scheme": "dark", "width": 1280, "height": 900},
    "phone": {"scheme": "light", "width": 390, "height": 844},
    "phone at night": {"scheme": "dark", "width": 390, "height": 844},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a system of the visitor's own and a site."""
    root = tmp_path_factory.mktemp("own")
    planning = [sys.executable, "-m", "planning"]
    for words in (["new", "my_shop"], ["site", "my_shop.yaml", "--out", "public"]):
        subprocess.run([*planning, *words], cwd=root, check=True, capture_output=True)
    return root


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """Address of `planning serve` in that folder."""
    command = [sys.executable, "-m", "planning", "serve", "my_shop.yaml", "--port", "0"]
    process, address = started(command, folder)
    yield address
    stopped(process)


@pytest.fixture(params=LOOKS)
def looked(request: pytest.FixtureRequest, page: Page) -> Page:
    """A page in one of the looks."""
    look = LOOKS[request.param]
    page.emulate_media(color_scheme=look["scheme"])
    page.set_viewport_size({"width": look["width"], "height": look["height"]})
    return page


def grave(page: Page) -> list[str]:
    """What axe-core finds that keeps somebody from using a page: rule, and where."""
    found = Axe().run(page).response
    assert found["passes"], "axe-core has looked at nothing"
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def unfolded(page: Page) -> Page:
    """A page with all that is folded away in sight."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    return page


def test_axe_finds_what_is_wrong(page: Page) -> None:
    page.set_content("<html lang=en><title>x</title><body><img src=data:,><input></body></html>")
    assert {each.partition(":")[0] for each in grave(page)} == {"image-alt", "label"}


def test_the_landing_page(looked: Page, site: str) -> None:
    looked.goto(site)
    assert grave(looked) == []
    assert grave(unfolded(looked)) == []


def test_a_live_page(looked: Page, site: str) -> None:
    looked.goto(f"{site}planning/systems/ten_thousand_users")
    expect(looked.locator("h1")).to_contain_text("Holds 10,000 users?")
    assert grave(looked) == []
    looked.get_by_label("Time a query holds").and_(looked.locator("[type=range]")).press("Home")
    expect(looked.locator(".chip")).to_have_count(1)
    for tab in looked.get_by_role("tab").all():
        tab.click()
        assert grave(unfolded(looked)) == [], tab.text_content()
    looked.get_by_role("button", name="Save and share").click()
    expect(looked.locator("#share")).to_contain_text("for everyone who can open this address")
    assert grave(looked) == []


def test_what_is_handed_in_and_refused(looked: Page, site: str, lookout: list[str]) -> None:
    looked.goto(site)
    unfolded(looked).get_by_role("button", name="See if it holds").click()
    expect(looked.get_by_role("alert")).to_contain_text("Choose a file first")
    assert grave(looked) == []
    lookout.clear()  # a browser logs every answer that is no success


def test_an_audit_of_a_visitors_document(looked: Page, site: str) -> None:
    looked.goto(site)
    unfolded(looked).get_by_label("Document as text").fill("10 nodes × 4 workers = 50 workers")
    looked.get_by_role("button", name="Check these numbers").click()
    expect(looked.locator("tbody tr")).to_contain_text("40 workers", timeout=OPENED)
    assert grave(unfolded(looked)) == []


def test_the_index_of_a_site(looked: Page, folder: Path) -> None:
    looked.goto((folder / "public/index.html").as_uri())
    expect(looked.get_by_role("link", name="Open My shop")).to_be_visible()
    assert grave(unfolded(looked)) == []


def test_a_site_opens_from_a_disk_and_leads_back(page: Page, folder: Path) -> None:
    page.goto((folder / "public/index.html").as_uri())
    page.get_by_role("link", name="Open My shop").click()
    expect(page.locator("h1")).to_contain_text("Holds 10,000 users?")
    page.get_by_role("link", name="All systems").click()
    expect(page.locator("h1")).to_have_text("Can our app handle 10,000 users?")


def test_the_capacity_workbook(looked: Page, site: str) -> None:
    looked.goto(f"{site}voila/render/workbooks/capacity.ipynb?system=my_shop", timeout=OPENED)
    looked.wait_for_selector("html[data-ready]", timeout=OPENED)
    expect(looked.locator("canvas, svg.marks").first).to_be_visible(timeout=OPENED)
    assert grave(looked) == []
